-- How much a crawl took from its site: what one site may add a day is bounded.

ALTER TABLE runs ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
