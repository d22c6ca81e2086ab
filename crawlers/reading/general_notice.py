"""Title, date, source and body of a notice page nobody described."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree
from parsel import Selector

from crawlers.reading.dates import find_date
from crawlers.reading.meta import read_meta
from crawlers.reading.patterns import BODIES
from crawlers.reading.text import (
    after_date_label,
    labelled_source,
    lines_before,
    text_before,
    text_lines,
    visible_text,
    worth_asking,
)

_HEADINGS = (
    "h1",
    "h2",
    ".article-title",
    ".news_title",
    ".title",
    ".bt",
    ".tit",
    "h3",
    "[class*='title' i]",
    "[class*='biaoti' i], [class*='_bt' i], [class*='tit' i]",
)
_SUFFIX = re.compile(
    r"\s*[-_|—–－]+\s*[^-_|—–－]{2,20}(?:局|委|部|厅|中心|网|政府|门户网站|会|院)$"
)
_PUBLISHER = re.compile(r"^[\u4e00-\u9fff]{2,20}(?:局|委员会|部|厅|中心|网|政府|门户网站|研究院)$")
_REPOST_SOURCE = re.compile(r"资料来源\s*[:：]\s*(\S+)")
_ORIGINAL = re.compile(r"阅读原文[^:：]{0,20}[:：]\s*(https?://[^\s<>\"'，。）)]+)")
_FURNITURE = re.compile(
    r"nav|menu|foot|header|crumb|sidebar|share|related|copyright|pager|search", re.IGNORECASE
)
_STAMP = re.compile(
    r"^\W*(?:(?:信息|文章)?来源|发布|发表|更新|时间|日期|作者|浏览|阅读|字[体号]|责任?编辑)[^。；]{0,60}$"
)
_STAMPED = re.compile(r"发布(?:日期|时间)\s*[:：]\s*(.{8,24})")
_NUMBER = re.compile(
    r"(?:(?:发文字号|文件编号|文\s*号)\s*[:：]\s*)?"
    r"([\u4e00-\u9fff]{2,20}\s*[〔\[（(【]\s*(?:19|20)\d{2}\s*[〕\]）)】]\s*第?\s*\d+\s*号)"
)
_PICTURE = 20  # what a picture weighs in characters: some bodies are pictures only
_STAMP_REST = 30  # what may follow the date of a stamp line: a source, a counter
_OPENING = 40  # blocks among which a body's heading is looked for
_NARROWED = 0.6  # of the weight of the box around it: a box in a box is layout
_NOT_TEXT = {"script", "style", "noscript", "form", "nav", "footer", "header", "select"}


@dataclass(slots=True)
class Found:
    """What the general reader makes of a page.

    Only a heading, and a date behind a label such as 发布时间：, is sure enough to contradict
    another reader: `title_is_heading`, `date_is_labelled`.
    """

    title: str = ""
    published: str = ""
    source: str = ""
    doc_number: str = ""
    original_url: str = ""
    body: Selector | None = None
    title_is_heading: bool = False
    date_is_labelled: bool = False


def read_page(page: Selector, body: Selector | None = None) -> Found:
    """Read a whole page; `body` is the body's node when another reader has found it."""
    known = body if body is not None else known_body(page)
    body = known if known is not None else _densest(page)
    head = text_before(page, body) if body is not None else visible_text(page)[:2000]
    text = visible_text(body) if body is not None else ""
    heading = _heading(page, known)
    title, dateline = _opening(body)
    title = heading or _head_title(page) or title or _above_stamp(page, body)
    found = Found(title, body=body, title_is_heading=bool(heading))
    labelled = find_date(after_date_label(head))
    found.date_is_labelled = bool(labelled)
    found.published = labelled or find_date(_after_title(head, found.title))
    found.published = found.published or find_date(dateline) or _stamped_below(page)
    repost = _REPOST_SOURCE.search(text)
    named = repost.group(1).removesuffix("网站") if repost else ""
    found.source = labelled_source(head) or labelled_source(dateline) or named
    found.doc_number = _printed_number(page, body)
    found.original_url = printed_original(text)
    return found


def printed_original(text: str) -> str:
    """The address a repost names (科服网: 阅读原文/下载相关附件请前往:http://kxjs.tj.gov.cn/…)."""
    match = _ORIGINAL.search(text)
    return match.group(1) if match else ""


def known_body(page: Selector) -> Selector | None:
    """The body's container by one of the names many sites use."""
    for css in worth_asking(page, BODIES):
        found = [node for node in page.css(css) if has_substance(node)]
        if found:
            best = max(found, key=lambda node: len(visible_text(node)))
            return _narrowed(best) if css == "article" else best
    return None


def has_substance(node: Selector) -> bool:
    """Whether a body says or shows anything: some notices are pictures only (一图读懂)."""
    return bool(visible_text(node)) or bool(node.xpath(".//img[@src or @data-src] | .//iframe"))


