-- What was put into the store by hand, and taken back again: a slip must not stay for ever.

CREATE TABLE added_by_hand (
    id INTEGER PRIMARY KEY,
    notice_id INTEGER REFERENCES notices(id),
    was INTEGER NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    who TEXT NOT NULL,
    added_at TEXT NOT NULL,
    removed_at TEXT,
    removed_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX added_by_hand_by_notice ON added_by_hand (notice_id) WHERE notice_id IS NOT NULL;
