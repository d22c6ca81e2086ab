"""What an account prints around its own text: calls to follow it, 往期推荐 with links, —END—."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

_CALL = re.compile(
    r"\W{0,8}(?:点击(?:上方|下方|标题下)?\S{0,6}(?:蓝字|关注)\S{0,10}"
    r"|长按\S{0,14}(?:二维码|关注)\S{0,10}|THE END|END|完"
    r"|点(?:个|亮)?\S{0,3}(?:在看|分享)\S{0,8}|戳\S{0,6}阅读原文\S{0,4}|↓{2,9}|微信号\S{0,30})\W{0,8}"
)
_OTHERS = re.compile(
    r"\W{0,6}(?:往期(?:推荐|回顾|精彩|内容)\S{0,4}|推荐阅读|相关阅读|延伸阅读|热文推荐)\W{0,6}"
)
_BOXES = ("p", "section", "div", "table", "ul", "ol")
_LONGEST = 40
_MOST_LINES = 3_000
_BESIDE = 60  # characters that may stand behind links to other articles: who edited this one


def without_calls(body: etree._Element) -> None:
    """Take the words of such lines out of an article's body; of 往期推荐 all that stands behind it
    where that is links and little else."""
    lines = [
        line for line in islice(body.iter("p", "section", "div"), _MOST_LINES) if _is_line(line)
    ]
    for place, line in enumerate(lines):
        words = _words(line)
        if len(words) > _LONGEST:
            continue
        if _CALL.fullmatch(words):
            _empty(line)
        elif place and _OTHERS.fullmatch(words) and _are_links(lines[place + 1 :]):
            for one in lines[place:]:
                _empty(one)
            break


def _is_line(node: etree._Element) -> bool:
    """Whether a box holds no other: what it says is one line."""
    return next(islice(node.iter(*_BOXES), 1, None), None) is None


def _words(node: etree._Element) -> str:
    return " ".join("".join(map(str, node.itertext())).split())


def _are_links(lines: list[etree._Element]) -> bool:
    linked = sum(len(_words(a)) for line in lines for a in line.iter("a"))
    return linked > 0 and sum(len(_words(line)) for line in lines) - linked <= _BESIDE


def _empty(node: etree._Element) -> None:
    for part in node.iter("*"):
        part.text = None
        if part is not node:
            part.tail = None
