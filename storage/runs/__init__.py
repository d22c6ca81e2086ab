"""Crawls: the catalogue, how columns answered, and what was learned from that."""
