-- Which words a topic was found by. Notices read before have none until read again.

ALTER TABLE notices ADD COLUMN topic_words TEXT NOT NULL DEFAULT '{}'
    CHECK (json_valid(topic_words));
