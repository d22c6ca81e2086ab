"""Read a list, or a notice, that came as JSON, by paths (`crawlers.records`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from crawlers.reading.addresses import absolute
from crawlers.reading.learned_records import printed
from crawlers.reading.meta import without_markup
from crawlers.reading.printed_dates import from_unix
from crawlers.reading.rows import MOST_ROWS, Row
from crawlers.records import DateForm, Records, holes

EVERY = "*"
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{4}|\d{6})?")
_LONGEST_TITLE, _LONGEST_DAY = 2_000, 100  # characters; no publisher prints longer ones
_LATEST = 253_402_300_799  # seconds until the year 9999 ends


class NotRecordsError(ValueError):
    """The answer is not the JSON that the column describes; the message is Chinese."""


def read_json(text: str) -> object:
    """The value of a JSON text. Raises NotRecordsError."""
    try:
        answer: object = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise NotRecordsError("列表接口返回的不是 JSON") from None
    return answer


def record_objects(answer: object, records: Records) -> list[dict[str, Any]]:
    """The rows of an answer, in its order. Raises NotRecordsError where there is no such array: an
    empty one is a list without rows."""
    found = list(_values(answer, records.rows))
    arrays = [one for one in found if isinstance(one, list)]
    if not arrays and not (EVERY in records.rows.split(".") and found):
        where = f" {records.rows}" if records.rows else ""
        raise NotRecordsError(f"列表接口的回答里没有所说的列表{where}")
    entries = [entry for array in arrays for entry in array] if arrays else found
    return [entry for entry in entries if isinstance(entry, dict)][:MOST_ROWS]


def value_at(node: object, paths: Sequence[str]) -> str:
    """The first value that any of the paths leads to, as text; empty where none does."""
    for path in paths:
        for value in _values(node, path):
            if isinstance(value, (str, int, float)) and not isinstance(value, bool):
                text = str(value).strip()
                if text:
                    return text
    return ""


def title_of(record: dict[str, Any], records: Records) -> str:
    """A row's title, without markup."""
    return without_markup(value_at(record, records.title)[:_LONGEST_TITLE])


def day_at(node: object, paths: Sequence[str], form: DateForm = "") -> str:
    """A day as the publisher means it: text as printed, digits as YYYY-MM-DD in Asia/Shanghai."""
    text = value_at(node, paths)[:_LONGEST_DAY]
    digits = text.removesuffix(".0")
    if not digits.isascii() or not digits.isdigit() or form == "printed":
        return text
    compact = _COMPACT.fullmatch(digits)
    if form == "compact" or (not form and compact and len(digits) != 10):
        return "-".join(compact.groups()) if compact else text
    if form in {"seconds", "milliseconds"}:
        seconds = int(digits[:18]) // (1000 if form == "milliseconds" else 1)
        return from_unix(seconds)[:10] if seconds <= _LATEST else text
    return printed(digits)


def address_of(record: dict[str, Any], records: Records) -> str:
    """Where a row leads, as written; empty for one that is a notice of its own."""
    return value_at(record, records.link) or filled(records.page, record)


def read_records(answer: object, records: Records, base_url: str) -> list[Row]:
    """The rows of an answer with their whole addresses; one without an address gets the list's and
    its key. Raises NotRecordsError."""
    rows = []
    for record in record_objects(answer, records):
        address, key = address_of(record, records), value_at(record, records.key)
        url = absolute(base_url, address) if address else f"{base_url}#{key}" if key else ""
        day = day_at(record, records.date, records.date_form)
        row = Row(url, title_of(record, records), day, body_html=value_at(record, records.body))
        rows += [row] if row.url and row.title else []
    return rows


def filled(template: str, record: dict[str, Any]) -> str:
    """A template with a row's values in its holes, empty where one of them is missing."""
    values = {hole: value_at(record, (hole,)) for hole in holes(template)}
    if not template or not all(values.values()):
        return ""
    for hole, value in values.items():
        template = template.replace("{" + hole + "}", quote(value, safe="-_.~/"))
    return template


def number_at(answer: object, path: str) -> int | None:
    """A count that the answer names."""
    text = value_at(answer, (path,)) if path else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _values(node: object, path: str) -> Iterator[object]:
    """What a path leads to, in order."""
    found = [node]
    for name in filter(None, path.split(".")):
        found = [value for one in found for value in _inside(one, name)][:MOST_ROWS]
    yield from found


def _inside(node: object, name: str) -> list[object]:
    if isinstance(node, dict):
        return list(node.values()) if name == EVERY else [node[name]] if name in node else []
    if isinstance(node, list):
        if name == EVERY:
            return node
        return [node[int(name)]] if name.isdecimal() and int(name) < len(node) else []
    return []
