"""An issue as files: HTML, text, Word, calendar, feed, JSON and PDF."""
