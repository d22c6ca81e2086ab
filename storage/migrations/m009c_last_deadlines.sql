-- What is not over yet is found without reading what is: deadlines are kept in the order of
-- their days, so the last one tells.

DROP INDEX notices_with_deadlines;
CREATE INDEX notices_by_last_deadline ON notices (json_extract(deadlines, '$[#-1].on'))
WHERE deadlines <> '[]';
