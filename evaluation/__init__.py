"""Measures the readers on the gold set, beside other extractors. `make eval` runs it."""
