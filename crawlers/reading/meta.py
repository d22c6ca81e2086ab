"""The meta tags government sites must carry (国办发〔2017〕47号), with the deviations seen, and
what other systems write in their place (og, itemprop, JSON-LD).

Names come in any case (浙江), misspelt (`ContenSource`, MNR), twice (山西: the first non-empty
value counts) or empty (MOST); titles come with escaped markup. See the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from parsel import Selector

_FIELDS = {
    "articletitle": "title",
    "pubdate": "published",
    "contentsource": "source",
    "contensource": "source",
    "columnname": "column",
    "sitename": "site_name",
    "url": "url",
    "og:title": "social",
    "twitter:title": "social",
    "og:site_name": "site_name",
    "article:published_time": "stated",
    "og:release_date": "stated",
    "publishdate": "stated",
    "publish_time": "stated",
    "datepublished": "stated",
    "dc.date": "stated",
    "dcterms.issued": "stated",
}
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,5});")
_STATED = re.compile(r"\"datePublished\"\s{0,9}:\s{0,9}\"([^\"]{8,40})\"")


@dataclass(slots=True)
class Meta:
    """What the page's head says about itself; empty where it is silent. `social` and `stated`:
    title and day as pages tell them to other sites."""

    title: str = ""
    published: str = ""
    source: str = ""
    column: str = ""
    site_name: str = ""
    url: str = ""
    social: str = ""
    stated: str = ""


def read_meta(page: Selector) -> Meta:
    """Read the article set of meta tags of one page."""
    meta = Meta()
    for tag in page.xpath("//meta[@content]"):
        attributes = tag.root.attrib
        name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
        field = _FIELDS.get((name or "").strip().lower())
        if field and not getattr(meta, field):
            setattr(meta, field, without_markup(attributes["content"]))
    if not meta.published:
        meta.published = meta.stated or _stated_elsewhere(page)
    return meta


def without_markup(text: str) -> str:
    """One line of words: entities escaped twice undone, escaped markup taken out."""
    for _ in range(2):
        if "&" in text and _ENTITY.search(text):
            text = unescape(text)
    if "<" in text:
        text = _MARKUP.sub("", text)
    return " ".join(text.split())


def _stated_elsewhere(page: Selector) -> str:
    """The day in structured data, or in the page's only <time pubdate>."""
    for script in page.xpath("//script[@type='application/ld+json']/text()")[:5].getall():
        match = _STATED.search(script[:100_000])
        if match:
            return match[1]
    marked = page.xpath("//time[@pubdate or @itemprop='datePublished']/@datetime").getall()
    return marked[0] if len(set(marked)) == 1 else ""
