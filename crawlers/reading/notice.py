"""Read one notice page: column selectors, the platform's patterns, meta tags, the general reader.

Each field comes from the first reader that has it and that the other witnesses do not contradict;
`read_by` says which one that was. A page that is not the notice gives nothing but its problem.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree
from parsel import Selector

from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.addresses import base_address
from crawlers.reading.body_markup import body_html, written
from crawlers.reading.body_proof import Claims, body_fault, not_the_notice, repeated_text
from crawlers.reading.day_evidence import published_in
from crawlers.reading.disagreement import disagreements
from crawlers.reading.file_links import find_attachments
from crawlers.reading.general_notice import Found, has_substance, printed_original, read_page
from crawlers.reading.hidden_words import drop_hidden_words
from crawlers.reading.labels import labelled_fields
from crawlers.reading.meta import Meta, read_meta, without_markup
from crawlers.reading.notice_fields import TRUSTED_READERS, Readings, fill_fields, outspoken
from crawlers.reading.platform import NoticePattern, Platform
from crawlers.reading.printed_dates import day_of
from crawlers.reading.scripted_text import show_scripted_text
from crawlers.reading.shells import shell_reason
from crawlers.reading.siblings import Siblings
from crawlers.reading.text import first_text, labelled_source, visible_text, worth_asking
from crawlers.reading.title_evidence import TitleHints
from crawlers.reading.title_window import window_segments
from crawlers.reading.tree import parse_page

__all__ = [
    "body_html",
    "disagreements",
    "fill_from_page",
    "finish",
    "take_from_list",
    "within_limit",
]

MAX_CHARACTERS = 3_000_000
"""Longer pages are cut here: no notice is as long, and reading must end."""

_DATA_URL = re.compile(r"""(?:"data:[^"]{64,}"|'data:[^']{64,}')""")
_PAGES_WORDS = (
    "title", "published", "source", "doc_number", "issuers", "written", "effective",
    "original_url", "body_html",
)  # fmt: skip
_NO_SELECTORS = Selectors()
_ENOUGH_WAYS = 2  # that agree on where the text stands
_ORDER_LEARNED = ("column", "learned", "platform")


def fill_from_page(
    item: NoticeItem,
    text: str,
    selectors: Selectors,
    platform: Platform,
    address: str = "",
    *,
    learned: Selectors | None = None,
    learned_first: bool = False,
    siblings: Siblings | None = None,
) -> None:
    """Fill `item` (key, url and list fields set) from the page's source.

    `learned` are selectors that were found from known notices: asked after the platform's, or
    before them with `learned_first`.

    An item left without a title takes the list's; without a body it becomes incomplete. `address`
    is where the page was found when that is not the item's own; `siblings` the last pages of the
    crawl, asked where this one leaves doubts.
    """
    page = parsed(within_limit(text, item))
    address = address or item.url
    base_url = base_address(page, address)
    item.problem = shell_reason(text, page, base_url)
    if item.problem:
        item.complete = False
        take_from_list(item)
        return
    pattern = platform.notice
    learned = learned or _NO_SELECTORS
    order = _ORDER_LEARNED if learned_first else TRUSTED_READERS
    bodies = {
        "column": selectors.notice_body,
        "platform": pattern.body,
        "learned": learned.notice_body,
    }
    given, reader = _body(page, [(name, bodies[name]) for name in order])
    meta = read_meta(page)
    witnesses = _witnesses(item, page, meta)
    is_trusted = reader == "column"
    found = read_page(page, given, witnesses, url=address, siblings=siblings, is_trusted=is_trusted)
    own = {
        "column": _from_selectors(page, _column_pattern(selectors)),
        "platform": _platform_fields(page, pattern, found),
        "learned": _from_selectors(page, _column_pattern(learned)),
    }
    readings = {name: own[name] for name in order} | _other_readings(meta, found)
    fill_fields(item, readings, found, witnesses)
    item.platform = platform.name
    item.borne_out_by = list(found.ways) if found.is_general else [reader, *found.ways[1:]]
    chosen = {"column": selectors, "learned": learned}.get(reader, _NO_SELECTORS)
    drop = set() if found.is_general else _parts(page, chosen.notice_drop)
    _fill_body(item, found, "general" if found.is_general else reader, base_url, drop)
    css = (*selectors.notice_attachments, *pattern.attachments)
    item.attachments = find_attachments(page, base_url, css, found.place)
    claims = _claims(item, found, witnesses, address)
    head = (witnesses.window, witnesses.meta, witnesses.social)
    if not _is_notice(item, claims, found, head, siblings):
        return
    item.disagreements += disagreements(item, outspoken(readings, found))
    if item.body_html and len(item.borne_out_by) < _ENOUGH_WAYS:
        item.disagreements.append("正文的位置只有一种依据，请对照原网页")
    finish(item)


