-- What the operator is to hear, and whether it was sent.

CREATE TABLE alarms (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('raised', 'reminder', 'recovered', 'event')),
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    mailed_at TEXT,
    posted_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT,
    last_reply TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX alarms_by_subject ON alarms (subject);
CREATE INDEX alarms_to_mail ON alarms (id) WHERE mailed_at IS NULL;
CREATE INDEX alarms_to_post ON alarms (id) WHERE posted_at IS NULL;
