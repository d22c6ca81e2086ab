"""What the editors' desk keeps: people, their links and sessions, what was tried, and tasks."""
