"""Where each watched column stands on its site, and how its site prints a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import Literal

from drift.publisher import COLUMNS
from drift.redesign import Row
from replica.page_templates import fill
from replica.sites import beijing, miit_units, tianjin

Kind = Literal["html", "unit", "search", "cde", "feed"]
ROW_CSS = (
    ".list_right li, .xl-right li, .commonList-body li, .list li, .article-item, .page-content li"
)
PAGER_CSS = ".page, .pagination"
KINDS: dict[str, Kind] = {"cde": "cde", "miit": "unit", "wechat": "feed"}


@dataclass(frozen=True, slots=True)
class Place:
    """A column: the folder of its list, the file of its first page, rows a page as it was."""

    site: str
    column: str
    host: str
    folder: str
    size: int
    kind: Kind
    year: str = ""


def places_of(site: str) -> list[Place]:
    """The watched columns of a site."""
    return [
        Place(
            site,
            one.name,
            one.host,
            folder_of(site, one.name),
            size_of(site),
            kind_of(site, one.name),
        )
        for one in COLUMNS
        if one.site == site
    ]


def kind_of(site: str, column: str) -> Kind:
    """How a column's list is sent."""
    return "search" if column == "政策文件库" else KINDS.get(site, "html")


def folder_of(site: str, column: str) -> str:
    """The folder of a column's list; "" for those that have none."""
    for trs in tianjin.SITES:
        if trs.id == site:
            return next(one.folder for one in trs.columns if one.name == column)
    if site == "bj_zscqj":
        return beijing.ERA_C[column]
    found = [one.path for one in miit_units.LIST_COLUMNS if one.name == column]
    return found[0].removesuffix("index.html") if site == "miit" and found else ""


def size_of(site: str) -> int:
    """Rows a page."""
    sizes = {one.id: one.page_size for one in tianjin.SITES}
    sizes |= {"bj_zscqj": beijing.PAGE_SIZE, "miit": miit_units.ROWS, "cde": 10, "wechat": 20}
    return sizes[site]


def print_list(place: Place, rows: list[Row], number: int, pages: int, total: int) -> str:
    """A list page in the site's own markup."""
    if place.site == "bj_zscqj":
        return _easysite(place, rows, number, pages, total)
    if place.kind == "unit":
        return _unit(place, rows, number, pages, total)
    site = next(one for one in tianjin.SITES if one.id == place.site)
    counts = f"{total}, {pages}" if site.counts else f"{pages}"
    return fill(
        "trs_list",
        site=site,
        column=next(one for one in site.columns if one.name == place.column),
        rows=[(row.entry, row.link) for row in rows],
        pager=f'createPageHTML({counts}, {number - 1}, "index", "html");',
    )


def _easysite(place: Place, rows: list[Row], number: int, pages: int, total: int) -> str:
    return fill(
        "zscqj_list",
        column=place.column,
        rows=[(row.entry, row.link) for row in rows],
        total=total,
        pages=pages,
        number=number,
        stem=f"{place.folder}{beijing.pager_stem(place.folder)}",
    )


def _unit(place: Place, rows: list[Row], number: int, pages: int, total: int) -> str:
    column = unit_column(place.column)
    return fill(
        "miit_unit",
        column=column,
        rows=[(row.entry, row.link, printed(row)) for row in rows],
        count=total,
        pages=pages,
        size=ceil(total / pages) if pages > 1 else miit_units.ROWS,
        number=number,
        unit=miit_units.UNIT_PATH,
        query=miit_units.query_data(column),
    )


def unit_column(name: str) -> miit_units.Column:
    """A column of MIIT as its units know it."""
    return next(one for one in miit_units.LIST_COLUMNS if one.name == name)


def printed(row: Row) -> str:
    """MIIT cuts long titles in its rows; the whole one stands in the title attribute."""
    title = row.entry.list_title or row.entry.title
    cut = row.entry.title if len(title) <= miit_units.CUT else title[: miit_units.CUT] + "..."
    return row.entry.list_title or cut


def is_list_file(rest: str) -> bool:
    """Whether what follows a folder is its list and not a notice."""
    return re.fullmatch(r"(?:20\d\dn/)?(?:index\w*\.html|[0-9a-f]{8}-\d+\.html)?", rest) is not None
