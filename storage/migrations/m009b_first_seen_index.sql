-- What may enter an issue is found without reading the notices themselves.

DROP INDEX notices_by_first_seen;
CREATE INDEX notices_by_first_seen ON notices (first_seen_at, published_on, duplicate_of);
