-- What an editor does to an issue before it goes out, issues that wait, and corrections after.

CREATE TABLE edits (
    id INTEGER PRIMARY KEY,
    week TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN (
        'drop', 'restore', 'pin', 'unpin', 'move', 'annotate', 'retitle', 'hold', 'release',
        'correct')),
    notice_id INTEGER REFERENCES notices(id),
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after)),
    reason TEXT NOT NULL DEFAULT '',
    who TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX edits_by_week ON edits (week);
CREATE INDEX edits_by_notice ON edits (notice_id) WHERE notice_id IS NOT NULL;

-- A correction is delivered as an issue is: it is a row of `issues` that corrects another.
ALTER TABLE issues ADD COLUMN release_at TEXT;
ALTER TABLE issues ADD COLUMN released_at TEXT;
ALTER TABLE issues ADD COLUMN told_at TEXT;
ALTER TABLE issues ADD COLUMN corrects INTEGER REFERENCES issues(id);
ALTER TABLE issues ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE issues ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE issues SET released_at = composed_at;
CREATE UNIQUE INDEX issues_corrections ON issues (corrects, number) WHERE corrects IS NOT NULL;

ALTER TABLE issue_items ADD COLUMN moved INTEGER NOT NULL DEFAULT 0 CHECK (moved IN (0, 1));
ALTER TABLE issue_items ADD COLUMN note TEXT NOT NULL DEFAULT '';

CREATE TABLE corrected_items (
    issue_id INTEGER NOT NULL REFERENCES issues(id),
    position INTEGER NOT NULL,
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    wrong TEXT NOT NULL,
    fixed TEXT NOT NULL,
    PRIMARY KEY (issue_id, position)
) STRICT;
