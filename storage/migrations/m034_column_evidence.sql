-- What is known of a column's address before anybody has read it here: an inferred one is said in
-- every issue until its first good reading.

ALTER TABLE columns ADD COLUMN seen TEXT NOT NULL DEFAULT '';
ALTER TABLE columns ADD COLUMN inferred INTEGER NOT NULL DEFAULT 0;
