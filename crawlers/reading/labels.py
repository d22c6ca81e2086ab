"""Fields printed as label and value: 信息公开 tables, 首都之窗's numbered list, CDE's guides."""

from __future__ import annotations

import re

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
    "制发机关": "issuers",
    "联合发文": "joint_issuers",
    "联合发文单位": "joint_issuers",
    "发文字号": "doc_number",
    "文号": "doc_number",
    "文件编号": "doc_number",
    "成文日期": "written",
    "生成日期": "written",
    "发布日期": "published",
    "发布时间": "published",
    "发文日期": "published",
    "实施日期": "effective",
    "生效日期": "effective",
    "施行日期": "effective",
    "信息来源": "source",
}
_LINE = re.compile(r"^\[?\s*([\u4e00-\u9fff][\u4e00-\u9fff\s　]{0,12}?)\s*(?:\]|[:：])\s*(.*)$")
_NONE = re.compile(r"^[-—－–_\s/]*$")  # "----" is EasySite's way to say there is none


def labelled_fields(page: Selector, outside: Selector | None = None) -> dict[str, str]:
    """Field -> value for every known label before or around the body, empty ones left out.

    `outside` is the body: a table inside it is the notice's own, not the publisher's record.
    """
    fields: dict[str, str] = {}
    own_record = outside is None or outside.root.tag == "table"  # CDE's guides are the table
    inside = set() if own_record or outside is None else set(outside.root.iter())
    for node in page.xpath("//tr/*[self::td or self::th] | //ol/li | //ul/li | //dl/dt"):
        if node.root in inside:
            continue
        label, value = _pair(node)
        name = _NAMES.get(re.sub(r"\s|　", "", label))
        if name and not _NONE.match(value):
            fields.setdefault(name, value)
    return fields


def _pair(node: Selector) -> tuple[str, str]:
    text = visible_text(node)
    if node.root.tag == "li":
        match = _LINE.match(text)
        return (match.group(1), match.group(2).strip()) if match else ("", "")
    following = node.xpath("following-sibling::*[1]")
    value = visible_text(following[0]) if following else ""
    return text.strip(" :：[]【】"), value
