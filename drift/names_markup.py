"""Names and boxes: classes and ids renamed or hashed, wrappers, groups, unknown elements."""

from __future__ import annotations

import re
import zlib
from random import Random

from lxml import html

from drift.changes import HTML_SITES, LIST_SITES, PAGE_SITES, change
from drift.places import Place
from drift.redesign import ListPage, NoticePage, Redesign
from drift.trees import make

WORDS = ("main", "con", "box", "wrap", "inner", "panel", "area", "part", "mod", "block", "cell")
UNKNOWN = ("rich-text", "app-content", "ui-panel", "x-row", "el-card", "v-box", "fe-item")
# MIIT's scripts and pagers find their places by name; a site that renames these renames scripts.
KEPT = frozenset({"pagination", "page_type", "pagetype"})


def renamed(name: str, salt: int, style: str) -> str:
    """The new name of a class or id, the same one on every page of the site."""
    number = zlib.crc32(f"{salt} {name}".encode())
    if style == "hashed":
        return f"_{number:08x}"[:7]
    if style == "scoped":
        return f"{re.sub('[^a-z]', '', name.lower())[:3] or 'x'}-{number % 46656:x}"
    return f"{WORDS[number % len(WORDS)]}-{WORDS[number // 11 % len(WORDS)]}"


@change("classes and ids renamed", "names", PAGE_SITES, 2)
def rename(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Every class and id of lists and notices has another name."""
    salt, style = random.randint(1, 9999), random.choice(("hashed", "scoped", "words"))

    def on_tree(tree: html.HtmlElement) -> None:
        for one in tree.iter():
            for attribute in ("class", "id"):
                old = one.get(attribute)
                if old:
                    names = (
                        part if part in KEPT else renamed(part, salt, style) for part in old.split()
                    )
                    one.set(attribute, " ".join(names))

    redesign.lists.append(lambda page: on_tree(page.tree))
    redesign.notices.append(lambda page: on_tree(page.tree))
    return style


@change("list in wrappers", "names", LIST_SITES)
def wrap(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The list stands deeper, some of it in elements of no standard."""
    tags = [
        random.choice(("div", "div", "section", *UNKNOWN[:3])) for _ in range(random.randint(1, 4))
    ]

    def around(page: ListPage) -> None:
        if page.nodes and page.nodes[0].getparent() is not None:
            wrap_element(page.nodes[0].getparent(), tags)

    redesign.lists.append(around)
    return " > ".join(tags)


def wrap_element(element: html.HtmlElement, tags: list[str]) -> None:
    """Put an element into nested others."""
    for tag in reversed(tags):
        parent = element.getparent()
        if parent is None:
            return
        outer = html.Element(tag)
        outer.tail, element.tail = element.tail, None
        parent.replace(element, outer)
        outer.append(element)
        element = outer


@change("list in groups", "names", LIST_SITES)
def group(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """A new list element every few rows, with a rule between them."""
    every = random.choice((3, 5, 5, 6))

    def cut(page: ListPage) -> None:
        nodes = [node for node in page.nodes if node.getparent() is not None]
        if len(nodes) <= every or nodes[0].tag in {"tr", "dd"}:
            return
        last = nodes[0].getparent()
        if last is None:
            return
        for start in range(every, len(nodes), every):
            part = html.Element(last.tag, dict(last.attrib))
            part.attrib.pop("id", None)
            for node in nodes[start : start + every]:
                part.append(node)
            last.addnext(part)
            last.addnext(make('<div class="line"></div>'))
            last = part

    redesign.lists.append(cut)
    return f"every {every} rows"


@change("rows in unknown elements", "names", HTML_SITES)
def unknown_rows(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Rows are custom elements, as component frameworks leave them."""
    tag = random.choice(UNKNOWN)

    def retag(page: ListPage) -> None:
        for node in page.nodes:
            if node.tag not in {"tr", "dd", "a"}:
                node.tag = tag
        parent = page.nodes[0].getparent() if page.nodes else None
        if parent is not None and parent.tag in {"ul", "ol"}:
            parent.tag = f"{tag}s"

    redesign.lists.append(retag)
    return tag


@change("body container renamed", "notice", PAGE_SITES, 2)
def rename_body(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The text stands in another element, under another name or none."""
    tag = random.choice(("div", "div", "section", "article", "td", *UNKNOWN[:2]))
    name = random.choice(("", "txt", "detail-main", "zw", f"c{random.randint(100, 999)}"))

    def on_body(page: NoticePage) -> None:
        if page.body is None:
            return
        wanted = "div" if tag == "td" else tag
        page.body.tag = wanted
        page.body.attrib.clear()
        if name:
            page.body.set("class", name)
        if tag == "td":
            wrap_element(page.body, ["table", "tr", "td"])

    redesign.notices.append(on_body)
    return f"{tag} {name or 'without a name'}"


@change("body in wrappers", "notice", PAGE_SITES)
def wrap_body(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The text stands deeper, and its old name is gone."""
    tags = [random.choice(("div", "section", *UNKNOWN)) for _ in range(random.randint(2, 4))]

    def on_body(page: NoticePage) -> None:
        if page.body is not None:
            page.body.attrib.clear()
            wrap_element(page.body, tags)

    redesign.notices.append(on_body)
    return " > ".join(tags)


@change("paragraphs in boxes", "notice", PAGE_SITES, 1.5)
def box_paragraphs(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Each paragraph in a box of its own, or paragraphs that are none."""
    how = random.choice(("div-p", "div", "section-span", "breaks", "cards"))

    def on_body(page: NoticePage) -> None:
        if page.body is None:
            return
        for part in list(page.body.iter("p")):
            box(part, how)

    redesign.notices.append(on_body)
    return how


def box(part: html.HtmlElement, how: str) -> None:
    """One paragraph, boxed."""
    if how == "div-p":
        wrap_element(part, ["div"])
    elif how == "section-span":
        wrap_element(part, ["section"])
        part.tag = "span"
    elif how == "cards":
        wrap_element(part, ["div", "div"])
        outer = part.getparent()
        if outer is not None:
            outer.set("class", "para-card")
    elif how == "div":
        part.tag = "div"
        part.attrib.pop("class", None)
    else:
        part.tag = "span"
        part.append(html.Element("br"))
