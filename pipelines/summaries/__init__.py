"""A model's summary of a body, printed only where it is the page's own words."""
