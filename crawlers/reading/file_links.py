"""Files a notice page names: linked, shown in a frame or viewer, or named in a script.

A link is the notice's own when it stands in the text, near it, or where the page says 附件; what
stands in the page's head, foot or side is on every page of the site and nobody's attachment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from lxml import etree
from parsel import Selector

from crawlers.items import PrintedLink
from crawlers.reading.addresses import absolute
from crawlers.reading.file_addresses import (
    DOCUMENTS,
    is_asked_for,
    is_file,
    is_picture,
    may_be_file,
    shown_file,
)
from crawlers.reading.neighbour_links import leads_to_another
from crawlers.reading.text import visible_text

__all__ = ["MOST_FILES", "find_attachments", "is_file"]

# No notice names as many; a page made of links must not take minutes.
MOST_FILES = 200
_NAMED_FILE = re.compile(
    r"\.(?:pdf|docx?|docm|xlsx?|xlsm|pptx?|wps|et|dps|rtf|zip|rar|7z|ofd|ceb|txt|csv|od[tsp]|tiff?)"
    r"\s{0,3}(?:[(（\[]\s{0,3}[0-9.]{1,8}\s{0,3}[KMG]?B?\s{0,3}[)）\]])?$",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"^\s{0,8}[(（【\[]?\s{0,3}(?:相关)?(?:附\s{0,3}件|附\s{0,3}表|模板附|附\s{0,3}[0-9一二三四五])"
)
_BARE = re.compile(
    r"(?:附件|附表)?\s{0,3}[0-9一二三四五六七八九十]{0,2}|"
    r"(?:点击|附件|全文|请点击|文件)?(?:此处|这里)?(?:下载|查看|预览)(?:附件|全文|文件)?"
)
_PAGES_LABEL = re.compile(r"(?:相关|更多|推荐)(?:链接|阅读|新闻|文章|报道|解读|政策)\W{0,3}$")
_LABEL = re.compile(
    r"^(?:相关|有关)?(?:附件|附表|文件下载|附件下载|资料下载|下载附件|附件列表|相关下载)[:：]?$"
)
_FURNITURE_TAGS = frozenset({"header", "footer", "nav", "aside", "head"})
# Tokens of class and id names: foot, page-footer, bottom_bar, yejiao, copyright …
_FURNITURE_NAME = re.compile(
    r"(?:^|[\s_\-])(?:foot(?:er)?|bot(?:tom)?|ft|header|head(?:er)?-?(?:nav|bar)|top-?(?:nav|bar|menu)?|nav(?:bar|igation)?"
    r"|menu|sidebar|side|copy(?:right)?|beian|banquan|dibu|yejiao|daohang|friend(?:link)?s?|yqlj|flinks?|crumbs?|share|"
    r"breadcrumb|login|banner|toolbar|qrcode|float(?:bar)?)(?:$|[\s_\-0-9])|footer|copyright|youqing",
    re.IGNORECASE,
)
_FOOT_WORDS = re.compile(
    r"备案|版权所有|网站标识码|公网安备|网站地图|主办单位|技术支持|Copyright", re.IGNORECASE
)
_SOMEWHERE = re.compile(r"""["']([^"'<>\s]{4,500})["']""")
_OPENS = re.compile(r"\(|window\.|location|open|down|show|view|file", re.IGNORECASE)
# What a script that names a document holds somewhere: its ending, or the query of a viewer.
_ASKED = r"(?:file|url|src|path|pdf|furl|document)\w{0,4}="
_NAMES_A_FILE = re.compile(  # each way begins with a sign of its own: the search leaps to them
    rf"\.(?:{'|'.join(sorted(DOCUMENTS))})(?![a-z0-9])|\?{_ASKED}|&{_ASKED}", re.IGNORECASE
)
_GIVEN = re.compile(r"""[=:(,]\s{0,4}["'](?=([^"'<>\s]{4,500})["'])""")
_TAKES_A_FILE = re.compile(
    r"""(?:file|pdf|url|src|path|attach|doc|href|fj)\w{0,12}["']?\s{0,4}$""", re.IGNORECASE
)
_WITH_MORE = frozenset("?%#")  # where the end of an address is not the end of its path
_PAGE_ENDINGS = (".html", ".htm", ".shtml", "/")
_LONGEST_TAKER = 32  # characters of a name, its quote and the space behind it
_SHOWN = (
    ("iframe", "src"),
    ("frame", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("param", "value"),
)
_LAZY = ("data-src", "data-url", "data-file", "data-href", "data-pdf", "data")
_SCRIPT_WITHIN = 200_000
_NEAR_STEPS = 2
_LONGEST_NAME = 200


def find_attachments(
    page: Selector, base_url: str, css: Iterable[str] = (), body: Selector | None = None
) -> list[PrintedLink]:
    """Every file of the notice, in the page's order, each once.

    `css` chooses links that are attachments whatever their address; `body` is the text's element,
    where it is known: files far from it need more than a file's ending to count.
    """
    chosen = {node.root for query in css for node in page.css(query)}
    place = _Place(None if body is None else body.root)
    found: dict[str, PrintedLink] = {}
    for name, url in _candidates(page.root, base_url, chosen, place):
        found.setdefault(url, PrintedLink(name, url))
        if len(found) == MOST_FILES:
            break
    return list(found.values())


class _Place:
    """Where an element stands: in the furniture of the page, near the text, or elsewhere."""

    def __init__(self, body: etree._Element | None) -> None:
        self._near: etree._Element | None = None
        self._furniture: dict[etree._Element, bool] = {}
        self._inside: set[etree._Element] = set() if body is None else {body, *body.iterancestors()}
        if body is not None:
            self._near = body
            for _ in range(_NEAR_STEPS):
                above = self._near.getparent()
                if above is None or above.tag in ("body", "html"):
                    break
                self._near = above

    def is_furniture(self, node: etree._Element) -> bool:
        """Whether the node stands in the head, foot, menus or side of the page."""
        path: list[etree._Element] = []
        answer = False
        for one in (node, *node.iterancestors()):
            if one in self._furniture:
                answer = self._furniture[one]
                break
            path.append(one)
            if one not in self._inside and self._is_one(one):
                answer = True
                break
        for one in path:
            self._furniture[one] = answer
        return answer

    def is_near(self, node: etree._Element) -> bool:
        """Whether the node stands in or beside the text; True where no text is known."""
        return self._near is None or any(one is self._near for one in node.iterancestors())

    @staticmethod
    def _is_one(node: etree._Element) -> bool:
        if node.tag in _FURNITURE_TAGS:
            return True
        if node.tag in ("body", "html", "a"):
            return False
        names = f"{node.get('class', '')} {node.get('id', '')}"[:300]
        return bool(names.strip() and _FURNITURE_NAME.search(names))


def _candidates(
    root: etree._Element, base_url: str, chosen: set[etree._Element], place: _Place
) -> Iterator[tuple[str, str]]:
    for node in root.iter(*_TAGS):
        if node.tag == "a":
            yield from _linked(node, base_url, node in chosen, place)
        elif node.tag == "script":
            yield from _scripted(node, base_url, place)
        else:
            yield from _shown(node, base_url, place)


_TAGS = ("a", "script", *dict.fromkeys(tag for tag, _ in _SHOWN))


def _linked(
    node: etree._Element, base_url: str, is_chosen: bool, place: _Place
) -> Iterator[tuple[str, str]]:
    href = (node.get("href") or "").strip()
    if href.endswith(_PAGE_ENDINGS) and _WITH_MORE.isdisjoint(href):
        return
    if not is_chosen and place.is_furniture(node):
        return
    for address in _addresses(node, href):
        url = absolute(base_url, address)
        if url and _is_attachment(node, url, is_chosen, place):
            yield _name(node, shown_file(url) or url), _target(base_url, url)
            return


def _addresses(node: etree._Element, href: str) -> Iterator[str]:
    """The link's own address, else what its script opens: downFile('/x/y.doc')."""
    if href and not href.startswith("#") and not href.lower().startswith("javascript:"):
        yield href
        return
    called = (
        f"{href[11:] if href.lower().startswith('javascript:') else ''} {node.get('onclick') or ''}"
    )
    if _OPENS.search(called):
        yield from (one for one in _SOMEWHERE.findall(called[:2000]) if "/" in one or "." in one)
    for name in _LAZY:
        if node.get(name):
            yield node.get(name, "")


def _is_attachment(node: etree._Element, url: str, is_chosen: bool, place: _Place) -> bool:
    if is_chosen:
        return not _is_page(url)
    text = " ".join(str(one) for one in node.itertext())[:_LONGEST_NAME].strip()
    called = bool(_CALLED.match(text) or _CALLED.match(node.get("title") or ""))
    named = called or bool(_NAMED_FILE.search(text) or _NAMED_FILE.search(node.get("title") or ""))
    sure = is_file(url) or is_asked_for(url) or bool(shown_file(url))
    labelled = (sure or may_be_file(url)) and not named and _is_labelled(node)
    if sure:
        is_own = called or labelled or not leads_to_another(node)
        return is_own and (named or labelled or place.is_near(node))
    return (named or (labelled and not _shows_picture(node))) and may_be_file(url)


def _shows_picture(node: etree._Element) -> bool:
    return next(node.iter("img"), None) is not None


def _is_labelled(node: etree._Element) -> bool:
    """Whether a label such as 相关附件 opens the block of the link or the one before it."""
    block, before = node, node.getprevious()
    if before is not None and _PAGES_LABEL.match("".join(map(str, before.itertext())).strip()):
        return False
    for _ in range(3):
        above = block.getparent()
        if above is None or above.tag in ("body", "html"):
            above = block
            break
        block = above
        if _LABEL.match((block.text or "").strip()):
            return True
        first = next(iter(block), None)
        if first is not None and first is not node and _says_label(first):
            return True
        before = block.getprevious()
        if before is not None and _says_label(before):
            return True
    return False


def _says_label(node: etree._Element) -> bool:
    words = ""
    for text in node.itertext():
        words += str(text).strip()
        if len(words) > 12:
            return False
    return bool(_LABEL.match(words))


def _shown(node: etree._Element, base_url: str, place: _Place) -> Iterator[tuple[str, str]]:
    """A document shown in the page: frame, embed, object, pdf.js and other viewers."""
    if place.is_furniture(node):
        return
    attribute = dict(_SHOWN)[node.tag]
    for name in (attribute, *_LAZY):
        url = absolute(base_url, node.get(name) or "")
        if url and node.get(name) and (is_file(url) or is_asked_for(url) or shown_file(url)):
            target = _target(base_url, url)
            yield _file_name(target), target
            return


def _scripted(node: etree._Element, base_url: str, place: _Place) -> Iterator[tuple[str, str]]:
    """var fileurl = "/x/y.pdf": a document named in a script of the page itself."""
    text = (node.text or "")[:_SCRIPT_WITHIN]
    if not _NAMES_A_FILE.search(text) or place.is_furniture(node):
        return
    for match in _GIVEN.finditer(text):
        start = match.start()
        before = text[max(0, start - _LONGEST_TAKER) : start]
        if not _may_end_as_file(match[1]) or not _TAKES_A_FILE.search(before):
            continue
        address = match[1].replace("\\/", "/")
        url = absolute(base_url, address)
        if url and not is_picture(url) and (is_file(url) or shown_file(url)):
            target = _target(base_url, url)
            yield _file_name(target), target


def _may_end_as_file(address: str) -> bool:
    """A quick look: without a query, what is no document by its ending is none at all."""
    ending = address.rpartition(".")[2]
    return ending.lower() in DOCUMENTS or not _WITH_MORE.isdisjoint(address)


def _target(base_url: str, url: str) -> str:
    """The file itself where the address is that of its viewer."""
    shown = shown_file(url)
    if not shown or is_file(url.partition("?")[0]) or is_asked_for(url):
        return url
    return absolute(url, shown) or url


def _is_page(url: str) -> bool:
    """A related notice, not a file: CDE's .relatedNews holds both."""
    path = urlsplit(url).path
    return path.endswith((".html", ".htm", ".shtml", "/")) or "/view" in path


def _name(node: etree._Element, url: str) -> str:
    anchor = Selector(root=node, type="html")
    nearby = anchor.xpath(
        "(.//span[contains(@class,'fileLink')] | ..//span[contains(@class,'fileLink')])[1]"
    )
    printed = visible_text(nearby[0]) if nearby else visible_text(anchor)
    title = (node.get("title") or "").strip() or (node.get("download") or "").strip()
    if title and _BARE.fullmatch(printed):  # 附件1, with the file's name in the tooltip
        return title
    return printed or _file_name(url)


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1])
