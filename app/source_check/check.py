"""The whole of a check: ask, look, draw, write."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.context import Context
from app.source_check.document import document, unread_pages
from app.source_check.looks import SiteLook
from app.source_check.page import written
from app.source_check.pictures import drawn
from app.source_check.recordings import recorded
from app.source_check.redaction import Redaction
from app.source_check.visiting import OnSite, looked_at
from china_time import SHANGHAI
from crawlers.browser_process import chromium_here
from crawlers.catalogue import Site


@dataclass(frozen=True, slots=True)
class Checked:
    """The page, and what it says."""

    page: Path
    document: dict[str, Any]
    looks: list[SiteLook]


def check(
    context: Context,
    sites: Sequence[Site],
    on_site: OnSite,
    *,
    out: Path | None = None,
    record: Path | None = None,
) -> Checked:
    """Ask these sites now, and write page and JSON into `out` (default: a folder of this minute in
    the data folder). `record` gets requests and answers."""
    began = time.monotonic()
    now = context.config.clock()
    with tempfile.TemporaryDirectory() as folder:
        if record is None:
            looks = looked_at(context, sites, Path(folder), on_site)
        else:
            looks = recorded(context, sites, Path(folder), on_site, record)
    redaction = Redaction(context)
    pages = {
        f"{look.site.id}/{column}": redaction.of(text)
        for look in looks
        for column, text in unread_pages(look).items()
    }
    told = document(
        looks,
        drawn(context, pages),
        redaction,
        now=now,
        seconds=time.monotonic() - began,
        browser=_browser(context),
    )
    minute = now.astimezone(SHANGHAI).strftime("%Y-%m-%d-%H%M")
    page = written(told, out or context.config.data / "checks" / minute)
    return Checked(page, told, looks)


def _browser(context: Context) -> str:
    crawl = context.config.crawl
    if crawl.browser != "auto":
        return crawl.browser
    return "chromium" if chromium_here(crawl.browser_path) else "bundled"
