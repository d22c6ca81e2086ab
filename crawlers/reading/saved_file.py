"""The rows of a saved list: of its page, or of the answer its script was given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from crawlers.catalogue import Selectors
from crawlers.reading.jpaas_units import read_units
from crawlers.reading.list_page import read_rows
from crawlers.reading.platform import Platform
from crawlers.reading.rows import Row
from crawlers.reading.shells import script_list_reason
from crawlers.reading.tree import parse_page

_EMPTY_LIST = "//body//*[self::ul or self::ol or self::tbody][not(*)]"
_ARTICLE = (
    "//meta[translate(@name, 'ARTICLE', 'article')='articletitle'][normalize-space(@content)]"
)
MIN_ROWS = 3
"""Dated rows that make a page a list where nothing else says so."""


def looks_like_json(text: str) -> bool:
    """Whether a saved answer is data and no page."""
    return text.lstrip()[:1] in {"{", "["}


def rows_of_answer(text: str, base_url: str, platforms: Sequence[Platform]) -> Iterator[Row]:
    """The rows that any of these platforms finds anywhere in a JSON answer; nothing for what is
    not JSON."""
    try:
        answer = json.loads(text)
    except ValueError:
        return
    seen: set[str] = set()
    for node in _objects(answer):
        for platform in platforms:
            for row in platform.answered(node, base_url):
                identity = f"{row.url} {row.title} {row.body_html}"
                if identity not in seen:
                    seen.add(identity)
                    yield row


def rows_of_page(text: str, base_url: str, selectors: Selectors, platform: Platform) -> list[Row]:
    """The rows of a page that is a list, as a crawl reads them; [] where too few have a day."""
    rows, _ = read_rows(text, base_url, selectors, platform)
    return list(rows) if sum(bool(row.date) for row in rows) >= MIN_ROWS else []


def shell_of_list(text: str) -> str:
    """Where the list of a column page is that a script asks for it (Chinese), or ""."""
    units = read_units(text)
    if not units:
        page = parse_page(text)
        is_column = bool(page.xpath(_EMPTY_LIST)) and not page.xpath(_ARTICLE)
        return script_list_reason(page) if is_column else ""
    query = units[0].query
    return f"栏目外壳页，列表由 {units[0].url} 给出（pageId={query.get('pageId', '')}）"


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value, outer before inner. Bounded by the parser's own depth."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from _objects(part)
