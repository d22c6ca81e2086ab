-- One line on what a file is, beside its kind and extent.

ALTER TABLE attachments ADD COLUMN gist TEXT NOT NULL DEFAULT '';
