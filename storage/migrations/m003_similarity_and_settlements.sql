-- What a text is like, and what a person decided about two pages.

CREATE TABLE signatures (
    notice_id INTEGER PRIMARY KEY REFERENCES notices(id) ON DELETE CASCADE,
    algorithm TEXT NOT NULL,
    day INTEGER NOT NULL,
    bands BLOB NOT NULL
) STRICT;

CREATE TABLE bands (
    hash INTEGER NOT NULL,
    day INTEGER NOT NULL,
    notice_id INTEGER NOT NULL,
    PRIMARY KEY (hash, day, notice_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE settlements (
    a INTEGER NOT NULL REFERENCES notices(id) ON DELETE CASCADE,
    b INTEGER NOT NULL REFERENCES notices(id) ON DELETE CASCADE,
    verdict TEXT NOT NULL CHECK (verdict IN ('same', 'different')),
    settled_at TEXT NOT NULL,
    CHECK (a < b),
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX settlements_by_b ON settlements (b);
