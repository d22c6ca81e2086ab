-- The catalogue, the runs, and what was read.

CREATE TABLE sites (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    platform TEXT NOT NULL,
    section TEXT NOT NULL,
    grp TEXT NOT NULL,
    crawl TEXT NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    position INTEGER NOT NULL,
    synced_at TEXT NOT NULL,
    removed_at TEXT
) STRICT;

CREATE TABLE columns (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(id),
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    min_rows INTEGER NOT NULL,
    max_quiet_days INTEGER NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    position INTEGER NOT NULL,
    synced_at TEXT NOT NULL,
    removed_at TEXT,
    UNIQUE (site, name)
) STRICT;

-- Sites are not foreign keys below: a page added by hand may be of a site nobody watches.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'killed')),
    reason TEXT NOT NULL DEFAULT '',
    pid INTEGER,
    requests INTEGER NOT NULL DEFAULT 0,
    notices INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX runs_by_site ON runs (site, state, finished_at);
CREATE INDEX runs_unfinished ON runs (state) WHERE state = 'running';

CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    site TEXT NOT NULL,
    column TEXT NOT NULL,
    checked_at TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (
        verdict IN ('ok', 'quiet', 'degraded', 'blocked', 'broken', 'unreachable')),
    reason TEXT NOT NULL DEFAULT '',
    rows INTEGER NOT NULL DEFAULT 0,
    total INTEGER,
    pages INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    revised INTEGER NOT NULL DEFAULT 0,
    newest_on TEXT,
    evidence TEXT NOT NULL DEFAULT '',
    UNIQUE (run_id, site, column)
) STRICT;
CREATE INDEX checks_by_column ON checks (site, column, checked_at);

CREATE TABLE notices (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    column TEXT NOT NULL,
    key TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    doc_number TEXT NOT NULL,
    issuers TEXT NOT NULL CHECK (json_valid(issuers)),
    source TEXT NOT NULL,
    published_on TEXT,
    published_time TEXT NOT NULL,
    written_on TEXT,
    effective_on TEXT,
    deadline_on TEXT,
    section TEXT NOT NULL,
    grp TEXT NOT NULL,
    body_html TEXT NOT NULL,
    body_text TEXT NOT NULL,
    summary TEXT NOT NULL,
    deadlines TEXT NOT NULL CHECK (json_valid(deadlines)),
    contacts TEXT NOT NULL CHECK (json_valid(contacts)),
    amounts TEXT NOT NULL CHECK (json_valid(amounts)),
    topics TEXT NOT NULL CHECK (json_valid(topics)),
    repeals TEXT NOT NULL CHECK (json_valid(repeals)),
    original_url TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    read_by TEXT NOT NULL CHECK (json_valid(read_by)),
    warnings TEXT NOT NULL CHECK (json_valid(warnings)),
    complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
    title_key TEXT NOT NULL,
    url_key TEXT NOT NULL,
    original_url_key TEXT NOT NULL,
    run_id INTEGER REFERENCES runs(id),
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    last_read_at TEXT NOT NULL,
    read_attempts INTEGER NOT NULL DEFAULT 1,
    revised_at TEXT,
    duplicate_of INTEGER REFERENCES notices(id) CHECK (duplicate_of <> id),
    duplicate_why TEXT NOT NULL DEFAULT '',
    UNIQUE (site, key)
) STRICT;
CREATE INDEX notices_by_url ON notices (url_key);
CREATE INDEX notices_by_original ON notices (original_url_key) WHERE original_url_key <> '';
CREATE INDEX notices_by_doc_number ON notices (doc_number) WHERE doc_number <> '';
CREATE INDEX notices_by_title ON notices (title_key, published_on);
CREATE INDEX notices_by_column ON notices (site, column, published_on);
CREATE INDEX notices_by_published ON notices (published_on);
CREATE INDEX notices_by_first_seen ON notices (first_seen_at);
CREATE INDEX notices_by_revised ON notices (revised_at) WHERE revised_at IS NOT NULL;
CREATE INDEX notices_by_deadline ON notices (deadline_on) WHERE deadline_on IS NOT NULL;
CREATE INDEX notices_by_group ON notices (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX notices_incomplete ON notices (site, last_read_at) WHERE complete = 0;

CREATE TABLE aliases (
    url_key TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    notice_id INTEGER NOT NULL REFERENCES notices(id)
) STRICT;
CREATE INDEX aliases_by_notice ON aliases (notice_id);

CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    seen_at TEXT NOT NULL,
    changed TEXT NOT NULL,
    title TEXT NOT NULL,
    doc_number TEXT NOT NULL,
    published_on TEXT,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    attachments TEXT NOT NULL CHECK (json_valid(attachments)),
    fields TEXT NOT NULL CHECK (json_valid(fields)),
    run_id INTEGER REFERENCES runs(id)
) STRICT;
CREATE INDEX revisions_by_notice ON revisions (notice_id, seen_at);

CREATE TABLE attachments (
    id INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    bytes INTEGER,
    sha256 TEXT,
    path TEXT,
    text TEXT,
    removed_at TEXT,
    UNIQUE (notice_id, url)
) STRICT;

CREATE TABLE conflicts (
    id INTEGER PRIMARY KEY,
    a INTEGER NOT NULL REFERENCES notices(id),
    b INTEGER NOT NULL REFERENCES notices(id),
    why TEXT NOT NULL,
    found_at TEXT NOT NULL,
    CHECK (a < b),
    UNIQUE (a, b)
) STRICT;
CREATE INDEX conflicts_by_b ON conflicts (b);
