-- A person may know that nothing of a gap's days is missing: where no reading can prove it.

ALTER TABLE gaps ADD COLUMN dismissed_at TEXT;
ALTER TABLE gaps ADD COLUMN dismissed_why TEXT NOT NULL DEFAULT '';
DROP INDEX gaps_open;
CREATE INDEX gaps_open ON gaps (site, column) WHERE closed_at IS NULL AND dismissed_at IS NULL;
