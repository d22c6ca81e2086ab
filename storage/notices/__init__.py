"""Notices: rows, earlier states, files, and what a new reading finds of them."""
