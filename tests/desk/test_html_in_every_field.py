"""HTML in every field of every form, and in every part of an address: it is shown as words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import pytest
from lxml import html
from lxml.html import FormElement

from app.drafts import coming_week
from app.issues import make
from app.releases import let_go
from desk.routes import ROUTES
from digest.folders import issue_folder
from storage.issues.releases import waiting_issues
from storage.notices.notices import save_notice
from tests.desk.running import NOON, SCRIPT, Answer, RunningDesk, Visitor, context_at, fill, running
from tests.digest.samples import SEEN, make_notice

EVIL = "\"'><script>alert(1)</script>{{7*191}}<img src=x>"
WEEK, NEXT = "2021-W05", "2021-W06"
VALID = {
    "address": "x@example.com",
    "owner": "张三",
    "due_on": "2021-02-17",
    "until": "2021-02-12T17:30",
    "name": "某人",
    "words": "通知",
    "url": "https://kxjs.tj.gov.cn/x",
    "column": "通知公告",
}
PAGES = (
    *("/entry/10", "/issue", "/issue/rest?words=通知", "/preview", "/release", f"/correct/{WEEK}"),
    *("/tasks", "/tasks/new/10", "/notice/10", "/add", "/cases", "/sources", "/sources/new"),
    *("/readers", "/readers/one?address=li@example.com", "/deliveries", "/history", "/people"),
)
OUTSIDE = ("/login", "/forgot")
# Only who looks at what a probe found sees this one; it asks for the whole Internet.
NOT_SHOWN = {"/sources/add", "/cases", "/release/take-back", "/sources/{site}/accept"}


@dataclass(frozen=True)
class Blank:
    """One form of a page, by the button that sends it, with what it would send."""

    action: str
    button: str
    values: dict[str, str]

    @property
    def key(self) -> tuple[str, str]:
        action = re.sub(r"(?<=/)\d+(?=/|$)", "1", self.action)
        return action, self.button.partition(":")[0]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """One issue went out, one waits, a person and a reader have names of their own."""
    context = context_at(tmp_path_factory.mktemp("fields"))
    fill(context, 8)
    with running(context) as started:
        for name in (WEEK, NEXT):
            with started.context.store() as db:
                span = coming_week(started.context, db)
                assert span.name == name
                folder = issue_folder(context.config.data, name)
                make(started.context, db, span, folder, record=True)
                if name == WEEK:
                    let_go(started.context, db, waiting_issues(db)[0], by_itself=False)
                    started.at(NOON + timedelta(days=7))
                    for number, title in ((9, EVIL), (10, "第10号通知"), (11, "第11号通知")):
                        facts = {"url": f"https://www.cde.org.cn/{number}", "title": title}
                        named = make_notice(key=f"n{number}", content_hash=f"n{number}", **facts)
                        save_notice(db, named, now=SEEN, run_id=None)
        yield started


def blanks(page: str) -> Iterator[Blank]:
    """Every form that is posted, once for each kind of button."""
    for form in html.document_fromstring(page.encode()).forms:
        assert isinstance(form, FormElement)
        if form.method != "POST":
            continue
        values = {name: str(value or "") for name, value in form.fields.items() if name}
        values |= {name: VALID[name] for name in values if name in VALID and not values[name]}
        for box in form.xpath(".//input[@type='checkbox']"):
            values[box.get("name")] = box.get("value")
        buttons = form.xpath(".//button") or [None]
        for button in buttons:
            name = None if button is None else button.get("name")
            pressed = {} if name is None else {name: button.get("value")}
            yield Blank(form.action, "".join(pressed.values()), values | pressed)


def is_harmless(answer: Answer, where: str) -> None:
    kind = answer.headers.get("Content-Type", "")
    if "sandbox" in answer.headers.get("Content-Security-Policy", ""):
        return
    if kind.startswith("text/csv"):
        assert answer.headers["Content-Disposition"].startswith("attachment"), where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        return
    page = answer.text.replace(SCRIPT, "", 1)
    assert "<script" not in page, where
    assert "<img src=x" not in page, where
    assert "1337" not in page, where
    assert not re.search(r"[\r\n]|<", answer.to), where


def attack(visitor: Visitor, path: str, done: set[tuple[str, str, str]]) -> None:
    """Send every form of a page, each field of it in turn with HTML inside."""
    way = quote(path, safe="/?=&@")
    first = list(blanks(visitor.get(way).text))
    for key, name in dict.fromkeys((one.key, name) for one in first for name in one.values):
        if name == "form_token" or (*key, name) in done:
            continue
        shown = visitor.get(way)
        is_harmless(shown, path)
        # The page as it is now: what was sent before may have changed it.
        blank = next((one for one in blanks(shown.text) if one.key == key), None)
        if blank is None:
            continue
        answer = visitor.post(blank.action, {**blank.values, name: EVIL}, page=way)
        assert answer.status in {200, 303, 400, 401, 404, 409, 429}, (blank, name, answer.text)
        is_harmless(answer, f"{blank.action} {name}")
        done.add((*key, name))


def test_html_in_every_field_of_every_form_is_shown_as_words(desk: RunningDesk) -> None:
    boss = desk.person("operator", "boss@example.com")
    boss.post("/readers/add", {"address": "li@example.com", "name": EVIL}, page="/readers")
    boss.post("/people/invite", {"address": "z@example.com", "name": EVIL, "role": "editor"})
    boss.post("/tasks/new/10", {"owner": EVIL, "note": EVIL}, page="/tasks")
    done: set[tuple[str, str, str]] = set()
    for path in PAGES:
        attack(boss, path, done)
    stranger = desk.visitor()
    for path in (*OUTSIDE, f"/welcome/{desk.invited('new@example.com')[1]}"):
        attack(stranger, path, done)
    for path in PAGES:
        answer = boss.get(quote(path, safe="/?=&@"))
        assert answer.status == 200, path
        is_harmless(answer, path)
    # What was sent is there, as words.
    history = boss.get("/history").text
    assert history.count("&lt;script&gt;alert(1)") >= 4
    reached = {re.sub(r"^/(correct|welcome)/[^/]+$", r"/\1/x", action) for action, *_ in done}
    wanted = {
        re.sub(r"^/(correct|welcome)/\{\w+\}$", r"/\1/x", route.path).replace("{id}", "1")
        for route in ROUTES
        if route.method == "POST" and route.path not in NOT_SHOWN
    }
    # These have a button and nothing to write into.
    empty = {"/logout", "/preview/send", "/deliveries/retry", "/sources/{site}/read"}
    empty |= {"/tasks/1/close", "/tasks/1/reopen", "/notice/1/read"}
    assert wanted - reached - empty == set()
    fields = {(button, name) for _, button, name in done}
    assert {("annotate", "note"), ("move", "place"), ("move", "position")} < fields
    assert len(done) >= 80, sorted(done)


@pytest.mark.parametrize(
    "route", [one for one in ROUTES if one.method == "GET"], ids=lambda one: one.path
)
def test_html_in_an_address_is_shown_as_words(desk: RunningDesk, route: object) -> None:
    boss = desk.person("operator", "boss@example.com")
    path = re.sub(r"\{\w+\}", quote(EVIL, safe=""), route.path)  # type: ignore[attr-defined] # a route
    names = ("words", "week", "open", "chapter", "page", "as", "address", "column", "back", "x")
    for values in (EVIL, "x" * 5000):
        query = "&".join(f"{name}={quote(values, safe='')}" for name in names)
        answer = boss.get(f"{path}?{query}"[:7000])
        assert answer.status in {200, 303, 400, 404}, answer.text
        is_harmless(answer, path)
    real = re.sub(r"\{\w+\}", "2", route.path)  # type: ignore[attr-defined] # same
    for name in names:
        is_harmless(boss.get(f"{real}?{name}={quote(EVIL, safe='')}"), f"{real} {name}")
