"""Lists in another markup: rows rebuilt as tables, cards, definitions; titles and dates changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from random import Random

from lxml import html

from drift.changes import LIST_SITES, change
from drift.days import SPLITS, draw_format, printed, split_html
from drift.places import Place
from drift.redesign import ListPage, Redesign, Row
from drift.trees import hashed, make, put_in_place, text_of

DAY = re.compile(r"20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s+\d\d:\d\d)?")
CONTAINERS = ("ul/li", "ol/li", "div/div", "section/article", "table/tr", "dl/dd", "div/p", "div/a")
DAY_PLACES = ("before", "after", "inside", "below", "first")
LINKS = ("plain", "heading", "around", "beside", "attribute")


@dataclass(frozen=True, slots=True)
class Design:
    """How a rebuilt row looks."""

    container: str
    link: str
    day_place: str
    day_format: str
    split: str
    wrappers: int
    extras: frozenset[str]
    names: str

    @property
    def told(self) -> str:
        """The design in words."""
        extras = f", with {', '.join(sorted(self.extras))}" if self.extras else ""
        day = f"{self.split or self.day_format} {self.day_place}"
        return f"{self.container}, link {self.link}, day {day}{extras}"


def draw_design(random: Random) -> Design:
    """One of many designs."""
    container = random.choice(CONTAINERS)
    link = "around" if container == "div/a" else random.choices(LINKS, (6, 3, 3, 2, 0.5))[0]
    wanted = {"index": 0.2, "summary": 0.3, "tag": 0.2, "counter": 0.2}
    wanted |= {"new": 0.15, "label": 0.15, "deadline": 0.12, "touched": 0.12}
    return Design(
        container,
        link,
        random.choice(DAY_PLACES),
        draw_format(random),
        random.choice(list(SPLITS)) if random.random() < 0.25 else "",
        random.choice((0, 0, 1, 2)),
        frozenset(name for name, share in wanted.items() if random.random() < share),
        hashed(random) if random.random() < 0.5 else random.choice(("item", "news", "lst", "box")),
    )


@change("rows rebuilt", "markup", LIST_SITES, 3)
def rebuild_rows(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Every row in an entirely new markup."""
    design = draw_design(random)
    redesign.lists.append(lambda page: rebuild(page, design))
    return design.told


def rebuild(page: ListPage, design: Design) -> None:
    """Put new rows into the place of the old ones."""
    if not page.nodes:
        return
    outer, inner = design.container.split("/")
    rows = [row_html(row, place, inner, design) for place, row in enumerate(page.rows, 1)]
    markup = f'<{outer} class="{design.names}-list">{"".join(rows)}</{outer}>'
    for _ in range(design.wrappers):
        markup = f'<div class="{design.names}-wrap">{markup}</div>'
    made = make(markup)
    old = page.nodes[0].getparent()
    if old is None:
        return
    put_in_place(old, made)
    page.nodes = made.cssselect(f".{design.names}-row")


def row_html(row: Row, place: int, tag: str, design: Design) -> str:
    """One row."""
    name, entry = design.names, row.entry
    day_tag = "td" if tag == "tr" else "span"
    day = entry.published
    shown = (
        split_html(day, design.split, "i")
        if design.split
        else escape(printed(day, design.day_format))
    )
    label = "发布时间：" if "label" in design.extras else ""
    when = f'<{day_tag} class="{name}-d">{label}{shown}</{day_tag}>'
    title = title_html(row, when if design.day_place == "inside" else "", design, tag)
    extras = extras_html(row, place, design, tag)
    parts = {
        "before": when + title + extras,
        "first": when + extras + title,
        "after": title + when + extras,
        "below": f"{title}{extras}<div>{when}</div>"
        if tag not in {"tr", "a"}
        else title + extras + when,
        "inside": title + extras,
    }
    inner = parts[design.day_place]
    if tag == "a":
        return f'<a class="{name}-row" href="{escape(row.link)}">{inner}</a>'
    opened = f'<{tag} class="{name}-row"'
    if design.link == "attribute":
        opened += f" onclick=\"window.open('{escape(row.link)}')\""
    if tag == "dd":
        return f"<dt></dt>{opened}>{inner}</{tag}>"
    return f"{opened}>{inner}</{tag}>"


def title_html(row: Row, inside: str, design: Design, tag: str) -> str:
    """The title and its link."""
    entry, link = row.entry, escape(row.link)
    shown = escape(entry.list_title or entry.title)
    name = design.names
    made = {
        "plain": f'<a href="{link}" target="_blank">{shown}{inside}</a>',
        "heading": f'<h3><a href="{link}">{shown}</a></h3>{inside}',
        "around": f'<a href="{link}"><div class="{name}-t">{shown}</div>{inside}</a>',
        "beside": f'<h4 class="{name}-t">{shown}</h4>{inside}'
        f'<a class="{name}-go" href="{link}">查看详情</a>',
        "attribute": f'<div class="{name}-t">{shown}</div>{inside}',
    }[design.link]
    if tag == "a":
        made = f'<div class="{name}-t">{shown}</div>{inside}'
    return f"<td>{made}</td>" if tag == "tr" else made


