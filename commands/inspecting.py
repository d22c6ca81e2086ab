"""`zhengxun inspect`, `add` and `sources check`: read pages now and show what was read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from app.context import CommandError, Context, os_user
from app.reading_now import add_page, child_command, child_items, fullest, site_for
from commands import learned_selectors
from commands.terminal import printed
from crawlers.items import NoticeItem
from crawlers.saved_page import read_saved_page
from pipelines.normalise import normalise
from storage.models import Notice

SHOWN_TEXT = 400
# Notices of which one is shown; rows that are files come first on some lists.
LOOKED_AT = 6
LOOK_ONLY = ("-s", "ZX_STORE=0", "-s", "ITEM_PIPELINES={}")


def inspect(context: Context, target: str, url: str, console: Console, *, as_json: bool) -> int:
    """What would be read from one page (an address or a saved file), storing nothing."""
    if urlsplit(target).scheme in {"http", "https"}:
        items = fetch_items(context, target)
    else:
        items = file_items(context, Path(target), url)
    if not items:
        raise CommandError(f"nothing could be read from {target}; see the log above")
    notices = [(item, normalise(item, context.config.clock())) for item in items]
    if as_json:
        console.print_json(json.dumps([facts(item, notice) for item, notice in notices]))
        return 0
    for item, notice in notices:
        console.print(facts_table(item, notice))
    return 0


def add(context: Context, url: str, console: Console) -> int:
    """Put one page into the store by hand, through the same pipelines as a crawl."""
    added = add_page(context, url, who=os_user())
    if added is None:
        raise CommandError(f"没有收录 {url}（原因见上）；试读：zhengxun inspect {url}")
    stored = added.stored
    day = stored.notice.published_on or "无日期"
    title = printed(stored.notice.title or stored.notice.url)
    known = "，此前已收录" if added.was_known else ""
    console.print(f"{title} [dim]（{day}，编号 {stored.id}{known}）[/dim]", soft_wrap=True)
    if not stored.notice.complete:
        console.print("[yellow]正文未能读取，已按标题和链接收录[/yellow]")
    if not added.was_known:
        console.print(f"撤回：zhengxun remove {stored.id}")
    return 0


def remove(context: Context, number: int, reason: str, console: Console) -> int:
    """Take back what was added by hand; the journal keeps it."""
    from storage.notices.added_by_hand import take_back

    with context.store() as db:
        taken = take_back(db, number, who=os_user(), reason=reason, now=context.config.clock())
    console.print(f"已撤回 {number}：{printed(taken.title or taken.url)}", soft_wrap=True)
    return 0


def check_source(context: Context, name: str, console: Console) -> int:
    """Fetch the lists of a site and one notice; show what was read, storing nothing."""
    site = context.site(name)
    items = child_items(
        context, [*child_command(site.id), "-s", f"CLOSESPIDER_ITEMCOUNT={LOOKED_AT}"]
    )
    if not items:
        raise CommandError(f"{site.name}: no notice could be read; see the log above")
    item = fullest(items)
    console.print(facts_table(item, normalise(item, context.config.clock())))
    for line in learned_selectors.lines(learned_selectors.waiting(context, name)):
        console.print(line, soft_wrap=True)
    return 0


def fetch_items(context: Context, url: str) -> list[NoticeItem]:
    """The page behind an address, read by a child crawl that stores nothing."""
    return child_items(context, child_command(site_for(context, url).id, url))


def file_items(context: Context, path: Path, url: str) -> list[NoticeItem]:
    """The notices in a saved page or a saved list answer."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", 2) from error
    host = (urlsplit(url).hostname or "").lower()
    sites = [site for site in context.catalogue.values() if host and host in site.named_hosts]
    return read_saved_page(
        body,
        url=url,
        site=sites[0] if sites else None,
        operator_file=context.config.operator_sources,
    )


def facts(item: NoticeItem, notice: Notice) -> dict[str, Any]:
    """Every field with where it came from, for machines."""
    values = {field.name: printable(getattr(notice, field.name)) for field in fields(notice)}
    road = {"platform": item.platform, "body_borne_out_by": item.borne_out_by}
    readers = {**item.read_by, **notice.read_by}
    return {**values, **road, "read_by": readers, "problem": item.problem}


def printable(value: object) -> object:
    """A value as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [printable(part) for part in value]
    if isinstance(value, dict):
        return {name: printable(part) for name, part in value.items()}
    if hasattr(value, "__slots__"):
        return {name: printable(getattr(value, name)) for name in value.__slots__}
    return value


def facts_table(item: NoticeItem, notice: Notice) -> Table:
    """Every field with where it came from, for a person."""
    table = Table(title=printed(notice.title or notice.url), title_justify="left", box=None)
    for title in ("字段", "读到", "由谁读出"):
        table.add_column(title, overflow="fold")
    for name, value in facts(item, notice).items():
        if name in {"body_html", "content_hash", "read_by"} or value in ("", [], {}, None):
            continue
        text = "\n".join(lines_of(value))
        shown = text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}…（共 {len(text)} 字）"
        read = "body_html" if name == "body_text" else name  # one is made of the other
        reader = str(notice.read_by.get(read) or item.read_by.get(read, ""))
        table.add_row(name, printed(shown), reader)
    return table


def lines_of(values: Any) -> Iterable[str]:
    """A value in lines: of a list every value, of a table every name with what belongs to it."""
    if isinstance(values, dict):
        values = [f"{name}：{'、'.join(parts)}" for name, parts in values.items()]
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, dict):
            yield "  ".join(str(part) for part in value.values() if part not in ("", None))
        else:
            yield str(value)
