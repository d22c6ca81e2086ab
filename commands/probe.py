"""`zhengxun sources probe URL`: look at a list page nobody described, print the TOML to paste."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from w3lib.encoding import html_body_declared_encoding

from app.context import CommandError, Context
from commands.inspecting import CHILD_SECONDS, child_command, child_items, facts_table, fullest
from commands.terminal import printed
from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.probing import Guess, guess_platform, names_of, row_selector
from crawlers.reading.addresses import is_wechat
from crawlers.reading.charset import detect
from crawlers.reading.list_page import read_rows
from crawlers.reading.platform import NO_PLATFORM
from pipelines.normalise import normalise

SITE = "probe"
ALL_DAYS = "20000"  # every row, whatever its date
SHOWN_ROWS = 10
FEWEST_ROWS = 3
_ALONE = "[catalogue]\nbuilt_in = false\n\n"  # what we know of a site must not help
_MIDDLEWARES = json.dumps({"crawlers.probing.OneOfEach": 500})


def probe(context: Context, url: str, console: Console) -> int:
    """Say which platform a list page is of, show its rows and one notice, print its table."""
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise CommandError(f"{url!r} is not a whole http:// or https:// address", 2)
    if is_wechat(url):
        raise CommandError(
            "WeChat has no lists; name a relay feed of the account (README, Going live), "
            "or read one article: zhengxun inspect URL",
            2,
        )
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "sources.toml"
        text = _fetch(context, url, sources)
        guess = guess_platform(text, url)
        items = _crawl(context, url, guess, sources)
    rows = [item for item in items if item.list_title]
    read = [item for item in items if item.body_html or item.attachments or item.title]
    if not rows and not read:
        # What a wall or a broken server answers with says nothing of the publishing system.
        raise CommandError(f"{url}: no rows could be read; see the log above")
    say_watched(context, url, console)
    console.print(f"平台：[bold]{guess.platform}[/bold]（{printed(guess.sign)}）", highlight=False)
    listed = list({item.url: item for item in rows}.values())
    console.print(_rows_table(listed))
    if read:
        item = fullest(read)
        console.print(facts_table(item, normalise(item, context.config.clock())))
    block = _block(context, url, guess, text, len(listed))
    console.out(
        "# paste into the sources.toml next to zhengxun.toml, check name, section and group,"
    )
    console.out(f"# then: zhengxun sources check {block[1 : block.index(']')]}", highlight=False)
    console.out(block, highlight=False)
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


def _fetch(context: Context, url: str, sources: Path) -> str:
    """The page as text; first under our own name, then under a browser's. Empty behind a wall."""
    host = urlsplit(url).hostname or ""
    for agent in ("honest", "browser"):
        # What the address alone tells: a publisher behind a wall is not seen without its steps.
        site = {"user_agent": agent, **guess_platform("", url).site}
        tables = _tables(SITE, _site(host, platforms.PLAIN, site), _column(url))
        sources.write_text(_ALONE + tables, "utf-8")
        body = _child_output(context, url, sources)
        if body:
            return body.decode(detect(body, html_body_declared_encoding(body) or ""), "replace")
    return ""


def _child_output(context: Context, url: str, sources: Path) -> bytes:
    command = [sys.executable, "-P", "-m", "scrapy", "fetch", f"--spider={SITE}", url]
    options = [*_options(sources), "-s", "ITEM_PIPELINES={}", "-s", "ZX_STORE=0", "-L", "WARNING"]
    environment = {**context.environment(), "SCRAPY_SETTINGS_MODULE": "crawlers.settings"}
    try:
        done = subprocess.run(
            [*command, *options],
            env=environment, stdout=subprocess.PIPE, timeout=CHILD_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CommandError(f"no answer within {CHILD_SECONDS} s; try again later") from None
    return done.stdout.strip()


def _crawl(context: Context, url: str, guess: Guess, sources: Path) -> list[NoticeItem]:
    host = urlsplit(url).hostname or ""
    site, column = _site(host, guess.platform, guess.site), _column(url) | guess.column
    sources.write_text(_ALONE + _tables(SITE, site, column), "utf-8")
    arguments = ["-a", f"days={ALL_DAYS}", "-s", f"SPIDER_MIDDLEWARES={_MIDDLEWARES}"]
    return child_items(context, [*child_command(SITE), *arguments, *_options(sources)])


def _options(sources: Path) -> list[str]:
    return ["-s", f"ZX_OPERATOR_SOURCES={sources}"]


def _rows_table(items: list[NoticeItem]) -> Table:
    table = Table(title=f"列表：{len(items)} 行", title_justify="left", box=None, pad_edge=False)
    for title in ("日期", "标题", "地址"):
        table.add_column(title, overflow="fold")
    for item in items[:SHOWN_ROWS]:
        table.add_row(printed(item.list_date), printed(item.list_title), printed(item.url))
    return table


def _block(context: Context, url: str, guess: Guess, text: str, rows: int) -> str:
    host = urlsplit(url).hostname or ""
    site_name, column_name = names_of(text)
    chapter = context.config.digest.chapters[-1]
    site = _site(host, guess.platform, guess.site)
    site |= {"name": site_name or host, "section": chapter.id, "group": chapter.groups[0]}
    column = _column(url) | guess.column
    column |= {"name": column_name or "通知公告", "min_rows": max(1, rows // 2)}
    column["max_quiet_days"] = 30
    if guess.platform == platforms.PLAIN:
        found, _ = read_rows(text, url, Selectors(), NO_PLATFORM)
        css = row_selector(text, url, found)
        column |= {"selectors": {"rows": css}} if css else {}
    name = re.sub(r"\W+", "_", host.removeprefix("www.").rpartition(".")[0] or host).lower()
    return _tables(name if name[:1].isalpha() else f"site_{name}", site, column)


def _site(host: str, platform: str, more: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": host,
        "platform": platform,
        "section": "projects",
        "group": "国家级",
        "crawl": "20 8,14 * * mon-fri",
        **{key: value for key, value in more.items() if value != "honest"},
    }


def _column(url: str) -> dict[str, Any]:
    return {"name": "通知公告", "url": url}


def _tables(name: str, site: Mapping[str, Any], column: Mapping[str, Any]) -> str:
    lines = [f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in site.items())]
    lines += ["", f"[[{name}.columns]]"]
    lines += [f"{key} = {_toml(value)}" for key, value in column.items()]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """JSON's strings, numbers and lists are TOML's too; its objects are not."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(part)}" for key, part in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
