-- The day a notice counts from: the page's, where it can be right, else that of our first sight in
-- China. A year typed wrongly withholds a notice from every issue, and keeps a column from ever
-- being quiet.

ALTER TABLE notices ADD COLUMN day_on TEXT NOT NULL DEFAULT '';
UPDATE notices SET day_on = CASE
    WHEN published_on <= date(first_seen_at, '+8 hours', '+1 day') THEN published_on
    ELSE date(first_seen_at, '+8 hours') END;

DROP INDEX notices_by_first_seen;
CREATE INDEX notices_by_first_seen ON notices (first_seen_at, day_on, duplicate_of);
DROP INDEX notices_by_column;
CREATE INDEX notices_by_column ON notices (site, column, day_on, section, grp, duplicate_of);
DROP INDEX notices_by_title;
CREATE INDEX notices_by_title ON notices (title_key, day_on);
CREATE INDEX notices_by_day ON notices (day_on);

-- Where the row of a notice stood when it was first listed, and what readings before had proved:
-- together they tell news from what was there before.
ALTER TABLE notices ADD COLUMN place TEXT NOT NULL DEFAULT '';
CREATE INDEX checks_by_cover ON checks (site, column, covered_from, run_id)
WHERE covered_from IS NOT NULL;