def drop_heading(body: etree._Element, title: str) -> None:
    """Take the title, and the stamp lines right after it, out of a body that opens with them."""
    seen = False
    gone: set[etree._Element] = {body}
    blocks = list(body.iter("h1", "h2", "h3", "center", "td", "div", "p", "tr", "span"))
    for node in blocks[:_OPENING]:
        words = visible_text(Selector(root=node, type="html"))
        if not words or node in gone:
            continue
        is_title = not seen and _plain(words) == _plain(title)
        is_stamp = seen and len(words) < 80 and (_STAMP.match(words) or _is_dateline(words))
        if is_title or is_stamp:
            seen = True
            gone.update(node.iter())
            node.drop_tree()  # type: ignore[attr-defined]
        elif seen or not words.startswith(title[:6]):
            return


def _is_dateline(words: str) -> bool:
    date = find_date(words)
    rest = words.strip("[]（）() ").removeprefix(date)
    return bool(date) and len(rest) <= _STAMP_REST and "，" not in rest


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text)


def _heading(page: Selector, body: Selector | None) -> str:
    """The first heading outside the body; a guessed body may well hold the heading itself."""
    inside = set(body.root.iter()) if body is not None else set()
    for css in worth_asking(page, _HEADINGS):
        for node in page.css(css):
            text = visible_text(node)
            if find_date(text):  # <h1>title<br><span>2021-03-30 来源：…</span></h1>
                text = text_lines(node)[0]
            if len(text) >= 6 and node.root not in inside and not node.css("a"):
                return text
    return " ".join(page.css('meta[property="og:title"]::attr(content)').get("").split())


def _head_title(page: Selector) -> str:
    """The window's title without the site's name behind it; nothing if it is only that name."""
    title = _SUFFIX.sub("", " ".join(page.css("title::text").get("").split()))
    return "" if title == read_meta(page).site_name or _PUBLISHER.search(title) else title


def _opening(body: Selector | None) -> tuple[str, str]:
    """Title and date line where both stand inside the body: a short line with a date, alone or
    labelled, and the line above it."""
    lines = text_lines(body)[:10] if body is not None else []
    for above, line in zip(["", *lines], lines, strict=False):
        date = find_date(line)
        if (
            date
            and len(line) < 80
            and (line.lstrip("[(（ ").startswith(date) or after_date_label(line))
        ):
            is_title = len(above) >= 6 and not re.search(r"[>＞]|^[\d. ]*\[", above)
            is_title = is_title and not _PUBLISHER.search(above)  # a signature
            return (above if is_title and not find_date(above) else "", line)
    return "", ""


def _above_stamp(page: Selector, body: Selector | None) -> str:
    """The line above the line with date and source, where no markup tells the title."""
    lines = lines_before(page, body) if body is not None else []
    stamp = next((i for i, line in enumerate(lines) if find_date(line) and len(line) < 80), 0)
    for line in reversed(lines[:stamp]):
        if not _STAMP.match(line):
            return line if len(line) >= 6 and not re.search(r"[>＞]", line) else ""
    return ""


def _stamped_below(page: Selector) -> str:
    """发布日期： under the text, where some sites print it."""
    label = _STAMPED.search(visible_text(page))
    return find_date(label[1]) if label else ""


def _after_title(head: str, title: str) -> str:
    place = head.rfind(title) if title else -1
    return head[place + len(title) :] if place >= 0 else head


def _densest(page: Selector) -> Selector | None:
    best: Selector | None = None
    best_weight = 0.0
    for node in page.css("body div, body td, body dd, body section, body article, body main"):
        weight = _own_weight(node.root)
        if weight > best_weight:
            best, best_weight = node, weight
    return _narrowed(best) if best is not None else next(iter(page.css("body")), None)


def _narrowed(box: Selector) -> Selector:
    """The innermost box inside that holds nearly all the text: layout tables, <article>."""
    least = _NARROWED * _own_weight(box.root)
    inner = [
        node
        for node in box.css("div, td, section")
        if node.root is not box.root and _own_weight(node.root) >= max(least, 1)
    ]
    return inner[-1] if inner else box


def _printed_number(page: Selector, body: Selector | None) -> str:
    """A 文号 alone in an element above the body: span.wh on one site, span.xxgk-fwzh on another."""
    inside = set(body.root.iter()) if body is not None else set()
    for node in page.xpath("//body//*[not(*)][contains(., '号')][string-length(.) < 48]"):
        match = _NUMBER.fullmatch(visible_text(node))
        in_list = next(node.root.iterancestors("a", "li"), None) is not None
        if match and node.root not in inside and not in_list and node.root.tag != "a":
            return match[1]
    return ""


def _own_weight(node: etree._Element) -> float:
    """Text in the node's own paragraphs, links counting against it."""
    names = f"{node.get('class', '')} {node.get('id', '')}"
    if node.tag in _NOT_TEXT or _FURNITURE.search(names):
        return 0.0
    weight = float(len((node.text or "").strip()))
    for child in node:
        weight += len((child.tail or "").strip())
        if child.tag in {"p", "table", "span", "strong", "b", "h2", "h3", "h4", "ul", "ol", "font"}:
            words = visible_text(Selector(root=child, type="html"))
            whole = 0 if _STAMP.match(words) or find_date(words) == words else len(words)
            linked = sum(len(visible_text(Selector(root=a, type="html"))) for a in child.iter("a"))
            weight += whole - 2 * linked + _PICTURE * len(list(child.iter("img")))
        elif child.tag == "img":
            weight += _PICTURE
    return weight
