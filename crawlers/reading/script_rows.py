"""Rows that are data inside a script or an XML block of the page's source.

Hanweb writes `urls[i]='…';headers[i]="…"` (北京市知识产权局 until 2019, 北京市科委) and
`<record><![CDATA[<li>…]]></record>` (CNIPA, 医保局).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from parsel import Selector

from crawlers.reading.addresses import absolute
from crawlers.reading.rows import MOST_ROWS, Row
from crawlers.reading.text import visible_text

_ASSIGNED = re.compile(
    r"(urls|headers|year|month|day)\s{0,20}\[\s{0,20}i\s{0,20}\]\s{0,20}=\s{0,20}"
    r"""(?:'((?:[^'\\]|\\.){0,2000})'|"((?:[^"\\]|\\.){0,2000})")"""
)
_RECORD = "<record>"
_CDATA = re.compile(r"\s{0,200}<!\[CDATA\[")
_LONGEST_RECORD = 20_000


def array_rows(text: str, base_url: str) -> list[Row]:
    """Rows of Hanweb's arrays."""
    rows: list[Row] = []
    values: dict[str, str] = {}
    for match in islice(_ASSIGNED.finditer(text), 5 * MOST_ROWS):
        name, single, double = match.groups(default="")
        if name == "urls":
            values = {}
        values[name] = re.sub(r"\\(.)", r"\1", single or double)
        if "urls" in values and name in {"day", "headers"}:
            day = "-".join(values[part] for part in ("year", "month", "day") if part in values)
            row = Row(absolute(base_url, values["urls"]), _plain(values.get("headers", "")), day)
            if rows and rows[-1].url == row.url:
                rows.pop()
            rows += [row] if row.url and row.title else []
    return rows


def records(text: str) -> Iterator[str]:
    """The markup in `<record><![CDATA[…]]></record>` blocks, each once, a block without its end
    left out."""
    place, end = text.find(_RECORD), -1
    while place >= 0:
        start = place + len(_RECORD)
        opening = _CDATA.match(text, start)
        if opening:
            end = end if end >= opening.end() else text.find("]]>", opening.end())
            if end < 0:
                return
            if end - opening.end() <= _LONGEST_RECORD:
                yield text[opening.end() : end]
                start = end
        place = text.find(_RECORD, start)


def _plain(fragment: str) -> str:
    return visible_text(Selector(text=f"<p>{fragment}</p>"))
