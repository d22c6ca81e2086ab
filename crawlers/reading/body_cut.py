"""The markup of a text found on a page: its box without the lines that are none of it."""

from __future__ import annotations

import copy
from collections.abc import Container

from lxml import etree

from crawlers.reading.body_evidence import Evidence, Region

_KEEPS = {"td", "th", "tr", "tbody", "table"}


def cut(evidence: Evidence, region: Region) -> etree._Element:
    """A copy of the region's box that holds only the region's lines, furniture inside them gone."""
    outline = evidence.outline
    box = outline.boxes[region.box]
    kept = set(region.lines)
    dropped = _furniture_inside(evidence, region)
    for first, last in dropped.values():
        kept.difference_update(range(first, last))
    gone = [number for number in range(box.first, box.last) if number not in kept]
    root = copy.deepcopy(box.node)
    root.tail = None
    if gone:
        _blank(evidence, box.node, root, gone, dropped)
    return root


def _furniture_inside(evidence: Evidence, region: Region) -> dict[int, tuple[int, int]]:
    """The boxes between the text that hold tools, share buttons, neighbours: box -> its lines."""
    boxes = evidence.outline.boxes
    kept = set(region.lines)
    found: dict[int, tuple[int, int]] = {}
    until = 0
    for number in range(region.box + 1, len(boxes)):
        box = boxes[number]
        if box.parent < region.box:
            break
        if box.last <= box.first or box.first < until or box.first not in kept:
            continue
        if _is_furniture(evidence, number):
            found[number] = (box.first, box.last)
            until = box.last
    return found


def _is_furniture(evidence: Evidence, number: int) -> bool:
    box = evidence.outline.boxes[number]
    span = (box.first, box.last)
    if box.node.tag in _KEEPS or evidence.outline.lines[box.first].in_cell:
        return False
    if evidence.sums.texts(*span) or evidence.sums.files(*span):
        return False
    kinds = set(evidence.kinds[box.first : box.last])
    if kinds <= {"neighbour", "foot", "crumb"}:
        return True
    return evidence.furniture.is_marked(number) and evidence.sums.worth(*span) < 30


def _blank(
    evidence: Evidence,
    original: etree._Element,
    root: etree._Element,
    gone: list[int],
    dropped: Container[int],
) -> None:
    """Empty the copies of the pieces of these lines, and take their pictures out."""
    twin = dict(zip(original.iter(), root.iter(), strict=True))
    for number in gone:
        line = evidence.outline.lines[number]
        for node, is_tail in line.pieces:
            if is_tail and node is not original:
                twin[node].tail = None
            elif not is_tail:
                twin[node].text = None
        for picture in line.pictures:
            _take_out(twin[picture])
    for number, box in enumerate(evidence.outline.boxes):
        if number in dropped and box.node in twin:
            _take_out(twin[box.node])


def _take_out(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    parent.remove(node)
