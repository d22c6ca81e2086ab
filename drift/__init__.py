"""Redesigns of the watched sites, drawn at random, and whether the issue stays right."""
