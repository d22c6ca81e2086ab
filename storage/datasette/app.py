"""The store as a web application, read-only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from datasette.app import Datasette

from storage.datasette.metadata import metadata
from storage.datasette.store_database import InternalDatabase, StoreDatabase

_HERE = Path(__file__).parent

_SETTINGS: dict[str, Any] = {
    "default_page_size": 50,
    "max_returned_rows": 2000,
    "sql_time_limit_ms": 5000,
    "facet_time_limit_ms": 1000,
    "suggest_facets": False,
    "truncate_cells_html": 160,
    # The daemon writes meanwhile: a page that is a minute old is a wrong page.
    "default_cache_ttl": 0,
    "allow_download": False,
    "max_csv_mb": 0,
}


def build(
    path: Path, *, today: date | None = None, sections: Mapping[str, str] | None = None
) -> Datasette:
    """Datasette on the store at `path`, which may be written to meanwhile by others.

    The file is opened with mode=ro, never as immutable and never with nolock: with either,
    readers of a database in WAL mode see damage or stale pages.
    `today` and `sections` as in `storage.datasette.metadata.metadata`.
    """
    datasette = Datasette(
        files=[str(path)],
        metadata=metadata(path.stem, today=today, sections=sections),
        plugins_dir=str(_HERE / "plugins"),
        template_dir=str(_HERE / "templates"),
        static_mounts=[("assets", str(_HERE / "assets"))],
        settings=_SETTINGS,
    )
    datasette.remove_database("_internal")
    internal = InternalDatabase(datasette, memory_name=secrets.token_hex())
    datasette.add_database(internal, name="_internal")
    datasette.remove_database(path.stem)
    datasette.add_database(StoreDatabase(datasette, str(path), is_mutable=True), path.stem)
    return datasette


def close(datasette: Datasette) -> None:
    """End its threads and close every connection that it opened."""
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()
