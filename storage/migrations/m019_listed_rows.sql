-- The rows of the last reading of a column that joined up with the earlier ones, as listed.

CREATE TABLE listed_rows (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    column TEXT NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    day TEXT NOT NULL,
    run_id INTEGER REFERENCES runs(id)
) STRICT;
CREATE INDEX listed_rows_by_column ON listed_rows (site, column, position);
