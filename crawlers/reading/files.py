"""Read a saved page or a saved list answer without a spider, for `zhengxun inspect FILE`.

What a spider knows from its request (site, platform, address) is taken from `url` and `site`
where given, else from the signs that publishing systems leave in their pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from parsel import Selector
from w3lib.encoding import html_body_declared_encoding

from crawlers.catalogue import Selectors, Site
from crawlers.items import NoticeItem
from crawlers.reading.addresses import canonical_url, is_wechat, notice_key
from crawlers.reading.cde_records import record_code, record_day, record_row, record_table
from crawlers.reading.charset import detect
from crawlers.reading.jpaas_units import read_units
from crawlers.reading.list_page import read_rows
from crawlers.reading.meta import read_meta
from crawlers.reading.notice import fill_from_page
from crawlers.reading.rows import Row
from crawlers.reading.wechat_page import blocked_reason, fill_from_article

NOWHERE = "http://saved.invalid/"
MIN_ROWS = 3
_FEW_SENTENCES = 2
_SENTENCE_END = re.compile("[。；！？]")
_SIGNS = (
    ("jpaas", re.compile(r"con_con|jpaas-publish-server")),
    ("easysite", re.compile(r"easysite", re.IGNORECASE)),
    ("trs", re.compile(r"TRS_|trs_|/t20\d{6}_\d+\.s?html")),
    ("hanweb", re.compile(r"/art_\d+_\d+\.html|jpage")),
)
_WECHAT = re.compile(r'id="js_content"|class="weui-msg|secitptpage/verify')


def read_file(body: bytes, *, url: str = "", site: Site | None = None) -> list[NoticeItem]:
    """The notice in a saved page, or one item a row of a saved list (title, date, address)."""
    text = body.decode(detect(body, html_body_declared_encoding(body) or ""), errors="replace")
    platform = site.platform if site is not None else _platform(text)
    if text.lstrip()[:1] in {"{", "["}:
        return [_blank(site, row.url, row) for row in _json_rows(text, url or NOWHERE)]
    item = _blank(site, canonical_url(url) if url else NOWHERE, None, platform)
    if is_wechat(url) or _WECHAT.search(text) or blocked_reason(text, url):
        fill_from_article(item, text, url)
        return [item]
    if not read_meta(Selector(text=text)).title:
        shell = _shell_reason(text)
        if shell:
            item.complete, item.problem = False, shell
            return [item]
        rows, _ = read_rows(text, url or NOWHERE, Selectors(), platform)
        if sum(bool(row.date) for row in rows) >= MIN_ROWS and not _is_notice(item, text, platform):
            return [_blank(site, row.url, row, platform) for row in rows]
    fill_from_page(item, text, Selectors(), platform)
    return [item]


def _is_notice(item: NoticeItem, text: str, platform: str) -> bool:
    """Whether a page with a list on it is a notice all the same: one with related notices below."""
    tried = replace(item, attachments=[], read_by={}, disagreements=[])
    fill_from_page(tried, text, Selectors(), platform)
    is_dated = tried.complete and bool(tried.published)
    return is_dated and len(_SENTENCE_END.findall(tried.body_html)) >= _FEW_SENTENCES


def _platform(text: str) -> str:
    return next((name for name, sign in _SIGNS if sign.search(text)), "listing")


def _blank(
    site: Site | None, url: str, row: Row | None = None, platform: str = "listing"
) -> NoticeItem:
    item = NoticeItem(
        site=site.id if site else "file",
        column="page",
        key=notice_key(url, site.platform if site else platform),
        url=url,
        section=site.section if site else "",
        group=site.group if site else "",
        site_name=site.name if site else "",
    )
    if row is not None:
        item.list_title = item.title = row.title
        item.list_date = item.published = row.date
        item.read_by = {"title": "list", "published": "list"}
        if row.item is not None:
            item.body_html = row.item.body_html
    return item


def _shell_reason(text: str) -> str:
    """A column page whose list is asked for by script holds no notice: say where the list is."""
    units = read_units(text)
    if not units:
        return ""
    query = units[0].query
    return f"栏目外壳页，列表由 {units[0].url} 给出（pageId={query.get('pageId', '')}）"


def _json_rows(text: str, base_url: str) -> Iterator[Row]:
    """Rows of every list found anywhere in a JSON answer; nothing for what is not JSON."""
    try:
        answer = json.loads(text)
    except ValueError:
        return
    seen: set[str] = set()
    for node in _objects(answer):
        markup = node.get("html")
        if isinstance(markup, str):
            yield from read_rows(markup, base_url, Selectors(), "jpaas")[0]
        elif record_day(node) and (node.get("title") or record_code(node)):
            row = record_row(node, urljoin(base_url, "/"))
            identity = f"{row.url} {row.title} {record_table(node)}"
            if identity not in seen:
                seen.add(identity)
                yield row


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value, outer before inner. Bounded by the parser's own depth."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from _objects(part)
