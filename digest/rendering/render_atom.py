"""The Atom feed (RFC 4287): one entry an issue, its titles as content, and one a document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import cast

from lxml import etree, html

from digest.models.correction import Correction
from digest.models.issue import Digest, Entry, Section
from digest.safe_text import clean_line
from digest.wording import (
    badges,
    brief,
    chapter_heading,
    deadline_line,
    meta_parts,
    slashed,
    totals_line,
    trouble_line,
)

_ATOM = "http://www.w3.org/2005/Atom"
_NAMES = cast(dict[str, str], {None: _ATOM})  # the default namespace; lxml's types lack None
_DEFAULT_TITLE = "政讯周报"


def render_atom(
    digests: Sequence[Digest], *, now: datetime, title: str = "", base: str = ""
) -> bytes:
    """The feed as UTF-8 XML, newest issue first.

    With `base`, the public address of the archive (no slash at its end), every link is absolute
    and leads to a page of the archive; without it, links are relative to the data folder.
    `title` is that of the whole series, for the feed itself. `now` dates a feed that has no
    issue yet; otherwise the newest issue does.
    """
    newest_first = sorted(digests, key=lambda digest: digest.instant, reverse=True)
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMES)
    title = title or (newest_first[0].title if newest_first else _DEFAULT_TITLE)
    company = newest_first[0].company if newest_first else ""
    _text(feed, "title", f"{company}{title}")
    _text(feed, "id", "urn:zhengxun:feed")
    _text(feed, "updated", _stamp(max(_changes(newest_first), default=now)))
    _link(feed, f"{base}/feed.atom" if base else "feed.atom", "self", "application/atom+xml")
    author = etree.SubElement(feed, f"{{{_ATOM}}}author")
    _text(author, "name", company or title)
    _text(feed, "generator", "zhengxun")
    told: set[str] = set()
    for digest in newest_first:
        for record in reversed(digest.corrections):
            _correction(feed, Correction(record, digest.company), base)
        _issue(feed, digest, base)
        _documents(feed, digest, told, base)
    return etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _changes(digests: Sequence[Digest]) -> Iterator[datetime]:
    for digest in digests:
        yield digest.instant
        yield from (item.record.composed_at for item in digest.corrections)


def _page(week: str, base: str) -> str:
    """Where readers find an issue: in the archive, or in its folder beside the feed."""
    return f"{base}/issues/{week}/index.html" if base else f"issues/{week}/digest.html"


def _correction(feed: etree._Element, correction: Correction, base: str) -> None:
    entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
    _text(entry, "title", correction.heading)
    _text(entry, "id", f"urn:zhengxun:issue:{correction.week}:correction:{correction.number}")
    _text(entry, "published", _stamp(correction.made_at))
    _text(entry, "updated", _stamp(correction.made_at))
    page = f"issues/{correction.week}/correction-{correction.number}.html"
    if base:  # the archive tells corrections on the issue's own page
        page = _page(correction.week, base)
    _link(entry, page, "alternate", "text/html")
    _text(entry, "summary", clean_line(" ".join(correction.lines)))
    content = html.Element("div")
    for line in correction.lines:
        _child(content, "p", line)
    for item in correction.items:
        _child(content, "h4", item.title)
        _child(content, "p", f"误：{' '.join(item.wrong)}")
        _child(content, "p", f"正：{' '.join(item.right)}")
    text = _text(entry, "content", cast(str, html.tostring(content, encoding="unicode")))
    text.set("type", "html")


def _issue(feed: etree._Element, digest: Digest, base: str) -> None:
    entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
    span = f"{slashed(digest.from_on)}~{slashed(digest.to_on)}"
    _text(entry, "title", f"{digest.title} {digest.week}（{span}）")
    _text(entry, "id", f"urn:zhengxun:issue:{digest.week}")
    _text(entry, "published", _stamp(digest.instant))
    _text(entry, "updated", _stamp(digest.instant))
    _link(entry, _page(digest.week, base), "alternate", "text/html")
    _text(entry, "summary", totals_line(digest))
    content = _text(entry, "content", _contents(digest))
    content.set("type", "html")


def _documents(feed: etree._Element, digest: Digest, told: set[str], base: str) -> None:
    """Each document of an issue whose id is not in `told`: a newer issue has its newer state."""
    for section in digest.sections:
        for group in section.groups:
            for entry in group.entries:
                name = _document_id(entry)
                if name not in told:
                    item = _document(feed, entry, digest, section.title, name)
                    _link(item, entry.url or _page(digest.week, base), "alternate", "text/html")
                told.add(name)


def _document_id(entry: Entry) -> str:
    """The same for a page in every issue."""
    name = f"{entry.stored.notice.site}\n{entry.stored.notice.key}"
    return f"urn:zhengxun:notice:{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _document(
    feed: etree._Element, entry: Entry, digest: Digest, chapter: str, name: str
) -> etree._Element:
    """An entry without its link, which its issue knows."""
    item = etree.SubElement(feed, f"{{{_ATOM}}}entry")
    marks = "".join(f"［{badge}］" for badge in badges(entry))
    _text(item, "title", f"{entry.title}{marks}")
    _text(item, "id", name)
    _text(item, "updated", _stamp(digest.instant))
    author = etree.SubElement(item, f"{{{_ATOM}}}author")
    _text(author, "name", entry.publisher or digest.company)
    etree.SubElement(item, f"{{{_ATOM}}}category").set("term", chapter)
    lines = (" · ".join(meta_parts(entry)), deadline_line(entry, digest.today), brief(entry))
    _text(item, "summary", "\n".join(line for line in lines if line))
    return item


def _contents(digest: Digest) -> str:
    """Titles by chapter as HTML; lxml escapes it once more for the feed."""
    page = html.Element("div")
    for line in (totals_line(digest), trouble_line(digest)):
        if line:
            _child(page, "p", line)
    for section in digest.sections:
        if section.count:
            _chapter(page, section, digest)
    return cast(str, html.tostring(page, encoding="unicode"))


def _chapter(page: html.HtmlElement, section: Section, digest: Digest) -> None:
    _child(page, "h3", chapter_heading(section, digest))
    for group in section.filled:
        _child(page, "h4", group.title)
        items = _child(page, "ol")
        for entry in group.entries:
            item = _child(items, "li")
            link = _child(item, "a" if entry.url else "span", entry.title)
            if entry.url:
                link.set("href", entry.url)
            facts = " · ".join((*badges(entry), *meta_parts(entry)))
            link.tail = f"（{facts}）" if facts else None
            if entry.note:
                _child(item, "p", f"编者按：{clean_line(entry.note)}")


def _child(parent: html.HtmlElement, tag: str, text: str = "") -> html.HtmlElement:
    child = html.Element(tag)
    child.text = text
    parent.append(child)
    return child


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = text
    return child


def _link(parent: etree._Element, href: str, rel: str, media: str) -> None:
    child = etree.SubElement(parent, f"{{{_ATOM}}}link")
    child.attrib.update({"href": href, "rel": rel, "type": media})


def _stamp(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
