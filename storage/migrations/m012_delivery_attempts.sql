-- Every attempt at a delivery. The caps of a mail server or a robot are counted here, so a restart
-- forgets nothing and all processes share them.

CREATE TABLE delivery_attempts (
    id INTEGER PRIMARY KEY,
    ledger TEXT NOT NULL CHECK (ledger IN ('deliveries', 'bulletins')),
    -- The row's id in that table; no foreign key, so that a later step may make it anew.
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
CREATE INDEX delivery_attempts_by_delivery ON delivery_attempts (delivery_id, ledger);
CREATE INDEX delivery_attempts_by_route ON delivery_attempts (route, began_at) WHERE counts = 1;
