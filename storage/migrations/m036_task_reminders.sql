-- Where the owner of a task is reminded, and the ledger of these mails: once before the day and
-- once on it, with the rules of `deliveries`.

ALTER TABLE tasks ADD COLUMN address TEXT NOT NULL DEFAULT '';

CREATE TABLE task_reminders (
    id INTEGER PRIMARY KEY,
    task_id INTEGER NOT NULL REFERENCES tasks(id),
    kind TEXT NOT NULL CHECK (kind IN ('ahead', 'due')),
    due_on TEXT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('queued', 'sending', 'sent', 'deferred', 'refused', 'unknown')),
    message_id TEXT NOT NULL UNIQUE,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_reply TEXT NOT NULL DEFAULT '',
    pid INTEGER,
    queued_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    next_attempt_at TEXT,
    interruptions INTEGER NOT NULL DEFAULT 0,
    -- The promise: each is told once.
    UNIQUE (task_id, kind, due_on)
) STRICT;
CREATE INDEX task_reminders_open ON task_reminders (state) WHERE state <> 'sent';

CREATE TABLE attempts_of_three_ledgers (
    id INTEGER PRIMARY KEY,
    ledger TEXT NOT NULL CHECK (ledger IN ('deliveries', 'bulletins', 'task_reminders')),
    delivery_id INTEGER NOT NULL,
    route TEXT NOT NULL,
    began_at TEXT NOT NULL,
    ended_at TEXT,
    state TEXT NOT NULL DEFAULT 'sending' CHECK (
        state IN ('sending', 'sent', 'deferred', 'refused', 'unknown')),
    reply TEXT NOT NULL DEFAULT '',
    counts INTEGER NOT NULL DEFAULT 1 CHECK (counts IN (0, 1)),
    home TEXT NOT NULL
) STRICT;
INSERT INTO attempts_of_three_ledgers SELECT * FROM delivery_attempts;
DROP TABLE delivery_attempts;
ALTER TABLE attempts_of_three_ledgers RENAME TO delivery_attempts;
CREATE INDEX delivery_attempts_by_delivery ON delivery_attempts (delivery_id, ledger);
CREATE INDEX delivery_attempts_by_route ON delivery_attempts (route, began_at) WHERE counts = 1;
