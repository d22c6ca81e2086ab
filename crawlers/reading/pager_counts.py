"""What a page prints of itself as a part of a list: 共 132 条, 第 1/14 页, totalpage="14"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from lxml import etree
from parsel import Selector

_MOST_NODES = 300_000
_MOST_PHRASES = 400
_LONGEST = 200
# A phrase made of nothing but these is a pager's; "共35条措施" or "2021年第1/2季度" are not.
_VOCABULARY = re.compile(
    r"[\s\d,，:：/\\|｜~\-—_.;；()（）\[\]【】<>‹›«»＜＞《》→←…·&*]"
    r"|共计?|总计?|合计|有|条|项|个|笔|篇|则|记录|信息|数据?|结果|文章|公告|内容|第|当前|本页|页码?|页次|页面|每页|显示|首|上|下|前|后"
    r"|尾|末|最|一|跳转|转到|跳|转|到|至|前往|去|确[定认]|查询|GO|go|Go|from|of|为|是|本|行|次|分|现在|加载|更多|全部|已|prev|next"
    r"|page|total|Page|Total|records?|items?"
)
_LAST_PAGE = (
    r"(?:共计?|总计?|分)\s*有?\s*[:：]?\s*(\d{1,6})\s*页",
    r"(?:总页数|页数|共有页数)\s*[:：]?\s*(\d{1,6})",
    r"(\d{1,6})\s*总?页\s*(?:第|当前)",
)
_CURRENT = (
    r"当前\s*(?:页码?|页次)?\s*(?:为|是)?\s*[:：]?\s*第?\s*(\d{1,6})",
    r"第\s*(\d{1,6})\s*页",
    r"页次\s*[:：]?\s*(\d{1,6})",
)
_OF = re.compile(
    r"(?:第|页次[:：]?|当前第?|页码?[:：]?)?(?<!\s)\s*+(\d{1,6})\s*+页?\s*+[/／]\s*+共?\s*+(\d{1,6})(?:\s*+页)?"
)
_TOTAL = (
    r"(?:共计?|总计?|合计|总共)\s*有?\s*[:：]?\s*([\d,]{1,9})\s*(?:条|项|个|笔|篇|则|记录)",
    r"(?:总?记录数?|总条数|总数|信息数|总计|记录总数)\s*[:：]?\s*共?\s*([\d,]{1,9})",
    r"([\d,]{1,9})\s*(?:条|项|个)?\s*(?:记录|信息|数据|结果)",
    r"[tT]otal\s*[:：]?\s*([\d,]{1,9})",
)
_SIZE = (r"每页\s*(?:显示)?\s*[:：]?\s*(\d{1,4})", r"(\d{1,4})\s*(?:条|项)?\s*/\s*页")


@dataclass(slots=True)
class Counts:
    """Numbers of a list as printed or as attributes say; None where nothing says."""

    current: int | None = None
    last: int | None = None
    total: int | None = None
    size: int | None = None

    def merge(self, other: Counts) -> None:
        """Fill in what is not known yet."""
        for name in ("current", "last", "total", "size"):
            if getattr(self, name) is None:
                setattr(self, name, getattr(other, name))


def printed_counts(page: Selector) -> Counts:
    """The counts in words anywhere on the page, then those in attributes."""
    found = Counts()
    for phrase in _phrases(page):
        found.merge(read_phrase(phrase))
    found.merge(_attributes(page))
    return found


def read_phrase(phrase: str) -> Counts:
    """The counts of one phrase: `共 132 条 第 1/14 页`."""
    found = Counts()
    found.size = _first(_SIZE, phrase)
    rest = re.sub("|".join(_SIZE), " ", phrase)
    found.last = _first(_LAST_PAGE, rest)
    found.total = _first(_TOTAL, rest)
    pair = _OF.search(rest)
    if pair and "页" in rest and 0 < int(pair[1]) <= int(pair[2]):
        found.current, found.last = int(pair[1]), int(pair[2])
    elif found.last is not None:
        found.current = _first(_CURRENT, rest)
    else:
        bare = re.fullmatch(r"\D{0,8}?(\d{1,6})\s*[/／]\s*(\d{1,6})\D{0,8}", rest.strip())
        if bare and 0 < int(bare[1]) <= int(bare[2]) and _has_pager_word(rest):
            found.current, found.last = int(bare[1]), int(bare[2])
    return found


def is_pager_phrase(text: str) -> bool:
    """Whether a text says nothing but where one is in a list."""
    return any(c.isdigit() for c in text) and not _VOCABULARY.sub("", text).strip()


def name_of_number(name: str) -> str:
    """What a variable or attribute counts, by its name: current, last, total, size or nothing."""
    plain = re.sub(r"^(?:data|m_?n|_n|_i|_|n|i|int)(?=[A-Z_-])|[_\-.]", "", name).lower()
    plain = plain.removeprefix("data")
    pages = "page" in plain or "yema" in plain
    if re.search(r"size|limit|perpage|pernum|rowsper", plain):
        return "size"
    if re.fullmatch(
        r"(?:total|count|all|sum|max|last|end)pages?(?:num|count|no)?|pages?(?:count|total|nums?|sum|all)?s?|totalpages?num",
        plain,
    ):
        return "current" if plain in {"page", "pagenum"} else "last"
    if re.search(r"curr|pageno|pageindex|pagenow|nowpage|pageid|thispage|cpage", plain):
        return "current"
    if not pages and re.search(r"total|count|records?(?:num)?$", plain):
        return "total"
    return "total" if re.search(r"(?:record|row|item|info|doc)s?(?:count|total|num)", plain) else ""


def _has_pager_word(text: str) -> bool:
    return bool(re.search(r"页|条|跳|末|尾|首|next|page", text))


def _phrases(page: Selector) -> list[str]:
    found: list[str] = []
    for node in islice(page.root.iter("*"), _MOST_NODES):
        for text in (node.text, *(kid.tail for kid in islice(node, 40))):
            if text and _is_worth(text) and node.tag not in {"script", "style"}:
                found.append(_widened(node, text))
                break
        if len(found) >= _MOST_PHRASES:
            break
    return [phrase for phrase in dict.fromkeys(found) if is_pager_phrase(phrase)]


def _is_worth(text: str) -> bool:
    return len(text) <= _LONGEST and bool(
        re.search(r"[共第总页条]|\d\s*[/／]\s*\d|[Tt]otal|记录", text)
    )


def _widened(node: etree._Element, text: str) -> str:
    """The text with what stands around it, as far as that is still a pager's words: the numbers
    often have elements of their own."""
    best = " ".join(text.split())
    for place in (node, *islice(node.iterancestors(), 3)):
        words = _short_text(place)
        if words is None or _VOCABULARY.sub("", words).strip():
            break
        best = words
    return best


def _short_text(node: etree._Element) -> str | None:
    parts, size = [], 0
    for part in node.itertext("*", with_tail=True):
        size += len(part.strip())
        if size > _LONGEST:
            return None
        parts.append(str(part))
    if any(True for _ in node.iter("script", "style")):
        return None
    return " ".join(" ".join(parts).split())


def _attributes(page: Selector) -> Counts:
    """totalpage="14", data-total="132": only on elements that name at least two such numbers or
    one of pages, since `count` alone counts anything."""
    found = Counts()
    for node in islice(page.root.iter("*"), _MOST_NODES):
        if len(node.attrib) == 0:
            continue
        named = {
            kind: int(value)
            for name, value in node.attrib.items()
            if str(value).isdigit() and len(value) < 8 and (kind := name_of_number(str(name)))
        }
        if (
            "last" in named
            or {"total", "size"} <= named.keys()
            or {"total", "current"} <= named.keys()
        ):
            found.merge(Counts(**named))
    return found


def _first(patterns: tuple[str, ...], text: str) -> int | None:
    for pattern in patterns:
        match = re.search(pattern, text)
        if match and match[1].replace(",", ""):
            return int(match[1].replace(",", ""))
    return None
