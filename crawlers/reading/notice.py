"""Read one notice page: column selectors, the platform's patterns, meta tags, the general reader.

Each field comes from the first reader that has it, and `read_by` says which one that was. Where
two readers disagree on title or day, the item carries a sentence for a person.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Sequence

from lxml import etree, html
from parsel import Selector

from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.addresses import absolute
from crawlers.reading.attachments import find_attachments
from crawlers.reading.dates import day_of, find_date
from crawlers.reading.general_notice import (
    Found,
    drop_heading,
    has_substance,
    printed_original,
    read_page,
)
from crawlers.reading.labels import labelled_fields
from crawlers.reading.meta import Meta, read_meta
from crawlers.reading.patterns import NOTICE, NoticePattern
from crawlers.reading.shells import shell_reason
from crawlers.reading.text import (
    after_date_label,
    first_text,
    labelled_source,
    visible_text,
    worth_asking,
)

MAX_CHARACTERS = 3_000_000
"""Longer pages are cut here: no notice is as long, and reading must end."""

_DATA_URL = re.compile(r"""(?:"data:[^"]{64,}"|'data:[^']{64,}')""")
_PLAIN_FIELDS = ("title", "published", "source", "doc_number")
_READERS = {
    "column": "栏目选择器",
    "platform": "页面",
    "learned": "学到的选择器",
    "meta": "meta 标签",
    "general": "通用阅读",
}


def fill_from_page(
    item: NoticeItem,
    text: str,
    selectors: Selectors,
    platform: str,
    address: str = "",
    *,
    learned: Selectors | None = None,
    learned_first: bool = False,
) -> None:
    """Fill `item` (key, url and list fields set) from the page's source.

    `learned` are selectors that were found from known notices: asked after the platform's, or
    before them with `learned_first`.

    An item left without a title takes the list's; without a body it becomes incomplete. `address`
    is where the page was found when that is not the item's own.
    """
    page = Selector(text=_within_limit(text, item) or "<html></html>")
    address = address or item.url
    base_url = absolute(address, page.css("base::attr(href)").get("")) or address
    item.problem = shell_reason(text, page, base_url)
    if item.problem:
        item.complete = False
        take_from_list(item)
        return
    pattern = NOTICE.get(platform, NoticePattern())
    learned = learned or Selectors()
    order = (
        ("column", "learned", "platform") if learned_first else ("column", "platform", "learned")
    )
    bodies = {
        "column": selectors.notice_body,
        "platform": pattern.body,
        "learned": learned.notice_body,
    }
    body, body_reader = _body(page, [(reader, bodies[reader]) for reader in order])
    meta = read_meta(page)
    found = read_page(page, body)
    body_reader = body_reader or ("general" if found.body is not None else "")
    known = {
        "column": _from_selectors(page, _column_pattern(selectors)),
        "platform": _platform_fields(page, pattern, found.body),
        "learned": _from_selectors(page, _column_pattern(learned)),
    }
    readings = {reader: known[reader] for reader in order} | {
        "meta": _meta_fields(meta),
        "general": _general_fields(found),
    }
    for field in (*_PLAIN_FIELDS, "issuers", "written", "effective"):
        for reader, fields in _in_order(readings, field, found):
            if fields.get(field) and not getattr(item, field):
                setattr(item, field, fields[field])
                item.read_by[field] = reader
    heading = item.title if body_reader == "general" else ""
    drop = {"column": selectors, "learned": learned}.get(body_reader, Selectors()).notice_drop
    _fill_body(item, found.body, body_reader, base_url, heading, _parts(page, drop))
    css = (*selectors.notice_attachments, *pattern.attachments)
    item.attachments = find_attachments(page, base_url, css, found.body)
    item.original_url = item.original_url or found.original_url
    item.disagreements += disagreements(item, readings, found)
    finish(item)


def _in_order(
    readings: dict[str, dict[str, str]], field: str, found: Found
) -> list[tuple[str, dict[str, str]]]:
    """The readers in order. Another day that the page shows as 发布时间 counts before the one in
    its head: PubDate was seen later (工信部) and earlier (天津) than the printed day."""
    order = list(readings.items())
    head_day = day_of(readings["meta"]["published"])
    if field == "published" and found.date_is_labelled and day_of(found.published) != head_day:
        order.insert(-1, order.pop())
    return order


