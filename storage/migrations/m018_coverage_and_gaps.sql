-- What a reading of a list proves, where each of its rows went, and what may be missing.

ALTER TABLE checks ADD COLUMN covered_from TEXT;
ALTER TABLE checks ADD COLUMN joined TEXT NOT NULL DEFAULT ''
    CHECK (joined IN ('', 'known', 'window', 'end'));
ALTER TABLE checks ADD COLUMN known INTEGER NOT NULL DEFAULT 0;
ALTER TABLE checks ADD COLUMN taken INTEGER NOT NULL DEFAULT 0;
ALTER TABLE checks ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE checks ADD COLUMN refusals TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(refusals));
ALTER TABLE checks ADD COLUMN page_rows TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(page_rows));

-- Before this step a column was called ok when its list was read back over the usual fortnight:
-- that word is kept, or every column would begin anew.
UPDATE checks SET joined = 'window', covered_from = date(checked_at, '+8 hours', '-14 days')
WHERE verdict IN ('ok', 'quiet') AND rows > 0;

CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    column TEXT NOT NULL,
    from_on TEXT NOT NULL,
    to_on TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    reason TEXT NOT NULL,
    run_id INTEGER REFERENCES runs(id),
    CHECK (from_on <= to_on)
) STRICT;
CREATE INDEX gaps_open ON gaps (site, column) WHERE closed_at IS NULL;
