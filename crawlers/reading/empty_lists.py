"""A list that says of itself that it has nothing: 暂无数据, where its rows would stand.

Templates keep such a line hidden beside real rows, which a style sheet tells alone: it counts only
where no row stands near it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice

from lxml import etree
from parsel import Selector

from crawlers.reading.addresses import absolute

_NOTHING = re.compile(
    r"(?:对不起|抱歉|很遗憾)?[，,！!\s]{0,3}(?:当前栏目|该栏目|本栏目|目前)?"
    r"(?:暂无|没有|没有找到|没有查到|未找到|未查询到)(?:任何|相关|符合条件的)?"
    r"(?:数据|信息|内容|记录|公告|通知|文章|结果)[。.！!~～]{0,3}"
)
_LONGEST = 24
_HIDDEN = re.compile(r"display\s{0,5}:\s{0,5}none", re.IGNORECASE)
_UNSEEN = frozenset(("script", "style", "template", "noscript", "select", "head"))
_STEPS = 3
"""So many boxes around such a line hold the rows it speaks of."""
_MOST_NODES = 20_000
_MOST_LINKS = 200


def says_empty(page: Selector, base_url: str, urls: Collection[str]) -> bool:
    """Whether the page says that a list is empty, and none of these rows is of that list."""
    for node in islice(page.root.iter("*"), _MOST_NODES):
        words = (node.text or "").strip() if node.tag not in _UNSEEN else ""
        if 0 < len(words) <= _LONGEST and _NOTHING.fullmatch(words) and _is_shown(node):
            return not _has_any(_around(node), base_url, urls)
    return False


def _is_shown(node: etree._Element) -> bool:
    above = [node, *islice(node.iterancestors(), 2 * _STEPS)]
    return not any(
        one.tag in _UNSEEN or _HIDDEN.search((one.get("style") or "")[:400]) for one in above
    )


def _around(node: etree._Element) -> etree._Element:
    """The box of the list that the line stands in."""
    boxes = [one for one in islice(node.iterancestors(), _STEPS) if one.tag not in ("body", "html")]
    return boxes[-1] if boxes else node


def _has_any(box: etree._Element, base_url: str, urls: Collection[str]) -> bool:
    links = islice(box.iter("a"), _MOST_LINKS)
    return any(absolute(base_url, link.get("href") or "") in urls for link in links)
