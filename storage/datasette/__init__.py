"""The store in a browser: what Datasette is told, its plugins, templates and style."""
