"""编辑台: the desk in a browser for those who write and let go the weekly issue."""
