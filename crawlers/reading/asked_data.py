"""What an empty list page asks for by script, and how the data that comes is to be read.

For a page nobody described: the addresses in its scripts, and for an answer that holds a list the
keys of a column (`crawlers.records`) that reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from parsel import Selector

from crawlers.reading.addresses import absolute
from crawlers.reading.asked_post import Asked, sent_with
from crawlers.reading.json_rows import NotRecordsError, day_at, read_json, read_records
from crawlers.reading.learned_records import EVERY, Record, every_record
from crawlers.reading.meta import without_markup
from crawlers.reading.printed_dates import day_of
from crawlers.reading.rows import Row
from crawlers.records import Records

LEAST_ROWS = 3
MOST_ASKED = 12
_MOST_SCRIPT = 2_000_000  # characters of a script that are looked at
_CALLED = re.compile(
    r"""(?:\burl\s{0,5}:|\bfetch\(|\.(?:get|post|ajax|getJSON|request|load)\()\s{0,5}["'`]"""
    r"""([^"'`\s<>]{2,300})["'`]"""
)
_NAMED = re.compile(r"""["'`]((?:\.{0,2}/|https?://)[^"'`\s<>]{2,300})["'`]""")
_LOOKS_ASKED = re.compile(r"\.json\b|/(?:api|front|open|anon)/|[Ll]ist\b|[Pp]age\b|/es/")
_NO_DATA = re.compile(
    r"\.(?:js|css|png|jpe?g|gif|svg|ico|s?html?|woff2?|pdf|docx?)(?:[?#]|$)", re.I
)
_NUMBER = re.compile(r"page_?(?:no|num|number|index)?|p|current", re.IGNORECASE)
# A name that a table of ours may hold: what a page calls its fields is the page's word.
_GIVEN = re.compile(r"(?:^|[=(,:])\s{0,20}[\[{]")
_MOST_HELD = 40
_PLAIN = re.compile(r"[\w-]{1,80}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ADDRESS = re.compile(r"(?:https?:)?/{1,2}[\w.-]|\./|[\w/-]+\.s?html?$")
_TOTAL = ("total", "totalcount", "totalnum", "recordcount", "count")
_PAGES = ("pages", "totalpage", "totalpages", "pagecount", "maxpagenum")


def asked_addresses(text: str, url: str) -> list[str]:
    """The addresses that the scripts of a page seem to ask for data, surest first; scripts of the
    page's own host that stand in files of their own come last: they may name more."""
    page = Selector(text=text or "<html></html>")
    inline = "\n".join(page.css("script:not([src])::text").getall())
    files = [absolute(url, src) for src in page.css("script[src]::attr(src)").getall()]
    own = [file for file in files if urlsplit(file).netloc == urlsplit(url).netloc]
    return [*named_addresses(inline, url), *own[-LEAST_ROWS:]][:MOST_ASKED]


def named_addresses(script: str, url: str) -> list[str]:
    """The addresses of data in a script's source, those that it calls first."""
    script = script[:_MOST_SCRIPT]
    called = [match for match in islice(_CALLED.findall(script), 200) if not _NO_DATA.search(match)]
    named = [
        match
        for match in islice(_NAMED.findall(script), 2_000)
        if _LOOKS_ASKED.search(match) and not _NO_DATA.search(match)
    ]
    whole = (absolute(url, one + ("1" if one.endswith("=") else "")) for one in (*called, *named))
    near = [one for one in whole if urlsplit(one).netloc == urlsplit(url).netloc]
    return list(dict.fromkeys(near))[:MOST_ASKED]


def described_post(asked: Asked, url: str) -> dict[str, Any] | None:
    """As `described`, of a request that the page was seen to make, posted or not."""
    way = sent_with(asked)
    if way is None:
        return None
    send, fields = way
    column = described(asked.answer, url, asked.url, fields)
    if column is not None and send != "query":
        column["send"] = send
    return column


def described(
    answer: str, url: str, asked: str, posted: Mapping[str, str] | None = None
) -> dict[str, Any] | None:
    """The keys of a column that reads this answer to `asked`, for the list page `url`; None where
    it holds no list of titles, days and addresses. `posted`: fields sent in the body."""
    try:
        value = read_json(answer)
    except NotRecordsError:
        return None
    best = max(_lists(value), key=lambda one: len(one[1]), default=None)
    if best is None:
        return None
    way, _, fields = best
    records = {"rows": ".".join(way), **fields} if way else dict(fields)
    for key, names in (("total", _TOTAL), ("pages", _PAGES)):
        path = _count(value, names)
        records |= {key: path} if path else {}
    parts = urlsplit(asked)
    asked_with = parse_qsl(parts.query, keep_blank_values=True)
    params = {name: said for name, said in asked_with if _PLAIN.fullmatch(name)}
    asked = asked.partition("?")[0]
    if posted:
        # What stands in the address of a posted request stays there.
        asked += f"?{urlencode(params)}" if params else ""
        params = dict(posted)
    number = next((name for name in params if _NUMBER.fullmatch(name)), "")
    column: dict[str, Any] = {"endpoint": _shortest(asked, url)}
    if number:
        first = params.pop(number)
        column["paging"] = {"number": number, "size": len(best[1])}
        column["paging"] |= {"first": int(first)} if first == "0" else {}
    if params:
        column["params"] = params
    return column | {"records": records}


def held_rows(page: Selector, base_url: str) -> list[Row]:
    """The rows of the longest list of titles, days and addresses that a page's own scripts hold as
    JSON, for a script to draw (var listData = [{…}, …])."""
    best: list[Row] = []
    for value in islice(_held(page), _MOST_HELD):
        for way, _, fields in _lists({"held": value}):
            records = Records.model_validate({"rows": ".".join(way), **fields})
            rows = read_records({"held": value}, records, base_url)
            best = max(best, rows, key=len)
    return best


def _held(page: Selector) -> Iterator[object]:
    """The JSON values in the scripts of a page: a whole one, or what a name is given."""
    decoder = json.JSONDecoder()
    left = _MOST_SCRIPT
    for script in page.css("script:not([src])::text").getall():
        script, left = script[:left], left - len(script)
        place = 0
        while (found := _GIVEN.search(script, place)) is not None:
            try:
                value, place = decoder.raw_decode(script, found.end() - 1)
            except (ValueError, RecursionError):
                place = found.end()
            else:
                yield value


def _lists(value: object) -> Iterator[tuple[tuple[str, ...], list[Record], dict[str, str]]]:
    """Every array of records that has titles, days and addresses: the way to it, and its fields."""
    arrays: dict[tuple[str, ...], list[Record]] = {}
    for way, record in every_record(value):
        if way and way[-1] == EVERY and all(map(_PLAIN.fullmatch, way[:-1])):
            arrays.setdefault(way[:-1], []).append(record)
    for way, rows in arrays.items():
        fields = _fields(rows) if len(rows) >= LEAST_ROWS and EVERY not in way else None
        if fields is not None:
            yield way, rows, fields


def _fields(rows: Sequence[Record]) -> dict[str, str] | None:
    names = list(dict.fromkeys(name for row in rows for name in row if _PLAIN.fullmatch(name)))
    title = max(names, key=lambda name: _as_title(rows, name), default="")
    link = max(names, key=lambda name: _share(rows, name, _ADDRESS.match), default="")
    date = max(names, key=lambda name: _as_day(rows, name), default="")
    is_list = (
        _as_title(rows, title) > 0
        and _share(rows, link, _ADDRESS.match) > 0.5
        and _as_day(rows, date) > 0.5
    )
    return {"title": title, "link": link, "date": date} if is_list else None


def _as_title(rows: Sequence[Record], name: str) -> float:
    """How much a field looks like the rows' titles: Chinese, neither short nor a text."""
    words = [without_markup(str(row.get(name) or ""))[:500] for row in rows]
    fitting = [word for word in words if 6 <= len(word) <= 200 and _CHINESE.search(word)]
    if 2 * len(fitting) < len(rows) or 2 * len(set(fitting)) < len(fitting):
        return 0.0
    return sum(len(_CHINESE.findall(word)) for word in fitting) / len(rows)


def _as_day(rows: Sequence[Record], name: str) -> float:
    days = [day_of(day_at(row, (name,))) for row in rows if name]
    return sum(day is not None and 1990 <= day.year <= 2100 for day in days) / max(1, len(rows))


def _share(rows: Sequence[Record], name: str, fits: Any) -> float:
    return sum(bool(fits(str(row.get(name) or "").strip())) for row in rows) / max(1, len(rows))


def _count(value: object, names: Sequence[str]) -> str:
    """The path to the number that the answer calls one of these names, beside its lists."""
    for way, record in every_record(value):
        for name, number in record.items():
            is_ours = EVERY not in way and all(map(_PLAIN.fullmatch, way))
            if is_ours and name.lower() in names and str(number).isdigit():
                return ".".join((*way, name))
    return ""


def _shortest(address: str, url: str) -> str:
    """The address as a column's `endpoint`: relative to the list page's host or folder."""
    folder = url.partition("?")[0].rpartition("/")[0] + "/"
    if address.startswith(folder):
        return address.removeprefix(folder)
    parts = urlsplit(address)
    if parts.netloc != urlsplit(url).netloc:
        return address
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
