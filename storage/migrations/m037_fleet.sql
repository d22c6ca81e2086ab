-- Visits that are made on other machines, and who may ask a host now.

CREATE TABLE leases (
    host TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE away_visits (
    key TEXT PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    site TEXT NOT NULL,
    queue TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sent', 'claimed', 'returned', 'done', 'lost')),
    token TEXT NOT NULL DEFAULT '',
    sent_at TEXT NOT NULL,
    until TEXT
) STRICT;
CREATE INDEX away_visits_open ON away_visits (state, run_id)
WHERE state IN ('sent', 'claimed', 'returned');
CREATE INDEX away_visits_by_run ON away_visits (run_id);

CREATE TABLE fleet_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    since TEXT NOT NULL,
    words TEXT NOT NULL
) STRICT;
