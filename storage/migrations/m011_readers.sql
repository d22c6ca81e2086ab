-- What readers may choose beyond chapters and words, mails outside the weekly issue, and what
-- comes back: bounces and unsubscribing, read from a mailbox.

ALTER TABLE subscribers ADD COLUMN topics TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(topics));
ALTER TABLE subscribers ADD COLUMN pace TEXT NOT NULL DEFAULT 'weekly'
    CHECK (pace IN ('weekly', 'immediate'));
ALTER TABLE subscribers ADD COLUMN deadline_days INTEGER NOT NULL DEFAULT 0
    CHECK (deadline_days >= 0);
ALTER TABLE subscribers ADD COLUMN skip_empty INTEGER NOT NULL DEFAULT 0
    CHECK (skip_empty IN (0, 1));
ALTER TABLE subscribers ADD COLUMN paused_until TEXT;
ALTER TABLE subscribers ADD COLUMN began_at TEXT;
ALTER TABLE subscribers ADD COLUMN looked_at TEXT;
UPDATE subscribers SET began_at = added_at;

ALTER TABLE deliveries ADD COLUMN omitted TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN bounce TEXT NOT NULL DEFAULT ''
    CHECK (bounce IN ('', 'hard', 'soft'));
ALTER TABLE deliveries ADD COLUMN bounce_reply TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN bounced_at TEXT;

CREATE TABLE bulletins (
    id INTEGER PRIMARY KEY,
    subscriber_id INTEGER NOT NULL REFERENCES subscribers(id),
    address TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('news', 'ended')),
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
    bounce TEXT NOT NULL DEFAULT '' CHECK (bounce IN ('', 'hard', 'soft')),
    bounce_reply TEXT NOT NULL DEFAULT '',
    bounced_at TEXT
) STRICT;
CREATE INDEX bulletins_by_subscriber ON bulletins (subscriber_id);
CREATE INDEX bulletins_open ON bulletins (state) WHERE state <> 'sent';

-- The key is the promise: a notice is told to a subscriber once.
CREATE TABLE bulletin_items (
    subscriber_id INTEGER NOT NULL REFERENCES subscribers(id),
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    bulletin_id INTEGER NOT NULL REFERENCES bulletins(id),
    position INTEGER NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (subscriber_id, notice_id)
) STRICT;
CREATE INDEX bulletin_items_by_bulletin ON bulletin_items (bulletin_id);
CREATE INDEX bulletin_items_by_notice ON bulletin_items (notice_id);

CREATE TABLE mailboxes (
    name TEXT PRIMARY KEY,
    uidvalidity INTEGER NOT NULL,
    last_uid INTEGER NOT NULL,
    trying_uid INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    read_at TEXT NOT NULL,
    bounces INTEGER NOT NULL DEFAULT 0,
    unsubscribes INTEGER NOT NULL DEFAULT 0,
    others INTEGER NOT NULL DEFAULT 0,
    unreadable INTEGER NOT NULL DEFAULT 0
) STRICT;
