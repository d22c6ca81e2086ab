"""What goes into an issue, and where: from the store to a Digest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from china_time import SHANGHAI, local_minute
from digest.composing.chapters import Placed, arrange
from digest.composing.coverage import coverage_of
from digest.composing.editing import edited, own_title
from digest.composing.issue_snapshot import Snapshot, as_printed, find_snapshot, take_snapshot
from digest.composing.weeks import Week, week_name, week_of
from digest.models.entry import DUE_WITHIN_DAYS, due_dates
from digest.models.issue import Chapter, Digest, DigestError, DueDate, Entry, Page
from storage.database import transaction
from storage.issues import issues
from storage.issues.corrections import list_corrections
from storage.issues.edits import edits_in_force, record_edit
from storage.issues.trends import notices_by_week
from storage.matching import duplicates
from storage.models import IssueEntry, IssueRecord, StoredNotice
from storage.notices.row_mapping import load

# Notices rarely set a term longer than a quarter; older issues have nothing left to remind of.
REMIND_ISSUES_OF = timedelta(days=120)


def compose(
    db: Database,
    *,
    week: str | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    instant: datetime,
    chapters: Sequence[Chapter],
    company: str,
    title: str,
    site_names: Mapping[str, str],
    record: bool,
    now: datetime,
    weekday: str = "fri",
    release_at: datetime | None = None,
    who: str = "",
) -> Digest:
    """Compose the issue of a week, or of the days `from_on`..`to_on`.

    `instant` closes the selection: what was first seen later waits for the next issue. A week
    that is already recorded is composed again from its record and from what it said then
    (frozen), never selected again; `record` writes both the first time. `weekday` is the issue's
    day, for `week`. With a `release_at` after `now` the record waits until then, as the history
    says (`who`). The editor's acts shape an issue until it is released. Raises DigestError for a
    bad week, one to record that has not begun, or for other days of a recorded week.
    """
    span = _span(week, from_on, to_on, weekday)
    # No edit may come between the selection and its record.
    with transaction(db) if record else nullcontext():
        known = _find_recorded(db, span, by_name=week is not None, record=record)
        kept = None if known is None else find_snapshot(db, known.id)
        if known is not None:
            placed = as_printed(db, known, _from_record(db, known, site_names), kept)
            span = Week(known.from_on, known.to_on, known.week)
            instant = known.instant
        else:
            if record:
                _refuse_ahead(span, now)
            placed = _from_selection(db, span, instant, site_names)
        said = kept or _said_now(db, span, instant, site_names)
        waits = known.waits if known else release_at is not None and release_at > now
        draft = waits or (known is None and not record)
        acts = edits_in_force(db, span.name) if known is None or waits else []
        shown = own_title(acts, known.title or title if known else title)
        wanted, dropped = edited(placed, acts)
        digest = Digest(
            week=span.name,
            title=shown,
            company=company,
            from_on=span.from_on,
            to_on=span.to_on,
            instant=instant,
            sections=arrange(wanted, chapters),
            coverage=said.coverage,
            trend=said.trend,
            own_title=shown != title,
            draft=draft,
            dropped=tuple(dropped) if draft else (),
            corrections=() if known is None else tuple(list_corrections(db, known)),
        )
        digest = replace(digest, reminders=_not_shown(digest, said.reminders))
        if record and known is None:
            # What waits is kept as it was selected; its edits are applied when it goes.
            selected = replace(digest, sections=arrange(placed, chapters), title=title)
            made = _record(db, selected if waits else digest, now, release_at)
            take_snapshot(db, made.id, said, (item.entry for item in placed))
            if waits:
                _note_wait(db, digest, release_at, who, now)
    return digest


def _span(week: str | None, from_on: date | None, to_on: date | None, weekday: str) -> Week:
    if week is not None:
        if from_on or to_on:
            raise DigestError("give either a week or both a first and a last day, not both")
        return week_of(week, weekday)
    if from_on is None or to_on is None:
        raise DigestError("give a week (2021-W05) or both a first and a last day")
    if from_on > to_on:
        raise DigestError(f"the first day {from_on} is after the last day {to_on}")
    return Week(from_on, to_on, week_name(to_on))


def _refuse_ahead(span: Week, now: datetime) -> None:
    """A slip in the year would record an empty issue, and withhold all before it from readers."""
    if span.from_on > now.astimezone(SHANGHAI).date():
        raise DigestError(
            f"issue {span.name} begins on {span.from_on}, which is still to come: nothing was"
            " recorded; look at it with --preview"
        )


def _find_recorded(db: Database, span: Week, *, by_name: bool, record: bool) -> IssueRecord | None:
    known = issues.find_issue(db, span.name)
    if known is None or by_name or (known.from_on, known.to_on) == (span.from_on, span.to_on):
        return known
    if record:
        raise DigestError(
            f"issue {known.week} is already recorded for {known.from_on}..{known.to_on}; "
            "use --preview to look at other days"
        )
    return None


def _from_selection(
    db: Database, span: Week, instant: datetime, site_names: Mapping[str, str]
) -> list[Placed]:
    found = issues.select_candidates(
        db, from_on=span.from_on, to_on=span.to_on, instant=instant, week=span.name
    )
    placed = [
        Placed(
            item.stored.notice.section,
            item.stored.notice.grp,
            _entry(
                item.stored,
                item.also,
                site_names,
                IssueEntry(
                    item.stored.id,
                    "",
                    "",
                    0,
                    late=item.late,
                    revised=item.revised,
                    change=item.change,
                ),
            ),
        )
        for item in found
    ]
    # News first: what is late or only changed follows it under the same heading.
    return sorted(placed, key=lambda item: (item.entry.revised, item.entry.late))


def _from_record(
    db: Database,
    record: IssueRecord,
    site_names: Mapping[str, str],
    among: Collection[int] | None = None,
) -> list[Placed]:
    """The entries of a recorded issue, of the notices `among` alone if these are given."""
    placed = []
    rows = issues.issue_entries(db, record.id)
    # Two pages printed as two entries stay two, even if they were found to be one later.
    printed = {row.notice_id for row in rows}
    wanted = [row for row in rows if among is None or row.notice_id in among]
    pages = load(db, [row.notice_id for row in wanted])
    groups = duplicates.groups_of(db, list(pages.values()))
    for row in wanted:
        stored = pages[row.notice_id]
        also = [
            page
            for page in groups[stored.id]
            if page.id not in printed and page.first_seen_at <= record.instant
        ]
        placed.append(Placed(row.section, row.grp, _entry(stored, also, site_names, row)))
    return placed


def _entry(
    stored: StoredNotice,
    also: Iterable[StoredNotice],
    site_names: Mapping[str, str],
    row: IssueEntry,
) -> Entry:
    return Entry(
        stored=stored,
        pages=tuple(
            Page(site_names.get(page.notice.site, page.notice.site), page.notice.url)
            for page in also
        ),
        late=row.late,
        revised=row.revised,
        change=row.change,
        site_name=site_names.get(stored.notice.site, stored.notice.site),
        annotation=row.note,
        filed=(row.section, row.grp) if row.moved else None,
    )


def rows_of(digest: Digest) -> list[IssueEntry]:
    """What an issue contains, as the store keeps it."""
    return [
        IssueEntry(
            notice_id=entry.id,
            # The notice's own place, not the shelf: a chapter configured later finds it again.
            section=entry.section,
            grp=entry.group,
            position=position,
            late=entry.late,
            revised=entry.revised,
            change=entry.change,
            moved=entry.filed is not None,
            note=entry.note,
        )
        for position, entry in enumerate(digest.entries(), start=1)
    ]


def _record(
    db: Database, digest: Digest, now: datetime, release_at: datetime | None
) -> IssueRecord:
    return issues.record_issue(
        db,
        week=digest.week,
        from_on=digest.from_on,
        to_on=digest.to_on,
        instant=digest.instant,
        now=now,
        title=digest.title,
        entries=rows_of(digest),
        release_at=release_at,
    )


def _note_wait(
    db: Database, digest: Digest, until: datetime | None, who: str, now: datetime
) -> None:
    record_edit(
        db,
        week=digest.week,
        act="hold",
        before={},
        after={"until": local_minute(until), "entries": digest.total},
        who=who,
        now=now,
    )


def _said_now(
    db: Database, span: Week, instant: datetime, site_names: Mapping[str, str]
) -> Snapshot:
    """What an issue says beside its entries, by the store as it is."""
    return Snapshot(
        entries={},
        reminders=_reminders(db, span.name, instant, site_names),
        coverage=coverage_of(db, span.from_on, instant),
        trend=tuple(notices_by_week(db, to_on=span.to_on, instant=instant)),
    )


def _reminders(
    db: Database, week: str, instant: datetime, site_names: Mapping[str, str]
) -> tuple[DueDate, ...]:
    """Deadlines of earlier issues within 14 days, so that a long term is not forgotten; as the
    pages give them now, not as they were told then."""
    today = instant.astimezone(SHANGHAI).date()
    last = today + timedelta(days=DUE_WITHIN_DAYS)
    found: dict[int, list[DueDate]] = {}
    for record in issues.list_issues(db):
        if record.week == week or not timedelta(0) < instant - record.instant <= REMIND_ISSUES_OF:
            continue
        among = issues.due_between(db, record.id, today, last)
        for item in _from_record(db, record, site_names, among):
            found.setdefault(item.entry.id, due_dates(item.entry, today, record.week))
    return tuple(due for dates in found.values() for due in dates)


def _not_shown(digest: Digest, reminders: Iterable[DueDate]) -> tuple[DueDate, ...]:
    shown = {entry.id for entry in digest.entries()}
    return tuple(due for due in reminders if due.entry.id not in shown)
