"""`zhengxun edit`: the editor's hand on the coming issue, until it goes out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.context import CommandError, Context, os_user
from app.drafts import (
    Draft,
    chapter_titles,
    find_dropped,
    find_entry,
    named_entries,
    open_draft,
    place_of,
)
from app.editing import Hand, Judgement
from china_time import local_minute
from digest.composing.closing import closing_instant
from digest.composing.editing import EntryEdits
from digest.models.issue import Entry
from digest.safe_text import clean_line, shorten
from digest.wording import why

ASK = "拿不准：keep 认可，promote 列全文，fold 折叠"


def show(context: Context, week: str, console: Console, *, as_json: bool) -> int:
    """`edit list`: every entry with its number, where it stands, and what was done to it."""
    with context.store() as db:
        draft = open_draft(context, db, week)
    if as_json:
        console.file.write(json.dumps(_document(draft), ensure_ascii=False, indent=2) + "\n")
        return 0
    digest = draft.digest
    heading = (
        f"{digest.title} {digest.week}（{digest.from_on}～{digest.to_on}） {_fate(context, draft)}"
    )
    _say(console, heading)
    table = Table(box=None, pad_edge=False)
    for name in ("编号", "序", "标题", "评分与理由", "标记"):
        table.add_column(name, overflow="fold")
    for section in digest.sections:
        for group in section.filled:
            table.add_row("", "", Text(f"{section.title} · {group.title}", "bold"), "", "")
            for place, entry in enumerate(group.entries, start=1):
                marks = _marks(entry, draft.edits_by_entry.get(entry.id, EntryEdits()))
                if entry.id in digest.asked:
                    marks = "，".join(part for part in (marks, ASK) if part)
                score = f"{entry.score:.1f} {why(entry)}" if entry.reasons else ""
                shown = (clean_line(entry.title), score, marks)
                table.add_row(str(entry.id), str(place), *map(Text, shown))
    if digest.dropped:
        table.add_row("", "", Text("已删去", "bold"), "", "")
    for entry in digest.dropped:
        reason = draft.edits_by_entry[entry.id].reason
        words = f"理由：{clean_line(reason)}" if reason else ""
        table.add_row(str(entry.id), "", Text(clean_line(entry.title)), "", Text(words))
    console.print(table)
    return 0


def drop(
    context: Context, names: list[str], keep: list[str], reason: str, week: str, console: Console
) -> int:
    """Leave entries out of the issue, and of all later ones, until they are restored.

    Every one is found before the first is dropped: a slip changes nothing.
    """
    if bool(names) == bool(keep):
        raise CommandError("name the entries, or those to --keep, e.g. edit drop 17 20-25", 2)
    with _hand(context, week) as hand:
        draft = hand.draft
        if keep:
            kept = {entry.id for entry in named_entries(hand.db, draft, keep)}
            chosen = [entry for entry in draft.digest.entries() if entry.id not in kept]
        else:
            chosen = named_entries(hand.db, draft, names)
        hand.drop(chosen, reason)
    why = clean_line(reason)
    because = f"（{why}）" if why else ""
    for entry in chosen:
        _say(console, f"{draft.digest.week}：删去 {entry.id} {clean_line(entry.title)}{because}")
    if len(chosen) > 1:
        left = draft.digest.total - len(chosen)
        _say(console, f"共删去 {len(chosen)} 条，本期还有 {left} 条")
    return 0


def restore(context: Context, name: str, week: str, console: Console) -> int:
    """Take a drop back: of this issue, or of an earlier one (it then comes late, 补发)."""
    with _hand(context, week) as hand:
        number, title = find_dropped(hand.db, hand.draft, name)
        hand.restore(number)
    _say(console, f"{hand.draft.digest.week}：恢复 {number} {title}")
    return 0


def pin(context: Context, name: str, week: str, console: Console, *, up: bool) -> int:
    """Put an entry at the top of its group, or take that back."""
    with _hand(context, week) as hand:
        entry = find_entry(hand.db, hand.draft, name)
        hand.pin(entry, up=up)
    word = "置顶" if up else "取消置顶"
    _say(console, f"{hand.draft.digest.week}：{word} {entry.id} {entry.title}")
    return 0


JUDGEMENTS = {"keep": "认可", "promote": "列入重点", "fold": "折叠为一行"}


def judge(context: Context, name: str, act: Judgement, week: str, console: Console) -> int:
    """Say whether an entry stands at its right depth, or change that; later issues learn of it."""
    with _hand(context, week) as hand:
        entry = find_entry(hand.db, hand.draft, name)
        hand.judge(entry, act)
    _say(console, f"{hand.draft.digest.week}：{JUDGEMENTS[act]} {entry.id} {entry.title}")
    return 0


def sum_up(context: Context, name: str, week: str, console: Console, *, by_model: bool) -> int:
    """Tell an entry by the page's sentences that we choose, or by a model's summary again."""
    with _hand(context, week) as hand:
        entry = find_entry(hand.db, hand.draft, name)
        hand.sum_up(entry, by_model=by_model)
        entry = find_entry(hand.db, open_draft(context, hand.db, week), str(entry.id))
    word = "恢复机器摘要" if by_model else "不用机器摘要"
    _say(console, f"{hand.draft.digest.week}：{word} {entry.id} {entry.title}　{entry.summary}")
    return 0


def move(
    context: Context,
    name: str,
    chapter: str,
    group: str,
    position: int | None,
    week: str,
    console: Console,
) -> int:
    """Put an entry into another chapter or group, or at a position of its group."""
    if not (chapter or group or position):
        raise CommandError("say where to: --chapter, --group or --position", 2)
    with _hand(context, week) as hand:
        entry = find_entry(hand.db, hand.draft, name)
        hand.move(entry, chapter, group, position)
        draft = open_draft(context, hand.db, week)
    place = place_of(draft.digest, entry)
    title = chapter_titles(context).get(place["section"], place["section"])
    where = f"{title} · {place['group']} 第 {place['position']} 条"
    _say(console, f"{draft.digest.week}：{entry.id} {entry.title} → {where}")
    return 0


def annotate(context: Context, name: str, note: str, week: str, console: Console) -> int:
    """Write a 编者按 to an entry; an empty one takes it away, `-` reads it from stdin."""
    text = sys.stdin.read() if note == "-" else note
    with _hand(context, week) as hand:
        entry = find_entry(hand.db, hand.draft, name)
        words = hand.annotate(entry, text)
    what = f"编者按：{shorten(words, 60)}" if words else "编者按已撤下"
    _say(console, f"{hand.draft.digest.week}：{entry.id} {entry.title}　{what}")
    return 0


def retitle(context: Context, title: str, week: str, console: Console) -> int:
    """Give the issue a title of its own; an empty one takes it back."""
    with _hand(context, week) as hand:
        hand.retitle(title)
        draft = open_draft(context, hand.db, week)
    _say(console, f"{draft.digest.week}：标题为 {draft.digest.title}")
    return 0


@contextmanager
def _hand(context: Context, week: str) -> Iterator[Hand]:
    """The hand of who runs the command, on the issue meant."""
    with context.store() as db:
        draft = open_draft(context, db, week)
        yield Hand(context, db, draft, os_user(), context.config.clock())


def _say(console: Console, line: str) -> None:
    console.print(Text(line), soft_wrap=True)


def _fate(context: Context, draft: Draft) -> str:
    """When the issue goes."""
    if draft.record is not None and draft.record.release_at is not None:
        until = local_minute(draft.record.release_at)
        return f"待审，{until} 自动发出；提前发出：zhengxun release"
    closes = closing_instant(context.config.digest, draft.digest.to_on)
    return f"尚未编定，{local_minute(closes)} 截止"


def _marks(entry: Entry, change: EntryEdits) -> str:
    marks = (
        ("补发", entry.late),
        ("更新", entry.revised),
        ("其余", entry.folded and entry.under is None),
        (f"附于 {entry.under}", entry.under is not None),
        ("机器摘要", bool(entry.machine_line)),
        ("置顶", bool(change.pinned)),
        ("移动", entry.filed is not None or change.position is not None),
        (f"编者按：{shorten(entry.note, 40)}", bool(entry.note)),
    )
    return "，".join(word for word, is_set in marks if is_set)


def _document(draft: Draft) -> dict[str, Any]:
    """The draft for programs: every entry with its place, and what was dropped."""
    digest, record = draft.digest, draft.record
    release_at = record.release_at if record else None
    entries = []
    for entry in digest.entries():
        change = draft.edits_by_entry.get(entry.id, EntryEdits())
        entries.append(
            {
                "number": entry.id,
                "title": entry.title,
                "url": entry.url,
                **place_of(digest, entry),
                "pinned": bool(change.pinned),
                "moved": entry.filed is not None or change.position is not None,
                "note": entry.note,
                "late": entry.late,
                "revised": entry.revised,
                "score": entry.score,
                "reasons": list(entry.reasons),
                "folded": entry.folded,
                "under": entry.under,
                "asked": entry.id in digest.asked,
                "machine_summary": bool(entry.machine_line),
            }
        )
    return {
        "week": digest.week,
        "title": digest.title,
        "waits": record is not None,
        "release_at": release_at.isoformat() if release_at else None,
        "entries": entries,
        "dropped": [
            {
                "number": entry.id,
                "title": entry.title,
                "url": entry.url,
                "reason": draft.edits_by_entry[entry.id].reason,
            }
            for entry in digest.dropped
        ],
    }
