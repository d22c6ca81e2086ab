-- What was known of the mails that went out after a copy was made, when it was put back.

CREATE TABLE restorations (
    id INTEGER PRIMARY KEY,
    restored_at TEXT NOT NULL,
    copied_at TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('known', 'sent', 'unsent')),
    weeks TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(weeks))
) STRICT;
