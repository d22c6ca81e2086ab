-- What a model said of bodies, by content, and each request to it: the month's limit is counted
-- here, and how long a service that fails is left alone.

CREATE TABLE machine_summaries (
    key TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    prompt INTEGER NOT NULL,
    text TEXT NOT NULL,
    refused TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL,
    tokens_in INTEGER,
    tokens_out INTEGER,
    made_at TEXT NOT NULL,
    CHECK ((text = '') = (refused <> ''))
) STRICT, WITHOUT ROWID;

CREATE TABLE summary_requests (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'accepted', 'refused', 'failed')),
    reason TEXT NOT NULL DEFAULT '',
    not_before TEXT
) STRICT;
CREATE INDEX summary_requests_by_time ON summary_requests (asked_at);
CREATE INDEX summary_requests_by_key ON summary_requests (key);
