"""The TOML that would mend a column, as far as what was seen of it tells: for an operator's
sources.toml, and for ours.

Nothing is proposed that was not tried on the page: selectors find the rows again, another platform
reads more of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.source_check.looks import Answered, ColumnLook
from app.toml_text import tables
from china_time import SHANGHAI
from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.failures import BAD_CERTIFICATE
from crawlers.probing import guess_platform, row_selector
from crawlers.reading.list_page import read_rows
from crawlers.reading.platform import NO_PLATFORM

LEAST_ROWS = 3


def mended(look: ColumnLook, now: datetime) -> str:
    """The tables to paste; "" where nothing is known that would help."""
    site: dict[str, Any] = {}
    column: dict[str, Any] = {}
    for is_sites, keys in _keys(look, now):
        (site if is_sites else column).update(keys)
    if not site and not column:
        return ""
    columns = [{"name": look.column.name, **column}] if column else []
    return tables(look.site.id, site, *columns)


def _keys(look: ColumnLook, now: datetime) -> Iterator[tuple[bool, dict[str, Any]]]:
    """(whether it is the site's, keys with values)."""
    report = look.report
    failure = report.failure
    if failure is not None and failure.reason == BAD_CERTIFICATE:
        yield True, {"tls": "lenient"}
    if look.verdict == "blocked" and "browser" not in look.site.walls and _is_wall(look):
        yield True, _with_browser(look)
    learned = {name: list(css) for one in look.learned for name, css in one.selectors.items()}
    if learned:
        yield False, {"selectors": learned}
    elif look.answer is not None and report.reader in {"", "general"}:
        yield from _from_page(look, look.answer)
    if report.rows and look.answer is not None and _has_moved(look):
        yield False, {"url": look.answer.url}
    if failure is None and LEAST_ROWS <= report.rows < look.column.min_rows:
        yield False, {"min_rows": max(1, report.rows // 2)}
    _, inferred = look.site.evidence(look.column)
    if inferred and look.is_good:
        day = now.astimezone(SHANGHAI)
        seen = f"{day:%Y-%m}, 实际读取 {report.rows} 行"
        yield False, {"inferred": False, "seen": seen}


def _is_wall(look: ColumnLook) -> bool:
    return look.answer is not None and look.answer.status != 404


def _with_browser(look: ColumnLook) -> dict[str, Any]:
    parts = urlsplit(look.column.url)
    front = look.site.warmup_url or f"{parts.scheme}://{parts.netloc}/"
    return {"user_agent": "browser", "walls": ["warmup", "browser"], "warmup_url": front}


def _from_page(look: ColumnLook, answer: Answered) -> Iterator[tuple[bool, dict[str, Any]]]:
    """What the page itself tells: a selector of its rows, or another system that made it."""
    text, url = answer.text, answer.url
    if look.verdict == "blocked" or answer.status != 200 or text.lstrip()[:1] in {"", "{", "["}:
        return
    rows, _ = read_rows(text, url, Selectors(), NO_PLATFORM)
    css = row_selector(text, url, rows) if len(rows) >= LEAST_ROWS else ""
    if css:
        yield False, {"selectors": {"rows": css}}
        return
    guess = guess_platform(text, url)
    if guess.platform in {look.site.platform, platforms.PLAIN}:
        return
    platform = platforms.platform(guess.platform)
    found, _ = read_rows(text, url, Selectors(), platform)
    if len(found) > look.report.rows or guess.column:
        yield True, {"platform": guess.platform, **guess.site}
        if guess.column:
            yield False, guess.column


def _has_moved(look: ColumnLook) -> bool:
    """Whether a plain page was answered from another address."""
    answer = look.answer
    if answer is None or answer.method != "GET" or look.column.endpoint:
        return False
    asked = {look.column.url, look.column.url.replace("https://", "http://", 1)}
    return "{" not in look.column.url and answer.asked in asked and answer.url not in asked
