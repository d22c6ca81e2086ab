-- Text in pictures and scanned pages, apart from what is printed: the queue of files that are to be
-- read, their pages as they were read, the pictures of bodies, and what was made out of them.

CREATE TABLE picture_files (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    type TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    pages INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL DEFAULT '',
    confidence REAL,
    note TEXT NOT NULL DEFAULT '',
    done_at TEXT
) STRICT;
CREATE INDEX picture_files_waiting ON picture_files (id) WHERE done_at IS NULL;

CREATE TABLE picture_pages (
    file INTEGER NOT NULL REFERENCES picture_files (id) ON DELETE CASCADE,
    page INTEGER NOT NULL CHECK (page > 0),
    text TEXT NOT NULL,
    confidence REAL,
    note TEXT NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (file, page)
) STRICT, WITHOUT ROWID;
CREATE INDEX picture_pages_by_time ON picture_pages (read_at);

CREATE TABLE body_pictures (
    notice_id INTEGER NOT NULL REFERENCES notices (id),
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (notice_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX body_pictures_by_content ON body_pictures (sha256);
CREATE INDEX body_pictures_by_url ON body_pictures (url);

CREATE TABLE picture_facts (
    notice_id INTEGER PRIMARY KEY REFERENCES notices (id),
    doc_number TEXT NOT NULL,
    written_on TEXT,
    deadlines TEXT NOT NULL CHECK (json_valid(deadlines)),
    confidence REAL NOT NULL,
    found_at TEXT NOT NULL
) STRICT;

INSERT OR IGNORE INTO picture_files (sha256, path, type, queued_at)
SELECT sha256, path, type, strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now') FROM attachments
WHERE sha256 IS NOT NULL AND path IS NOT NULL AND removed_at IS NULL AND (
    type IN ('jpg', 'jpeg', 'png', 'gif', 'bmp', 'tif', 'tiff', 'webp')
    OR type = 'pdf' AND note LIKE '%可能是扫描%')
ORDER BY id;
