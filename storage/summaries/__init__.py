"""Summaries that a model made, and the requests for them."""
