"""Fields printed as label and value: 信息公开 tables (label beside value, or a row of labels above
a row of values), 首都之窗's numbered list, spans in one line, CDE's guides."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from lxml import etree

from crawlers.reading.outline import Line, Outline
from crawlers.reading.printed_dates import find_date

_NAMES = {
    "标题": "title",
    "公告标题": "title",
    "信息标题": "title",
    "文章标题": "title",
    "名称": "title",
    "文件名称": "title",
    "信息名称": "title",
    "发文机关": "issuers",
    "发文机构": "issuers",
    "发布机构": "issuers",
    "发布机关": "issuers",
    "发文单位": "issuers",
    "制发单位": "issuers",
    "制发机关": "issuers",
    "联合发文": "joint_issuers",
    "联合发文单位": "joint_issuers",
    "发文字号": "doc_number",
    "文号": "doc_number",
    "文件编号": "doc_number",
    "文件号": "doc_number",
    "文件字号": "doc_number",
    "公文字号": "doc_number",
    "发文编号": "doc_number",
    "发布文号": "doc_number",
    "公文文号": "doc_number",
    "成文日期": "written",
    "成文时间": "written",
    "生成日期": "written",
    "发布日期": "published",
    "发布时间": "published",
    "发文日期": "published",
    "印发日期": "published",
    "公开日期": "published",
    "实施日期": "effective",
    "生效日期": "effective",
    "施行日期": "effective",
    "信息来源": "source",
}
_DAYS = frozenset(("published", "written", "effective"))
_RECORDS = frozenset(
    (
        "索引号", "索取号", "主题分类", "信息分类", "主题词", "公开方式", "公开形式", "公开范围",
        "公开时限", "有效性", "统一编号", "失效日期", "废止日期", "组配分类", "体裁分类", "备注",
    )
)  # fmt: skip
_MARKED = re.compile(
    r"^[\[【]?\s{0,3}([\u4e00-\u9fff][\u4e00-\u9fff\s　]{0,12}?)\s{0,3}"
    r"(?:[\]】]\s{0,3}[:：]?|[:：])\s{0,9}(.*)$"
)
_NONE = re.compile(r"^[-—－–_\s/]*$")  # "----" is EasySite's way to say there is none
_SHORTEST_TITLE = 5
_LONGEST = 300
_TABLES = frozenset(("table", "dl", "ul", "ol"))
_MOST_CELLS = 40


def labelled_fields(outline: Outline, inside: Container[int] = ()) -> dict[str, str]:
    """Field -> value for every known label, empty ones left out.

    `inside`: the lines of the body; a table there is the notice's own, not the publisher's record.
    """
    fields: dict[str, str] = {}
    for label, value in _pairs(outline, inside):
        name = _NAMES.get(re.sub(r"\s|　", "", label))
        if not name or _NONE.match(value) or {_label_in(value)} & (_NAMES.keys() | _RECORDS):
            continue
        if name == "title" and len(value) < _SHORTEST_TITLE:
            continue  # the head of a column: 名称 | 地址
        day = find_date(value) if name in _DAYS else ""
        if day or name not in _DAYS:
            fields.setdefault(name, day or value)
    return fields


def record_lines(outline: Outline) -> frozenset[int]:
    """The lines of the tables that a publisher prints about a notice: labels with their values."""
    found: set[int] = set()
    for box in outline.boxes:
        if not 2 <= box.last - box.first <= 80 or box.node.tag not in _TABLES:
            continue
        lines = outline.lines[box.first : box.last]
        if 2 * sum(line.linked > 0 for line in lines) > len(lines):
            continue
        labels = [_label_in(line.text) for line in lines]
        known = sum(label in _NAMES or label in _RECORDS for label in labels)
        if known >= 3 and known * 4 >= len(labels):
            found.update(range(box.first, box.last))
    return frozenset(found)


def _label_in(text: str) -> str:
    match = _MARKED.match(text) if len(text) < _LONGEST else None
    return re.sub(r"[\s　:：\[\]【】]", "", match[1] if match else text[:16])


def _pairs(outline: Outline, inside: Container[int]) -> Iterator[tuple[str, str]]:
    lines = outline.lines
    for number, line in enumerate(lines):
        if number in inside or len(line.text) > _LONGEST or line.linked * 2 > len(line.text):
            continue
        pieces = [text for text in map(_text_of, line.pieces) if text]
        is_term = _is_term(outline, line)
        is_record = is_term or outline.boxes[line.owner].node.tag in {"li", "dd"}
        for place, piece in enumerate(pieces):
            for label, value in _pair(piece, pieces[place + 1 :], is_term=is_term):
                value = _value_after(outline, number, inside) if value is None else value
                if is_record or "发布" not in label:  # the day in a line is judged by its place
                    yield label, value
    yield from _columns(outline, inside)


def _pair(piece: str, rest: Sequence[str], *, is_term: bool) -> Iterator[tuple[str, str | None]]:
    """Label and value of a piece; None where the value stands in the next cell."""
    match = _MARKED.match(piece)
    if match is None:
        label = piece.strip(" :：[]【】")
        if is_term and label.replace(" ", "").replace("　", "") in _NAMES and not rest:
            yield label, None
        return
    label, value = match[1], match[2].strip()
    if not value and rest:
        value = "" if _MARKED.match(rest[0]) else _whole(rest)
    elif value and rest:
        value += _tail_of(rest)
    yield label, value if value or rest else None


def _whole(rest: Sequence[str]) -> str:
    """The value's pieces up to the next label."""
    value: list[str] = []
    for piece in rest:
        if _MARKED.match(piece):
            break
        value.append(piece)
    return (
        " ".join(value) if len(value) > 1 and all(len(one) > 3 for one in value) else "".join(value)
    )


