-- Numbers that a gapless series lacks, and documents of watched columns that only other pages name.

CREATE TABLE missing_numbers (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    column TEXT NOT NULL,
    name TEXT NOT NULL,
    after_id INTEGER NOT NULL REFERENCES notices(id),
    missed_at TEXT NOT NULL,
    seen_at TEXT,
    dismissed_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    UNIQUE (site, name)
) STRICT;

CREATE TABLE witnesses (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    column TEXT NOT NULL,
    url TEXT NOT NULL,
    url_key TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    told_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'told' CHECK (state IN ('told', 'listed', 'missed', 'old', 'gone')),
    ended_at TEXT
) STRICT;
CREATE INDEX witnesses_by_notice ON witnesses (notice_id);
CREATE INDEX missing_numbers_by_notice ON missing_numbers (after_id);
