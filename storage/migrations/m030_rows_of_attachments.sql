-- Tables of attachments as data: one row of a list is one row here; and how long a file is.

ALTER TABLE attachments ADD COLUMN extent TEXT NOT NULL DEFAULT '';
CREATE TABLE attachment_rows (
    attachment INTEGER NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
    sheet TEXT NOT NULL,
    row INTEGER NOT NULL CHECK (row > 0),
    cells TEXT NOT NULL CHECK (json_valid(cells)),
    PRIMARY KEY (attachment, sheet, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_by_content ON attachments (sha256) WHERE sha256 IS NOT NULL;
