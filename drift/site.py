"""A site after its redesign: what it was, with the hooks of its changes around it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from urllib.parse import urlsplit

from lxml import html

from drift.addresses import SESSION, VISIT
from drift.pagers import print_pager
from drift.places import PAGER_CSS, ROW_CSS, Place, print_list
from drift.redesign import ListPage, NoticePage, Redesign, Row
from drift.trees import make, room
from replica.entries import Entry
from replica.exchange import Answer, Ask, Site, error_answer, redirect
from replica.page_templates import declared, encode
from replica.world import World

HTML = "text/html; charset=utf-8"
TITLE_CSS = (
    ".common-content-mainTitle, .qt-title, .sx-con, .ty-content-main-title, .tit,"
    " .easysite-news-title h2, #con_title, .news_detail_title"
)
INFO_CSS = (
    ".common-content-subTitle, .xl-info, .ty-content-bsmain, .riqi, .easysite-news-describe,"
    " .cinfo, .news_detail_date"
)
# Columns that have a directory for each year.
BY_YEAR = frozenset({"通知公告"})
_YEAR = re.compile(r"(20\d\d)n/")
BODY_CSS = (
    "#easysiteText, #con_con, .new_detail_content, .TRS_Editor, .TRS_UEDITOR, .trs_editor_view"
)


class RedesignedSite:
    """Answers as `inner` until the redesign, then with its changes. Lists of HTML pages."""

    def __init__(self, inner: Site, world: World, redesign: Redesign, places: list[Place]) -> None:
        self.inner = inner
        self.world = world
        self.redesign = redesign
        self.places = places
        self.hosts = inner.hosts | redesign.hosts

    def answer(self, ask: Ask) -> Answer:
        """One request."""
        if self.redesign.is_empty or self.world.now < self.redesign.since:
            return self.inner.answer(ask)
        for gate in self.redesign.gates:
            held = gate(ask)
            if held is not None:
                return held
        ask = unvisited(ask)
        for rewrite in self.redesign.rewrites:
            ask = rewrite(ask)
        answer = self.list_answer(ask) or self.notice_answer(ask) or self.inner.answer(ask)
        for hook in self.redesign.delivery:
            answer = hook(ask, answer)
        return answer

    # --- lists

    def list_answer(self, ask: Ask) -> Answer | None:
        """The list page that is asked for; None when it is none."""
        for place in self.places:
            for here, tab in self.lists_of(place):
                asked = self.page_asked(here, ask)
                if asked is not None:
                    self.redesign.tab = tab
                    return self.instead(ask, place.column) or self.one_page(*asked)
        return None

    def lists_of(self, place: Place) -> list[tuple[Place, int]]:
        """Where a column's list stands now, the other tab first: its folder lies in the first's."""
        folder = self.redesign.folders.get(place.column, place.folder)
        found = [(replace(place, folder=folder), 0)]
        if place.column in self.redesign.tabs:
            other = self.redesign.tabs[place.column][0]
            found.insert(0, (replace(place, folder=other), 1))
        return found

    def page_asked(self, place: Place, ask: Ask) -> tuple[Place, int] | None:
        """The list and which of its pages; a directory of a year is a list of its own."""
        if place.kind != "html" or ask.host not in self.hosts:
            return None
        if not ask.path.startswith(place.folder):
            return None
        file = ask.path.removeprefix(place.folder)
        year = _YEAR.match(file)
        if year and place.column in BY_YEAR:
            place = replace(place, folder=place.folder + year[0], year=year[1])
            file = file.removeprefix(year[0])
        paging = self.redesign.paging
        if (paging.pattern is not None and file not in {"", "index.html"}) or ask.query_string:
            whole = f"{file}?{ask.query_string}" if ask.query_string else file
            match = paging.pattern.fullmatch(whole) if paging.pattern else None
            return (place, int(match["number"]) + paging.offset) if match else None
        number = old_number(place, file)
        return (place, number) if number else None

    def one_page(self, place: Place, number: int) -> Answer:
        """A page of a column's list."""
        paging = self.redesign.paging
        rows = self.rows_of(place)
        pages = paging.pages(len(rows), place.size)
        if number > 1 and number <= pages and paging.beyond != "pages":
            return self.past(place, rows, paging.beyond, number, pages)
        if number > pages:
            return self.past(place, rows, paging.past_end, number, pages)
        return self.rendered(place, rows, number, pages)

    def past(self, place: Place, rows: list[Row], how: str, number: int, pages: int) -> Answer:
        """What a page answers that ought not to be asked for, or that the redesign forgot."""
        if how == "empty":
            return self.rendered(place, rows, number, pages, shown=[])
        if how in {"same", "last"}:
            other = 1 if how == "same" else pages
            return self.rendered(place, rows, other, pages)
        if how == "error200":
            return Answer(body=ERROR_200.encode(), content_type=HTML)
        return error_answer(404)

    def rows_of(self, place: Place) -> list[Row]:
        """All rows of a column's list now, in its order."""
        names = self.redesign.merged.get(place.column, [place.column])
        entries = [one for one in self.world.published(place.site) if set(names) & set(one.columns)]
        if place.year:
            entries = [one for one in entries if year_of(one) == place.year]
        rows = [Row(one, self.link(one, place)) for one in entries]
        for hook in self.redesign.rows:
            rows = hook(rows, place.column)
        return rows

    def link(self, entry: Entry, place: Place) -> str:
        """A row's link, as the site prints it."""
        url = self.redesign.addresses.of(entry)
        parts = urlsplit(url)
        if parts.netloc != place.host:
            return url
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        if not place.folder or place.site in {"bj_zscqj", "miit"} or parts.query:
            return target
        relative = posixpath.relpath(target, place.folder)
        return relative if relative.startswith("../") else f"./{relative}"

    def rendered(
        self,
        place: Place,
        rows: list[Row],
        number: int,
        pages: int,
        shown: list[Row] | None = None,
    ) -> Answer:
        """A page of rows in the redesigned markup."""
        text = self.page_text(place, rows, number, pages, shown)
        return Answer(body=text.encode(), content_type="text/html")

    def page_text(
        self, place: Place, rows: list[Row], number: int, pages: int, shown: list[Row] | None
    ) -> str:
        """The HTML of a page of rows."""
        paging = self.redesign.paging
        size = paging.size or place.size
        shown = rows[(number - 1) * size : number * size] if shown is None else shown
        text = print_list(place, shown, number, pages, len(rows) + paging.total_off)
        tree = html.fromstring(text)
        page = ListPage(place.column, tree, shown, tree.cssselect(ROW_CSS), number, pages)
        if paging.look:
            for old in tree.cssselect(PAGER_CSS):
                print_pager(old, paging, number, pages, place)
        if place.column in self.redesign.tabs:
            other, names = self.redesign.tabs[place.column]
            first = next(one.folder for one in self.places if one.column == place.column)
            show_tabs(page, (first, other), names)
        for hook in self.redesign.lists:
            hook(page)
        return serialised(tree)

    # --- notices

    def notice_answer(self, ask: Ask) -> Answer | None:
        """The notice that is asked for; None when it is none."""
        entries = self.world.published(self.redesign.site)
        found = self.redesign.addresses.find(ask, entries)
        if found is None:
            return None
        entry, is_new = found
        if not is_new and self.redesign.addresses.form is not None:
            if self.redesign.addresses.old == "gone":
                return error_answer(404)
            if self.redesign.addresses.old == "redirects":
                return redirect(self.redesign.addresses.of(entry), status=301)
        instead = self.instead(ask, "", entry)
        return instead or self.notice_page(entry, ask)

    def notice_page(self, entry: Entry, ask: Ask) -> Answer | None:
        """The notice in its redesigned markup."""
        answer = self.inner.answer(as_before(entry, ask))
        if answer.status != 200 or "html" not in answer.content_type or not self.redesign.notices:
            return answer
        codec = "gb18030" if entry.charset.startswith("gb18030") else "utf-8"
        tree = html.fromstring(answer.body.decode(codec))
        parts = [first(tree, css) for css in (TITLE_CSS, INFO_CSS, BODY_CSS)]
        page = NoticePage(entry, tree, *parts)
        for hook in self.redesign.notices:
            hook(page)
        body = encode(serialised(tree), entry.charset)
        kind = answer.content_type.partition(";")[0]
        if "charset" in answer.content_type:
            kind += f"; charset={declared(entry.charset)}"
        modified = max(self.redesign.since, answer.modified) if answer.modified else None
        return replace(answer, body=body, content_type=kind, modified=modified)

    def instead(self, ask: Ask, column: str, entry: Entry | None = None) -> Answer | None:
        """What stands in the place of a page, if a change put something there."""
        for hook in self.redesign.instead:
            answer = hook(ask, column, entry)
            if answer is not None:
                return answer
        return None