def _tail_of(rest: Sequence[str]) -> str:
    """What follows a value inside its own line, where the line is of one label only."""
    return "" if any(_MARKED.match(piece) for piece in rest) else "".join(rest)


def _is_term(outline: Outline, line: Line) -> bool:
    return line.in_cell or outline.boxes[line.owner].node.tag in {"dt", "th", "td"}


def _value_after(outline: Outline, number: int, inside: Container[int]) -> str:
    """What stands in the next cell or description; the next label is no value."""
    lines = outline.lines
    if number + 1 >= len(lines) or number + 1 in inside:
        return ""
    line, following = lines[number], lines[number + 1]
    here, there = (_cell_of(outline, one.owner) for one in (line, following))
    if here is None or there is None or here.getnext() is not there:
        return ""
    return (
        "" if _MARKED.fullmatch(following.text) and following.text[-1] in ":：" else following.text
    )


def _cell_of(outline: Outline, box: int) -> etree._Element | None:
    while box >= 0:
        if outline.boxes[box].node.tag in {"td", "th", "dt", "dd"}:
            return outline.boxes[box].node
        box = outline.boxes[box].parent
    return None


def _columns(outline: Outline, inside: Container[int]) -> Iterator[tuple[str, str]]:
    """A row of labels with the row of values below it."""
    above: list[str] = []
    for box in outline.boxes:
        if box.node.tag != "tr" or box.first in inside or len(box.children) > _MOST_CELLS:
            continue
        cells = [
            " ".join(
                line.text
                for line in outline.lines[outline.boxes[child].first : outline.boxes[child].last]
            )
            for child in box.children
        ]
        labels = sum(cell.strip(" :：").replace(" ", "") in _NAMES for cell in above)
        if labels >= 2 and len(cells) == len(above):
            yield from ((one.strip(" :："), two) for one, two in zip(above, cells, strict=True))
        above = cells


def _text_of(piece: tuple[etree._Element, bool]) -> str:
    node, is_tail = piece
    return " ".join(((node.tail if is_tail else node.text) or "").split())
