"""`zhengxun edit`: the editor's hand on the coming issue, until it goes out."""

from __future__ import annotations

import json
import sys
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

from app.context import CommandError, Context, os_user
from china_time import local_minute
from commands.draft import (
    Draft,
    chapter_titles,
    find_dropped,
    find_entry,
    named_entries,
    open_draft,
    place_of,
)
from digest.composing.closing import closing_instant
from digest.composing.editing import EntryEdits
from digest.models.issue import Entry
from digest.safe_text import clean_line, clean_text, shorten
from digest.wording import why
from storage.database import transaction
from storage.issues.edits import record_edit
from storage.models import Act

ASK = "拿不准：keep 认可，promote 列全文，fold 折叠"
NOTE_LENGTH = 2000
TITLE_LENGTH = 60


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
    why = clean_line(reason)
    with context.store() as db:
        draft = open_draft(context, db, week)
        if keep:
            kept = {entry.id for entry in named_entries(db, draft, keep)}
            chosen = [entry for entry in draft.digest.entries() if entry.id not in kept]
        else:
            chosen = named_entries(db, draft, names)
            gone = [
                one.id for one in chosen if draft.edits_by_entry.get(one.id, EntryEdits()).dropped
            ]
            if gone:
                raise CommandError(f"entry {gone[0]} is dropped already")
        with transaction(db):
            for entry in chosen:
                _write(
                    context, db, draft, "drop", entry, {"dropped": False}, {"dropped": True}, why
                )
    because = f"（{why}）" if why else ""
    for entry in chosen:
        _say(console, f"{draft.digest.week}：删去 {entry.id} {clean_line(entry.title)}{because}")
    if len(chosen) > 1:
        left = draft.digest.total - len(chosen)
        _say(console, f"共删去 {len(chosen)} 条，本期还有 {left} 条")
    return 0


def restore(context: Context, name: str, week: str, console: Console) -> int:
    """Take a drop back: of this issue, or of an earlier one (it then comes late, 补发)."""
    with context.store() as db:
        draft = open_draft(context, db, week)
        number, title = find_dropped(db, draft, name)
        record_edit(
            db,
            week=draft.digest.week,
            act="restore",
            notice_id=number,
            before={"dropped": True},
            after={"dropped": False},
            who=os_user(),
            now=context.config.clock(),
        )
    _say(console, f"{draft.digest.week}：恢复 {number} {title}")
    return 0


def pin(context: Context, name: str, week: str, console: Console, *, up: bool) -> int:
    """Put an entry at the top of its group, or take that back."""
    with context.store() as db:
        draft = open_draft(context, db, week)
        entry = find_entry(db, draft, name)
        pinned = bool(draft.edits_by_entry.get(entry.id, EntryEdits()).pinned)
        if not up and not pinned:
            raise CommandError(f"entry {entry.id} is not pinned")
        act: Act = "pin" if up else "unpin"
        _write(context, db, draft, act, entry, {"pinned": pinned}, {"pinned": up})
    word = "置顶" if up else "取消置顶"
    _say(console, f"{draft.digest.week}：{word} {entry.id} {entry.title}")
    return 0


JUDGEMENTS = {"keep": "认可", "promote": "列入重点", "fold": "折叠为一行"}


def judge(
    context: Context,
    name: str,
    act: Literal["keep", "promote", "fold"],
    week: str,
    console: Console,
) -> int:
    """Say whether an entry stands at its right depth, or change that; later issues learn of it."""
    with context.store() as db:
        draft = open_draft(context, db, week)
        entry = find_entry(db, draft, name)
        if draft.edits_by_entry.get(entry.id, EntryEdits()).dropped:
            raise CommandError(f"entry {entry.id} is dropped; restore it first")
        folded = entry.folded if act == "keep" else act == "fold"
        _write(context, db, draft, act, entry, {"folded": entry.folded}, {"folded": folded})
    _say(console, f"{draft.digest.week}：{JUDGEMENTS[act]} {entry.id} {entry.title}")
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
    with context.store() as db:
        draft = open_draft(context, db, week)
        entry = find_entry(db, draft, name)
        before = place_of(draft.digest, entry)
        after: dict[str, Any] = {}
        if chapter or group:
            after["section"], after["group"] = _target(context, before, chapter, group)
        if position:
            after["position"] = position
        _write(context, db, draft, "move", entry, before, after)
        draft = open_draft(context, db, week)
    place = place_of(draft.digest, entry)
    title = chapter_titles(context).get(place["section"], place["section"])
    where = f"{title} · {place['group']} 第 {place['position']} 条"
    _say(console, f"{draft.digest.week}：{entry.id} {entry.title} → {where}")
    return 0


def annotate(context: Context, name: str, note: str, week: str, console: Console) -> int:
    """Write a 编者按 to an entry; an empty one takes it away, `-` reads it from stdin."""
    words = clean_text(sys.stdin.read() if note == "-" else note).strip()
    if len(words) > NOTE_LENGTH:
        raise CommandError(f"the note has {len(words)} characters; at most {NOTE_LENGTH}", 2)
    with context.store() as db:
        draft = open_draft(context, db, week)
        entry = find_entry(db, draft, name)
        _write(context, db, draft, "annotate", entry, {"note": entry.note}, {"note": words})
    what = f"编者按：{shorten(words, 60)}" if words else "编者按已撤下"
    _say(console, f"{draft.digest.week}：{entry.id} {entry.title}　{what}")
    return 0


def retitle(context: Context, title: str, week: str, console: Console) -> int:
    """Give the issue a title of its own; an empty one takes it back."""
    words = clean_line(title)
    if len(words) > TITLE_LENGTH:
        raise CommandError(f"the title has {len(words)} characters; at most {TITLE_LENGTH}", 2)
    with context.store() as db:
        draft = open_draft(context, db, week)
        _write(context, db, draft, "retitle", None, {"title": draft.digest.title}, {"title": words})
        draft = open_draft(context, db, week)
    _say(console, f"{draft.digest.week}：标题为 {draft.digest.title}")
    return 0


def _say(console: Console, line: str) -> None:
    console.print(Text(line), soft_wrap=True)


def _write(
    context: Context,
    db: Database,
    draft: Draft,
    act: Act,
    entry: Entry | None,
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str = "",
) -> None:
    record_edit(
        db,
        week=draft.digest.week,
        act=act,
        notice_id=None if entry is None else entry.id,
        before=before,
        after=after,
        reason=reason,
        who=os_user(),
        now=context.config.clock(),
    )


def _target(context: Context, before: dict[str, Any], chapter: str, group: str) -> tuple[str, str]:
    """The chapter id and group meant; a chapter or group that is not configured is bad usage."""
    chapters = {item.id: item for item in context.config.digest.chapters}
    names = {item.title: item.id for item in chapters.values()}
    section = names.get(chapter, chapter) or before.get("section", "")
    target = chapters.get(section)
    if target is None:
        known = ", ".join(f"{item.id} ({item.title})" for item in chapters.values())
        raise CommandError(f"there is no chapter {section!r}; chapters: {known}", 2)
    groups = list(target.groups)
    wanted = group or before.get("group", "")
    if not groups or wanted in groups:
        return section, wanted
    if not group and len(groups) == 1:
        return section, groups[0]
    problem = f"there is no group {group!r} in {section}" if group else "name the group"
    raise CommandError(f"{problem}: --group {' | '.join(groups)}", 2)


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
