"""The title of a row: what is printed on its link without marks, counters, dates and labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from crawlers.reading.printed_dates import find_date

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = {
    "p", "div", "li", "dd", "dt", "td", "th", "tr", "br", "ul", "ol", "dl", "section", "article",
    *_HEADINGS,
}  # fmt: skip
_TITLED = re.compile(
    r"(?:^|[\s_-])\w{0,40}(?:title|tit|biaoti|bt|name|headline)\w{0,40}", re.IGNORECASE
)
_COUNTER = re.compile(
    r"[\[(（]?\s*+(?:(?:浏览|阅读|点击|访问|查看|人气|热度|评论|点赞|下载)\w{0,3}\s*+[:：]?\s*+)?\d{1,9}\s*+(?:次|人|℃|\+|w|万)?\s*+[\])）]?",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"[\[【(（]?\s*(?:置\s*顶|顶|new!?|hot|热点?|最?新|推荐|荐|急|重要)\s*[\]】)）]?", re.I
)
_BULLET = re.compile(r"^[\s·•●■◆▪▶►>›»\-—|]+(?=\S)|^[\s·•●■◆▪▶►|]+$")
_LABELLED = re.compile(r"^\s*(?:文章|信息|公告)?(?:标题|题目|名称)\s*[:：]\s*")
_DATE_LABEL = re.compile(
    r"(?:发布|发表|更新|公开)?(?:时\s{0,4}间|日\s{0,4}期)\s{0,9}[:：]?\s{0,9}$"
)
_SHORTEST = 4
_BADGE = 8  # characters; what is longer is a badge if one row of three has it
_SOME = 3
_MOST_PIECES = 200
_LONGEST_TITLE = 500


@dataclass(slots=True)
class Piece:
    """Words in one element. `glue` is the space before them; `block` numbers the paragraph they
    are in; `own`: the element says nothing else; `rank` is 2 in a heading, 1 in something named
    title, else 0."""

    text: str
    glue: str
    block: int
    own: bool
    rank: int


def pieces_of(node: etree._Element) -> list[Piece]:
    """The words of a node, one entry a run of text."""
    found: list[Piece] = []
    block = 0
    skipped = 0
    ranks = [0]
    for event, part in etree.iterwalk(node, events=("start", "end")):
        is_block = part.tag in _BLOCKS and part is not node
        hidden = part.tag in {"script", "style"}
        if event == "start":
            block += is_block
            skipped += hidden
            ranks.append(max(ranks[-1], _rank(part) if part is not node else 0))
            _add(found, part.text, block, _stands_alone(part), 0 if skipped else 1, ranks[-1])
        else:
            block += is_block
            skipped -= hidden
            ranks.pop()
            tail = part.tail if part is not node else None
            _add(found, tail, block, False, 0 if skipped else 1, ranks[-1])
        if len(found) >= _MOST_PIECES:
            break
    return found


def common_words(rows: Iterable[Sequence[Piece]]) -> set[str]:
    """Texts that stand alone in several rows: a badge, a category, 查看详情. A longer one that
    only two or three of many rows say is the title of a notice that was published again."""
    seen: Counter[str] = Counter()
    number = 0
    for row in rows:
        number += 1
        seen.update({piece.text for piece in row if piece.own and len(piece.text) <= 16})
    return {
        text
        for text, count in seen.items()
        if count > 1 and (len(text) <= _BADGE or count * _SOME > number)
    }


def title_of(pieces: Sequence[Piece], common: set[str], whole: str = "") -> str:
    """The title among a row's words; `whole` is the attribute that holds it uncut, if any."""
    kept = [p for p in pieces if not (p.own and (p.text in common or _is_beside(p.text)))]
    blocks: dict[int, list[Piece]] = {}
    for piece in kept:
        blocks.setdefault(piece.block, []).append(piece)
    rank = max((p.rank for p in kept if len(p.text) >= _SHORTEST), default=0)
    texts = [
        _tidy("".join(piece.glue + piece.text for piece in block))
        for block in blocks.values()
        if (rank == 0 or any(p.rank == rank for p in block))
        and not _is_beside(" ".join(piece.text for piece in block))
    ]
    printed = next((t for t in texts if len(t) >= _SHORTEST and not _is_beside(t)), "")
    printed = printed or next((t for t in texts if t and not _is_beside(t)), "")
    return fuller(printed, whole)


def fuller(printed: str, attribute: str) -> str:
    """The title of an attribute where it is the printed one or its whole length."""
    lines = [line for line in re.split(r"[\r\n]+", attribute) if line.strip()]
    whole = _tidy(_LABELLED.sub("", lines[0])) if lines else ""
    stem = re.sub(r"(?<![\s….·])[\s….·]++$", "", printed)
    is_it = bool(whole) and (not stem or _letters(whole).startswith(_letters(stem)[:12]))
    return whole if is_it and len(whole) >= len(stem) - 2 else printed


def without_date(title: str, date: str) -> str:
    """A title without the row's date before or behind it: some skins put both into the link."""
    if not date or date not in title:
        return title
    dated = rf"[\[(（]?\s*{re.escape(date)}\s*[\])）]?"
    bare = re.sub(rf"^\s*{dated}|{dated}\s*$", "", title).strip()
    return _DATE_LABEL.sub("", bare).strip() or title


def _rank(node: etree._Element) -> int:
    if node.tag in _HEADINGS:
        return 2
    return 1 if node.attrib and _TITLED.match(str(node.get("class", ""))[:200]) else 0


def _add(
    found: list[Piece], text: str | None, block: int, own: bool, shown: int, rank: int
) -> None:
    words = " ".join((text or "").split())
    if words and shown:
        lead = " " if text and text[0].isspace() else ""
        found.append(Piece(words, lead, block, own, rank))


def _stands_alone(node: etree._Element) -> bool:
    return not len(node) and node.tag not in {"font", "b", "strong", "u"}


def _is_beside(text: str) -> bool:
    """Whether words that stand alone are no title: a date, a counter, a mark."""
    bare = text.strip(" []()（）【】")
    date = find_date(bare)
    if date and len(bare) - len(date) <= 6:
        return True
    return bool(_COUNTER.fullmatch(text.strip()) or _MARK.fullmatch(text.strip()))


def _tidy(text: str) -> str:
    text = _BULLET.sub("", " ".join(text.split()))
    return re.sub(r"^(?:[\[【(（]\s*(?:置\s*顶|顶)\s*[\]】)）]|置顶(?=\s))\s*", "", text).strip()[
        :_LONGEST_TITLE
    ]


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text)
