"""Further offices, each for what it does otherwise than the others: addresses as the catalogue has
them, invented documents.

An office with a wall answers 412 and a script to whoever does not bring the cookie that a browser
would have (`PASSED`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import ceil

from china_time import SHANGHAI
from replica.exchange import Answer, Ask, Site, error_answer, json_answer
from replica.page_templates import fill
from replica.sites import office_lists as lists
from replica.sites.office_documents import Document, documents
from replica.sites.office_table import OFFICES, Listing, OfficeSpec
from replica.world import World

PASSED = "wzws_sessionid"
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
PROXY = "/module/web/jpage/dataproxy.jsp"


def make_sites(world: World) -> list[Site]:
    """Every further office, sharing one world."""
    return [Office(world, spec) for spec in OFFICES]


class Office:
    """One host as a visitor meets it."""

    def __init__(self, world: World, spec: OfficeSpec) -> None:
        self._world = world
        self._spec = spec
        self.hosts = frozenset({spec.host})

    def answer(self, ask: Ask) -> Answer:
        """The list or document at an address; 404 for what is not there."""
        if ask.path == "/robots.txt":
            return error_answer(404)
        if self._spec.has_wall and PASSED not in ask.cookies:
            return Answer(status=412, body=fill("office_challenge").encode())
        for listing in self._spec.listings:
            found = WAYS[listing.way](self, listing, ask)
            if found is not None:
                return found
        return self._document(ask) or error_answer(404)

    def rows(self, listing: Listing) -> list[Document]:
        """What a list holds today, the newest first."""
        today = self._world.now.astimezone(SHANGHAI).date()
        return documents(
            f"{self._spec.host}{listing.target}", listing.pattern, listing.count, today
        )

    def page(self, name: str, body: str) -> Answer:
        """A page of this office."""
        return lists.page(self._spec.name, name, body, self._spec.charset)

    def _document(self, ask: Ask) -> Answer | None:
        for listing in self._spec.listings:
            for one in self.rows(listing):
                if one.path == ask.path:
                    text = (
                        f"<h1>{one.title}</h1><div class='info'>发布时间：{one.day:%Y-%m-%d}</div>"
                    )
                    return self.page(one.title, f"{text}<div {self._spec.body}>{one.body}</div>")
        return None


def _numbered(listing: Listing, ask: Ask, name: str) -> int | None:
    """The number of an index page in a list's folder, from 1; None for another address."""
    match = re.fullmatch(re.escape(listing.folder) + name, ask.path)
    return int(match[1] or 0) + 1 if match else None


