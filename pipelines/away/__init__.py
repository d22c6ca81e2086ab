"""Visits on other machines: what they record there, and how it is taken in where the store is."""
