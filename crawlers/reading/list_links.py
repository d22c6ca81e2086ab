"""Everything on a page that leads somewhere, with what is printed on it: anchors, and boxes and
buttons whose attribute or script holds the address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree
from parsel import Selector

from crawlers.reading.addresses import absolute
from crawlers.reading.pager_scripts import function_body, scripts_of
from crawlers.reading.script_addresses import first_call, put_together
from crawlers.reading.text import visible_text

MOST_LINKS = 12_000
"""Links of one page that are looked at; no list shows so many."""

_FURNITURE = {"related", "foot", "footer", "crumb", "crumbs", "breadcrumb", "pager"}
_ASIDE = {"nav", "menu", "header"}  # the skin of a list may be named so too
_ADDRESS = re.compile(
    r"""(?:^|['"])\s*((?:https?:)?//?[^\s'"<>()]+"""
    r"""|[\w.%/-]{1,300}\.(?:s?html?|jsp|aspx?|do|php)(?:\?[^\s'"<>()]*)?)"""
)
_MOST_FUNCTIONS = 20
_MOST_PAGERS = 20
_MOST_PARTS = 300  # of a box named pager that are looked at
_TITLE = 8  # characters of a link that says a title
_LONGEST_ATTRIBUTE = 2_000
_LEADS = re.compile(r"href|url|link|path|address", re.IGNORECASE)
_KEYWORDS = re.compile(
    r"\s{0,99}(?:关\s?键\s?[词字]|标\s?签|主题词|Tags?|Keywords?)\s?[:：]", re.IGNORECASE
)
_IGNORED = {"footer", "script", "style", "noscript", "template", "head", "select"}


@dataclass(slots=True)
class Link:
    """One place to click. `words` is all that is printed on it, white space folded; `order` its
    place on the page. `aside`: in a box named or tagged as navigation or head, which the skin of
    a list may be too; only what is printed tells."""

    node: etree._Element
    url: str
    words: str
    order: int
    aside: bool = False


class _Scripts:
    """The functions of a page's scripts, each looked up once."""

    def __init__(self, page: Selector) -> None:
        self._page = page
        self._text: str | None = None
        self._known: dict[str, tuple[list[str], str]] = {}

    def function(self, name: str) -> tuple[list[str], str]:
        """The parameters and the text of a function; of very many names the first are looked up."""
        if self._text is None:
            self._text = scripts_of(self._page)
        if name not in self._known and len(self._known) < _MOST_FUNCTIONS:
            self._known[name] = function_body(self._text, name)
        return self._known.get(name, ([], ""))


def find_links(page: Selector, base_url: str) -> list[Link]:
    """The links in the order of the page, those of the page's foot and path left out."""
    scripts = _Scripts(page)
    found: list[Link] = []
    for node, aside in islice(_places(page), 4 * MOST_LINKS):
        address = _printed_address(node) or _scripted_address(node, scripts)
        url = absolute(base_url, address) if address else ""
        if url:
            words = visible_text(Selector(root=node, type="html"))
            found.append(Link(node, url, words, len(found), aside))
            if len(found) >= MOST_LINKS:
                break
    return found


def address_in(words: str) -> str:
    """The first address in an attribute: its whole value, or a word of a script in it."""
    match = _ADDRESS.search(words[:_LONGEST_ATTRIBUTE])
    return match[1] if match else ""


def is_home(url: str) -> bool:
    """Whether an address is only a host."""
    parts = urlsplit(url)
    return not (parts.path.strip("/") or parts.query or parts.fragment)


def _places(page: Selector) -> Iterator[tuple[etree._Element, bool]]:
    """The elements that may be clicked, and whether they lie in furniture."""
    skipped = aside = articles = 0
    lists = _lists_named_pager(page)
    for event, node in etree.iterwalk(page.root, events=("start", "end")):
        step = 1 if event == "start" else -1
        names = _names(node)
        named = _FURNITURE & names - ({"pager"} if node in lists else set())
        skipped += step * (node.tag in _IGNORED or bool(named))
        articles += step * (node.tag == "article")
        is_head = node.tag == "header" or "header" in names  # an article has a head of its own
        is_menu = node.tag == "nav" or not _ASIDE.isdisjoint(names - {"header"})
        aside += step * (is_menu or (is_head and not articles))
        if event == "end" or skipped:
            continue
        leads = node.tag == "a" or "onclick" in node.attrib or _data_address(node)
        if leads and not _is_keyword(node):
            yield node, aside > 0


def _is_keyword(node: etree._Element) -> bool:
    """Whether a link stands in a box that begins with 关键词：, and leads to all that has it."""
    box = node.getparent()
    return box is not None and bool(_KEYWORDS.match(box.text or ""))


def _lists_named_pager(page: Selector) -> set[etree._Element]:
    """Boxes named pager in which three links say as much as a title: some skins name so a list
    that goes on by itself. A pager's own links say numbers, a few words, or two titles."""
    named = page.xpath("//*[contains(@class, 'pager') or contains(@id, 'pager')]")
    return {one.root for one in named[:_MOST_PAGERS] if _says_titles(one.root)}


def _says_titles(node: etree._Element) -> bool:
    links = (part for part in islice(node.iter("*"), _MOST_PARTS) if part.tag == "a")
    spoken = ("".join("".join(map(str, islice(a.itertext(), 20))).split()) for a in links)
    return sum(len(words) >= _TITLE for words in spoken) >= 3


def _names(node: etree._Element) -> set[str]:
    """The words of a box's class and id."""
    if not node.attrib or node.tag in {"html", "body"}:
        return set()
    names = f"{node.get('class', '')} {node.get('id', '')}".lower()[:400]
    return set(re.split(r"[\s_-]+", names))


def _printed_address(node: etree._Element) -> str:
    href = node.get("href", "").strip() if node.tag == "a" else ""
    if href.startswith("#") and not href.startswith(("#/", "#!")):
        href = ""
    if href and not re.match(r"javascript:", re.sub(r"\s", "", href[:20]), re.IGNORECASE):
        return href
    return _data_address(node)


def _data_address(node: etree._Element) -> str:
    """An address in an attribute such as data-href; a picture's are its own."""
    if node.tag in {"img", "iframe", "video", "source", "embed", "object", "form"}:
        return ""
    for name, value in node.attrib.items():
        if str(name).startswith("data-") and _LEADS.search(str(name)):
            address = address_in(str(value).strip())
            if address:
                return address
    return ""


def _scripted_address(node: etree._Element, scripts: _Scripts) -> str:
    """Where a script leads that is written on the element: an address in it, or a function of the
    page that puts one together from what it is passed."""
    href = node.get("href", "") if node.tag == "a" else ""
    code = node.get("onclick") or (href if "javascript:" in href.lower() else "")
    if not code or "void(0)" in code:
        return ""
    call = first_call(code[:_LONGEST_ATTRIBUTE])
    address = address_in(code.replace("javascript:", ""))
    if address or call is None:
        return address
    parameters, body = scripts.function(call.function)
    return put_together(body, dict(zip(parameters, call.arguments, strict=False)))
