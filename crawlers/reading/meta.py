"""The meta tags government sites must carry (国办发〔2017〕47号), with the deviations seen.

Names come in any case (浙江), misspelt (`ContenSource`, MNR), twice (山西: the first non-empty
value counts) or empty (MOST); see the tests, which hold one real page for each.
"""

from __future__ import annotations

from dataclasses import dataclass

from parsel import Selector

_FIELDS = {
    "articletitle": "title",
    "pubdate": "published",
    "contentsource": "source",
    "contensource": "source",
    "columnname": "column",
    "sitename": "site_name",
    "url": "url",
}


@dataclass(slots=True)
class Meta:
    """What the page's head says about itself; empty where it is silent."""

    title: str = ""
    published: str = ""
    source: str = ""
    column: str = ""
    site_name: str = ""
    url: str = ""


def read_meta(page: Selector) -> Meta:
    """Read the article set of meta tags of one page."""
    meta = Meta()
    for tag in page.css("meta[name][content]"):
        field = _FIELDS.get(tag.attrib["name"].strip().lower())
        value = " ".join(tag.attrib["content"].split())
        if field and value and not getattr(meta, field):
            setattr(meta, field, value)
    return meta
