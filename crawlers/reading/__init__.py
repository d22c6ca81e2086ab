"""Pure page reading: a page in, text out. Nothing here fetches, stores or cleans."""
