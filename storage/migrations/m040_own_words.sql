-- An editor may have an entry told by the page's sentences that we choose, not by a model's.

ALTER TABLE issue_items ADD COLUMN own_words INTEGER NOT NULL DEFAULT 0
    CHECK (own_words IN (0, 1));

CREATE TABLE edits_with_own_words (
    id INTEGER PRIMARY KEY,
    week TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN (
        'drop', 'restore', 'pin', 'unpin', 'move', 'annotate', 'retitle', 'hold', 'release',
        'correct', 'keep', 'promote', 'fold', 'forget', 'extract', 'sum_up')),
    notice_id INTEGER REFERENCES notices(id),
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after)),
    reason TEXT NOT NULL DEFAULT '',
    who TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
INSERT INTO edits_with_own_words SELECT * FROM edits;
DROP TABLE edits;
ALTER TABLE edits_with_own_words RENAME TO edits;
CREATE INDEX edits_by_week ON edits (week);
CREATE INDEX edits_by_notice ON edits (notice_id) WHERE notice_id IS NOT NULL;
