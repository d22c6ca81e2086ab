"""Pages that hold nothing themselves: one that only sends on to another, one made of frames."""

from __future__ import annotations

import re

from parsel import Selector
from w3lib.html import get_meta_refresh, remove_tags, remove_tags_with_content

from crawlers.reading.addresses import absolute

LITTLE_TEXT = 120
"""Characters of visible text up to which a page that sends on says nothing else: 正在跳转…"""
LONGEST_WAIT = 60
"""Seconds after which a page that sends on is meant to be read first."""
LONGEST_SHELL = 16_384
"""Characters of source up to which a page can be one that only sends on."""

_MOST_SCRIPT = 400_000
_FETCHES = re.compile(
    r"\$\.(?:ajax|post|get|getJSON)\s*\(|\bfetch\s*\(|XMLHttpRequest|axios\b|\.load\s*\(\s*[\"'][^\"']+[\"']"
    r"|buildstatic|\blayui\.table|\.DataTable\s*\("
)
_HEAD = 4096
_REFRESH = re.compile(r"http-equiv\s*+=\s*+[\"']?\s*+refresh", re.IGNORECASE)
_UNSEEN = ("head", "script", "style", "noscript")


def refresh_target(text: str, url: str) -> str:
    """The whole address that a page only sends on to (meta refresh), or "": such a page is short
    and has next to nothing to read."""
    if len(text) > LONGEST_SHELL or not _REFRESH.search(text[:_HEAD]):
        return ""
    try:
        wait, address = get_meta_refresh(text, url, ignore_tags=("script", "noscript"))
    except ValueError:
        return ""
    if not address or wait is None or wait > LONGEST_WAIT:
        return ""
    seen = remove_tags(remove_tags_with_content(text, which_ones=_UNSEEN))
    if len("".join(seen.split())) > LITTLE_TEXT:
        return ""
    return absolute(url, address)


def shell_reason(text: str, page: Selector, url: str) -> str:
    """Why a page has no body of its own and where that is, in Chinese; "" for an ordinary page.
    One that loads itself anew may still show a picture, and is read."""
    target = refresh_target(text, url)
    if target and target != url:
        return f"网页只是跳转到 {target}，没有跟随"
    if page.xpath("/html/frameset"):
        frames = (absolute(url, src) for src in page.xpath("//frame/@src").getall())
        return "网页由框架（frameset）组成，内容在 " + "、".join(filter(None, frames))
    return ""


def script_list_reason(page: Selector) -> str:
    """Why a page shows no rows, in Chinese: its scripts ask for them; "" where none does so."""
    if page.css("#app:not(:has(a)), #root:not(:has(a)), [ng-app], [v-for], [v-cloak]"):
        return "列表由网页应用的脚本显示，网页里没有公告"
    called = _FETCHES.search("\n".join(page.css("script:not([src])::text").getall())[:_MOST_SCRIPT])
    return "列表由脚本另行请求，网页里没有公告" if called else ""
