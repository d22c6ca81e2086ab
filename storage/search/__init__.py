"""Full-text search: the index, limits and ranking."""
