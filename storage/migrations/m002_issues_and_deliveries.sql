-- What was sent, to whom.

CREATE TABLE issues (
    id INTEGER PRIMARY KEY,
    week TEXT NOT NULL UNIQUE,
    from_on TEXT NOT NULL,
    to_on TEXT NOT NULL CHECK (to_on >= from_on),
    instant TEXT NOT NULL,
    composed_at TEXT NOT NULL,
    title TEXT NOT NULL
) STRICT;
CREATE INDEX issues_by_instant ON issues (instant);

CREATE TABLE issue_items (
    issue_id INTEGER NOT NULL REFERENCES issues(id),
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    section TEXT NOT NULL,
    grp TEXT NOT NULL,
    position INTEGER NOT NULL,
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    revised INTEGER NOT NULL CHECK (revised IN (0, 1)),
    change TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (issue_id, notice_id)
) STRICT;
CREATE INDEX issue_items_by_notice ON issue_items (notice_id);

CREATE TABLE subscribers (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL,
    sections TEXT NOT NULL CHECK (json_valid(sections)),
    groups TEXT NOT NULL CHECK (json_valid(groups)),
    keywords TEXT NOT NULL CHECK (json_valid(keywords)),
    formats TEXT NOT NULL CHECK (json_valid(formats)),
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'suspended', 'ended')),
    added_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issues(id),
    subscriber_id INTEGER NOT NULL REFERENCES subscribers(id),
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
    UNIQUE (issue_id, subscriber_id)
) STRICT;
CREATE INDEX deliveries_by_subscriber ON deliveries (subscriber_id);
CREATE INDEX deliveries_open ON deliveries (state, issue_id) WHERE state <> 'sent';
