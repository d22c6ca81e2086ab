"""A list page nobody described: which platform it is of, what its rows are, its table of TOML."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from w3lib.encoding import html_body_declared_encoding

from app.context import CommandError, Context
from app.reading_now import CHILD_SECONDS, child_command, child_items, fullest
from app.toml_text import tables
from crawlers import platforms
from crawlers.catalogue import Selectors, load_catalogue
from crawlers.catalogue_files import CatalogueError
from crawlers.items import NoticeItem
from crawlers.probing import Guess, guess_platform, looked_at, names_of, row_selector
from crawlers.reading.addresses import is_wechat
from crawlers.reading.asked_data import LEAST_ROWS, described_post
from crawlers.reading.asked_post import Asked
from crawlers.reading.charset import detect
from crawlers.reading.list_page import read_rows
from crawlers.reading.platform import NO_PLATFORM

SITE = "probe"
ALL_DAYS = "20000"  # every row, whatever its date
_ALONE = "[catalogue]\nbuilt_in = false\n\n"  # what we know of a site must not help
_MIDDLEWARES = json.dumps({"crawlers.probing.OneOfEach": 500})


@dataclass(frozen=True)
class Probed:
    """What was found at an address: the rows of the list, the fullest notice behind them, and
    `site` and `column` as sources.toml would have them, under the id `name`."""

    url: str
    guess: Guess
    rows: tuple[NoticeItem, ...]
    notice: NoticeItem | None
    name: str
    site: Mapping[str, Any]
    column: Mapping[str, Any]

    @property
    def toml(self) -> str:
        """The tables to paste."""
        return tables(self.name, self.site, self.column)


def probe_site(context: Context, url: str) -> Probed:
    """Look at a list page. Raises CommandError for what is no address, and when nothing can be
    read there."""
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
        if guess.asks:
            guess = looked_at(guess, url, lambda one: _fetch(context, one, sources))
        if guess.platform == platforms.PLAIN and text and _is_empty(text, url):
            guess = _watched(context, url) or guess
        items = _crawl(context, url, guess, sources)
    rows = [item for item in items if item.list_title]
    read = [item for item in items if item.body_html or item.attachments or item.title]
    if not rows and not read:
        # What a wall or a broken server answers with says nothing of the publishing system.
        raise CommandError(f"{url}: no rows could be read; see the log above")
    listed = tuple({item.url: item for item in rows}.values())
    name, site, column = _described(context, url, guess, text, len(listed))
    return Probed(url, guess, listed, fullest(read) if read else None, name, site, column)


def write_site(
    context: Context, probed: Probed, *, site_name: str, column_name: str, place: Sequence[str]
) -> Path:
    """Add what was probed to the operator's own sources.toml, under a chapter and a heading.

    The whole file is read as the daemon reads it before it is put in place. Raises CommandError
    for an id that is taken and for a file that could not be used.
    """
    config = context.config
    if config.path is None:
        raise CommandError("there is no zhengxun.toml beside which sources.toml would stand")
    name, number = probed.name, 2
    while name in context.catalogue:
        name, number = f"{probed.name}_{number}", number + 1
    site = {**probed.site, "name": site_name, "section": place[0], "group": place[1]}
    path = config.path.parent / "sources.toml"
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    partial = path.with_name(f"{path.name}.part")
    text = f"{before.rstrip()}\n\n" if before.strip() else ""
    try:
        partial.write_text(
            text + tables(name, site, {**probed.column, "name": column_name}), encoding="utf-8"
        )
        load_catalogue(partial, sections=[one.id for one in config.digest.chapters])
        partial.replace(path)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    except CatalogueError as error:
        raise CommandError(f"{path} was not changed: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return path


def _fetch(context: Context, url: str, sources: Path) -> str:
    """The page as text; first under our own name, then under a browser's. Empty behind a wall."""
    host = urlsplit(url).hostname or ""
    for agent in ("honest", "browser"):
        # What the address alone tells: a publisher behind a wall is not seen without its steps.
        site = {"user_agent": agent, **guess_platform("", url).site}
        described = tables(SITE, _site(host, platforms.PLAIN, site), _column(url))
        sources.write_text(_ALONE + described, "utf-8")
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


def _is_empty(text: str, url: str) -> bool:
    """Whether nothing on the page is a list."""
    return len(read_rows(text, url, Selectors(), NO_PLATFORM)[0]) < LEAST_ROWS


def _watched(context: Context, url: str) -> Guess | None:
    """The guess for a shell whose list a browser sees it ask for, posted or not; None without."""
    environment = {**context.environment(), "SCRAPY_SETTINGS_MODULE": "crawlers.settings"}
    command = [sys.executable, "-P", "-m", "crawlers.watching", url]
    try:
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, timeout=CHILD_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    for one in json.loads(done.stdout or b"[]"):
        asked = Asked(**one)
        column = described_post(asked, url)
        if column is not None:
            words = f"网页由脚本显示；在浏览器里看到它请求 {asked.method} {asked.url}"
            return Guess("json", words, column)
    return None


def _crawl(context: Context, url: str, guess: Guess, sources: Path) -> list[NoticeItem]:
    host = urlsplit(url).hostname or ""
    site, column = _site(host, guess.platform, guess.site), _column(url) | guess.column
    sources.write_text(_ALONE + tables(SITE, site, column), "utf-8")
    arguments = ["-a", f"days={ALL_DAYS}", "-s", f"SPIDER_MIDDLEWARES={_MIDDLEWARES}"]
    return child_items(context, [*child_command(SITE), *arguments, *_options(sources)])


def _options(sources: Path) -> list[str]:
    return ["-s", f"ZX_OPERATOR_SOURCES={sources}"]


def _described(
    context: Context, url: str, guess: Guess, text: str, rows: int
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The id, the site and the column as they may be written into sources.toml."""
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
    return (name if name[:1].isalpha() else f"site_{name}"), site, column


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
