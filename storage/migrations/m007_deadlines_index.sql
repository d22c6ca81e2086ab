-- What is due is found without reading a page of every notice.

CREATE INDEX notices_with_deadlines ON notices (deadlines) WHERE deadlines <> '[]';
