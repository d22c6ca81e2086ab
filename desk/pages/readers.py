"""Who gets the issue: for operators. The same choices and the same CSV as the verbs."""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

from app.preferences import FIELDS, read_choices
from app.state_words import READER_WORDS
from app.subscribers_csv import read_people, save_people
from china_time import SHANGHAI
from desk.chinese import chinese
from desk.visits import Answer, Go, Page, RefusedError, Visit, needs
from storage.desk.acts import note_act
from storage.issues.issues import issue_names, list_issues
from storage.models import Subscriber
from storage.readers.deliveries import list_deliveries
from storage.readers.subscribers import (
    State,
    add_subscriber,
    find_subscriber,
    list_subscribers,
    update_subscriber,
)

PAGE = 100
SAVED_WORDS = {
    "added": "已添加",
    "changed": "已更改",
    "unchanged": "未变",
    "kept ended": "已退订，未恢复",
}
ACTS: dict[str, State] = {"pause": "paused", "resume": "active", "end": "ended"}


@needs("run")
def show(visit: Visit) -> Answer:
    """Everybody, or those whose address or name has some words."""
    words = visit.query.get("words", "").strip().casefold()
    with visit.context.store() as db:
        people = list_subscribers(db)
    found = [one for one in people if words in f"{one.address} {one.name}".casefold()]
    return _page(visit, found, words, [], [])


@needs("run")
def add(visit: Visit) -> Answer:
    """Subscribe somebody."""
    address = visit.text("address", 300)
    texts = {name: ",".join(filter(None, visit.texts(name))) for name in FIELDS}
    with visit.context.store() as db:
        now = visit.context.config.clock()
        given = {name: text for name, text in texts.items() if name in visit.form}
        choices = read_choices(visit.context, given)
        person = add_subscriber(db, address, now=now, **choices)
        note_act(db, f"添加读者 {person.address}", who=visit.signature, now=now)
    return Go("/readers", said=f"已添加 {person.address}。")


@needs("run")
def load(visit: Visit) -> Answer:
    """Import a CSV: all of it or nothing, with a word on each line."""
    content = visit.files.get("file", b"")
    if not content:
        raise RefusedError("请选择一个 CSV 文件。")
    context = visit.context
    people, problems = read_people(context, content, "CSV")
    done: list[str] = []
    if not problems:
        with context.store() as db:
            saved = save_people(context, db, people)
            now = context.config.clock()
            note_act(db, f"导入读者 {len(people)} 行", who=visit.signature, now=now)
        done = [
            f"第 {one.line} 行 {one.address} {SAVED_WORDS[what]}"
            for one, what in zip(people, saved, strict=True)
        ]
    with context.store() as db:
        found = list_subscribers(db)
    return _page(visit, found, "", done, problems)


@needs("run")
def person(visit: Visit) -> Answer:
    """One reader: choices, state, and what they got."""
    with visit.context.store() as db:
        found = found_reader(db, visit.query.get("address", ""))
        names = issue_names(db)
        weeks = [issue.week for issue in reversed(list_issues(db))][:26]
        rows = [one for one in list_deliveries(db) if one.subscriber_id == found.id]
    ledger = [(names.get(one.issue_id, ""), one) for one in reversed(rows[-60:])]
    values = {"one": found, "state": READER_WORDS[found.state], "ledger": ledger}
    values |= {"chapters": visit.context.config.digest.chapters, "weeks": weeks}
    return Page("reader.html.jinja", values)


@needs("run")
def change(visit: Visit) -> Answer:
    """Pause, let go on, or end a subscription."""
    state = ACTS.get(visit.text("do"))
    if state is None:
        raise RefusedError("没有这个操作。")
    until = _day(visit) if state == "paused" else None
    now = visit.context.config.clock()
    with visit.context.store() as db:
        one = update_subscriber(
            db, visit.text("address", 300), now=now, state=state, paused_until=until, note="编辑台"
        )
        words = f"读者 {one.address} {READER_WORDS[state]}" + (f"至 {until}" if until else "")
        note_act(db, words, who=visit.signature, now=now)
    return Go("/readers", said=f"{words}。")


def _page(
    visit: Visit, found: list[Subscriber], words: str, done: list[str], problems: list[str]
) -> Page:
    values = {
        "people": [(one, READER_WORDS[one.state]) for one in found[:PAGE]],
        "total": len(found),
        "words": words,
        "done": done[:1000],
        "problems": [chinese(one) for one in problems[:200]],
        "chapters": visit.context.config.digest.chapters,
    }
    return Page("readers.html.jinja", values, 400 if problems else 200)


def _day(visit: Visit) -> date | None:
    text = visit.text("until", 10)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RefusedError("日期请写成 2021-03-01 这样。") from None
    if day <= visit.context.config.clock().astimezone(SHANGHAI).date():
        raise RefusedError("暂停要到今天以后的一天。")
    return day


def found_reader(db: Database, address: str) -> Subscriber:
    """The reader with an address. Raises RefusedError for nobody."""
    one = find_subscriber(db, address)
    if one is None:
        raise RefusedError("没有这个读者。", 404)
    return one
