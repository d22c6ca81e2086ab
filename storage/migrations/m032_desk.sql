-- The editors' desk: who may use it, their links and sessions, what was tried, and the tasks given.

CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'editor', 'releaser', 'operator')),
    password TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;

CREATE TABLE invitations (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people(id),
    token_hash TEXT NOT NULL UNIQUE,
    made_at TEXT NOT NULL,
    until TEXT NOT NULL,
    used_at TEXT
) STRICT;
CREATE INDEX invitations_by_person ON invitations (person_id);

CREATE TABLE desk_sessions (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people(id),
    token_hash TEXT NOT NULL UNIQUE,
    began_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    until TEXT NOT NULL,
    said TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX desk_sessions_by_person ON desk_sessions (person_id);

CREATE TABLE desk_tries (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('client', 'password', 'link')),
    subject TEXT NOT NULL,
    tried_at TEXT NOT NULL
) STRICT;
CREATE INDEX desk_tries_by_subject ON desk_tries (kind, subject, tried_at);

CREATE TABLE tasks (
    id INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL REFERENCES notices(id),
    owner TEXT NOT NULL,
    due_on TEXT,
    note TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('open', 'done')),
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT;
CREATE INDEX tasks_by_notice ON tasks (notice_id);
CREATE INDEX tasks_by_state ON tasks (state, due_on);

-- What was done at the desk beside the issues: to readers, sources, people and tasks.
CREATE TABLE desk_acts (
    id INTEGER PRIMARY KEY,
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
