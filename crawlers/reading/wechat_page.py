"""Read an article of the WeChat platform, or say why there is none.

Generations of articles: 2018 (`.profile_nickname`, `#post-date`), 2020 (`#js_name`, og tags), 2026
(h1 with span.js_title_inner). Shares of words, pictures, video, audio or another article say
everything in their scripts (`item_show_type`), and `#js_content` is furniture. `#publish_time` is
empty in the page as sent; `ct` is exact.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from parsel import Selector

from crawlers.items import NoticeItem
from crawlers.reading.notice import body_html, disagreements, finish
from crawlers.reading.printed_dates import find_date, from_unix
from crawlers.reading.text import first_text, visible_text
from crawlers.reading.wechat_body import article_body
from crawlers.reading.wechat_edges import without_calls
from crawlers.reading.wechat_script import script_content, script_value, script_values

__all__ = ["article_key", "blocked_reason", "fill_from_article", "js_value"]

_BLOCKED_PLACES = ("/mp/wappoc_appmsgcaptcha", "/mp/verify")
_BLOCKED_MARKS = ("secitptpage/verify", "mmbizwap:secitptpage")
_BLOCKED_WORDS = ("操作频繁", "访问过于频繁", "操作过于频繁")
_ALBUM_PLACES = ("/mp/appmsgalbum", "/mp/homepage", "/mp/profile_ext")
_HIDDEN = re.compile(r"visibility\s*:\s*hidden\s*;?|opacity\s*:\s*0\s*;?")
_MESSAGES = (".weui-msg__title", ".weui-msg__desc", ".global_error_msg", ".tips.red", ".title_tips")
_TEXT_NAMES = ("content_noencode", "content")
_LONGEST_TITLE = 120  # the platform allows 64 for a title; the first line of a message is longer
_SENTENCE_END = re.compile(r"(?<=[。！？!?])")
_EPOCH = re.compile(r"1\d{9}")
_DAYS = ("ct", "ori_create_time", "create_time", "createTime", "oriCreateTime", "publish_time")


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
    reason = blocked_reason(text, url or item.url) or _no_article(page, url or item.url)
    if reason:
        _give_up(item, reason)
        return
    body = article_body(page, text)
    if body is not None:
        without_calls(body.root)
    _fill_head(item, page, text, visible_text(body) if body is not None else "")
    if body is not None:
        item.body_html = _HIDDEN.sub("", body_html(body, item.url))
        item.read_by["body_html"] = "platform"
    elif not item.title:
        _give_up(item, _only_words(page) or "微信页面里没有文章")
        return
    item.disagreements += disagreements(item, {})
    finish(item)


def js_value(text: str, name: str) -> str:
    """The value of a script's variable: the first literal that is not empty, decoded."""
    return script_value(text, name)


def article_key(text: str) -> str:
    """biz:mid:idx from the page's own variables; empty when they are not there."""
    biz = script_value(text, "biz", "bizuin", "__biz")
    mid = script_value(text, "mid", "appmsgid")
    idx = script_value(text, "idx", "itemidx") or "1"
    return f"{biz}:{mid}:{idx}" if biz and mid.isdigit() and int(mid) else ""


def _no_article(page: Selector, url: str) -> str:
    """The words of a page in an article's place: deleted, moved, wrong parameters, an album."""
    if any(urlsplit(url).path.startswith(place) for place in _ALBUM_PLACES):
        return "微信专辑或主页，不是一篇文章"
    if page.css("#js_content, #js_article, #js_image_content"):
        return ""
    return first_text(page, _MESSAGES)


def _only_words(page: Selector) -> str:
    words = visible_text(page)
    return f"微信页面里没有文章：{words[:60]}" if words else ""


def _give_up(item: NoticeItem, reason: str) -> None:
    item.problem = reason
    item.complete = False
    finish(item)


def _fill_head(item: NoticeItem, page: Selector, text: str, words: str) -> None:
    nickname = script_value(text, "nickname", "nick_name", "profile_nickname")
    fields = {
        "title": _title(page, text, words),
        "source": first_text(page, ("#js_name", ".profile_nickname", "#js_wx_follow_nickname"))
        or nickname,
        "published": _published(text) or _shown_date(page),
        "original_url": script_value(text, "msg_source_url") or _shared_from(page, text),
    }
    for name, value in fields.items():
        if value:
            setattr(item, name, value)
            item.read_by[name] = "platform"
    item.key = article_key(text) or item.key


def _title(page: Selector, text: str, words: str) -> str:
    """The title; of a message without one its first line. og:title may hold the whole text, its
    line breaks written as backslash and n."""
    printed = page.css('meta[property="og:title"]::attr(content)').get("")
    candidates = (
        printed,
        next(script_values(text, "msg_title"), ""),
        first_text(page, ("#activity-name", ".rich_media_title")),
        next(script_values(text, "title"), "") if "item_show_type" in text else "",
        page.css('meta[property="twitter:title"]::attr(content)').get(""),
    )
    first = next((title for title in map(_first_line, candidates) if title), "")
    return first or _first_line(script_content(text, *_TEXT_NAMES)) or _first_line(words)


def _first_line(printed: str) -> str:
    """One line of a title's length, however the line breaks are written."""
    lines = re.split(r"\\n|\\x0a|[\r\n]+", unescape(re.sub(r"<[^<>]{0,500}>", "\n", printed)))
    line = next((" ".join(one.split()) for one in lines if one.strip()), "")
    if len(line) <= _LONGEST_TITLE:
        return line
    sentence = _SENTENCE_END.split(line, maxsplit=1)[0]
    return sentence if len(sentence) <= _LONGEST_TITLE else f"{line[:_LONGEST_TITLE]}…"


def _published(text: str) -> str:
    for name in _DAYS:
        value = script_value(text, name)
        if _EPOCH.fullmatch(value):
            return from_unix(int(value))
        if find_date(value):
            return find_date(value)
    return ""


def _shown_date(page: Selector) -> str:
    return first_text(page, ("#post-date", "#publish_time"))


def _shared_from(page: Selector, text: str) -> str:
    """The article that another account's share leads to."""
    link = page.css("#js_share_source::attr(href), #js_share_source::attr(data-url)").get("")
    link = link or script_value(text, "share_source_url", "source_url", "transferTargetLink")
    query = parse_qs(urlsplit(link).query) if link.startswith("http") else {}
    return link if link.startswith("http") and "appmsgalbum" not in link and query != {} else ""
