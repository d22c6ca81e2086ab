"""Answers kept as they came, and notices read from them again."""
