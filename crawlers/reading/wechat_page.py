"""Read an article of the WeChat platform, or say why there is none. Three generations are known:

2018 (`.profile_nickname`, `#post-date`), 2020 (`#js_name`, og tags) and 2026 (h1 with
span.js_title_inner). `#publish_time` is empty in the page as sent; `var ct` is exact.
"""

from __future__ import annotations

import re
from html import escape, unescape

from parsel import Selector

from crawlers.items import NoticeItem
from crawlers.reading.dates import from_unix
from crawlers.reading.general_notice import has_substance
from crawlers.reading.notice import body_html, disagreements, finish
from crawlers.reading.text import first_text, visible_text

_BLOCKED_PLACES = ("/mp/wappoc_appmsgcaptcha", "/mp/verify")
_BLOCKED_MARKS = ("secitptpage/verify", "mmbizwap:secitptpage")
_BLOCKED_WORDS = ("操作频繁", "访问过于频繁", "操作过于频繁")
_LITERAL = r"""(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")"""
_HIDDEN = re.compile(r"visibility\s*:\s*hidden\s*;?|opacity\s*:\s*0\s*;?")
_PICTURE = re.compile(r"cdn_url\s*:\s*(?:JsDecode\()?['\"](https?:[^'\"]+)['\"]")


def blocked_reason(text: str, url: str) -> str:
    """Why the page is a verification shell, or empty. Decided before anything else: HTTP says 200.

    An ordinary article may contain the word 验证, so that alone decides nothing.
    """
    if any(place in url for place in _BLOCKED_PLACES) or any(m in text for m in _BLOCKED_MARKS):
        return "微信要求验证，没有给出文章"
    if "js_content" in text:
        return ""
    if "环境异常" in text and ("去验证" in text or "完成验证后即可继续访问" in text):
        return "微信提示环境异常，要求验证"
    if any(words in text for words in _BLOCKED_WORDS):
        return "微信提示访问过于频繁"
    return ""


def fill_from_article(item: NoticeItem, text: str, url: str = "") -> None:
    """Fill `item` from an article page; a notice (deleted, moved…) leaves its words as problem."""
    page = Selector(text=text or "<html></html>")
    reason = blocked_reason(text, url or item.url) or _notice_words(page)
    if reason:
        _give_up(item, reason)
        return
    _fill_head(item, page, text)
    body = _body(page, text)
    if body is not None:
        item.body_html = _HIDDEN.sub("", body_html(body, item.url))
        item.read_by["body_html"] = "platform"
    elif not item.title:
        _give_up(item, "微信页面里没有文章")
        return
    item.disagreements += disagreements(item, {})
    finish(item)


def js_value(text: str, name: str) -> str:
    """The value of `var name = "…"`: the first non-empty literal of the assignment, decoded."""
    match = re.search(rf"\bvar\s+{name}\s*=\s*([^\n;]*)", text)
    if match is None:
        return ""
    for single, double in re.findall(_LITERAL, _whole_literals(text, match)):
        value = single or double
        if value:
            return _decoded(value)
    return ""


def article_key(text: str) -> str:
    """biz:mid:idx from the page's own variables; empty when they are not there."""
    biz, mid = js_value(text, "biz"), js_value(text, "mid") or js_value(text, "appmsgid")
    idx = js_value(text, "idx") or js_value(text, "itemidx") or "1"
    return f"{biz}:{mid}:{idx}" if biz and mid else ""


def _whole_literals(text: str, match: re.Match[str]) -> str:
    """The assignment to its semicolon; a semicolon inside a literal does not end it."""
    rest = text[match.start(1) : match.start(1) + 2000].split("\n", 1)[0]
    whole = re.match(rf"(?:{_LITERAL}|[^;'\"])*", rest)
    return whole.group(0) if whole else match.group(1)


def _decoded(value: str) -> str:
    r"""Undo JavaScript's \x26 and \' and then HTML's &amp;."""
    value = re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m.group(1), 16)), value)
    value = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m.group(1), 16)), value)
    return " ".join(unescape(re.sub(r"\\(.)", r"\1", value)).split())


def _notice_words(page: Selector) -> str:
    if page.css("#js_content"):
        return ""
    return first_text(page, (".weui-msg__title", ".global_error_msg", ".tips.red"))


def _give_up(item: NoticeItem, reason: str) -> None:
    item.problem = reason
    item.complete = False
    finish(item)


def _fill_head(item: NoticeItem, page: Selector, text: str) -> None:
    og_title = page.css('meta[property="og:title"]::attr(content)').get("")
    ct = js_value(text, "ct")
    fields = {
        "title": " ".join(og_title.split())
        or js_value(text, "msg_title")
        or first_text(page, ("#activity-name",)),
        "source": first_text(page, ("#js_name", ".profile_nickname")) or js_value(text, "nickname"),
        "published": from_unix(int(ct)) if ct.isdigit() else _shown_date(page),
        "original_url": js_value(text, "msg_source_url"),
    }
    for name, value in fields.items():
        if value:
            setattr(item, name, value)
            item.read_by[name] = "platform"
    item.key = article_key(text) or item.key


def _shown_date(page: Selector) -> str:
    return first_text(page, ("#post-date", "#publish_time"))


def _body(page: Selector, text: str) -> Selector | None:
    for node in page.css("#js_content"):
        if has_substance(node):
            return node
    inline = re.search(rf"content_noencode\s*:\s*JsDecode\({_LITERAL}\)", text)
    if inline:
        return _div(_decoded(inline.group(1) or inline.group(2)))
    pictures = dict.fromkeys(_decoded(url) for url in _PICTURE.findall(text))
    if pictures:
        words = visible_text(page.css("#js_image_desc")[0]) if page.css("#js_image_desc") else ""
        images = "".join(f'<p><img src="{escape(url)}"></p>' for url in pictures)
        return _div(f"<p>{escape(words)}</p>{images}" if words else images)
    return None


def _div(markup: str) -> Selector | None:
    found = Selector(text=f'<div id="js_content">{markup}</div>').css("#js_content")
    return found[0] if found and has_substance(found[0]) else None
