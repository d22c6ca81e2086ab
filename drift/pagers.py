"""How a list says where its next page is."""

from __future__ import annotations

import json
import re
from random import Random

from lxml import html

from drift.paging import Paging
from drift.places import Place

# look -> what a visitor sees.
LOOKS = {
    "links": "numbered links and 下一页",
    "next": "only 上一页 and 下一页",
    "goto": "links whose script goes to a number",
    "script": "a script that builds the pager in the browser",
    "select": "a drop-down list of pages",
    "more": "a button 加载更多 with the address in an attribute",
    "scroll": "nothing: the page goes on when scrolled",
}
# scheme -> (address of page n relative to the list's folder, its pattern, offset to count from 1).
SCHEMES = {
    "index_n": ("index_{0}.html", r"index_(?P<number>\d+)\.html", 0),
    "index_zero": ("index_{1}.html", r"index_(?P<number>\d+)\.html", 1),
    "query": ("index.html?page={0}", r"(?:index\.html)?\?page=(?P<number>\d+)", 0),
    "query_zero": ("index.html?page={1}", r"(?:index\.html)?\?page=(?P<number>\d+)", 1),
    "list_n": ("list_{0}.shtml", r"list_(?P<number>\d+)\.shtml", 0),
    "folder": ("page/{0}/", r"page/(?P<number>\d+)/", 0),
    "pn": ("?pn={0}&ps=15", r"\?pn=(?P<number>\d+)&ps=15", 0),
    "dash": ("index-{0}.htm", r"index-(?P<number>\d+)\.htm", 0),
}


def change_scheme(paging: Paging, name: str) -> None:
    """Give the pages other addresses."""
    form, pattern, offset = SCHEMES[name]
    paging.scheme = form
    paging.pattern = re.compile(pattern)
    paging.offset = offset


def address_of(paging: Paging, number: int, place: Place) -> str:
    """The address of a page, as a path."""
    if number == 1:
        return f"{place.folder}index.html"
    form = paging.scheme or ("index_{1}.html" if place.site != "bj_zscqj" else "index_{0}.html")
    return place.folder + form.format(number, number - 1)


def print_pager(
    old: html.HtmlElement, paging: Paging, number: int, pages: int, place: Place
) -> None:
    """Put the new pager in the place of the old one."""
    for child in list(old):
        old.remove(child)
    old.text = None
    for name in list(old.attrib):
        if name not in {"class", "id"}:
            del old.attrib[name]
    made = html.fragment_fromstring(pager_html(paging, number, pages, place), create_parent="div")
    old.append(made)


def pager_html(paging: Paging, number: int, pages: int, place: Place) -> str:
    """The markup of a pager."""
    later = address_of(paging, number + 1, place) if number < pages else ""
    earlier = address_of(paging, number - 1, place) if number > 1 else ""
    if paging.look == "links":
        return _links(paging, number, pages, place, earlier, later)
    if paging.look == "next":
        return _anchor(earlier, "上一页") + _anchor(later, "下一页")
    if paging.look == "goto":
        numbers = "".join(
            f'<a href="javascript:;" onclick="goPage({n})">{n}</a>' for n in range(1, pages + 1)
        )
        form = json.dumps(paging.scheme or "index_{1}.html")
        jump = "location.href=pageForm.replace('{0}',n).replace('{1}',n-1)"
        return f"{numbers}<script>var pageForm={form};function goPage(n){{{jump}}}</script>"
    if paging.look == "script":
        facts = json.dumps({"total": pages, "cur": number, "form": paging.scheme})
        return f"<script>initPager({facts});</script>"
    if paging.look == "select":
        options = "".join(
            f'<option value="{address_of(paging, n, place)}">第{n}页</option>'
            for n in range(1, pages + 1)
        )
        return f'<select onchange="location.href=this.value">{options}</select>'
    if paging.look == "more":
        return f'<button class="more" data-next="{later}">加载更多</button>' if later else ""
    return "<i></i>"


def _anchor(address: str, words: str) -> str:
    return f'<a href="{address}">{words}</a>' if address else f"<span>{words}</span>"


def _links(paging: Paging, number: int, pages: int, place: Place, earlier: str, later: str) -> str:
    numbers = "".join(
        f"<b>{n}</b>" if n == number else f'<a href="{address_of(paging, n, place)}">{n}</a>'
        for n in range(1, pages + 1)
    )
    return f"{_anchor(earlier, '上一页')}{numbers}{_anchor(later, '下一页')}<em>共{pages}页</em>"


def draw_look(random: Random) -> str:
    """One of the pagers, the ordinary ones more often."""
    weights = {"links": 4, "next": 3, "goto": 2, "script": 1, "select": 1, "more": 1.5, "scroll": 1}
    return random.choices(list(weights), list(weights.values()))[0]
