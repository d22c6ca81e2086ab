"""What comes back: bounces, unsubscriptions, and the page of readers' own choices."""
