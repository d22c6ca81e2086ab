"""Rows of an RSS 2.0 or Atom feed (WeChat relays, publishers' own feeds)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lxml import etree
from parsel import Selector

from crawlers.reading.addresses import absolute
from crawlers.reading.dates import SHANGHAI, find_date
from crawlers.reading.rows import Row


class NotAFeedError(ValueError):
    """The answer is neither RSS nor Atom; the message is Chinese."""


def read_feed(text: str, base_url: str) -> list[Row]:
    """The entries in the feed's order. Raises NotAFeedError; a feed without entries is empty."""
    feed = Selector(text=text.strip() or "<none/>", type="xml")
    feed.remove_namespaces()
    if feed.root is None or feed.root.tag.lower() not in {"rss", "feed", "rdf"}:
        raise NotAFeedError("订阅地址返回的不是 RSS 或 Atom")
    rows = (_row(entry, base_url) for entry in feed.xpath("//item | //entry"))
    return [row for row in rows if row.url]


def is_cut(text: str) -> bool:
    """Whether the feed is not well-formed to its end: what follows the break is missing."""
    try:
        etree.fromstring(text.strip().encode(), etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        return True
    return False


def _row(entry: Selector, base_url: str) -> Row:
    address = _first(entry, "link[@rel='alternate']/@href", "link[not(@rel)]/@href", "link/text()")
    address = address or _first(entry, "guid[not(@isPermaLink='false')]/text()")
    printed = _first(entry, "pubDate/text()", "published/text()", "updated/text()", "date/text()")
    title = " ".join(entry.xpath("string(title)").get("").split())
    return Row(absolute(base_url, address) if address else "", title, local_time(printed))


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
