-- Where the bytes of a page stand, so that it is found without scanning; and what we read wrongly.

CREATE TABLE saved_pages (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('notice', 'list')),
    site TEXT NOT NULL,
    column TEXT NOT NULL,
    url TEXT NOT NULL,
    notice_id INTEGER REFERENCES notices(id),
    run_id INTEGER REFERENCES runs(id),
    fetched_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    via TEXT NOT NULL CHECK (via IN ('http', 'browser')),
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    asked TEXT NOT NULL CHECK (json_valid(asked)),
    content_hash TEXT NOT NULL DEFAULT '',
    file TEXT,
    offset INTEGER,
    length INTEGER,
    same_as INTEGER REFERENCES saved_pages(id),
    copy TEXT NOT NULL DEFAULT '',
    picture TEXT NOT NULL DEFAULT '',
    CHECK ((file IS NULL) = (offset IS NULL) AND (file IS NULL) = (length IS NULL))
) STRICT;
CREATE INDEX saved_pages_by_notice ON saved_pages (notice_id) WHERE notice_id IS NOT NULL;
CREATE INDEX saved_pages_by_file ON saved_pages (file, offset);
CREATE INDEX saved_pages_by_content ON saved_pages (file, sha256) WHERE same_as IS NULL;
CREATE INDEX saved_pages_by_column ON saved_pages (site, column, fetched_at) WHERE kind = 'list';
CREATE INDEX saved_pages_by_same ON saved_pages (same_as) WHERE same_as IS NOT NULL;

CREATE TABLE rereadings (
    id INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    page_id INTEGER REFERENCES saved_pages(id) ON DELETE SET NULL,
    corrected_at TEXT NOT NULL,
    changed TEXT NOT NULL CHECK (json_valid(changed))
) STRICT;
CREATE INDEX rereadings_by_notice ON rereadings (notice_id, corrected_at);
