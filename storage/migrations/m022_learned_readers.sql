-- Selectors that were found by what the store knows of a column, after its site was redesigned.

CREATE TABLE learned_readers (
    site TEXT NOT NULL,
    column TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('list', 'page')),
    selectors TEXT NOT NULL CHECK (json_valid(selectors)),
    overrides INTEGER NOT NULL DEFAULT 0 CHECK (overrides IN (0, 1)),
    evidence TEXT NOT NULL,
    learned_at TEXT NOT NULL,
    used_at TEXT NOT NULL,
    runs_agreed INTEGER NOT NULL DEFAULT 0,
    accepted_at TEXT,
    PRIMARY KEY (site, column, kind)
) STRICT;