def extras_html(row: Row, place: int, design: Design, tag: str) -> str:
    """What stands in a row beside title and day."""
    name, made = design.names, ""
    if "index" in design.extras:
        made += f'<em class="{name}-n">{place}</em>'
    if "tag" in design.extras and tag != "a":
        made += f'<a class="{name}-c" href="./">{escape(row.entry.column)}</a>'
    if "new" in design.extras and place <= 3:
        made += '<img src="/images/new.gif" alt="new">'
    if "counter" in design.extras:
        made += f'<span class="{name}-v">{(place * 37) % 400 + 12}次浏览</span>'
    if "summary" in design.extras:
        text = text_of(row.entry.body)[:60]
        made += f'<span class="{name}-s">{escape(text)}……</span>'
    if "deadline" in design.extras:
        ends = row.entry.published + timedelta(days=21)
        made += f'<span class="{name}-e">截止日期：{ends:%Y-%m-%d}</span>'
    if "touched" in design.extras:
        touched = row.entry.published + timedelta(hours=30)
        made += f'<span class="{name}-u">更新：{touched:%Y-%m-%d %H:%M}</span>'
    return f"<td>{made}</td>" if tag == "tr" and made else made


@change("titles cut", "titles", LIST_SITES)
def cut_titles(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Long titles end in dots, and no attribute holds the whole."""
    length, dots = random.randint(12, 28), random.choice(("...", "…", "......", ""))

    def cut(page: ListPage) -> None:
        for node, row in zip(page.nodes, page.rows, strict=False):
            title = row.entry.list_title or row.entry.title
            for one in node.iter():
                one.attrib.pop("title", None)
                shown = (one.text or "").strip()
                if shown and shown == (title if shown == title else row.entry.title):
                    one.text = shown if len(shown) <= length else shown[:length] + dots

    redesign.lists.append(cut)
    return f"after {length} characters with {dots or 'nothing'}"


@change("title attribute gone", "titles", LIST_SITES, 0.5)
def drop_attribute(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Links lose their title attribute."""

    def drop(page: ListPage) -> None:
        for node in page.nodes:
            for one in node.iter():
                one.attrib.pop("title", None)

    redesign.lists.append(drop)
    return "no title attribute in the rows"


@change("day printed otherwise", "dates", LIST_SITES, 1.5)
def change_days(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Another format, in two elements, or without the year."""
    split = random.choice(list(SPLITS)) if random.random() < 0.35 else ""
    name = draw_format(random, yearless=0.4)

    def rewrite(page: ListPage) -> None:
        for node, row in zip(page.nodes, page.rows, strict=False):
            found = day_element(node)
            if found is not None:
                shown = (
                    split_html(row.entry.published, split, "i")
                    if split
                    else escape(printed(row.entry.published, name))
                )
                replace_text(found, shown)

    redesign.lists.append(rewrite)
    return f"as {split or name}"


@change("day moved in its row", "dates", LIST_SITES)
def move_days(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The day stands before the title, inside its link, or nowhere in the rows."""
    where = random.choices(("before", "inside", "heads"), (4, 2, 2))[0]

    def move(page: ListPage) -> None:
        last = ""
        for node, row in zip(page.nodes, page.rows, strict=False):
            found = day_element(node)
            link = next(iter(node.cssselect("a[href]")), None)
            if found is None or found is node or link is None or found in link.iterancestors():
                continue
            put_day(node, found, link, where, last, row)
            last = f"{row.entry.published:%Y-%m-%d}"

    redesign.lists.append(move)
    return {
        "before": "before the title",
        "inside": "inside the link",
        "heads": "as a heading over the rows of one day",
    }[where]


def put_day(
    node: html.HtmlElement,
    day: html.HtmlElement,
    link: html.HtmlElement,
    where: str,
    last: str,
    row: Row,
) -> None:
    """Move the element of a day."""
    day.drop_tree()
    if where == "before":
        node.insert(0, day)
        day.tail, node.text = node.text, None
    elif where == "inside":
        link.append(day)
    elif f"{row.entry.published:%Y-%m-%d}" != last:
        head = make(f'<{node.tag} class="day">{row.entry.published:%Y-%m-%d}</{node.tag}>')
        node.addprevious(head)


def day_element(node: html.HtmlElement) -> html.HtmlElement | None:
    """The innermost element of a row whose text is a day."""
    for one in reversed(list(node.iter())):
        if (
            isinstance(one.tag, str)
            and one.text
            and DAY.search(one.text)
            and len(one.text.strip()) < 30
        ):
            return one
    return None


def replace_text(element: html.HtmlElement, markup: str) -> None:
    """Put markup into the place of the day in an element's own text."""
    found = DAY.search(element.text or "")
    if found is None:
        return
    before, after = found.string[: found.start()], found.string[found.end() :]
    made = html.fragment_fromstring(f"<b>{markup}</b>")
    element.text = before + (made.text or "")
    for at, child in enumerate(list(made)):
        element.insert(at, child)
    if len(made):
        made[-1].tail = after
    else:
        element.text = f"{element.text}{after}"
