-- A claim is held by being renewed; whatever is heard of it, it is over then.

ALTER TABLE away_visits ADD COLUMN ends_at TEXT;
