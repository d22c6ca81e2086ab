"""Fields printed as label and value: 信息公开 tables, 首都之窗's numbered list, CDE's guides."""

from __future__ import annotations

import re

from lxml import etree
from parsel import Selector

from crawlers.reading.text import visible_text

_NAMES = {
    "标题": "title",
    "名称": "title",
    "文件名称": "title",
    "发文机关": "issuers",
    "发文机构": "issuers",
    "发布机构": "issuers",
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
    "实施日期": "effective",
    "生效日期": "effective",
    "施行日期": "effective",
    "信息来源": "source",
}
_LABEL = r"[\u4e00-\u9fff](?:[ \t\u3000\xa0]{0,4}[\u4e00-\u9fff]){1,7}"
_LINE = re.compile(rf"\[?\s{{0,4}}({_LABEL})\s{{0,4}}(?:\]|[:：])\s{{0,9}}(\S.{{0,200}})?$")
_NONE = re.compile(r"[-—－–_\s/无]{0,40}")  # "----" is EasySite's way to say there is none
_RECORD = "//tr/*[self::td or self::th] | //ol/li | //ul/li | //dl/dt"
# Records written as lines or as boxes side by side: <p>文号：…</p>, <span>文号</span><span>…</span>
_BOXES = "//p | //div | //span | //b | //strong | //label | //em | //dt | //td | //li"
_LONGEST_LABEL = 14
_OPENING = 60


def labelled_fields(page: Selector, outside: Selector | None = None) -> dict[str, str]:
    """Field -> value for every known label before or around the body, empty ones left out.

    `outside` is the body: a table inside it is the notice's own, not the publisher's record,
    unless it opens the body and is a record itself: two known labels with one value each.
    """
    fields: dict[str, str] = {}
    own_record = outside is None or outside.root.tag == "table"  # CDE's guides are the table
    inside = set() if own_record or outside is None else set(outside.root.iter())
    for node in page.xpath(_RECORD):
        if node.root not in inside:
            _add(fields, *_pair(node))
    for table in page.xpath("//table"):
        if table.root not in inside or _opens(table, outside):
            for label, value in _two_rows(table):
                _add(fields, label, value)
    if "doc_number" not in fields:
        _add_boxed_number(fields, page, inside)
    return fields


def _add(fields: dict[str, str], label: str, value: str) -> None:
    name = _NAMES.get(re.sub(r"\s|　", "", label))
    if name and not _NONE.fullmatch(value):
        fields.setdefault(name, value)


def _pair(node: Selector) -> tuple[str, str]:
    text = visible_text(node)
    if node.root.tag in ("li", "td", "th"):
        match = _LINE.match(text)
        if match and (match.group(2) or node.root.tag == "li"):
            return match.group(1), (match.group(2) or "").strip()
        if node.root.tag == "li":
            return "", ""
    following = node.xpath("following-sibling::*[1]")
    value = visible_text(following[0]) if following else ""
    return text.strip(" :：[]【】"), value


def _two_rows(table: Selector) -> list[tuple[str, str]]:
    """Labels in the first row, values in the second, and no third: a record, not a list."""
    rows = [row for row in table.xpath(".//tr") if row.xpath("td | th")]
    if len(rows) != 2:
        return []
    labels, values = ([visible_text(cell) for cell in row.xpath("td | th")] for row in rows)
    labels = [label.strip(" :：[]【】") for label in labels]
    known = [label for label in labels if re.sub(r"\s|　", "", label) in _NAMES]
    if len(labels) != len(values) or len(known) < 2:
        return []
    return list(zip(labels, values, strict=True))


def _opens(table: Selector, body: Selector | None) -> bool:
    """Whether hardly any text of the body stands before the table."""
    if body is None:
        return False
    before = 0
    for node in body.root.iter():
        if node is table.root:
            return True
        before += len((node.text or "").strip()) if isinstance(node.tag, str) else 0
        if before > _OPENING:
            return False
    return False


def _add_boxed_number(fields: dict[str, str], page: Selector, inside: set[etree._Element]) -> None:
    """A 文号 whose label stands in a line or a box of its own, before or beside the text."""
    for node in page.xpath(_BOXES):
        root = node.root
        head = (root.text or "").strip()[: _LONGEST_LABEL + 1]
        label = re.sub(r"\s|　", "", head.strip(" :：[]【】"))
        if root in inside or _NAMES.get(label.partition("：")[0].partition(":")[0]) != "doc_number":
            continue
        value = _line_value(node) or _beside(node)
        if value.endswith("号"):
            fields["doc_number"] = value
            return


def _line_value(node: Selector) -> str:
    match = _LINE.match(visible_text(node)[:300])
    return (match.group(2) or "").strip() if match else ""


def _beside(node: Selector) -> str:
    tail = (node.root.tail or "").strip(" :：\r\n\t\u3000\xa0")
    if tail:
        return tail[:200]
    following = node.xpath("following-sibling::*[1]")
    return visible_text(following[0])[:200] if following else ""
