"""Tianjin's TRS pages: kxjs.tj.gov.cn, gyxxh.tj.gov.cn and the reposts on i.tten.cn."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from urllib.parse import urljoin, urlsplit

from replica.editor_markup import with_editor_markup
from replica.entries import Entry
from replica.exchange import Answer, Ask, Site, error_answer
from replica.page_templates import declared, encode, fill
from replica.sample_files import NamedFile, file_answer, files_named_by
from replica.sites.entrance import hold_up, refuse
from replica.world import World

# Static files of nginx: no charset in the header, the page's own meta tag decides.
HTML = "text/html"
WALL = b"<html></html>"
_PAGE = re.compile(r"^(?P<folder>/.*/)(?:index(?:_(?P<number>[1-9]\d*))?\.html)?$")
_YEAR = re.compile(r"(20\d\d)n/$")


@dataclass(frozen=True, slots=True)
class Column:
    """A list directory. `rows` names the markup; `by_year` = it has directories like 2021n/."""

    name: str
    folder: str
    rows: str
    by_year: bool = False


@dataclass(frozen=True, slots=True)
class TrsSite:
    """One site of the family. `counts`: createPageHTML is given the number of records first."""

    id: str
    name: str
    host: str
    code: str
    page_size: int
    counts: bool
    columns: tuple[Column, ...]


SITES = (
    TrsSite(
        "tj_kxjs",
        "天津市科学技术局",
        "kxjs.tj.gov.cn",
        "1200000008",
        15,
        False,
        (
            Column("通知公告", "/ZWGK4143/TZGG2079/", "news_list"),
            Column("项目申报", "/BSFW9672/XMGL4742/XMSB4597/", "news_list"),
            Column("立项公告", "/BSFW9672/XMGL4742/XMLX1772/", "xl_r"),
            Column("政策发布", "/ZCFG148_1/ZCFB4222/", "xl_r2"),
            Column("工作动态", "/ZXGZ7816/KJJR3268/GZDT5932/", "news_list"),
        ),
    ),
    TrsSite(
        "tj_gyxxh",
        "天津市工业和信息化局",
        "gyxxh.tj.gov.cn",
        "1200000007",
        15,
        True,
        (
            Column("通知公告", "/ZWXX5652/TZGG644/", "common_list", by_year=True),
            Column("工信动态", "/ZWXX5652/GXDT9285/", "common_list"),
            Column("政策文件", "/ZWGK4147/ZCWJ6355/wjwj/", "common_list"),
            Column("决策意见征集", "/ZMHD1898/jcyjzj/", "common_list"),
        ),
    ),
    TrsSite(
        "tj_tten",
        "科服网",
        "i.tten.cn",
        "",
        20,
        False,
        (Column("通知公告", "/news/tzgg/", "plain_ul"),),
    ),
)
COLUMNS: Mapping[str, frozenset[str]] = {
    site.id: frozenset(column.name for column in site.columns) for site in SITES
}
DETAIL_TEMPLATES: Mapping[str, str] = {
    "tj_kxjs": "kxjs_article",
    "tj_gyxxh": "gyxxh_article",
    "tj_tten": "tten_article",
}


def make_sites(world: World) -> list[Site]:
    """The three sites of the family."""
    return [Trs(world, site) for site in SITES]


class Trs:
    """One static TRS site; http and https both answer."""

    def __init__(self, world: World, site: TrsSite) -> None:
        self._world = world
        self._site = site
        self.hosts = frozenset({site.host})

    def answer(self, ask: Ask) -> Answer:
        """The site behind its wall."""
        refused = refuse(self._world, self._site.id, ask)
        if refused is not None:
            return refused
        if self._world.walls.of(self._site.id) == "forbidden13":
            return Answer(status=403, body=WALL, content_type=HTML)
        answer = error_answer(405) if ask.method == "POST" else self._page(ask)
        return hold_up(self._world, self._site.id, answer)

    def _page(self, ask: Ask) -> Answer:
        if ask.path in {"/", "/index.html"}:
            text = fill("trs_home", site=self._site)
            modified = self._world.newest_change([])
            return Answer(body=text.encode(), content_type=HTML, modified=modified)
        match = _PAGE.match(ask.path)
        if match is not None:
            number = int(match["number"] or 0)
            return self._list(match["folder"], number) or error_answer(404)
        entry = self._world.find(self._site.id, ask.path)
        return self._detail(entry) if entry is not None else self._file(ask)

    def _list(self, folder: str, number: int) -> Answer | None:
        found = self._column_at(folder)
        if found is None:
            return None
        column, entries = found
        size = self._site.page_size
        pages = max(1, ceil(len(entries) / size))
        if number >= pages:
            return None
        shown = entries[number * size : (number + 1) * size]
        rows = [(one, self._printed_link(one, folder)) for one in shown]
        modified = self._world.newest_change(shown)
        if self._world.walls.of(self._site.id) == "redesign":
            text = fill("redesigned_list", site=self._site.name, column=column.name, rows=rows)
            return Answer(body=text.encode(), content_type=HTML, modified=modified)
        counts = f"{len(entries)}, {pages}" if self._site.counts else f"{pages}"
        text = fill(
            "trs_list",
            site=self._site,
            column=column,
            rows=rows,
            pager=f'createPageHTML({counts}, {number}, "index", "html");',
        )
        return Answer(body=text.encode(), content_type=HTML, modified=modified)

    def _column_at(self, folder: str) -> tuple[Column, list[Entry]] | None:
        """The column of a directory and its rows; a year directory holds that year's pages only
        and does not exist before its first page."""
        year = _YEAR.search(folder)
        for column in self._site.columns:
            entries = self._world.listed(self._site.id, column.name)
            if folder == column.folder:
                return column, entries
            if column.by_year and year and folder == f"{column.folder}{year[0]}":
                inside = [one for one in entries if year[1] == _year_of(one)]
                return (column, inside) if inside else None
        return None

    def _printed_link(self, entry: Entry, folder: str) -> str:
        """./… below the list's own directory, ../… for pages kept elsewhere on the site."""
        if entry.external_url:
            return entry.external_url
        path = urlsplit(entry.url).path
        relative = posixpath.relpath(path, folder)
        return relative if relative.startswith("../") else f"./{relative}"

    def _detail(self, entry: Entry) -> Answer:
        style = "ueditor" if entry.template == "ueditor" else "word"
        text = fill(
            DETAIL_TEMPLATES[self._site.id],
            site=self._site,
            entry=entry,
            charset=declared(entry.charset),
            body=with_editor_markup(entry.body, "spaces" if self._site.id == "tj_tten" else style),
            file_name=posixpath.basename(urlsplit(entry.url).path),
            column_meta=_column_meta(entry),
            attachments=entry.attachments,
        )
        return Answer(
            body=encode(text, entry.charset),
            content_type=HTML,
            modified=entry.changed_at(self._world.now),
        )

    def _file(self, ask: Ask) -> Answer:
        address = f"https://{ask.host}{ask.path}"
        for entry in self._world.published(self._site.id):
            named = {
                urljoin(entry.url, f"./{one.file}"): NamedFile(
                    one.file, f"{entry.title} {one.name}"
                )
                for one in entry.attachments
            }
            file = {**files_named_by(entry), **named}.get(address)
            if file is not None:
                return file_answer(file, entry)
        return error_answer(404)


def _year_of(entry: Entry) -> str:
    match = re.search(r"/(20\d\d)n/", entry.url)
    return match[1] if match else str(entry.published.year)


def _column_meta(entry: Entry) -> str:
    """ColumnName as the templates print it: in a year directory it is the year."""
    match = re.search(r"/(20\d\d)n/", entry.url)
    return f"{match[1]}年" if match else entry.column
