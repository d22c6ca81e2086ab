"""The answer of Hanweb's search server (工信部 政策文件库), which holds the whole notices."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from parsel import Selector

from crawlers.reading.printed_dates import from_unix
from crawlers.reading.text import visible_text


class NotASearchAnswerError(ValueError):
    """The answer is not the search server's; the message is Chinese."""


@dataclass(slots=True)
class Hit:
    """One document found. `published` is Asia/Shanghai text; `body_html` may be empty."""

    title: str
    url: str
    published: str = ""
    doc_number: str = ""
    source: str = ""
    body_html: str = ""


@dataclass(slots=True)
class SearchAnswer:
    """Documents of one page of results, and how many there are in all."""

    hits: list[Hit] = field(default_factory=list)
    total: int | None = None


def read_search(text: str) -> SearchAnswer:
    """Read one answer. `searchResult` is missing when nothing matches: zero rows, no error."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        raise NotASearchAnswerError("搜索接口返回的不是 JSON") from None
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise NotASearchAnswerError("搜索接口的回答里没有 data")
    result = data.get("searchResult")
    if not isinstance(result, dict):
        return SearchAnswer(total=0)
    entries = result.get("dataResults") or []
    records = [_record(entry) for entry in entries if isinstance(entry, dict)]
    total = result.get("totalCount", result.get("total"))
    hits = [hit_of(record) for record in records if record.get("title") and record.get("url")]
    return SearchAnswer(hits, int(total) if total is not None else None)


def _record(entry: dict[str, Any]) -> dict[str, Any]:
    """With group=distinct the record is groupData[0].data, without it .data, or the entry."""
    grouped = entry.get("groupData")
    inner = grouped[0] if isinstance(grouped, list) and grouped else entry
    data = inner.get("data", inner)
    return data if isinstance(data, dict) else {}


def hit_of(record: dict[str, Any]) -> Hit:
    """The document of one record, which has a title and an address."""
    title = visible_text(Selector(text=f"<p>{record['title']}</p>"))  # hits are marked with <em>
    return Hit(
        title=title,
        url=str(record["url"]),
        published=_published(record),
        doc_number=str(record.get("filenumbername") or ""),
        source=str(record.get("publishgroupname") or ""),
        body_html=_body(record.get("infoextends")),
    )


def _published(record: dict[str, Any]) -> str:
    for name in ("deploytime", "publishtime"):
        value = str(record.get(name) or "")
        if value.isdigit():
            return from_unix(int(value) / 1000)
        if value:
            return value
    return str(record.get("cdate") or record.get("jsearch_date") or "")


def _body(extends: Any) -> str:
    """infoextends is JSON text whose infoContent is JSON text again: [0].fieldValue."""
    outer = _decoded(extends)
    inner = _decoded(outer.get("infoContent")) if isinstance(outer, dict) else None
    first = inner[0] if isinstance(inner, list) and inner else inner
    value = first.get("fieldValue") if isinstance(first, dict) else None
    return value if isinstance(value, str) else ""


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None
