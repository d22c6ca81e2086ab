"""Corrections (更正) of issues that have gone out."""
