-- The search index of single characters goes; opening the store makes the new one. A page
-- that was never signed waits for its signature like one signed by an older algorithm.

DROP TRIGGER IF EXISTS notices_fts_insert;
DROP TRIGGER IF EXISTS notices_fts_delete;
DROP TRIGGER IF EXISTS notices_fts_update;
DROP TRIGGER IF EXISTS files_fts_insert;
DROP TRIGGER IF EXISTS files_fts_delete;
DROP TRIGGER IF EXISTS files_fts_update;
DROP TABLE IF EXISTS notices_fts;
DROP TABLE IF EXISTS notices_fts_files;

CREATE INDEX signatures_by_algorithm ON signatures (algorithm, day);
INSERT INTO signatures (notice_id, algorithm, day, bands)
SELECT id, '',
    CAST(julianday(coalesce(published_on, date(first_seen_at, '+8 hours'))) - 1721424.5 AS INTEGER),
    x''
FROM notices
WHERE complete = 1 AND id NOT IN (SELECT notice_id FROM signatures);

CREATE TABLE search_queue (
    notice_id INTEGER PRIMARY KEY
) STRICT;
