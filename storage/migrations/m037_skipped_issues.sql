-- An issue that its editor left out: it never goes, and what it had stands in the next one.

ALTER TABLE issues ADD COLUMN skipped_at TEXT;
