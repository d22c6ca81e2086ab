"""What comes back: bounces, requests to unsubscribe, and the page on which readers change their choices."""
