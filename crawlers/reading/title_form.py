"""What the titles of notices look like, and how pages print one in pieces.

Asked where neither list nor head nor heading tells: on many pages the title is a line as any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from crawlers.reading.line_kinds import Kind
from crawlers.reading.outline import Line, Outline

_FORM = re.compile(
    r"(?:通知|公告|公示|通告|通报|决定|意见|办法|规定|细则|方案|规划|批复|复函|的函|须知|名单|指南|简章|启事|倡议书|"
    r"预警信号|措施|目录|征文|预告|结果|报告|解读|说明|声明|指引|提示|排期|议价|询价|Notice|Announcement)"
    r"(?:[：:][^：:]{4,40})?\W{0,2}(?:[（(【\[〔][^（(【\[〔]{1,16}[)）】\]〕])?$"
)
_BEGINS = re.compile(r"^(?:关于|转发|印发)")
_LABEL = re.compile(r"^\S{0,4}(?:编号|文号|字号|日期|时间|来源|电话|地址|单位|附件)")
_PATH = re.compile(r"\S\s?[>＞»›]\s?\S")
_BADGE = re.compile(
    r"[【\[(（]?(?:\S{1,3}中|已\S{1,3}|(?:\S{0,2})(?:公告|通知|公示|新闻|快讯|停水|停电|停气)|置顶|推荐|原创|转载|热|新|new|hot)[】\])）]?",
    re.IGNORECASE,
)
_STATE = re.compile(r"^[【\[](?:[征进公招报][^】\]]{0,3}中|已\S{1,3}|未开始|正在\S{1,4})[】\]]\s?")
_BADGE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:tag|badge|label|status|state|icon|flag)(?:$|[\s_-])", re.I
)
TITLE_NAMES = re.compile(
    r"tit|biaoti|(?:^|[\s_-])bt(?:$|[\s_-])|headline|subject|tt(?:$|[\s_-])", re.IGNORECASE
)
"""How the boxes of titles are named."""

_NAMELESS = re.compile(
    r"\W{0,4}(?:\S{0,8}(?:详情页?|详细(?:页面?|信息|内容)?|细览页?|模板(?:\S{0,2}细览页?)?|正文|内容页?|列表页?|栏目|频道)|无标题(?:文档)?|打印(?:预览|页面?)?"
    r"|(?:new|untitled|page|index|document|home|detail|view|article|content)\b[^\u4e00-\u9fff]{0,20})\W{0,4}",
    re.IGNORECASE,
)
_SHORTEST, _LONGEST = 8, 90
_TAIL = 60  # characters at the end of a title that show its form
_BADGE_LENGTH = 6
_PIECE = 30  # characters of one line of a title that goes on in the next


def is_title_form(text: str) -> bool:
    """Whether a line ends as the titles of notices do: …的通知, …公示（第二批）."""
    if not _SHORTEST <= len(text) <= _LONGEST or text[-1] in "：:。；，":
        return False
    if _PATH.search(text):
        return False
    return bool(_FORM.search(text[-_TAIL:]) or _BEGINS.match(text)) and not _LABEL.match(text)


def is_nameless(text: str) -> bool:
    """Whether a window's title names the kind of a page only: 公告详情, 无标题文档, 公示栏目."""
    return bool(_NAMELESS.fullmatch(text[:80]))


def without_badges(line: Line) -> str:
    """The line without a short label in brackets (【进行中】) or in an element of its own before or
    behind it (征集中, 更正公告), where the rest is a title; "" where there is none."""
    bare = _STATE.sub("", line.text)
    if bare != line.text and is_title_form(bare):
        return bare
    texts = [_text_of(piece) for piece in line.pieces]
    if not 2 <= len(texts) <= 3:
        return ""
    core = max(texts, key=len)
    if not is_title_form(core):
        return ""
    for text, (node, is_tail) in zip(texts, line.pieces, strict=True):
        if text == core:
            continue
        names = f"{node.get('class') or ''} {node.get('id') or ''}"
        is_badge = _BADGE.fullmatch(text) or _BADGE_NAMES.search(names)
        if is_tail or len(text) > _BADGE_LENGTH or not is_badge:
            return ""
    return core


def first_line(outline: Outline, number: int) -> int:
    """Where a title begins that ends in this line: the line above, set in the same way, where that
    is none by itself and the two make one."""
    lines = outline.lines
    if number < 1 or not is_title_form(lines[number].text):
        return number
    above, line = lines[number - 1], lines[number]
    if above.linked or line.linked or not 4 <= len(above.text) <= _PIECE:
        return number
    if re.search(r"[\d：:。；，,|]$", above.text) or _LABEL.match(above.text):
        return number
    if _PATH.search(above.text) or "位置" in above.text:
        return number
    if not _set_alike(outline, above, line) or is_title_form(above.text):
        return number
    if _BEGINS.match(line.text):
        return (
            number - 1
            if re.search(r"(?:局|委员会|办公室|委|部|厅|政府|院)$", above.text)
            else number
        )
    return number - 1


def second_line(outline: Outline, kinds: Sequence[Kind], number: int) -> int:
    """Where a title ends that begins 关于… in this line and is complete in the next, or whose box
    names it a title and breaks it in two."""
    lines = outline.lines
    if number + 1 >= len(lines) or kinds[number + 1] != "short":
        return number
    line, below = lines[number], lines[number + 1]
    if len(below.text) > 2 * _PIECE or below.linked or _BEGINS.match(below.text):
        return number
    box = outline.boxes[line.owner]
    if line.owner == below.owner and box.last == number + 2 and box.first == number:
        return number + bool(TITLE_NAMES.search(f"{box.node.get('class')} {box.node.get('id')}"))
    if not _BEGINS.match(line.text) or _FORM.search(line.text[-24:]):
        return number
    near = {outline.boxes[one.owner].parent for one in (line, below)}
    is_near = len(near) == 1 or _set_alike(outline, line, below)
    return number + bool(_FORM.search(below.text[-_TAIL:]) and is_near)


def _set_alike(outline: Outline, one: Line, other: Line) -> bool:
    """Whether two lines stand in one box of at most three, or in boxes of one make side by side."""
    inner = [(line.pieces[0][0].tag, _looks(line.pieces[0][0])) for line in (one, other)]
    if one.owner != other.owner and inner[0] != inner[1]:
        return False
    if one.owner == other.owner:
        box = outline.boxes[one.owner]
        return box.last - box.first <= 3
    first, second = outline.boxes[one.owner], outline.boxes[other.owner]
    if first.node.tag != second.node.tag or _looks(first.node) != _looks(second.node):
        return False
    if first.parent == second.parent:
        return True
    above, below = (
        outline.boxes[first.parent],
        outline.boxes[second.parent],
    )  # a row of a table each
    return (
        above.parent == below.parent and above.last - above.first == below.last - below.first == 1
    )


def _looks(node: etree._Element) -> list[tuple[str, str]]:
    return sorted((str(name), str(value)) for name, value in node.attrib.items())


def _text_of(piece: tuple[etree._Element, bool]) -> str:
    node, is_tail = piece
    text = node.tail if is_tail else node.text
    return " ".join((text or "").split())
