"""From the store to an issue: what goes in, on which shelf, and for whom."""
