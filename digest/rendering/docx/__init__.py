"""An issue as a Word file."""
