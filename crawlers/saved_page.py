"""Reads a page or a list answer that somebody saved, for `zhengxun inspect FILE`, as a crawl would.

A notice goes the road of a crawl: the spider of the site that its address belongs to reads it, with
the column's selectors and the platform's. Where no site is known, it is read as a site without a
name would be, of the platform that its address shows.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from w3lib.encoding import html_body_declared_encoding
from w3lib.html import remove_tags

from crawlers import platforms
from crawlers.catalogue import Column, Selectors, Site
from crawlers.items import NoticeItem
from crawlers.reading.addresses import canonical_url, is_wechat, notice_key
from crawlers.reading.asked_data import described
from crawlers.reading.charset import detect
from crawlers.reading.json_rows import NotRecordsError, read_json, read_records
from crawlers.reading.platform import Platform
from crawlers.reading.rows import Row
from crawlers.reading.saved_file import (
    looks_like_json,
    rows_of_answer,
    rows_of_page,
    shell_of_list,
)
from crawlers.reading.wechat_page import blocked_reason, fill_from_article
from crawlers.records import Records
from crawlers.rereader import Rereader

NOWHERE = "http://saved.invalid/page.html"
"""The address of a page that was saved without one."""

_NOBODYS = "file"
_WECHAT = re.compile(r'id="js_content"|class="weui-msg|secitptpage/verify')


def read_saved_page(
    body: bytes, *, url: str = "", site: Site | None = None, operator_file: Path | None = None
) -> list[NoticeItem]:
    """The notice in a saved page, or one item a row of a saved list (title, date, address).

    `site` is the one that watches the address, `operator_file` the sources.toml it may be in.
    Raises CatalogueError when that file has mistakes.
    """
    text = body.decode(detect(body, html_body_declared_encoding(body) or ""), errors="replace")
    watched = site or _nobodys_site(url)
    known = platforms.every_platform()
    if looks_like_json(text):
        rows = _described_rows(text, watched)
        rows = rows or list(rows_of_answer(text, url or NOWHERE, known))
        return [_listed(site, row) for row in rows or _shown_rows(text, url or NOWHERE)]
    if not is_wechat(url) and (_WECHAT.search(text) or blocked_reason(text, url)):
        item = _blank(site, canonical_url(url) if url else NOWHERE)
        fill_from_article(item, text, url)
        return [item]
    column = next((one for one in watched.columns if url and one.url == url), None)
    item = Rereader(operator_file).read_alone(watched, url=url or NOWHERE, body=body)
    if site is None:
        item.site, item.site_name, item.section, item.group = _NOBODYS, "", "", ""
    selectors = column.selectors if column is not None else Selectors()
    platform = platforms.platform(watched.platform)
    rows = rows_of_page(text, url or NOWHERE, selectors, platform)
    if rows and (column is not None or not _is_notice_beside(item, rows)):
        return [_listed(site, row, platform) for row in rows]
    return [item if item.complete else _shell_said(item, text)]


def _described_rows(text: str, site: Site) -> list[Row]:
    """The rows of a saved answer by the columns of its site that describe one."""
    for column in site.columns:
        try:
            rows = (
                read_records(read_json(text), column.records, column.url) if column.records else []
            )
        except NotRecordsError:
            continue
        if rows:
            return rows
    return []


def _shown_rows(text: str, url: str) -> list[Row]:
    """The rows of an answer nobody described, by what it shows itself."""
    found = described(text, url, url)
    if found is None:
        return []
    return read_records(read_json(text), Records.model_validate(found["records"]), url)


def _is_notice_beside(item: NoticeItem, rows: list[Row]) -> bool:
    """Whether a page with rows on it is a notice: its text is none of theirs, and has a day or is
    longer than all of them."""
    if not item.complete:
        return False
    said = "".join(remove_tags(item.body_html).split())
    titles = ["".join(row.title.split()) for row in rows]
    if 2 * sum(title in said for title in titles) >= len(titles):
        return False
    return bool(item.published) or len(said) > sum(map(len, titles))


def _shell_said(item: NoticeItem, text: str) -> NoticeItem:
    """The item, with where its list is when it is a column's page that holds none."""
    shell = shell_of_list(text)
    if shell:
        item.complete, item.problem = False, shell
    return item


def _nobodys_site(url: str) -> Site:
    """A site for an address that none of the catalogue watches: its columns are not known."""
    systems = (
        one.name
        for one in platforms.every_platform()
        if one.notice_link and re.search(one.notice_link, url)
    )
    host = urlsplit(url).hostname or urlsplit(NOWHERE).hostname or ""
    return Site(
        id=_NOBODYS,
        name=host,
        platform=next(systems, platforms.PLAIN),
        section=_NOBODYS,
        group=_NOBODYS,
        crawl="0 0 1 1 *",
        columns=(Column(name=_NOBODYS, url=f"http://{host}/"),),
    )


def _blank(site: Site | None, url: str, platform: Platform | None = None) -> NoticeItem:
    return NoticeItem(
        site=site.id if site else _NOBODYS,
        column="page",
        key=notice_key(url, _platform_of(site, platform)),
        url=url,
        section=site.section if site else "",
        group=site.group if site else "",
        site_name=site.name if site else "",
    )


def _listed(site: Site | None, row: Row, platform: Platform | None = None) -> NoticeItem:
    item = _blank(site, row.url, platform)
    item.list_title = item.title = row.title
    item.list_date = item.published = row.date
    item.read_by = {"title": "list", "published": "list"}
    if row.item is not None:
        item.body_html = row.item.body_html
    return item


def _platform_of(site: Site | None, platform: Platform | None) -> Platform:
    if site is not None or platform is None:
        return platforms.platform(site.platform if site else platforms.PLAIN)
    return platform
