"""Parts of a page that say themselves what they hold: the panels of a strip of tabs, the cell of a
record that is labelled as its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml import etree

from crawlers.reading.line_sums import LineSums
from crawlers.reading.outline import Box, Outline

_OPEN = re.compile(r"(?:^|[\s_-])(?:active|show|shown|cur|current|on|selected|this|in|open)$")
_OTHER_MATTER = re.compile(
    r"解读|图解|历史|沿革|变更|更正|结果|须知|相关|评论|留言|反馈|记录|动态|问答|办理流程|下载|联系"
)
_LABEL = 10  # characters of a tab
_FEWEST, _MOST = 2, 8
_TEXT_LABELS = frozenset(
    (
        "正文", "内容", "公告内容", "公告正文", "通知内容", "信息内容", "公示内容", "详细内容",
        "正文内容", "文件内容", "文章内容", "主要内容",
    )
)  # fmt: skip
_CELLS = frozenset(("td", "th", "dd"))
_MOST_LABELS = 20
_MOSTLY = 0.4  # of what a page says, in the cell labelled as its text


def closed_panels(outline: Outline) -> frozenset[int]:
    """The lines of panels that are not shown and whose tab names another matter (政策解读,
    结果公告), with the strip of the tabs. Other closed panels are part of the text."""
    gone: set[int] = set()
    for box in outline.boxes:
        if not _FEWEST <= len(box.children) <= _MOST:
            continue
        if _is_strip(outline, box):
            gone.update(range(box.first, box.last))
        panels = [outline.boxes[child] for child in box.children]
        opened = _open_panel(panels)
        strip = _strip_above(outline, box, len(panels)) if opened >= 0 else None
        if strip is None:
            continue
        labels = range(strip.first, strip.last)
        gone.update(labels)
        for place, number in enumerate(labels):
            if place != opened and _OTHER_MATTER.search(outline.lines[number].text):
                gone.update(range(panels[place].first, panels[place].last))
    return frozenset(gone)


def _is_strip(outline: Outline, box: Box) -> bool:
    """Whether a box is a strip of tabs: short lines side by side, one of them marked as shown."""
    count = box.last - box.first
    if count != len(box.children):
        return False
    if any(len(line.text) > _LABEL for line in outline.lines[box.first : box.last]):
        return False
    tabs = [outline.boxes[child].node for child in box.children]
    shown = sum(bool(_OPEN.search(tab.get("class") or "")) for tab in tabs)
    return shown == 1 and len({tab.tag for tab in tabs}) == 1


def _open_panel(panels: Sequence[Box]) -> int:
    """Which of boxes of one make is the shown one; -1 where they are no panels."""
    if panels[0].node.tag != panels[1].node.tag:
        return -1
    classes = [one.node.get("class") for one in panels]
    if None in classes:
        return -1
    names = [(one or "").split() for one in classes]
    shown = [place for place, words in enumerate(names) if words and _OPEN.search(words[-1])]
    if len({one.node.tag for one in panels}) != 1 or len(shown) != 1:
        return -1
    others = {tuple(words) for place, words in enumerate(names) if place != shown[0]}
    usual = next(iter(others)) if len(others) == 1 else ()
    return shown[0] if usual and set(usual) <= set(names[shown[0]]) else -1


def _strip_above(outline: Outline, panels: Box, count: int) -> Box | None:
    """The box of as many short lines as there are panels, right above them."""
    number = outline.index[panels.node] - 1  # the last box that ends before the panels begin
    while number > 0 and outline.boxes[number].last == panels.first:
        box = outline.boxes[number]
        lines = outline.lines[box.first : box.last]
        if len(lines) == len(box.children) == count:
            return box if all(len(line.text) <= _LABEL for line in lines) else None
        number = box.parent
    return None


def labelled_text(outline: Outline, sums: LineSums) -> int:
    """The box of the cell beside the label 正文 or 公告内容, where it says most of the page; -1."""
    if not outline.lines:
        return -1
    total = sums.worth(0, len(outline.lines))
    labels = (line for line in outline.lines if len(line.text) <= _LABEL and _is_label(line.text))
    for line in islice(labels, _MOST_LABELS):
        for cell in _cells_behind(outline, line.owner):
            box = outline.boxes[outline.index[cell]] if cell in outline.index else None
            if box is not None and sums.worth(box.first, box.last) >= _MOSTLY * total > 0:
                return outline.index[cell]
    return -1


def _is_label(text: str) -> bool:
    return text.strip(" ：:").replace(" ", "") in _TEXT_LABELS


def _cells_behind(outline: Outline, box: int) -> Iterator[etree._Element]:
    """The next cell of the row that a box stands in, or the only cell of the next row."""
    while box >= 0 and outline.boxes[box].node.tag not in {"td", "th", "dt"}:
        box = outline.boxes[box].parent
    if box < 0:
        return
    cell = outline.boxes[box].node
    following = cell.getnext()
    if following is not None and following.tag in _CELLS:
        yield following
    row = cell.getparent()
    below = row.getnext() if row is not None and following is None else None
    if below is not None and len(below) == 1 and below[0].tag in _CELLS:
        yield below[0]
