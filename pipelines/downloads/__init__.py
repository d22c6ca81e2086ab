"""The files that notices name: what they are, and their text."""