def _trs_list(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    ending, box = listing.more
    number = _numbered(listing, ask, rf"(?:index(?:_(\d+))?\.{ending})?")
    rows = office.rows(listing)
    if number is None or number > ceil(len(rows) / lists.SIZE):
        return None
    return office.page(listing.name, lists.trs(rows, number, listing.folder, ending, box))


def _dated_first(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    number = _numbered(listing, ask, r"index(?:_8597_(\d+))?\.shtml")
    rows = office.rows(listing)
    if number is None or number > ceil(len(rows) / lists.SIZE):
        return None
    return office.page(listing.name, lists.dated_first(rows, number, listing.folder))


def _cfdi(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    if ask.target != listing.target:
        return None
    number = int(ask.form.get("pageNo", "1")) if ask.method == "POST" else 1
    body = lists.inspection_centre(office.rows(listing), number, listing.target)
    return office.page(listing.name, body)


def _hanweb_list(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    (column,) = listing.more
    if ask.path == listing.path:
        return office.page(listing.name, lists.data_page(office.rows(listing), column))
    if ask.path != PROXY or ask.query.get("columnid") != column:
        return None
    start, end = int(ask.query["startrecord"]), int(ask.query["endrecord"])
    text = lists.records(office.rows(listing), start, end, column)
    return Answer(body=text.encode(), content_type="text/xml;charset=UTF-8")


def _unit_list(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    style, tag, number = listing.more
    web, sheet = "29e9522dc89d4e088a953d8cede72f4c", "5c30fb89ae5e48b9aefe3cdf49853830"
    if ask.path == listing.path:
        return office.page(listing.name, lists.unit_shell(tag, web, sheet, number))
    if ask.path == UNIT and ask.query.get("pageId") == number and ask.query.get("tagId") == tag:
        return lists.unit(office.rows(listing), ask, style)
    return None


def _plain(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    further, box = listing.more
    rows: Sequence[Document] = office.rows(listing)
    for number in range(1, ceil(len(rows) / lists.SIZE) + 1):
        where = further.format(number)
        address = where if where.startswith("/") else listing.folder + where
        if ask.target in ({listing.target} if number == 1 else {address}):
            return office.page(listing.name, lists.plain(rows, number, further, box))
    return None


def _easysite(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    (style,) = listing.more
    match = re.fullmatch(re.escape(listing.folder) + r"(?:index|3a7c90de-(\d+))\.html", ask.path)
    if match is None:
        return None
    rows = lists.easysite(office.rows(listing), int(match[1] or 1), style)
    return office.page(listing.name, rows)


def _bare(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    if ask.path != listing.path:
        return None
    return office.page(listing.name, lists.bare_links(office.rows(listing)))


def _clicked(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    number = _numbered(listing, ask, r"(?:index(?:_(\d+))?\.html)?")
    # Its pages are counted from 1: index_2.html is the second.
    number = max(1, (number or 0) - 1) if number is not None else None
    rows = office.rows(listing)
    if number is None or number > ceil(len(rows) / lists.SIZE):
        return None
    return office.page(listing.name, lists.clicked(rows, number))


def _flagged(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    if ask.path != listing.path:
        return None
    return office.page(listing.name, lists.flagged(office.rows(listing), listing.folder))


def _file(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    """One file with everything; the page beside it draws it by script."""
    if ask.path == listing.folder:
        name = listing.path.rpartition("/")[2]
        drawn = f'<ul id="list"></ul><script>$.ajax({{url: "./{name}", success: draw}});</script>'
        return office.page(listing.name, drawn)
    if ask.path != listing.path:
        return None
    return json_answer(lists.articles(office.rows(listing), ask.host))


def _interface(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    """A web application: lists and documents are data."""
    page_name, size, kept = listing.more
    if ask.path == "/":
        shell = '<div id="app"></div><script src="/static/js/app.8d1f.js"></script>'
        return Answer(body=f"<!DOCTYPE html><html><body>{shell}</body></html>".encode())
    rows = office.rows(listing)
    name, _, value = kept.partition("=")
    if ask.path == listing.path and ask.query.get(name) == value:
        number = int(ask.query.get(page_name, "1"))
        shown = [
            {"id": one.code, "title": one.title, "publishTime": f"{one.day} 09:00:00"}
            for one in lists.part(rows, number, int(size))
        ]
        return json_answer({"code": 200, "result": {"records": shown, "total": len(rows)}})
    found = [one for one in rows if one.path == ask.target]
    if not found:
        return None
    text = {"title": found[0].title, "content": found[0].body, "publishTime": f"{found[0].day}"}
    return json_answer({"code": 200, "result": text})


def _form(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    """An interface that wants a form; the front page asks it by a script that names it nowhere."""
    if ask.path == "/":
        return office.page(listing.name, lists.asking_by_form(listing.path))
    if ask.path != listing.path:
        return None
    if ask.method != "POST" or ask.form.get("columnID") != "1":
        return error_answer(405)
    rows, number = office.rows(listing), int(ask.form["pageNumber"])
    shown = [
        {"url": one.path, "title": one.title, "publishTimeStr": f"{one.day} 10:30", "source": ""}
        for one in lists.part(rows, number)
    ]
    info = {"rows": shown, "total": len(rows), "maxPageNum": ceil(len(rows) / lists.SIZE)}
    return json_answer({"pageInfo": info})


def _questions(office: Office, listing: Listing, ask: Ask) -> Answer | None:
    """Questions with their answers: nothing else is there to be asked for."""
    if ask.path != listing.path:
        return None
    rows, size = office.rows(listing), int(ask.query.get("pageSize", "10"))
    shown = [
        {"id": one.number, "question": one.title, "answer": one.body,
         "publishTime": f"{one.day:%Y%m%d}"}
        for one in lists.part(rows, int(ask.query.get("pageNum", "1")), size)
    ]  # fmt: skip
    return json_answer({"code": 0, "data": {"list": shown, "total": len(rows)}})


WAYS: dict[str, Callable[[Office, Listing, Ask], Answer | None]] = {
    "trs": _trs_list,
    "dated_first": _dated_first,
    "cfdi": _cfdi,
    "hanweb": _hanweb_list,
    "unit": _unit_list,
    "plain": _plain,
    "bare": _bare,
    "flagged": _flagged,
    "clicked": _clicked,
    "easysite": _easysite,
    "file": _file,
    "interface": _interface,
    "form": _form,
    "questions": _questions,
}
