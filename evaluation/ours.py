"""Our own readers on the pages of the gold set, as a crawl would call them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from w3lib.encoding import html_body_declared_encoding

from china_time import SHANGHAI
from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.addresses import absolute, is_wechat
from crawlers.reading.cde_records import read_page, record_row
from crawlers.reading.charset import detect
from crawlers.reading.feed_page import read_feed
from crawlers.reading.jpaas_units import read_answer
from crawlers.reading.list_page import read_rows
from crawlers.reading.notice import fill_from_page
from crawlers.reading.printed_dates import day_of
from crawlers.reading.rows import Row
from crawlers.reading.search_api import read_search
from crawlers.reading.wechat_page import fill_from_article
from evaluation.gold import GoldList, GoldNotice
from pipelines.facts.body import read_body
from pipelines.facts.titles import clean_title
from pipelines.normalise import normalise
from storage.models import Notice

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=SHANGHAI)


def decode(page: bytes, declared: str) -> str:
    """The page's text, in the encoding its bytes are in."""
    stated = declared or html_body_declared_encoding(page) or ""
    return page.decode(detect(page, stated), errors="replace")


def general(gold: GoldNotice) -> GoldNotice:
    """The same page, its platform not known."""
    return replace(gold, platform=platforms.PLAIN)


def read_item(gold: GoldNotice) -> NoticeItem:
    """The page as a spider hands it on."""
    item = NoticeItem(
        "gold", "栏目", gold.name, gold.url, "ip", gold.group, gold.site_name,
        gold.list_title, gold.list_date,
    )  # fmt: skip
    text = decode(gold.page, gold.declared)
    if is_wechat(gold.url):
        fill_from_article(item, text)
    else:
        fill_from_page(item, text, Selectors(), platforms.platform(gold.platform))
    return item


def read_notice(gold: GoldNotice) -> Notice:
    """Every fact of the page, as the store would get it."""
    return normalise(read_item(gold), NOW)


def read_three(gold: GoldNotice) -> tuple[str, str, str]:
    """Title, date and body only: what the other extractors are timed for."""
    item = read_item(gold)
    title = clean_title(item.title, gold.site_name)
    day = day_of(item.published)
    return title, day.isoformat() if day else "", read_body(item.body_html, item.url).text


def read_list(gold: GoldList, platform: str = "") -> list[tuple[str, str, str]]:
    """The rows of a list answer as (title, address, ISO day)."""
    text = decode(gold.page, gold.declared)
    rows = _rows(gold, text, platform or gold.platform)
    days = [(row, day_of(row.date)) for row in rows]
    return [(row.title, row.url, day.isoformat() if day else "") for row, day in days]


def _rows(gold: GoldList, text: str, platform: str) -> list[Row]:
    if gold.kind == "cde":
        return [record_row(record, gold.url) for record in read_page(text).records]
    if gold.kind == "feed":
        return read_feed(text, gold.url)
    if gold.kind == "search":
        hits = read_search(text).hits
        return [Row(absolute(gold.url, hit.url), hit.title, hit.published) for hit in hits]
    if gold.kind == "unit":
        text = read_answer(text).html
    return read_rows(text, gold.url, Selectors(), platforms.platform(platform))[0]
