"""The history of the schema. Add a function at the end; never change one that was released.

What every column means is in schema.json, and from there in docs/schema.md.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("zhengxun")


def pending(db: Database) -> list[str]:
    """Names of the migrations this store still needs."""
    return [migration.name for migration in migrations.pending(db)]


def unknown(db: Database) -> list[str]:
    """Names of applied migrations this version has never heard of: a newer one made them."""
    return [m.name for m in migrations.applied(db) if m.name not in _KNOWN]


def apply(db: Database) -> None:
    """Bring the store to the current schema. Call inside a transaction."""
    migrations.apply(db)


@migrations()
def m001_catalogue_and_notices(db: Database) -> None:
    """The catalogue, the runs, and what was read."""
    db.executescript(_CATALOGUE)
    db.executescript(_RUNS)
    db.executescript(_NOTICES)
    db.executescript(_ABOUT_NOTICES)


@migrations()
def m002_issues_and_deliveries(db: Database) -> None:
    """What was sent, to whom."""
    db.executescript(_ISSUES)
    db.executescript(_LEDGER)


@migrations()
def m003_similarity_and_settlements(db: Database) -> None:
    """What a text is like, and what a person decided about two pages."""
    db.executescript(_SIMILARITY)


@migrations()
def m004_notes_on_attachments(db: Database) -> None:
    """Why a file or its text is missing; files found by their address."""
    db.executescript(_NOTES_ON_ATTACHMENTS)


@migrations()
def m005_alarms(db: Database) -> None:
    """What the operator is to hear, and whether it was sent."""
    db.executescript(_ALARMS)


@migrations()
def m006_robots_and_interruptions(db: Database) -> None:
    """Group robots as recipients; what may have gone out twice; mailboxes that are gone."""
    db.executescript(_ROBOTS_AND_INTERRUPTIONS)


@migrations()
def m007_deadlines_index(db: Database) -> None:
    """What is due is found without reading a page of every notice."""
    db.execute("CREATE INDEX notices_with_deadlines ON notices (deadlines) WHERE deadlines <> '[]'")


@migrations()
def m008_words_of_topics(db: Database) -> None:
    """Which words a topic was found by. Notices read before have none until read again."""
    db.execute(
        "ALTER TABLE notices ADD COLUMN topic_words TEXT NOT NULL DEFAULT '{}'"
        " CHECK (json_valid(topic_words))"
    )


_KNOWN = {
    step.__name__
    for step in (
        m001_catalogue_and_notices,
        m002_issues_and_deliveries,
        m003_similarity_and_settlements,
        m004_notes_on_attachments,
        m005_alarms,
        m006_robots_and_interruptions,
        m007_deadlines_index,
        m008_words_of_topics,
    )
}

_CATALOGUE = """
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
"""

# Sites are not foreign keys below: a page added by hand may be of a site nobody watches.
_RUNS = """
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
"""

_NOTICES = """
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
"""

_ABOUT_NOTICES = """
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
"""

_ISSUES = """
CREATE TABLE issues (
    id INTEGER PRIMARY KEY,
    week TEXT NOT NULL UNIQUE,
    from_on TEXT NOT NULL,
    to_on TEXT NOT NULL CHECK (to_on >= from_on),
    instant TEXT NOT NULL,
    composed_at TEXT NOT NULL,
    title TEXT NOT NULL
) STRICT;
CREATE INDEX issues_by_instant ON issues (instant);

CREATE TABLE issue_items (
    issue_id INTEGER NOT NULL REFERENCES issues(id),
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    section TEXT NOT NULL,
    grp TEXT NOT NULL,
    position INTEGER NOT NULL,
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    revised INTEGER NOT NULL CHECK (revised IN (0, 1)),
    change TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (issue_id, notice_id)
) STRICT;
CREATE INDEX issue_items_by_notice ON issue_items (notice_id);
"""

_LEDGER = """
CREATE TABLE subscribers (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL,
    sections TEXT NOT NULL CHECK (json_valid(sections)),
    groups TEXT NOT NULL CHECK (json_valid(groups)),
    keywords TEXT NOT NULL CHECK (json_valid(keywords)),
    formats TEXT NOT NULL CHECK (json_valid(formats)),
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'suspended', 'ended')),
    added_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issues(id),
    subscriber_id INTEGER NOT NULL REFERENCES subscribers(id),
    address TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('queued', 'sending', 'sent', 'deferred', 'refused', 'unknown')),
    message_id TEXT NOT NULL UNIQUE,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_reply TEXT NOT NULL DEFAULT '',
    pid INTEGER,
    queued_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    next_attempt_at TEXT,
    UNIQUE (issue_id, subscriber_id)
) STRICT;
CREATE INDEX deliveries_by_subscriber ON deliveries (subscriber_id);
CREATE INDEX deliveries_open ON deliveries (state, issue_id) WHERE state <> 'sent';
"""

_SIMILARITY = """
CREATE TABLE signatures (
    notice_id INTEGER PRIMARY KEY REFERENCES notices(id) ON DELETE CASCADE,
    algorithm TEXT NOT NULL,
    day INTEGER NOT NULL,
    bands BLOB NOT NULL
) STRICT;

CREATE TABLE bands (
    hash INTEGER NOT NULL,
    day INTEGER NOT NULL,
    notice_id INTEGER NOT NULL,
    PRIMARY KEY (hash, day, notice_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE settlements (
    a INTEGER NOT NULL REFERENCES notices(id) ON DELETE CASCADE,
    b INTEGER NOT NULL REFERENCES notices(id) ON DELETE CASCADE,
    verdict TEXT NOT NULL CHECK (verdict IN ('same', 'different')),
    settled_at TEXT NOT NULL,
    CHECK (a < b),
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX settlements_by_b ON settlements (b);
"""

_NOTES_ON_ATTACHMENTS = """
ALTER TABLE attachments ADD COLUMN note TEXT NOT NULL DEFAULT '';
CREATE INDEX attachments_by_url ON attachments (url) WHERE sha256 IS NOT NULL;
"""

_ALARMS = """
CREATE TABLE alarms (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('raised', 'reminder', 'recovered', 'event')),
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    mailed_at TEXT,
    posted_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT,
    last_reply TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX alarms_by_subject ON alarms (subject);
CREATE INDEX alarms_to_mail ON alarms (id) WHERE mailed_at IS NULL;
CREATE INDEX alarms_to_post ON alarms (id) WHERE posted_at IS NULL;
"""

_ROBOTS_AND_INTERRUPTIONS = """
ALTER TABLE subscribers ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail';
ALTER TABLE subscribers ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN bounced INTEGER NOT NULL DEFAULT 0
    CHECK (bounced IN (0, 1));
"""
