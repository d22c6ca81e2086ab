"""Notices as files for spreadsheets and programs."""
