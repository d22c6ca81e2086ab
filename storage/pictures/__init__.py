"""Text in pictures: the queue of files that are to be read, and what was recognised."""