def add_part(item: NoticeItem, text: str, address: str) -> str:
    """Add a further part of a notice's text to it; why that is none (Chinese), or ""."""
    page = parsed(text[:MAX_CHARACTERS])
    witnesses = TitleHints(listed=item.title, names=(item.site_name,))
    found = read_page(page, None, witnesses, url=address)
    if found.body is None or not found.text:
        return "页面里没有读到正文"
    base_url = base_address(page, address)
    markup = written(found.body, base_url)
    if markup in item.body_html:
        return "与前面的部分相同"
    item.body_html = f"{item.body_html}{markup}"
    item.read_by.setdefault("body_html", "general")
    known = {link.url for link in item.attachments}
    item.attachments += [link for link in find_attachments(page, base_url) if link.url not in known]
    item.complete, item.problem = True, ""
    return ""


def parsed(text: str) -> Selector:
    """The page as a tree, with the text that its scripts only put in place, and without words
    that are set unseen between those of a text."""
    page = parse_page(text)
    show_scripted_text(page)
    drop_hidden_words(page)
    return page


def take_from_list(item: NoticeItem) -> None:
    """Fall back on the list for title and date."""
    for field, listed in (("title", item.list_title), ("published", item.list_date)):
        if not getattr(item, field) and listed:
            setattr(item, field, listed)
            item.read_by[field] = "list"


def finish(item: NoticeItem) -> None:
    """Fall back on the list for title and date, and say what is missing."""
    take_from_list(item)
    if not item.body_html and not item.attachments and item.complete:
        item.complete = False
        item.problem = "页面里没有读到正文"
    if not item.title and item.complete:
        item.complete = False
        item.problem = "页面里没有读到标题"


def _is_notice(
    item: NoticeItem,
    claims: Claims,
    found: Found,
    head: tuple[str, ...],
    siblings: Siblings | None,
) -> bool:
    """Take nothing from a page that is not the notice, and no body that is not proved."""
    problem = not_the_notice(claims, found.outline, head)
    if problem and not found.text and not item.attachments:
        problem = "页面里没有读到正文"
    if not problem and found.text:
        fault = body_fault(claims, found.outline) or repeated_text(claims, found.outline, siblings)
        if fault:
            item.body_html, item.complete, item.problem = "", False, fault
            item.read_by.pop("body_html", None)
            take_from_list(item)
    if siblings is not None:
        siblings.remember(claims.found_at, item.title, found.outline, found.text)
    if problem:
        for name in _PAGES_WORDS:
            setattr(item, name, "")
        item.attachments, item.read_by = [], {}
        item.complete, item.problem = False, problem
        take_from_list(item)
    return not problem


def within_limit(text: str, item: NoticeItem) -> str:
    """The part of a page's source that is read: pictures written into it are left out first."""
    if len(text) > MAX_CHARACTERS:
        text = _DATA_URL.sub('""', text)
    if len(text) > MAX_CHARACTERS:
        item.disagreements.append(f"网页超过 {MAX_CHARACTERS} 个字符，只读取了前面的部分")
    return text[:MAX_CHARACTERS]


