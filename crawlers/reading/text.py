"""Words of a node as a reader sees them, and the labels printed before a value."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from lxml import etree
from parsel import Selector

# Three readers ask about one page; the look over it is kept as long as the page is.
_SIGNS: WeakKeyDictionary[Selector, set[str]] = WeakKeyDictionary()
_SIMPLE = re.compile(r"[.#]?[\w-]+")
_INVISIBLE = {"script", "style", "noscript", "template"}
_BLOCKS = {
    "p", "br", "hr", "tr", "li", "dt", "dd", "div", "td", "th", "center", "section", "article",
    "h1", "h2", "h3", "h4", "h5",
}  # fmt: skip
_STOP = (
    r"(?=\s*(?:发布|发表|更新|时间|日期|作者|浏览|字号|字体|阅读|点击|访问|编辑|责编|责任编辑|打印|分享"
    r"|文号|索引|来源|【|\[|｜|\||$))"
)
_SOURCE = re.compile(
    r"(?:文章|信息|稿件|资料|文件|内容)?来\s*源\s*[:：]\s*(?!发布|时间|日期|作者)(\S.*?)" + _STOP
)
_NOT_PUBLISHED = "".join(
    f"(?<!{word})" for word in ("成文", "实施", "施行", "生效", "生成", "截止", "废止")
)
_PUBLISHED = re.compile(
    _NOT_PUBLISHED + r"(?:发布|发表|发文|公开|更新)?(?:时\s*间|日\s*期)\s*[:：]?\s*"
)


def worth_asking(page: Selector, queries: tuple[str, ...]) -> list[str]:
    """The selectors that may match: one look over the page is quicker than many queries."""
    if not queries:
        return []
    signs = _SIGNS.get(page)
    if signs is None:
        signs = _SIGNS[page] = _signs_of(page)
    return [css for css in queries if css in signs or not _SIMPLE.fullmatch(css)]


def _signs_of(page: Selector) -> set[str]:
    signs: set[str] = set()
    for node in page.root.iter("*"):
        signs.add(node.tag)
        signs.update(f".{name}" for name in node.get("class", "").split())
        if "id" in node.attrib:
            signs.add(f"#{node.attrib['id']}")
    return signs


def visible_text(selector: Selector) -> str:
    """The text of a node without scripts and styles, white space folded."""
    root = selector.root
    if isinstance(root, str):
        return " ".join(root.split())
    return " ".join("".join(_texts(root)).split())


def says_anything(root: etree._Element) -> bool:
    """Whether a node has visible text; the first word answers."""
    for event, node in etree.iterwalk(root, events=("start", "end")):
        text = node.tail if event == "end" else node.text
        if not text or text.isspace() or (event == "end" and node is root):
            continue
        shown = node if event == "start" else node.getparent()
        if shown.tag not in _INVISIBLE and next(shown.iterancestors(*_INVISIBLE), None) is None:
            return True
    return False


def text_lines(selector: Selector) -> list[str]:
    """The text of a node, one entry a paragraph, cell or line; empty ones left out."""
    lines = "".join(_texts(selector.root, "\n")).split("\n")
    return [line for line in (" ".join(part.split()) for part in lines) if line]


def first_text(selector: Selector, css: tuple[str, ...]) -> str:
    """The first non-empty text any of `css` finds; `::text` and `::attr()` are welcome."""
    for query in css:
        for found in selector.css(query):
            text = visible_text(found)
            if text:
                return text
    return ""


def labelled_source(text: str) -> str:
    """What stands after 来源： in a line such as `来源:规划处 发布时间:2020-09-18`."""
    match = _SOURCE.search(text)
    return match.group(1).strip() if match else ""


def after_date_label(text: str) -> str:
    """The rest of `text` after 发布时间： or another date label; empty when there is no label."""
    match = _PUBLISHED.search(text)
    return text[match.end() :] if match else ""


def text_before(page: Selector, node: Selector) -> str:
    """The words above a node as one line, the page's head left out."""
    bodies = page.css("body")
    root = bodies[0].root if bodies else page.root
    return " ".join("".join(_texts(root, " ", stop=node.root)).split())


def lines_before(page: Selector, node: Selector) -> list[str]:
    """The words above a node, one entry a paragraph, cell or line; empty ones left out."""
    bodies = page.css("body")
    root = bodies[0].root if bodies else page.root
    lines = "".join(_texts(root, "\n", stop=node.root)).split("\n")
    return [line for line in (" ".join(part.split()) for part in lines) if line]


def _texts(
    root: etree._Element, between: str = " ", stop: etree._Element | None = None
) -> list[str]:
    """The pieces of text under `root`, up to `stop`. A walk, not a recursion: pages nest deeply."""
    if isinstance(root, etree._Comment | etree._ProcessingInstruction):  # shows nothing
        return []
    parts: list[str] = []
    hidden = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if node is stop:
            break
        invisible = event in {"start", "end"} and node.tag in _INVISIBLE
        if event == "start":
            hidden += invisible
            parts.append("" if hidden else node.text or "")
            continue
        hidden -= invisible
        if not hidden:
            parts.append(between if event == "end" and node.tag in _BLOCKS else "")
            parts.append("" if node is root else node.tail or "")
    return parts
