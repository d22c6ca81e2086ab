"""What a spider of ours says of its crawl, typed: stages and extensions read it and fill it in.

`crawlers` and `pipelines` meet in these attributes and nowhere else. A spider that was written by
hand may lack any of them; then it has said nothing, and what is filled in is lost with it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers.items import ColumnReport, KnownRow
from pipelines.brought import Brought, load


class SpiderState:
    """The attributes of one spider; None is a crawl that has none (yet)."""

    def __init__(self, spider: object | None) -> None:
        self._spider = spider

    def _get(self, name: str, otherwise: Any) -> Any:
        return getattr(self._spider, name, otherwise)

    @property
    def run_id(self) -> int:
        """The row of `runs`; 0 before a run was begun."""
        return int(self._get("run_id", "") or 0)

    @property
    def brought(self) -> Brought | None:
        """What a visit on another machine brought, which is being taken in; None: this crawl asks
        the site itself. Raises BundleError."""
        path = str(self._get("bundle", "") or "")
        if path and self._get("_brought", None) is None:
            setattr(self._spider, "_brought", load(Path(path)))  # noqa: B010 # the spider's own
        known: Brought | None = self._get("_brought", None)
        return known

    @property
    def seen_ids(self) -> set[int]:
        """Ids of the known notices that a list showed; to be filled."""
        seen: set[int] = self._get("seen_ids", set())
        return seen

    @property
    def only_url(self) -> str:
        """The one page that is read by hand; '' in a crawl of the lists."""
        return str(self._get("only_url", "") or "")

    @property
    def now(self) -> datetime | None:
        """The instant of the crawl; None for a spider that is not of the catalogue."""
        now: datetime | None = self._get("now", None)
        return now

    @property
    def columns(self) -> dict[str, Any]:
        """Column of the catalogue by name."""
        columns: dict[str, Any] = self._get("columns", {})
        return columns

    @property
    def reports(self) -> dict[str, ColumnReport]:
        """How each column answered, by name."""
        reports: dict[str, ColumnReport] = self._get("reports", {})
        return reports

    @property
    def known_rows(self) -> dict[str, list[KnownRow]]:
        """Notices the store knows, the newest first, by column; to be filled."""
        rows: dict[str, list[KnownRow]] = self._get("known_rows", {})
        return rows

    @property
    def saved_ids(self) -> dict[str, int]:
        """Id in the store by key of the notice; to be filled."""
        saved: dict[str, int] = self._get("saved_ids", {})
        return saved

    @property
    def listed_keys(self) -> set[str]:
        """Keys of the notices that a list showed in this crawl."""
        keys: set[str] = self._get("listed_keys", set())
        return keys

    @property
    def final_addresses(self) -> dict[str, str]:
        """Where redirects led, by key of the notice."""
        final: dict[str, str] = self._get("final_addresses", {})
        return final
