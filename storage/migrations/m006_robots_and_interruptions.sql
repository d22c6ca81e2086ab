-- Group robots as recipients; what may have gone out twice; mailboxes that are gone.

ALTER TABLE subscribers ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail';
ALTER TABLE subscribers ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN bounced INTEGER NOT NULL DEFAULT 0
    CHECK (bounced IN (0, 1));
