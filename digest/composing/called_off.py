"""Deadlines that an earlier issue put into calendars and that their document has no more."""

from __future__ import annotations

from dataclasses import replace

from sqlite_utils import Database

from digest.composing.issue_snapshot import find_snapshot
from digest.models.entry import CalledOff, Entry, named_deadlines
from digest.models.issue import Digest
from storage.issues.issue_snapshots import issues_that_told


def with_called_off(db: Database, digest: Digest) -> Digest:
    """The issue, its changed entries with what readers' calendars hold of them in vain."""
    gone = {
        entry.id: found
        for entry in digest.entries()
        if entry.revised and (found := _called_off(db, digest, entry))
    }
    if not gone:
        return digest
    sections = tuple(
        replace(
            section,
            groups=tuple(
                replace(
                    group,
                    entries=tuple(
                        replace(entry, called_off=gone.get(entry.id, ())) for entry in group.entries
                    ),
                )
                for group in section.groups
            ),
        )
        for section in digest.sections
    )
    return replace(digest, sections=sections)


def _called_off(db: Database, digest: Digest, entry: Entry) -> tuple[CalledOff, ...]:
    """What earlier issues said of the document, without what is said now and what is over."""
    then: dict[str, CalledOff] = {}
    for issue_id, notice_id in issues_that_told(db, entry.id, before=digest.instant):
        kept = find_snapshot(db, issue_id)
        was = kept.entries.get(notice_id) if kept else None
        if was is not None:
            printed = replace(entry, stored=replace(entry.stored, notice=was.notice))
            then |= {name: CalledOff(name, item) for name, item in named_deadlines(printed).items()}
    now = named_deadlines(entry)
    return tuple(
        item for name, item in then.items() if name not in now and item.deadline.on >= digest.today
    )
