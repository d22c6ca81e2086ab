"""Pages that are read now, because a person asks: by a child crawl, within some minutes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.context import CommandError, Context
from crawlers.catalogue import Site
from crawlers.items import NoticeItem, item_of
from storage.models import StoredNotice
from storage.notices.added_by_hand import note_added
from storage.notices.notices import find_by_url

CHILD_SECONDS = 180
_LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d ")


@dataclass(frozen=True, slots=True)
class Added:
    """A page that was put into the store by hand; `was_known`: it was there before."""

    stored: StoredNotice
    was_known: bool


def add_page(context: Context, url: str, *, who: str) -> Added | None:
    """Read one page into the store through the same pipelines as a crawl; None when it was not
    taken. One that is known is read again. Raises CommandError for a host nobody watches."""
    site = site_for(context, url)
    with context.store() as db:
        before = find_by_url(db, url)
    run_child(context, child_command(site.id, url))
    with context.store() as db:
        stored = find_by_url(db, url)
        if stored is not None and before is None:
            now, title = context.config.clock(), stored.notice.title
            note_added(db, stored.id, url=stored.notice.url, title=title, who=who, now=now)
    return None if stored is None else Added(stored, before is not None)


def fullest(items: Sequence[NoticeItem]) -> NoticeItem:
    """The first notice with a text: a row that is a file shows nothing of how pages are read."""
    return next((item for item in items if item.complete and item.body_html.strip()), items[0])


def site_for(context: Context, url: str) -> Site:
    """The site that watches this host; an unknown host is bad usage."""
    host = (urlsplit(url).hostname or "").lower()
    for site in context.catalogue.values():
        if host in site.named_hosts:
            return site
    raise CommandError(
        f"no site of the catalogue has the host {host or url!r}; "
        "add one to sources.toml (README, Adding a site)",
        2,
    )


def child_command(site: str, url: str = "") -> list[str]:
    """The argument vector of a crawl without a run of its own."""
    from sys import executable

    command = [executable, "-P", "-m", "scrapy", "crawl", site]
    return [*command, "-a", f"url={url}"] if url else command


def child_items(context: Context, command: list[str]) -> list[NoticeItem]:
    """Items as the spider made them, before any pipeline."""
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder) / "items.jsonl"
        run_child(
            context,
            [*command, "-s", "ZX_STORE=0", "-s", "ITEM_PIPELINES={}", "-O", f"{feed}:jsonlines"],
        )
        lines = feed.read_text(encoding="utf-8").splitlines() if feed.exists() else []
    return [item_of(json.loads(line)) for line in lines]


def run_child(context: Context, command: list[str]) -> None:
    """Run a crawl to its end; what its log says goes to our stderr, without tracebacks."""
    environment = {**context.environment(), "SCRAPY_SETTINGS_MODULE": "crawlers.settings"}
    try:
        done = subprocess.run(
            [*command, "-L", "WARNING"],
            env=environment,
            timeout=CHILD_SECONDS,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CommandError(f"no answer within {CHILD_SECONDS} s; try again later") from None
    lines = done.stderr.splitlines()
    # Whatever ended it says so last. The lines of a log begin with their time.
    last = [lines[-1]] if done.returncode and lines else []
    for line in [*(line for line in lines if _LOG_LINE.match(line)), *last]:
        sys.stderr.write(f"{line}\n")
    if done.returncode:
        raise CommandError(f"the crawl ended with exit code {done.returncode}")
