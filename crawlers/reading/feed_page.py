"""Rows of an RSS 2.0, Atom or JSON feed (WeChat relays, publishers' own feeds)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from parsel import Selector

from crawlers.reading.addresses import absolute
from crawlers.reading.printed_dates import SHANGHAI, day_of, find_date
from crawlers.reading.rows import Row

_MOST_ENTRIES = 2_000
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_CLOSED = re.compile(
    r"</(?:rss|(?:\w+:)?feed|(?:\w+:)?RDF)\s*+>\s*+(?:<!--(?:(?!-->).)*-->\s*+)*$", re.DOTALL
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REBUILT = timedelta(hours=36)
_IS_FEED = re.compile(
    r"\ufeff?\s{0,99}(?:<\?xml[^<>]{0,300}\?>\s{0,99}){0,2}"
    r"(?:<!--[^<>]{0,300}-->\s{0,99}){0,3}<(?:rss|feed|rdf:RDF)[\s>]"
)


class NotAFeedError(ValueError):
    """The answer is neither RSS nor Atom; the message is Chinese."""


def read_feed(text: str, base_url: str, now: datetime | None = None) -> list[Row]:
    """The entries in the feed's order. Raises NotAFeedError; a feed without entries is empty.

    With `now`, days that are only the feed's last rebuild are left out (see `without_stamps`).
    """
    if text.lstrip()[:1] == "{":
        rows = _json_rows(text, base_url)
    else:
        feed = Selector(text=_NOT_XML.sub("", text).strip() or "<none/>", type="xml")
        feed.remove_namespaces()
        if feed.root is None or feed.root.tag.lower() not in {"rss", "feed", "rdf"}:
            raise NotAFeedError("订阅地址返回的不是 RSS 或 Atom")
        base_url = absolute(base_url, feed.xpath("string(/*/@base)").get("")) or base_url
        entries = feed.xpath("//item | //entry")[:_MOST_ENTRIES]
        rows = [_row(entry, base_url) for entry in entries]
    rows = [row for row in rows if row.url]
    return without_stamps(rows, now) if now is not None else rows


def is_feed(text: str) -> bool:
    """Whether a text begins as RSS or Atom, whatever it is said to be."""
    return bool(_IS_FEED.match(text))


def is_cut(text: str) -> bool:
    """Whether the feed's end is missing, or an entry was lost to a fault in its syntax."""
    if text.lstrip()[:1] == "{":
        return False  # half a JSON feed is none
    if not _CLOSED.search(text[-2_000:].rstrip()):
        return True
    bare = _CDATA.sub("", text)
    feed = Selector(text=_NOT_XML.sub("", bare).strip() or "<none/>", type="xml")
    feed.remove_namespaces()
    return len(feed.xpath("//item | //entry")) < len(_ENTRY.findall(bare))


def without_stamps(rows: Sequence[Row], now: datetime) -> list[Row]:
    """The rows without a day that is only when the feed was made: all entries carry the very same
    instant, and that is about now. Two notices or more are needed to tell."""
    stamps = {row.date for row in rows}
    if len(rows) < 2 or len(stamps) != 1:
        return list(rows)
    day = day_of(stamps.pop())
    today = now.astimezone(SHANGHAI).date()
    if day is None or abs(today - day) > _REBUILT:
        return list(rows)
    return [replace(row, date="") for row in rows]


def without_moved(rows: Sequence[Row], before: Mapping[str, str]) -> list[Row]:
    """The rows without days that move: `before` holds the day each address was listed with at an
    earlier reading. Where most known entries carry another day now, no day of the feed is one."""
    known = [(day_of(row.date), day_of(before[row.url])) for row in rows if before.get(row.url)]
    moved = sum(new is not None and old is not None and new > old for new, old in known)
    if not moved or moved * 2 <= len(known):
        return list(rows)
    return [replace(row, date="") for row in rows]


def _row(entry: Selector, base_url: str) -> Row:
    address = _first(entry, "link[@rel='alternate']/@href", "link[not(@rel)]/@href", "link/text()")
    guid = _first(entry, "guid[not(@isPermaLink='false')]/text()", "id/text()", "@about")
    address = address or (guid if guid.startswith(("http://", "https://")) else "")
    printed = _first(entry, "pubDate/text()", "published/text()", "date/text()", "updated/text()")
    title = " ".join(entry.xpath("string(title)").get("").split())
    url = absolute(base_url, address) if address else ""
    return Row(url, title, local_time(printed), body_html=_content(entry))


def _content(entry: Selector) -> str:
    """The whole text where the feed brings it; a description is mostly its beginning."""
    return _first(entry, "encoded/text()", "content[@type='html']/text()")


def _json_rows(text: str, base_url: str) -> list[Row]:
    try:
        feed = json.loads(text)
    except ValueError as error:
        raise NotAFeedError("订阅地址返回的不是 RSS、Atom 或 JSON Feed") from error
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version", "")):
        raise NotAFeedError("订阅地址返回的不是 RSS、Atom 或 JSON Feed")
    items = feed.get("items")
    entries = items if isinstance(items, list) else []
    return [_json_row(e, base_url) for e in entries[:_MOST_ENTRIES] if isinstance(e, dict)]


def _json_row(entry: dict[str, Any], base_url: str) -> Row:
    address = str(entry.get("url") or entry.get("external_url") or "")
    title = " ".join(str(entry.get("title") or "").split())
    printed = str(entry.get("date_published") or entry.get("date_modified") or "")
    url = absolute(base_url, address) if address else ""
    return Row(url, title, local_time(printed), body_html=str(entry.get("content_html") or ""))


def local_time(printed: str) -> str:
    """RFC 822 (RSS) or ISO 8601 (Atom) as Asia/Shanghai text; an unreadable one as printed.

    A feed speaks in any zone: an article of 7:00 in China is the day before in UTC.
    """
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            instant = read(printed)
        except ValueError:
            continue
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC if read is parsedate_to_datetime else SHANGHAI)
        return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return find_date(printed)


def _first(entry: Selector, *paths: str) -> str:
    for path in paths:
        value = entry.xpath(path).get("").strip()
        if value:
            return str(value)
    return ""
