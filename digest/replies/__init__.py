"""What comes back: bounces, wishes to leave, and the page on which readers change their choices."""
