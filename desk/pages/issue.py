"""This week's issue: what stands in it and why, and an editor's hand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from sqlite_utils import Database

from app.drafts import Draft, chapter_titles, find_dropped, place_of
from app.editing import Hand, Judgement
from app.history import act_words
from desk.pages.draft import check_seen, opened
from desk.templates_of import moment_words
from desk.visits import Answer, Go, Page, RefusedError, Visit, needs
from digest.composing.closing import closing_instant
from digest.composing.editing import EntryEdits
from digest.models.issue import Digest, Entry, Group
from digest.wording import deadline_line, line_facts, meta_parts, totals_line
from storage.issues.edits import ENTRY_ACTS, dropped_before, list_edits
from storage.issues.stamps import newest_act
from storage.models import Edit, IssueRecord

FIRST_REST = 12
PAGE_REST = 60
LAST_ACTS = 6
UNDONE = (*ENTRY_ACTS, "retitle")
DONE = {
    "keep": "已认可",
    "promote": "已列入重点",
    "fold": "已折叠为一行",
    "extract": "已不用机器摘要",
    "sum_up": "已恢复机器摘要",
    "pin": "已置顶",
    "unpin": "已取消置顶",
    "up": "已上移",
    "down": "已下移",
    "drop": "已删去",
    "restore": "已恢复",
    "move": "已移动",
    "annotate": "编者按已保存",
    "retitle": "标题已保存",
    "undo": "已撤销",
}


@dataclass(frozen=True)
class Shown:
    """One entry with what the page says of it."""

    entry: Entry
    facts: str
    due: str
    pinned: bool
    asked: bool


@needs("look")
def show(visit: Visit) -> Answer:
    """The whole issue: 重点 in full, of 其余 the first of each chapter."""
    with opened(visit) as (db, draft):
        values = _frame(visit, db, draft)
    digest = draft.digest
    sections = [
        {
            "section": section,
            "lead": [_group(draft, group) for group in section.lead],
            "stories": {
                entry.id: section.stories(entry)
                for group in section.lead
                for entry in group.entries
            },
            "rest": _first(draft, section.rest),
            "rest_count": section.rest_count,
        }
        for section in digest.sections
        if section.count
    ]
    asked = [_shown(draft, entry) for entry in digest.entries() if entry.id in digest.asked]
    return Page(
        "issue.html.jinja",
        values
        | {"sections": sections, "asked": asked, "totals": totals_line(digest)}
        | {"open": visit.query.get("open", "")},
    )


@needs("look")
def rest(visit: Visit) -> Answer:
    """其余, page by page, of one chapter or of all; with words, what has them in the title."""
    with opened(visit) as (db, draft):
        values = _frame(visit, db, draft)
    chapter, words = visit.query.get("chapter", ""), visit.query.get("words", "").strip()
    found = [
        _shown(draft, entry)
        for section in draft.digest.sections
        if chapter in {"", section.id}
        for group in (section.filled if words else section.rest)
        for entry in group.entries
        if words in entry.title
    ]
    pages = max(1, -(-len(found) // PAGE_REST))
    page = min(max(1, _page(visit)), pages)
    part = found[(page - 1) * PAGE_REST : page * PAGE_REST]
    here = {"chapter": chapter, "words": words, "page": page, "pages": pages}
    return Page("rest.html.jinja", values | here | {"entries": part, "total": len(found)})


@needs("look")
def entry(visit: Visit) -> Answer:
    """One entry and all that can be done with it."""
    number = visit.number("id")
    with opened(visit) as (db, draft):
        values = _frame(visit, db, draft)
        found = _find(draft, number)
        acts = [act for act in list_edits(db, draft.digest.week) if act.notice_id == number]
        titles = chapter_titles(visit.context)
    return Page(
        "entry.html.jinja",
        values
        | {
            "shown": _shown(draft, found),
            "place": place_of(draft.digest, found),
            "dropped": draft.edits_by_entry.get(number, EntryEdits()).dropped,
            "acts": [(act.made_at, act_words(act, titles)) for act in acts],
            "chapters": visit.context.config.digest.chapters,
        },
    )


@needs("edit")
def act(visit: Visit) -> Answer:
    """Do what a button or form says to the entries it names; refused when it was seen otherwise."""
    word, _, number = visit.text("do", 40).partition(":")
    if word not in DONE:
        raise RefusedError("没有这个操作。")
    with opened(visit, writes=True) as (db, draft):
        check_seen(visit, db, draft)
        hand = Hand(visit.context, db, draft, visit.signature, visit.context.config.clock())
        told = _carry_out(visit, hand, word, number)
    back = visit.text("back", 300)
    # Only to pages of ours, never to where a form says, and never with a line break inside.
    is_ours = back.startswith(("/issue/", "/entry/")) and back.isprintable()
    to = back if is_ours else _place(visit, number)
    return Go(to, said=f"{DONE[word]}{told}。")


def _place(visit: Visit, number: str) -> str:
    """The issue, at the entry, with the chapter open that was."""
    chapter = visit.query.get("open", "")
    opened_at = f"?{urlencode({'open': chapter})}" if chapter else ""
    return f"/issue{opened_at}" + (f"#n{number}" if number.isascii() and number.isdigit() else "")


def _carry_out(visit: Visit, hand: Hand, word: str, number: str) -> str:
    """Do it; what it was done to, for the words that tell of it."""
    draft = hand.draft
    if word == "undo":
        last = _undoable(hand.db, draft.digest.week)
        if last is None:
            raise RefusedError("没有可以撤销的改动。", 409)
        hand.undo(last)
        return "最近一步改动"
    if word == "retitle":
        hand.retitle(visit.text("title", 200))
        return ""
    if word == "restore":
        found, title = find_dropped(hand.db, draft, number)
        hand.restore(found)
        return f"：{title}"
    names = visit.texts("chosen") if number == "chosen" else [number]
    if not names or not all(name.isascii() and name.isdigit() for name in names):
        raise RefusedError("请先选中条目。")
    chosen = [_find(draft, int(name)) for name in names]
    if word == "drop":
        hand.drop(chosen, visit.text("reason", 200))
    for one in chosen if word != "drop" else ():
        _one(visit, hand, word, one)
    return f"：{chosen[0].title}" if len(chosen) == 1 else f" {len(chosen)} 条"


def _one(visit: Visit, hand: Hand, word: str, entry: Entry) -> None:
    if word in {"keep", "promote", "fold"}:
        hand.judge(entry, cast("Judgement", word))
    elif word in {"extract", "sum_up"}:
        hand.sum_up(entry, by_model=word == "sum_up")
    elif word in {"pin", "unpin"}:
        hand.pin(entry, up=word == "pin")
    elif word in {"up", "down"}:
        place = place_of(hand.draft.digest, entry).get("position", 1)
        hand.move(entry, "", "", max(1, place + (1 if word == "down" else -1)))
    elif word == "annotate":
        hand.annotate(entry, visit.text("note", 4000))
    elif word == "move":
        chapter, _, group = visit.text("place", 200).partition("/")
        place = visit.text("position", 4)
        if place and not (place.isascii() and place.isdigit() and int(place) > 0):
            raise RefusedError("位置要写从 1 开始的数字。")
        hand.move(entry, chapter, group, int(place) if place else None)


def _frame(visit: Visit, db: Database, draft: Draft) -> dict[str, Any]:
    """What all pages of the issue need."""
    digest, titles = draft.digest, chapter_titles(visit.context)
    acts = list_edits(db, digest.week)
    earlier = [(one.notice_id, one.title) for one in dropped_before(db, digest.week)[:20]]
    return {
        "digest": digest,
        "fate": fate(visit, digest, draft.record),
        "seen": newest_act(db, digest.week),
        "last": [(one.made_at, act_words(one, titles)) for one in reversed(acts[-LAST_ACTS:])],
        "undoable": _undoable(db, digest.week) is not None,
        "dropped": [
            (one, draft.edits_by_entry.get(one.id, EntryEdits()).reason) for one in digest.dropped
        ],
        "earlier": earlier,
    }


def fate(visit: Visit, digest: Digest, record: IssueRecord | None) -> str:
    """When the issue goes, in words."""
    if record is not None and record.release_at is not None:
        return f"已编定，待审：{moment_words(record.release_at)} 自动发出"
    closes = closing_instant(visit.context.config.digest, digest.to_on)
    return f"尚未编定：{moment_words(closes)} 截止"


def _undoable(db: Database, week: str) -> Edit | None:
    """The last act on the issue that stands: not undone, and no undo itself."""
    acts = [one for one in list_edits(db, week) if one.act in UNDONE and one.act != "keep"]
    undone = {one.after.get("undoes") for one in acts}
    standing = [one for one in acts if "undoes" not in one.after and one.id not in undone]
    return standing[-1] if standing else None


def _find(draft: Draft, number: int) -> Entry:
    for one in (*draft.digest.entries(), *draft.digest.dropped):
        if one.id == number:
            return one
    raise RefusedError(f"本期没有编号 {number} 的条目。", 404)


def _group(draft: Draft, group: Group) -> dict[str, Any]:
    return {"title": group.title, "entries": [_shown(draft, one) for one in group.entries]}


def _first(draft: Draft, groups: Sequence[Group]) -> list[Shown]:
    entries = [one for group in groups for one in group.entries]
    return [_shown(draft, one) for one in entries[:FIRST_REST]]


def _shown(draft: Draft, entry: Entry) -> Shown:
    today = draft.digest.today
    return Shown(
        entry,
        line_facts(entry, today) if entry.folded else " · ".join(meta_parts(entry)),
        deadline_line(entry, today),
        bool(draft.edits_by_entry.get(entry.id, EntryEdits()).pinned),
        entry.id in draft.digest.asked,
    )


def _page(visit: Visit) -> int:
    text = visit.query.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
