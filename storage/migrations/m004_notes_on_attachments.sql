-- Why a file or its text is missing; files found by their address.

ALTER TABLE attachments ADD COLUMN note TEXT NOT NULL DEFAULT '';
CREATE INDEX attachments_by_url ON attachments (url) WHERE sha256 IS NOT NULL;
