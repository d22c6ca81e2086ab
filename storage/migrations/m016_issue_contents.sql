-- What an issue said when it was composed: whoever is sent it later gets the same.

CREATE TABLE issue_contents (
    issue_id INTEGER PRIMARY KEY REFERENCES issues(id),
    content TEXT NOT NULL CHECK (json_valid(content))
) STRICT;
