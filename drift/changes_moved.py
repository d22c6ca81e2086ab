"""Columns that moved, were split or merged."""

from __future__ import annotations

import zlib
from random import Random

from drift.changes import HTML_SITES, LIST_SITES, change
from drift.places import Place, is_list_file
from drift.redesign import Redesign, Row
from replica.exchange import Answer, Ask, error_answer, redirect

HTML = "text/html; charset=utf-8"


def home_with(links: list[tuple[str, str]]) -> Answer:
    """A front page that links the columns where they are now."""
    shown = "".join(f"<li><a href='{link}'>{name}</a></li>" for name, link in links)
    text = (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>首页</title></head><body>"
        f"<div class='nav'><ul>{shown}</ul></div>"
        "<div class='news'><h2>要闻</h2><p>欢迎访问本网站新版。</p></div>"
        "</body></html>"
    )
    return Answer(body=text.encode(), content_type=HTML)


@change("column moved", "moved", HTML_SITES, 1.5)
def move(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """A list has another address; the old one redirects, is gone, or shows the front page."""
    place = random.choice(places)
    new = random.choice(
        (f"/xxgk/{random.randint(100, 999)}/", f"/zwgk/tz/{random.randint(10, 99)}/", "/new/gg/")
    )
    how = random.choice(("redirects", "redirects", "gone", "front page"))
    redesign.folders[place.column] = new
    if how != "redirects":
        redesign.closed.add(place.column)

    def gate(ask: Ask) -> Answer | None:
        front = home_with([(place.column, new)])
        if ask.path in {"/", "/index.html"}:
            return front
        rest = ask.path.removeprefix(place.folder)
        if not ask.path.startswith(place.folder) or not is_list_file(rest):
            return None
        target = redirect(f"https://{place.host}{new}", status=301)
        return {"redirects": target, "gone": error_answer(404), "front page": front}[how]

    redesign.gates.append(gate)
    return f"{place.column} to {new}; the old address {how}"


@change("column split", "moved", HTML_SITES, 1.5)
def split(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Half of a list stands under another tab, at another address."""
    place, salt = random.choice(places), random.randint(1, 9999)
    other = f"{place.folder}{random.choice(('gg', 'qt', 'b'))}/"
    names = random.choice((("通知", "公告"), ("本级", "转发"), ("要闻", "其他")))

    def half(row: Row) -> int:
        return zlib.crc32(f"{salt} {row.entry.url}".encode()) % 2

    redesign.rows.append(
        lambda rows, column: [
            row for row in rows if column != place.column or half(row) == redesign.tab
        ]
    )
    redesign.tabs[place.column] = (other, names)
    return f"{place.column}: {names[0]} stays, {names[1]} at {other}"


@change("columns merged", "moved", LIST_SITES - {"tj_tten"})
def merge(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Two columns share one list now; both addresses show it."""
    usual = [place for place in places if place.kind in {"html", "unit"}]
    if len(usual) < 2:
        return "nothing: there is only one column"
    one, two = random.sample(usual, 2)
    redesign.merged[one.column] = [one.column, two.column]
    redesign.merged[two.column] = [one.column, two.column]
    return f"{one.column} and {two.column}"


@change("directories of years", "moved", HTML_SITES)
def years(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """A list shows this year's notices only; earlier ones stand in directories."""
    redesign.rows.append(
        lambda rows, column: [row for row in rows if row.entry.published.year == 2021]
    )
    return "only 2021 on the list"
