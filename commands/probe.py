"""`zhengxun sources probe URL`: look at a list page nobody described, print the TOML to paste."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from app.context import Context
from app.probing import probe_site
from commands.inspecting import facts_table
from commands.terminal import printed
from crawlers.items import NoticeItem
from pipelines.normalise import normalise

SHOWN_ROWS = 10
FEWEST_ROWS = 3


def probe(context: Context, url: str, console: Console) -> int:
    """Say which platform a list page is of, show its rows and one notice, print its table."""
    found = probe_site(context, url)
    say_watched(context, url, console)
    console.print(
        f"平台：[bold]{found.guess.platform}[/bold]（{printed(found.guess.sign)}）", highlight=False
    )
    console.print(_rows_table(found.rows))
    if found.notice is not None:
        item = found.notice
        console.print(facts_table(item, normalise(item, context.config.clock())))
    console.out(
        "# paste into the sources.toml next to zhengxun.toml, check name, section and group,"
    )
    console.out(f"# then: zhengxun sources check {found.name}", highlight=False)
    console.out(found.toml, highlight=False)
    return 0


def say_watched(context: Context, url: str, console: Console) -> None:
    """Say that the host is in the catalogue already, and whether this very list is."""
    host = (urlsplit(url).hostname or "").lower()
    for site in context.catalogue.values():
        if host not in site.named_hosts:
            continue
        same = [column.name for column in site.columns if column.url.rstrip("/") == url.rstrip("/")]
        state = "" if site.enabled else "，未启用"
        what = f"栏目“{same[0]}”就是这个列表" if same else "这个列表可作为它的又一个栏目"
        console.print(
            f"[yellow]来源目录里已有这个网站：{printed(site.name)}（{site.id}{state}）；"
            f"{printed(what)}[/yellow]",
            soft_wrap=True,
        )


def _rows_table(items: Sequence[NoticeItem]) -> Table:
    table = Table(title=f"列表：{len(items)} 行", title_justify="left", box=None, pad_edge=False)
    for title in ("日期", "标题", "地址"):
        table.add_column(title, overflow="fold")
    for item in items[:SHOWN_ROWS]:
        table.add_row(printed(item.list_date), printed(item.list_title), printed(item.url))
    return table