def _witnesses(item: NoticeItem, page: Selector, meta: Meta) -> TitleHints:
    window = without_markup(page.xpath("string(//title)").get(""))[:400]
    return TitleHints(
        listed=without_markup(item.list_title),
        meta=meta.title,
        social=meta.social,
        window=window,
        names=(item.site_name, meta.site_name, meta.column, item.column),
    )


def _platform_fields(page: Selector, pattern: NoticePattern, found: Found) -> dict[str, str]:
    printed = {k: v for k, v in _from_selectors(page, pattern).items() if v}
    own_record = found.body is not None and found.body.tag == "table"  # CDE's guides are the table
    labels = labelled_fields(found.outline, () if own_record else found.inside)
    joint = labels.pop("joint_issuers", "")
    if joint:
        labels["issuers"] = " ".join(filter(None, (labels.get("issuers", ""), joint)))
    return labels | printed


def _other_readings(meta: Meta, found: Found) -> Readings:
    general = {"title": found.title.text, "source": found.source, "doc_number": found.doc_number}
    general["published"] = found.days[0].printed if found.days else ""
    head = {"title": meta.title, "published": meta.published, "source": meta.source}
    return {"meta": head, "general": general}


def _claims(item: NoticeItem, found: Found, witnesses: TitleHints, address: str) -> Claims:
    segments = window_segments(witnesses.window, witnesses.names)
    titles = (item.title, found.title.text, witnesses.meta, witnesses.social, *segments)
    body = found.body
    shows = body is not None and next(body.iter("img", "iframe", "td"), None) is not None
    return Claims(
        listed=witnesses.listed,
        asked=item.url,
        found_at=address,
        titles=tuple(title for title in titles if title),
        has_day=bool(item.published),
        is_rows_day=bool(item.published) and day_of(item.published) == day_of(item.list_date),
        text=found.text,
        sentences=found.sentences,
        has_more=shows or bool(item.attachments),
        is_named=item.read_by.get("body_html") in TRUSTED_READERS,
        follows_title=found.follows_title,
    )


def _body(
    page: Selector, bodies: Sequence[tuple[str, tuple[str, ...]]]
) -> tuple[Selector | None, str]:
    for reader, queries in bodies:
        for css in worth_asking(page, queries):
            nodes = [node for node in page.css(css) if has_substance(node)]
            if nodes:
                return max(nodes, key=lambda node: len(visible_text(node))), reader
    return None, ""


def _column_pattern(selectors: Selectors) -> NoticePattern:
    return NoticePattern(
        title=selectors.notice_title,
        published=selectors.notice_date,
        source=selectors.notice_source,
        doc_number=selectors.notice_doc_number,
    )


def _from_selectors(page: Selector, pattern: NoticePattern) -> dict[str, str]:
    published = first_text(page, pattern.published)
    source = first_text(page, pattern.source)
    return {
        "title": first_text(page, pattern.title),
        "published": published_in(published),
        "source": labelled_source(source) or ("" if ":" in source or "：" in source else source),
        "doc_number": first_text(page, pattern.doc_number),
    }


def _parts(page: Selector, queries: tuple[str, ...]) -> set[etree._Element]:
    return {node.root for css in queries for node in page.css(css)}


def _fill_body(
    item: NoticeItem, found: Found, reader: str, base_url: str, drop: set[etree._Element]
) -> None:
    if found.body is None or not has_substance(Selector(root=found.body, type="html")):
        return
    if found.is_general:
        item.body_html = written(found.body, base_url)
    else:
        item.body_html = body_html(Selector(root=found.body, type="html"), base_url, drop)
    item.read_by["body_html"] = reader
    item.original_url = item.original_url or printed_original(found.text)
