"""How to tell a wall from a page. Pure: status, address and text in, words for people out."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urlsplit

from scrapy.http import Response, TextResponse

from crawlers.items import BARRED

CHALLENGE_STATUSES = frozenset({202, 412, 521})
# What each refusal means on the watched sites (CDE 202/400, NMPA 412, MIIT 521 and 403,
# the Tianjin cluster 403 with an empty page).
STATUS_WORDS = {
    202: "网站返回 202 验证页（瑞数）",
    400: "网站返回 400（验证未通过）",
    403: "网站拒绝访问（403）",
    412: "网站返回 412 验证页（瑞数）",
    521: "网站返回 521 验证页（加速乐）",
}
# Ruishu's script and its meta id. Pages that were let through carry them too, so they count
# only where there is hardly anything to read.
SCRIPT_MARKS = ("$_ts", "9DhefwqGPrzGxEp9hPaoag")
# A page that only runs the script shows nothing at all; one that was let through may be short.
NEXT_TO_NOTHING = 20
# A firewall's last word: whatever is asked for next, robots.txt too, is answered the same.
BARRED_WORDS = ("请不要使用非法的URL地址访问", "您访问的URL地址不被允许", "您正在试图非法攻击")
WALL_WORDS = ("安全验证", "访问验证", "访问过于频繁", "Access Denied")
FEW_CHARACTERS = 200
EMPTY_PAGE = re.compile(
    r"\s*+<html>\s*+(<head>\s*+</head>\s*+<body>\s*+</body>\s*+)?</html>\s*+", re.I
)
WECHAT_HOST = "mp.weixin.qq.com"
WECHAT_WALL_PATHS = ("/mp/wappoc_appmsgcaptcha", "/mp/verify")
WECHAT_MARKS = ("secitptpage/verify", "mmbizwap:secitptpage/verify.html")
# What is left open goes on to the end, as a browser reads it: no run is looked at twice.
_UNREAD = re.compile(
    r"<(script|style|noscript|template)\b.*?(?:</\1[^<>]*+>?|\Z)"
    r"|<!--.*?(?:-->|\Z)|<[^<>]++>",
    re.S | re.I,
)


def find_wall(response: Response, *, wants_json: bool = False) -> str:
    """What wall this answer is, in words (Chinese), or "" for an ordinary answer.

    `wants_json`: the request asked for JSON, so a page of HTML is a wall whatever it says.
    Errors that are not walls (404, 5xx) are left to crawlers.failures.
    """
    text = response.text if isinstance(response, TextResponse) else ""
    wechat = _wechat_wall(response.url, text)
    if wechat:
        return wechat
    barred = barred_words(response)
    if barred:
        return barred
    if response.status in STATUS_WORDS:
        empty = EMPTY_PAGE.fullmatch(text) is not None
        return STATUS_WORDS[response.status] + ("，内容为空页" if empty else "")
    if response.status != 200:
        return ""
    if "browser-loop" in response.flags:
        return "验证页反复刷新"
    if wants_json:
        return "" if _is_json(text) else "应为 JSON 数据，网站却返回了网页"
    return _wall_page(response, text)


def barred_words(response: Response) -> str:
    """That the publisher takes no request from here any more (Chinese), or ""."""
    text = response.text if isinstance(response, TextResponse) else ""
    word = next((word for word in BARRED_WORDS if word in text), "")
    is_page = len(visible_text(text)) >= FEW_CHARACTERS if word else True
    return "" if is_page else f"{BARRED}（{word}）"


def has_challenge_script(text: str) -> bool:
    """Whether this is a page that only runs a challenge and shows next to nothing."""
    return any(mark in text for mark in SCRIPT_MARKS) and len(visible_text(text)) < NEXT_TO_NOTHING


def visible_text(html: str) -> str:
    """What a reader would see, white space collapsed; good enough to count and to quote."""
    return " ".join(unescape(_UNREAD.sub(" ", html)).split())


def _wall_page(response: Response, text: str) -> str:
    if not response.body:
        return "网站返回空白内容"
    if EMPTY_PAGE.fullmatch(text):
        return "网站返回空页（<html></html>）"
    if has_challenge_script(text):
        return "网站返回验证脚本（瑞数）"
    word = next((word for word in WALL_WORDS if word in text), "")
    if word and len(visible_text(text)) < FEW_CHARACTERS:
        return f"网站要求验证（{word}）"
    return ""


def _wechat_wall(url: str, text: str) -> str:
    """The verification shell answers 200 and may hold no Chinese at all; an article's own text
    may speak of 验证, so its words count only where there is no article (sites 6c)."""
    place = urlsplit(url)
    if place.hostname != WECHAT_HOST:
        return ""
    if place.path.startswith(WECHAT_WALL_PATHS) or any(mark in text for mark in WECHAT_MARKS):
        return "微信要求验证后才能访问"
    if 'id="js_content"' in text:
        return ""
    verify = "环境异常" in text and ("去验证" in text or "完成验证后即可继续访问" in text)
    if verify:
        return "微信要求验证后才能访问（环境异常）"
    if "操作频繁" in text or "访问过于频繁" in text:
        return "微信限制访问（操作频繁）"
    return ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):  # the second: brackets without end
        return False
    return True
