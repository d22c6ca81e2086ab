"""What an issue said when it was composed. Composed again later, it says the same: pages that were
revised, completed, joined or read anew since are news for the next issue, never for this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pydantic import TypeAdapter
from sqlite_utils import Database

from digest.composing.chapters import Placed
from digest.models.follow_up import FollowUp
from digest.models.issue import DueDate, Entry, Page
from storage.issues.issue_snapshots import load_snapshot, save_snapshot
from storage.models import Coverage, IssueRecord, Notice, SourceTrend
from storage.notices.revisions import state_at


@dataclass(frozen=True, slots=True)
class SnapshotEntry:
    """What an entry showed of its page and of the other pages with the same document.

    `day_on`: the day it counted from (`StoredNotice`). `pictures`, `machine`: as in `Entry`.
    """

    notice: Notice
    site_name: str = ""
    pages: tuple[Page, ...] = ()
    day_on: date | None = None
    pictures: str = ""
    machine: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that an issue says and that changes in the store afterwards.

    `entries` by notice id; of an issue that waits also what its editor may drop. Where an entry
    stands, with what marks and notes, is in the record (`issue_items`) instead. `reminders` are
    those of all earlier issues, of notices in this one too.
    """

    entries: dict[int, SnapshotEntry]
    reminders: tuple[DueDate, ...]
    coverage: tuple[Coverage, ...]
    trend: tuple[SourceTrend, ...]
    follow_ups: tuple[FollowUp, ...] = ()


_KEPT = TypeAdapter(Snapshot)


def take_snapshot(db: Database, issue_id: int, said: Snapshot, entries: Iterable[Entry]) -> None:
    """Keep what an issue says, with these entries; in the transaction that records the issue."""
    shown = {
        entry.id: SnapshotEntry(
            *(_without_texts(entry.stored.notice), entry.site_name, entry.pages),
            *(entry.stored.day_on, entry.pictures, entry.machine),
        )
        for entry in entries
    }
    lean = tuple(replace(due, entry=_lean(due.entry)) for due in said.reminders)
    kept = replace(said, entries=shown, reminders=lean)
    save_snapshot(db, issue_id, _KEPT.dump_json(kept).decode())


def find_snapshot(db: Database, issue_id: int) -> Snapshot | None:
    """What an issue said; None for one recorded before that was kept.

    Raises pydantic.ValidationError when the store holds something else.
    """
    content = load_snapshot(db, issue_id)
    return None if content is None else _KEPT.validate_json(content)


def as_printed(
    db: Database, record: IssueRecord, placed: Iterable[Placed], kept: Snapshot | None
) -> list[Placed]:
    """The entries of a recorded issue as they are now, turned back to what the issue said.

    Without content kept, to what the revisions know of the instant at which it was composed.
    """
    return [replace(item, entry=_printed(db, record, item.entry, kept)) for item in placed]


def _printed(db: Database, record: IssueRecord, entry: Entry, kept: Snapshot | None) -> Entry:
    was = kept.entries.get(entry.id) if kept else None
    if was is None:
        notice = state_at(db, entry.id, entry.stored.notice, record.composed_at)
        same_day = notice.published_on == entry.published_on
        day_on = entry.stored.day_on if same_day else None
        return replace(entry, stored=replace(entry.stored, notice=notice, day_on=day_on))
    # Our own facts stay those of now: an editor's acts are found by the document of today.
    stored = replace(entry.stored, notice=was.notice, day_on=was.day_on)
    return replace(
        entry,
        stored=stored,
        site_name=was.site_name,
        pages=was.pages,
        pictures=was.pictures,
        machine=was.machine,
    )


def _lean(entry: Entry) -> Entry:
    notice = _without_texts(entry.stored.notice)
    return replace(entry, stored=replace(entry.stored, notice=notice))


def _without_texts(notice: Notice) -> Notice:
    """Without the texts inside its files, which no issue shows and which can be megabytes."""
    return replace(notice, attachments=tuple(replace(f, text=None) for f in notice.attachments))