def _within_limit(text: str, item: NoticeItem) -> str:
    """The part of a page's source that is read: pictures written into it are left out first."""
    if len(text) > MAX_CHARACTERS:
        text = _DATA_URL.sub('""', text)
    if len(text) > MAX_CHARACTERS:
        item.disagreements.append(f"网页超过 {MAX_CHARACTERS} 个字符，只读取了前面的部分")
    return text[:MAX_CHARACTERS]


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


def body_html(
    node: Selector, base_url: str, heading: str = "", drop: Collection[etree._Element] = ()
) -> str:
    """The node's markup with absolute links, without scripts; lazy images get their address.

    `drop` are parts of the page that are left out.

    `heading` is the page's title, left out with the date line below it where the body opens so.
    Empty when nothing is left then: the page is a heading that waits for its text.
    """
    root = copy.deepcopy(node.root)
    if drop:
        for own, copied in list(zip(node.root.iter(), root.iter(), strict=True)):
            if own in drop and copied.getparent() is not None:
                copied.drop_tree()
    if heading:
        drop_heading(root, heading)
    etree.strip_elements(root, "script", "style", "noscript", with_tail=False)
    if heading and not _says_anything(root):
        return ""
    for image in root.iter("img", "iframe", "video"):
        if image.get("data-src"):
            image.set("src", image.get("data-src"))
    if isinstance(root, html.HtmlElement):
        root.rewrite_links(
            lambda link: link if link.startswith("mailto:") else absolute(base_url, link) or None,
            resolve_base_href=False,
        )
    return etree.tostring(root, encoding="unicode", method="html", with_tail=False)


def _says_anything(root: etree._Element) -> bool:
    # Nearly every body ends at its first words; only an empty one is looked at closely.
    has_text = any(text.strip() for text in root.itertext())
    return has_text or has_substance(Selector(root=root, type="html"))


def disagreements(
    item: NoticeItem, readings: dict[str, dict[str, str]], found: Found | None = None
) -> list[str]:
    """Sentences naming readers (the list among them) whose title or day is another."""
    sentences: list[str] = []
    chosen_day = day_of(item.published)
    others = {_READERS[name]: fields for name, fields in readings.items()}
    if found is not None:
        sure = {"title": found.title_is_heading, "published": found.date_is_labelled}
        general = {name: getattr(found, name) for name, is_sure in sure.items() if is_sure}
        others[_READERS["general"]] = general
    others["列表"] = {"title": item.list_title, "published": item.list_date}
    for name, fields in others.items():
        title, published = fields.get("title", ""), fields.get("published", "")
        if title and item.title and not _same_title(title, item.title):
            sentences.append(f"标题不一致：采用“{item.title}”，{name}为“{title}”")
        if published and chosen_day and day_of(published) not in {chosen_day, None}:
            sentences.append(f"发布日期不一致：采用 {item.published}，{name}为 {published}")
    return sentences


def _same_title(one: str, other: str) -> bool:
    first, second = (re.sub(r"[\W_]+", "", text) for text in (one, other))
    return first in second or second in first


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
        "published": find_date(after_date_label(published)) or find_date(published),
        "source": labelled_source(source) or ("" if ":" in source or "：" in source else source),
        "doc_number": first_text(page, pattern.doc_number),
    }


def _platform_fields(
    page: Selector, pattern: NoticePattern, body: Selector | None
) -> dict[str, str]:
    printed = {k: v for k, v in _from_selectors(page, pattern).items() if v}
    labels = labelled_fields(page, body)
    joint = labels.pop("joint_issuers", "")
    if joint:
        labels["issuers"] = " ".join(filter(None, (labels.get("issuers", ""), joint)))
    return labels | printed


def _meta_fields(meta: Meta) -> dict[str, str]:
    return {"title": meta.title, "published": meta.published, "source": meta.source}


def _general_fields(found: Found) -> dict[str, str]:
    names = ("title", "published", "source", "doc_number")
    return {name: getattr(found, name) for name in names}


def _parts(page: Selector, queries: tuple[str, ...]) -> set[etree._Element]:
    return {node.root for css in queries for node in page.css(css)}


def _fill_body(
    item: NoticeItem,
    body: Selector | None,
    reader: str,
    base_url: str,
    heading: str,
    drop: Collection[etree._Element],
) -> None:
    if body is None or not has_substance(body):
        return
    item.body_html = body_html(body, base_url, heading, drop)
    if not item.body_html:
        return
    item.read_by["body_html"] = reader
    item.original_url = item.original_url or printed_original(visible_text(body))
