"""The store in a browser: what Datasette is told, its plugins, templates and style."""

import datasette.utils
import datasette.utils.sqlite


def _has_json(connection: object = None) -> bool:
    """Whether SQLite reads JSON: every one that Python 3.11 and later is built with does."""
    return True


# Datasette's own probes open connections at import and at pages of a table, and close none, which
# Python 3.13 says aloud. Its modules take what they ask from here when they are imported.
datasette.utils.detect_json1 = _has_json
datasette.utils.sqlite._cached_sqlite_version = datasette.utils.sqlite.sqlite3.sqlite_version_info
