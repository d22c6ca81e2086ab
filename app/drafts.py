"""The coming issue on an editor's context: which one it is, and its entries by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from app.context import CommandError, Context
from digest.composing.closing import current_week
from digest.composing.editing import EntryEdits, entry_edits
from digest.composing.weeks import Week, week_ending
from digest.models.issue import Digest, Entry
from digest.publish import preview_issue, span_of
from digest.safe_text import clean_line, safe_link
from storage.issues.corrections import issued_entry
from storage.issues.edits import dropped_before, edits_in_force
from storage.issues.issues import find_issue, list_issues
from storage.issues.releases import refuse_released, waiting_issues
from storage.models import IssueRecord

_NUMBER = re.compile(r"[#nN]?(\d{1,18})")
_RANGE = re.compile(r"(\d{1,18})\s*[-~～]\s*(\d{1,18})")


@dataclass(frozen=True)
class Draft:
    """The coming issue as it would go, what was done to each entry, and its record if it waits."""

    digest: Digest
    edits_by_entry: dict[int, EntryEdits]
    record: IssueRecord | None


def coming_week(context: Context, db: Database, week: str = "") -> Week:
    """The issue meant: the one named, else the one that waits, else the next to go out."""
    settings = context.config.digest
    if week:
        return span_of(settings, week)
    waiting = waiting_issues(db)
    if waiting:
        return Week(waiting[0].from_on, waiting[0].to_on, waiting[0].week)
    span = current_week(settings, context.config.clock())
    known = find_issue(db, span.name)
    if known is not None and not known.waits:
        return week_ending(span.to_on + timedelta(days=7), settings.weekday)
    return span


def open_draft(context: Context, db: Database, week: str) -> Draft:
    """The coming issue to edit. Raises StorageError for one that has gone out."""
    span = coming_week(context, db, week)
    refuse_released(db, span.name)
    digest = preview_issue(
        db,
        context.config.digest,
        span=span,
        now=context.config.clock(),
        site_names=context.site_names(),
    )
    return draft_of(db, digest)


def draft_of(db: Database, digest: Digest) -> Draft:
    """A composed draft with what was done to its entries, and its record."""
    acts = edits_in_force(db, digest.week)
    edits_by_entry = entry_edits(acts, (*digest.entries(), *digest.dropped))
    return Draft(digest, edits_by_entry, find_issue(db, digest.week))


def find_entry(db: Database, draft: Draft, name: str) -> Entry:
    """An entry by its number (17, #17, n17), its link, or words that only its title has."""
    entries = [*draft.digest.entries(), *draft.digest.dropped]
    number = number_in(name)
    if number:
        found = [entry for entry in entries if entry.id == number]
    elif link := safe_link(name):
        found = [item for item in entries if link in {item.url, *(p.link for p in item.pages)}]
    else:
        words = clean_line(name)
        found = [entry for entry in entries if words and words in entry.title]
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(_missing(db, draft, name, number))
    some = "; ".join(f"{entry.id} {entry.title}" for entry in found[:5])
    raise CommandError(f"{name!r} fits {len(found)} entries, name one by its number: {some}", 2)


def named_entries(db: Database, draft: Draft, names: Sequence[str]) -> list[Entry]:
    """Entries by numbers, ranges of them (17-25), links or title words; each once, in order.

    Several stand in one word with commas between, where all are numbers. A range takes what there
    is of it; it must hold something.
    """
    found: dict[int, Entry] = {}
    for name in names:
        parts = name.split(",")
        numbers = all(_RANGE.fullmatch(part.strip()) or number_in(part) for part in parts)
        for part in parts if numbers else [name]:
            span = _RANGE.fullmatch(part.strip())
            if span is None:
                entry = find_entry(db, draft, part)
                found[entry.id] = entry
                continue
            first, last = int(span[1]), int(span[2])
            inside = [one for one in draft.digest.entries() if first <= one.id <= last]
            if not inside:
                raise CommandError(f"no entry of issue {draft.digest.week} is in {part!r}")
            found |= {entry.id: entry for entry in inside}
    return list(found.values())


def number_in(name: str) -> int:
    """The number of an entry as editors write it (17, #17, n17), else 0."""
    match = _NUMBER.fullmatch(name.strip())
    return int(match[1]) if match else 0


def find_dropped(db: Database, draft: Draft, name: str) -> tuple[int, str]:
    """Number and title of a dropped entry, of this issue or of an earlier one."""
    number, words = number_in(name), clean_line(name)
    found = {entry.id: entry.title for entry in draft.digest.dropped}
    for edit in dropped_before(db, draft.digest.week):
        if edit.notice_id is not None:
            found.setdefault(edit.notice_id, clean_line(edit.title))
    fitting = {
        key: title
        for key, title in found.items()
        if key == number or (not number and words in title)
    }
    if len(fitting) == 1:
        return next(iter(fitting.items()))
    if not fitting:
        raise CommandError(f"no dropped entry {name!r}; see: zhengxun edit list, zhengxun history")
    some = "; ".join(f"{key} {title}" for key, title in list(fitting.items())[:5])
    raise CommandError(f"{name!r} fits {len(fitting)} entries, name one by its number: {some}", 2)


def place_of(digest: Digest, entry: Entry) -> dict[str, Any]:
    """Where an entry stands: section (id), group and position, from 1; empty when it is dropped."""
    for section in digest.sections:
        for group in section.groups:
            for position, item in enumerate(group.entries, start=1):
                if item.id == entry.id:
                    return {"section": section.id, "group": group.title, "position": position}
    return {}


def chapter_titles(context: Context) -> dict[str, str]:
    """Chapter id -> title, as configured."""
    return {chapter.id: chapter.title for chapter in context.config.digest.chapters}


def _missing(db: Database, draft: Draft, name: str, number: int) -> str:
    for record in reversed(list_issues(db)[-4:]):
        if number and issued_entry(db, record.id, number):
            return (
                f"entry {number} has gone out with issue {record.week}; correct it: "
                f"zhengxun correct --week {record.week} --help"
            )
    return f"there is no entry {name!r} in issue {draft.digest.week}; see: zhengxun edit list"
