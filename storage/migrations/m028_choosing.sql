-- How much each entry matters and why, whether it is told in a line only, and under which document
-- its explanations and reports stand; what an editor says of that.

ALTER TABLE issue_items ADD COLUMN score REAL NOT NULL DEFAULT 0;
ALTER TABLE issue_items ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(reasons));
ALTER TABLE issue_items ADD COLUMN folded INTEGER NOT NULL DEFAULT 0 CHECK (folded IN (0, 1));
ALTER TABLE issue_items ADD COLUMN under INTEGER REFERENCES notices(id);

CREATE TABLE edits_with_depth (
    id INTEGER PRIMARY KEY,
    week TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN (
        'drop', 'restore', 'pin', 'unpin', 'move', 'annotate', 'retitle', 'hold', 'release',
        'correct', 'keep', 'promote', 'fold', 'forget')),
    notice_id INTEGER REFERENCES notices(id),
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after)),
    reason TEXT NOT NULL DEFAULT '',
    who TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
INSERT INTO edits_with_depth SELECT * FROM edits;
DROP TABLE edits;
ALTER TABLE edits_with_depth RENAME TO edits;
CREATE INDEX edits_by_week ON edits (week);
CREATE INDEX edits_by_notice ON edits (notice_id) WHERE notice_id IS NOT NULL;
