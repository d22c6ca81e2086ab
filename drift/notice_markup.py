"""Heads of notice pages: title, day, meta tags; and pages built anew."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from random import Random

from lxml import html

from drift.changes import PAGE_SITES, change
from drift.days import draw_format, printed
from drift.places import Place
from drift.redesign import NoticePage, Redesign
from drift.trees import hashed, make, put_in_place, room

LABELS = (
    "时间：",
    "日期：",
    "发布日期：",
    "更新时间：",
    "发布于 ",
    "",
    "【发布时间】",
    "发表时间:",
)
TITLES = ("h1", "h2", "h3", "div", "p", "strong")


@change("title in another element", "notice", PAGE_SITES)
def retitle(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The heading is another element, without its name, perhaps in two lines."""
    tag, lines = random.choice(TITLES), random.random() < 0.3

    def on_title(page: NoticePage) -> None:
        if page.title is None:
            return
        new = make(f"<{tag}>{escape(page.entry.title)}</{tag}>")
        title = page.entry.title
        if lines and len(title) > 20:
            at = len(title) // 2
            new = make(f"<{tag}>{escape(title[:at])}<br>{escape(title[at:])}</{tag}>")
        put_in_place(page.title, new)
        page.title = new

    redesign.notices.append(on_title)
    return tag + (" in two lines" if lines else "")


@change("day of the notice printed otherwise", "notice", PAGE_SITES, 1.5)
def redate(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Another label and format, or below the text."""
    label, name = random.choice(LABELS), draw_format(random, yearless=0)
    where = random.choices(("above", "below", "split"), (3, 2, 1))[0]

    def on_info(page: NoticePage) -> None:
        if page.info is None:
            return
        day = printed(page.entry.published, name)
        shown = f"<i>{escape(label)}</i><b>{day}</b>" if where == "split" else escape(label) + day
        source = f"<span>来源：{escape(page.entry.source)}</span>" if page.entry.source else ""
        new = make(
            f'<div class="{page.info.get("class") or "info"}">{source} <span>{shown}</span></div>'
        )
        put_in_place(page.info, new)
        page.info = new
        if where == "below" and page.body is not None:
            new.drop_tree()
            page.body.addnext(new)

    redesign.notices.append(on_info)
    return f"{label or 'no label'} {name} {where}"


@change("meta tags removed", "notice", PAGE_SITES)
def drop_meta(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """No ArticleTitle, PubDate and the like; the page's title may go with them."""
    title_too = random.random() < 0.4

    def on_head(page: NoticePage) -> None:
        for one in page.tree.cssselect("meta[name]"):
            one.drop_tree()
        for one in page.tree.cssselect("title") if title_too else []:
            one.text = random.choice(("详情", "政务公开"))

    redesign.notices.append(on_head)
    return "with the page's title" if title_too else "only meta tags"


@change("meta tags wrong", "notice", PAGE_SITES)
def wrong_meta(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """The template says the column's name and the day of the redesign on every page."""
    day = f"{redesign.since - timedelta(days=random.randint(0, 3)):%Y-%m-%d %H:%M}"
    with_title = random.random() < 0.6

    def on_head(page: NoticePage) -> None:
        for one in page.tree.cssselect("meta[name]"):
            if one.get("name", "").lower() in {"pubdate", "maketime"}:
                one.set("content", day)
            elif with_title and one.get("name", "").lower() == "articletitle":
                one.set("content", page.entry.column)

    redesign.notices.append(on_head)
    return f"PubDate {day}" + (", ArticleTitle the column's name" if with_title else "")


@change("notice page built anew", "notice", PAGE_SITES, 2)
def rebuild(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """An entirely new page around title, day and text."""
    name = hashed(random) if random.random() < 0.5 else random.choice(("det", "art", "view"))
    form, label = draw_format(random, yearless=0), random.choice(LABELS)
    heading = random.choice(TITLES[:4])
    depth, day_first = random.randint(0, 3), random.random() < 0.25
    with_meta, body_tag = random.random() < 0.4, random.choice(("div", "section", "article"))

    def on_page(page: NoticePage) -> None:
        if page.body is None:
            return
        day = printed(page.entry.published, form)
        parts = [
            f'<{heading} class="{name}-h">{escape(page.entry.title)}</{heading}>',
            f'<div class="{name}-i"><span>{escape(label)}{day}</span>'
            f"<span>{escape(page.entry.source)}</span></div>",
        ]
        head = make(f"<div>{''.join(reversed(parts) if day_first else parts)}</div>")
        body = alone(page.tree, page.body)
        body.tag = body_tag
        body.set("class", f"{name}-b")
        body = nested(body, depth)
        whole = html.Element("div", {"class": f"{name}-page"})
        whole.extend([head, body])
        room(page.tree).append(whole)
        page.title, page.info = head.find(heading), head.find("div")
        for one in [] if with_meta else page.tree.cssselect("meta[name]"):
            one.drop_tree()

    redesign.notices.append(on_page)
    return f"{heading}, {label or 'no label'} {form}, text in {body_tag}" + (
        "" if with_meta else ", no meta tags"
    )


def nested(element: html.HtmlElement, depth: int) -> html.HtmlElement:
    """An element in so many boxes."""
    for _ in range(depth):
        outer = html.Element("div")
        outer.append(element)
        element = outer
    return element


def alone(tree: html.HtmlElement, body: html.HtmlElement) -> html.HtmlElement:
    """The text of a page, taken out of it; everything else of the page's body goes away."""
    parent = body.getparent()
    if parent is not None:
        parent.remove(body)
    for one in list(room(tree)):
        room(tree).remove(one)
    room(tree).text, body.tail = None, None
    body.attrib.clear()
    return body