ERROR_200 = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>系统提示</title></head><body>"
    "<div class='tip'><p>您访问的页面不存在或已删除！</p><a href='/'>返回首页</a></div>"
    "</body></html>"
)


def unvisited(ask: Ask) -> Ask:
    """The request without what belongs to one visit."""
    path = SESSION.sub("", ask.path)
    pairs = [part for part in ask.query_string.split("&") if part.partition("=")[0] not in VISIT]
    query = {name: value for name, value in ask.query.items() if name not in VISIT}
    return replace(ask, path=path, query=query, query_string="&".join(filter(None, pairs)))


def show_tabs(page: ListPage, folders: tuple[str, str], names: tuple[str, str]) -> None:
    """Links to both halves of a list, above its rows."""
    links = "".join(
        f'<a href="{folder}">{name}</a>' for folder, name in zip(folders, names, strict=True)
    )
    place = room(page.tree)
    place.insert(min(1, len(place)), make(f'<div class="tabs">{links}</div>'))


def as_before(entry: Entry, ask: Ask) -> Ask:
    """The request as it would have been before the redesign."""
    parts = urlsplit(entry.url)
    query = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    return replace(ask, host=parts.netloc, path=parts.path, query=query, query_string=parts.query)


def old_number(place: Place, file: str) -> int:
    """The page of a file of the list as it was: index.html, index_1.html, 1a2b3c4d-2.html."""
    if file in {"", "index.html"}:
        return 1
    if place.site == "bj_zscqj":
        stem, _, rest = file.partition("-")
        number = rest.removesuffix(".html")
        return int(number) if len(stem) == 8 and number.isdigit() else 0
    number = file.removeprefix("index_").removesuffix(".html")
    return int(number) + 1 if file.startswith("index_") and number.isdigit() else 0


def year_of(entry: Entry) -> str:
    """The year in whose directory a notice stands."""
    match = re.search(r"/(20\d\d)n/", entry.url)
    return match[1] if match else str(entry.published.year)


def first(tree: html.HtmlElement, css: str) -> html.HtmlElement | None:
    """The first element of a selector."""
    found = tree.cssselect(css)
    return found[0] if found else None


def serialised(tree: html.HtmlElement) -> str:
    """The text of a whole page or of a fragment."""
    text = html.tostring(tree, encoding="unicode")
    return f"<!DOCTYPE html>\n{text}" if tree.tag == "html" else text
