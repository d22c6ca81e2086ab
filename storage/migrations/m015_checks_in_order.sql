-- The last word about a column is the last one written, whatever a wrong clock stamped on it:
-- an index ends with the row's number.

DROP INDEX checks_by_column;
CREATE INDEX checks_in_order ON checks (site, column);
