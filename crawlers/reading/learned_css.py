"""CSS for nodes that were found: by the names a publisher gives on purpose, else by their place.

Names made by a build tool (css-1x7gk2, list_item__3kd9A) change with its next run and are left
out; so are names that only one of several nodes has (first, odd, active).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

_NAME = re.compile(r"-?[A-Za-z_][\w-]*")
_TAG = re.compile(r"[a-z][a-z0-9-]*")
_STATE = frozenset(
    {"on", "cur", "current", "active", "first", "last", "odd", "even", "hover", "selected", "open"}
)
_CLIMB = 5


def is_stable(name: str) -> bool:
    """Whether a class or id looks like a word somebody chose."""
    if not _NAME.fullmatch(name) or name.lower() in _STATE or len(name) > 40:
        return False
    return not any(_is_hash(part) for part in re.split(r"[-_]+", name))


def _is_hash(part: str) -> bool:
    """Letters among digits, many digits, chopped case: `3kd9A`, `20210204`, `bdVaJa`."""
    digits = sum(letter.isdigit() for letter in part)
    back = len(re.findall(r"\d[A-Za-z]", part))
    turns = len(re.findall(r"[a-z][A-Z]", part)) + len(re.findall(r"[A-Z]{2}[a-z]", part))
    no_vowel = len(part) >= 6 and not re.search(r"[aeiouyAEIOUY]", part)
    mixed = len(part) >= 5 and (back >= 1 and digits >= 2)
    chopped = turns >= 2 and len(part) < 3 * (turns + 1)
    return mixed or digits >= 5 or chopped or (digits >= 1 and (turns >= 2 or no_vowel))


def classes_of(node: etree._Element) -> list[str]:
    """The stable class names of a node, as printed."""
    return [name for name in (node.get("class") or "").split() if is_stable(name)]


def shared_classes(nodes: Sequence[etree._Element]) -> list[str]:
    """The stable names that all of the nodes have, in the order of the first."""
    shared = classes_of(nodes[0])
    for node in nodes[1:]:
        own = set(classes_of(node))
        shared = [name for name in shared if name in own]
    return shared


def names_of(node: etree._Element) -> list[str]:
    """Ways to name one node by its id or a class, the surest first: #list, ul.news."""
    own = node.get("id") or ""
    if not _TAG.fullmatch(str(node.tag)):
        return []
    by_class = [f"{node.tag}.{name}" for name in classes_of(node)]
    return ([f"#{own}"] if is_stable(own) else []) + by_class


def candidates(nodes: Sequence[etree._Element]) -> Iterator[str]:
    """Selectors that find all of `nodes`, which are alike; the most robust first.

    By a name of their own; below a named box that holds them all; by their place in the page.
    None for nodes of different tags.
    """
    tags = {str(node.tag) for node in nodes}
    if len(tags) != 1 or not _TAG.fullmatch(next(iter(tags))):
        return
    tag = tags.pop()
    shared = shared_classes(nodes)
    own = f"{tag}.{'.'.join(shared)}" if shared else tag
    if len(nodes) == 1:
        yield from names_of(nodes[0])
    else:
        yield from (f"{tag}.{name}" for name in shared)
    yield from _below_named(nodes, own)
    if len(nodes) == 1 and not shared:
        own = _counted(nodes[0])
        yield from _below_named(nodes, own)
    yield _by_place(nodes, own)


def _below_named(nodes: Sequence[etree._Element], own: str) -> Iterator[str]:
    """`#list > ul > li`: as long as the boxes above the nodes are of one tag."""
    path = own
    level = list(nodes)
    for _ in range(_CLIMB):
        above = [up for node in level if (up := node.getparent()) is not None]
        if len(above) < len(level) or len({str(up.tag) for up in above}) != 1:
            return
        boxes = list(dict.fromkeys(above))
        tag = str(boxes[0].tag)
        if tag in {"html", "body"} or not _TAG.fullmatch(tag):
            return
        if len(boxes) == 1:
            yield from (f"{name} > {path}" for name in names_of(boxes[0]))
        shared = shared_classes(boxes)
        if len(boxes) > 1:
            yield from (f"{tag}.{name} > {path}" for name in shared)
        path = f"{tag} > {path}"
        level = boxes


def _by_place(nodes: Sequence[etree._Element], own: str) -> str:
    """The whole way from the body; a box with brothers of its tag is counted among them."""
    steps: list[str] = [own]
    boxes = list(dict.fromkeys(node.getparent() for node in nodes))
    while boxes and boxes[0] is not None and boxes[0].tag not in {"html", "body"}:
        tags = {str(box.tag) for box in boxes if box is not None}
        if len(tags) != 1 or not _TAG.fullmatch(next(iter(tags))):
            return ""
        tag = tags.pop()
        steps.append(_counted(boxes[0]) if len(boxes) == 1 else tag)
        boxes = list(dict.fromkeys(box.getparent() for box in boxes if box is not None))
    return " > ".join(["body", *reversed(steps)])


def _counted(node: etree._Element) -> str:
    """The tag of a node, counted among its brothers of that tag where it has any."""
    up = node.getparent()
    if up is None or sum(1 for _ in up.iterchildren(str(node.tag))) < 2:
        return str(node.tag)
    place = 1 + sum(1 for _ in node.itersiblings(str(node.tag), preceding=True))
    return f"{node.tag}:nth-of-type({place})"
