"""The parts of a page by which a reader turns it: 下一页, page numbers, 尾页, 加载更多.

What counts is what a control is labelled and where it leads, not how a skin names its classes.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from lxml import etree
from parsel import Selector

from crawlers.reading.addresses import absolute

Kind = Literal["first", "previous", "number", "next", "far", "last", "more"]

_MOST_NODES = 300_000  # of one page that are looked at
_MOST_CONTROLS = 300
_LONGEST_LABEL = 14
_TAGS = {
    "a", "button", "input", "li", "span", "option", "div", "em", "b", "i", "td", "p", "strong",
    "font", "label",
}  # fmt: skip
_HOLDERS = {"a", "button", "option", "input", "select"}
_ARROWS = re.compile(r"[\s>›»→》＞‹<«←《＜≫≪|\[\]()（）【】·…]+")
_WORDS: dict[str, Kind] = {
    **dict.fromkeys(("下一页", "下页", "下一頁", "后一页", "后页", "next", "nextpage"), "next"),
    **dict.fromkeys(("上一页", "上页", "上一頁", "前一页", "前页", "prev", "previous"), "previous"),
    **dict.fromkeys(("尾页", "末页", "尾頁", "最后一页", "最末页", "last", "lastpage"), "last"),
    **dict.fromkeys(("首页", "第一页", "首頁", "first", "firstpage"), "first"),
    **dict.fromkeys(("加载更多", "点击加载更多", "显示更多", "查看更多", "loadmore"), "more"),
}  # fmt: skip
_SIGNS: dict[str, Kind] = {
    **dict.fromkeys((">", "›", "→", "＞", "》"), "next"),
    **dict.fromkeys(("<", "‹", "←", "＜", "《"), "previous"),
    **dict.fromkeys((">>", "»", "››", "＞＞", "》》", "≫"), "far"),
}
_NUMBER = re.compile(r"第?(\d{1,5})页?")
_OFF = re.compile(r"(?:^|[\s_-])(?:disabled?|no-?more|gray|grey|unable|invalid)(?:$|[\s_-])", re.I)
_NEXT_NAME = re.compile(r"(?:^|[\s_-])next(?:page)?(?:$|[\s_-])", re.IGNORECASE)
_SHOW = re.compile(r"slide|swiper|slick|carousel|banner|focus", re.IGNORECASE)
_NOT_ADDRESS = {"class", "style", "id", "src", "title", "target", "name", "type", "alt", "rel"}
_LOOKS_ADDRESS = re.compile(r"(?:https?:)?[\w./~%-]*(?:[/?]|\.\w{2,5}(?:$|\?))[\w./?&=%:~#;-]*")
_QUOTED = re.compile(r"""["']([^"'\s<>]{1,300})["']""")
_CALL = re.compile(r"([\w$.]{1,60})\s*\(([^()]{0,300})\)")


@dataclass(frozen=True, slots=True)
class Control:
    """One control. `address` is absolute, empty where the control calls a script; `script` is
    what it calls then. `off`: marked as not usable. `number` is the page it names, 0 for none."""

    kind: Kind
    number: int
    address: str
    script: str
    off: bool
    box: etree._Element

    @property
    def works(self) -> bool:
        """Whether it leads anywhere at all."""
        return bool(self.address or self.script) and not self.off


def find_controls(page: Selector, base_url: str) -> list[Control]:
    """The controls of a page in their order; of very many the first and the last, where pagers
    stand."""
    first: list[Control] = []
    last: deque[Control] = deque(maxlen=_MOST_CONTROLS)
    for node in islice(page.root.iter("*"), _MOST_NODES):
        control = _control(node, base_url)
        if control is not None:
            (first if len(first) < _MOST_CONTROLS else last).append(control)
    return [*first, *last]


def call_of(script: str) -> tuple[str, str]:
    """The function a control calls and its arguments as written; empty when there is none."""
    match = _CALL.search(script)
    return (match[1], match[2]) if match else ("", "")


def _control(node: etree._Element, base_url: str) -> Control | None:
    if node.tag == "link" and (node.get("rel") or "").lower() == "next":
        address = absolute(base_url, node.get("href", ""))
        return Control("next", 0, address, "", False, node) if address else None
    if node.tag not in _TAGS or len(node) > 3 or any(kid.tag in _HOLDERS for kid in node):
        return None
    kind, number = _kind(node)
    if kind is None:
        return None
    address, script = _way(node, base_url)
    return Control(kind, number, address, script, _is_off(node), _box(node))


def _kind(node: etree._Element) -> tuple[Kind | None, int]:
    """What a node is by its label; by its name only where it has none (an arrow drawn by CSS)."""
    label = _label(node)
    if label is None:
        return None, 0
    core = _ARROWS.sub("", label).lower()
    match = _NUMBER.fullmatch(core)
    if match:
        return "number", int(match[1])
    kind = _WORDS.get(core) or (_SIGNS.get("".join(label.split())) if not core else None)
    if kind is None and not label and node.tag in {"a", "button", "li"}:
        words = " ".join((node.get("title", ""), node.get("aria-label", ""), *_alts(node)))
        kind = _WORDS.get(_ARROWS.sub("", words).lower())
        if kind is None and _is_named_next(node):
            kind = "next"
    return kind, 0


def _label(node: etree._Element) -> str | None:
    """The words on a control; None for what says too much to be one."""
    if node.tag == "input":
        return str(node.get("value") or "") if node.get("type") in {"button", "submit"} else None
    parts, size = [], 0
    for part in _texts(node):
        size += len(part.strip())
        if size > _LONGEST_LABEL:
            return None
        parts.append(part)
    return " ".join("".join(parts).split())


def _texts(node: etree._Element) -> Iterator[str]:
    """The texts of a node and two generations under it; a control nests no deeper."""
    yield node.text or ""
    for kid in node:
        if isinstance(kid.tag, str) and kid.tag not in {"script", "style"}:
            yield kid.text or ""
            for grandchild in islice(kid, 4):
                yield (grandchild.text or "") if isinstance(grandchild.tag, str) else ""
                yield grandchild.tail or ""
        yield kid.tail or ""


def _alts(node: etree._Element) -> list[str]:
    return [kid.get("alt", "") for kid in node if kid.tag == "img"]


def _is_named_next(node: etree._Element) -> bool:
    names = f"{node.get('class', '')} {node.get('id', '')}"
    around = " ".join(up.get("class", "") for up in islice(node.iterancestors(), 3))
    return bool(_NEXT_NAME.search(names)) and not _SHOW.search(f"{names} {around}")


def _way(node: etree._Element, base_url: str) -> tuple[str, str]:
    """Where a control leads: an address it or a box close around it names, or a script."""
    script = ""
    for place in (node, *islice(node.iterancestors(), 2)):
        if place is not node and place.tag not in {"a", "button", "li", "span", "td"}:
            break
        for name, value in place.attrib.items():
            name = str(name)
            value = str(value).strip()
            if value.lower().startswith("javascript:") or name == "onclick":
                found = _quoted_address(value, base_url)
                script = script or value
            else:
                found = _named_address(place, name, value, base_url)
            if found:
                return found, script
    return "", script


def _named_address(place: etree._Element, name: str, value: str, base_url: str) -> str:
    if name == "href":
        return "" if value in {"", "#"} or value.startswith("#") else absolute(base_url, value)
    if name in _NOT_ADDRESS or name.startswith("on") or not _LOOKS_ADDRESS.fullmatch(value):
        return ""
    return absolute(base_url, value)


def _quoted_address(script: str, base_url: str) -> str:
    """An address written out in a script: location.href='list_2.html', go(this,'/a/2.html')."""
    if re.search(r"""["']\s*\+|\+\s*["']""", script):  # put together from parts
        return ""
    for quoted in _QUOTED.findall(script):
        if _LOOKS_ADDRESS.fullmatch(quoted):
            return absolute(base_url, quoted)
    return ""


def _is_off(node: etree._Element) -> bool:
    for place in (node, *islice(node.iterancestors(), 1)):
        names = (
            f"{place.get('class', '')} {place.get('aria-disabled', '').replace('true', 'disabled')}"
        )
        if "disabled" in place.attrib or _OFF.search(names):
            return True
    return False


def _box(node: etree._Element) -> etree._Element:
    """The box a control stands in, past the item of its own."""
    for up in islice(node.iterancestors(), 2):
        if up.tag not in {"li", "span", "td", "a", "b", "em"}:
            return up
    parent = node.getparent()
    return parent if parent is not None else node
