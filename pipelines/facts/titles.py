"""Titles as the office wrote them: whole, in one line, without a site's decorations."""

from __future__ import annotations

import re
import unicodedata

from pipelines.facts.entities import undo_entities

_SPACE = re.compile(r"[\s\u00a0\u3000\u2002\u2003\u2009]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f]")
_HAN = r"\u4e00-\u9fff，。、；：！？（）《》“”‘’〔〕【】"
# Joined lines need no space in Chinese; a printed space between two words is kept.
_LINE_BREAK = re.compile(
    rf"(?<=[{_HAN}])[ \t\u3000]*[\r\n]+\s*(?=[{_HAN}0-9])|(?<=[0-9])[\r\n]+\s*(?=[{_HAN}])"
)
_PINNED = re.compile(
    r"^\s*(?:[【\[［(（](?:置顶|推荐|热门|最新|进行中|征集中|已结束|已过期|已截止|头条|图文|图|新)[】\]］)）]"
    r"|(?:NEW|HOT|TOP)(?![A-Za-z])[!！]?|置顶\s+|[·•▪■◆●>»]+)\s*",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?<!\s)\s*+(?:[【\[［](?:置顶|推荐|热门|最新|进行中|图文|NEW|HOT)[】\]］]|(?<![A-Za-z])(?:new|NEW|New|HOT|Hot)[!！]?)\s*+$"
)
# A run of marks and spaces is tried once, from its start.
_SUFFIX_MARK = r"(?<![\s\-_|—–－·｜丨])(?=\s*+[-_|—–－·｜丨])[\s\-_|—–－·｜丨]++"
_OTHER_SITE = re.compile(
    _SUFFIX_MARK + r"[\u4e00-\u9fff]{2,24}(?:网|网站|门户|平台|局|部|中心|委员会|政府|首都之窗)$"
)
_COLUMN = re.compile(
    _SUFFIX_MARK
    + r"(?:通知公告|公示公告|公告公示|政策文件|工作动态|新闻动态|政务公开|通知|公告|公示)$"
)
_CUT = re.compile(r"(?:(?<!\.)\.{2,}|(?<!…)…+)$")


def clean_title(printed: str, site_name: str = "") -> str:
    """The title, NFC, on one line, without pins, badges and the name of the site."""
    title = _INVISIBLE.sub("", unicodedata.normalize("NFC", undo_entities(printed)))
    title = _LINE_BREAK.sub("", title)
    title = _SPACE.sub(" ", title).strip()
    title = _strip_badges(title)
    return _strip_site(title, site_name) or title


def is_cut(title: str) -> bool:
    """Whether a list printed only the beginning of a title."""
    return bool(_CUT.search(title.rstrip()))


def _strip_badges(title: str) -> str:
    while match := _PINNED.match(title):
        rest = title[match.end() :].strip()
        if not rest:
            return title
        title = rest
    return _TRAILING.sub("", title) or title


def _strip_site(title: str, site_name: str) -> str:
    if site_name:
        title = re.sub(_SUFFIX_MARK + re.escape(site_name) + r"(?:官网|网站|门户网站)?$", "", title)
    stripped = _COLUMN.sub("", _OTHER_SITE.sub("", title))
    # 医药工业-天津市…局 is a suffix; a title that would shrink to a word or two is not cut.
    return stripped if len(stripped) >= 6 else title
