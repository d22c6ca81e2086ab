"""Whether a page is the notice it was asked for, and its text this notice's text.

An error, a login, a maintenance or front page answers 200 as a notice does. No list of its words is
needed: it does not say what the list's row says, it came from another address, several addresses
answer it, or it is not written in sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawlers.reading.outline import Outline
from crawlers.reading.siblings import Siblings, shared_lines
from crawlers.reading.title_agreement import agreement, plain
from crawlers.reading.title_form import is_title_form

_ENOUGH = 0.5  # of the row's title in the page's words: it is the same matter
_LITTLE = 0.25  # … where the day is the row's, too
_PLACE = 4  # lines: a title may be printed in two, beside what it stands with
_SHORT_TITLE = 5  # a row called 公告 or 详情 proves nothing
_NOTICES_TITLE = 7
_FEW_WORDS = 80
_SHORT_TEXT = 400
_FEW_LINES = 3
_FEW_LINES_WORDS = 24
_LOADING = re.compile(r"加载|请稍|脚本|浏览器|JavaScript|loading|登录", re.IGNORECASE)
_SAME = 0.72
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Claims:
    """What is asked of a page: the row it was listed by, the address asked for and the one that
    answered; and what was read: `titles` (the item's first), whether there is a day and it is the
    row's, the body's `text` and `sentences`, whether it has pictures, cells or files (`has_more`),
    whether its container is one that column or platform name, and whether it stands right under a
    printed title (`follows_title`)."""

    listed: str
    asked: str
    found_at: str
    titles: tuple[str, ...]
    has_day: bool
    is_rows_day: bool
    text: str
    sentences: int
    has_more: bool
    is_named: bool
    follows_title: bool = False


def not_the_notice(claims: Claims, outline: Outline, head: Iterable[str]) -> str:
    """Why the page is not the notice (Chinese), or "". `head`: what it says unseen."""
    elsewhere = _came_from_elsewhere(claims)
    best = max((agreement(claims.listed, title) for title in claims.titles), default=0.0)
    if claims.listed and best >= _SAME:
        return ""
    if claims.listed and len(plain(claims.listed)) >= _SHORT_TITLE:
        share = _share_of(claims.listed, outline, head)
        if elsewhere:
            return elsewhere if share < 0.9 or not claims.sentences else ""
        if share >= _ENOUGH or (share >= _LITTLE and claims.is_rows_day):
            return ""
        return f"网页的内容与列表上的标题“{claims.listed[:60]}”不符，没有采用"
    return elsewhere or _unlike_any_notice(claims, outline)


def body_fault(claims: Claims, outline: Outline) -> str:
    """Why the text found on the notice's page is no body (Chinese), or ""."""
    if claims.sentences or claims.has_more or claims.is_named:
        return ""
    if len(plain(claims.text)) >= _FEW_WORDS or _is_plain_list(claims):
        return ""
    words = sum(len(line.text) for line in outline.lines if not line.linked)
    if words < _FEW_WORDS:
        return "网页的内容由脚本生成，页面里没有正文"
    return "页面里没有读到成句的正文"


def _is_plain_list(claims: Claims) -> bool:
    """Whether a text right under a notice's title and day is short lines: names, numbers."""
    lines = claims.text.strip().split("\n")
    says = len(plain(claims.text)) >= _FEW_LINES_WORDS and not _LOADING.search(claims.text)
    return claims.follows_title and claims.has_day and len(lines) >= _FEW_LINES and says


def repeated_text(claims: Claims, outline: Outline, siblings: Siblings | None) -> str:
    """Why the text is the site's and not this notice's (Chinese), or ""."""
    if siblings is None or len(claims.text) < _FEW_WORDS // 2:
        return ""
    title = claims.titles[0] if claims.titles else ""
    twin = siblings.same_text(claims.found_at, title, claims.text)
    if twin:
        return f"正文与 {twin} 的相同，不是这篇公告的正文"
    template = siblings.template(claims.found_at, outline)
    if template and shared_lines(claims.text.split("\n"), template) > _MOSTLY:
        return "正文在本网站的其他页面上也有，是网页模板"
    return ""


def _came_from_elsewhere(claims: Claims) -> str:
    """A front page, or the folder's own, in the place of a page inside it."""
    asked, found = urlsplit(claims.asked), urlsplit(claims.found_at)
    if (asked.path, asked.query) == (found.path, found.query) or not found.path:
        return ""
    folder = found.path.rpartition("/")[0] + "/"
    is_index = re.search(r"/(?:index|default|main|home)?(?:\.\w{3,5})?$", found.path)
    inside = asked.path.startswith(folder) and len(asked.path) > len(found.path)
    if is_index and not found.query and (folder == "/" or inside):
        return f"网站没有给出这篇公告，而是转到了 {claims.found_at}"
    return ""


def _unlike_any_notice(claims: Claims, outline: Outline) -> str:
    """Without a row to hold it against: a page with a password to type that has little text, or
    neither a day nor a title's form, one with neither day nor more title than 系统发生错误, or a
    short one with neither day nor a body by a known name, is not taken for a notice."""
    is_formed = any(map(is_title_form, claims.titles[:1]))
    is_little = claims.sentences < 4 or not (claims.has_day or is_formed)
    if outline.asks_password and is_little and not (claims.has_day and is_formed):
        return "网页是登录页，不是公告"
    title = plain(claims.titles[0]) if claims.titles else ""
    if not claims.has_day and not is_formed and 0 < len(title) < _NOTICES_TITLE:
        return "网页不像一篇公告（没有日期，标题很短），没有采用"
    if claims.has_day or claims.is_named or claims.has_more or not claims.text:
        return ""
    if len(claims.text) < _SHORT_TEXT and (claims.sentences < 2 or len(claims.text) < _FEW_WORDS):
        return "网页不像一篇公告（没有日期，文字很少），没有采用"
    return ""


def _share_of(listed: str, outline: Outline, head: Iterable[str]) -> float:
    """The share of the row's title, in pairs of characters, that the page says in one place, links
    aside: pages about the same matter say its words here and there."""
    words = plain(listed.rstrip(".… "))
    own = [plain(line.text) for line in outline.lines if line.linked * 2 <= len(line.text)]
    unseen = "\n".join(plain(text) for text in head)
    if words in unseen or any(words in text for text in own):
        return 1.0
    pairs = {words[i : i + 2] for i in range(len(words) - 1)}
    told = [{pair for pair in pairs if pair in text} for text in (unseen, *own)]
    places = (set().union(*told[at : at + _PLACE]) for at in range(1, len(told)))
    most = max(map(len, (told[0], *places)))
    return most / len(pairs) if pairs else 0.0
