"""What goes into an issue, and where. The only renderer-side code that asks the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from digest.entry import due_dates
from digest.models import (
    OTHER_ID,
    OTHER_TITLE,
    SHANGHAI,
    Chapter,
    Digest,
    DigestError,
    DueDate,
    Entry,
    Group,
    Page,
    Section,
)
from digest.weeks import Week, week_name, week_of
from storage import duplicates, issues, notices, runs
from storage.models import IssueEntry, IssueRecord, StoredNotice

UNGROUPED = "未分组"
# Notices rarely set a term longer than a quarter; older issues have nothing left to remind of.
REMIND_ISSUES_OF = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry with the chapter and heading it belongs to."""

    section: str
    group: str
    entry: Entry


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
) -> Digest:
    """Compose the issue of a week, or of the days `from_on`..`to_on`.

    `instant` closes the selection: what was first seen later waits for the next issue. A week
    that is already recorded is composed again from its record, never selected again; `record`
    writes the record the first time. `weekday` is the issue's day, for `week`. Raises
    DigestError for a bad week or for other days of a recorded week.
    """
    span = _span(week, from_on, to_on, weekday)
    known = issues.find_issue(db, span.name)
    if known is not None and week is None and (known.from_on, known.to_on) != span[:2]:
        if record:
            raise DigestError(
                f"issue {known.week} is already recorded for {known.from_on}..{known.to_on}; "
                "use --preview to look at other days"
            )
        known = None
    if known is not None:
        placed = _from_record(db, known, site_names)
        span = Week(known.from_on, known.to_on, known.week)
        instant = known.instant
    else:
        placed = _from_selection(db, span, instant, site_names)
    digest = Digest(
        week=span.name,
        title=title,
        company=company,
        from_on=span.from_on,
        to_on=span.to_on,
        instant=instant,
        sections=arrange(placed, chapters),
        coverage=tuple(runs.latest_coverage(db, instant)),
    )
    digest = replace(digest, reminders=_reminders(db, digest, site_names))
    if record and known is None:
        _record(db, digest, now)
    return digest


def arrange(placed: Iterable[_Placed], chapters: Sequence[Chapter]) -> tuple[Section, ...]:
    """Chapters and headings in configured order; what fits none of them closes the issue."""
    shelves: dict[tuple[str, str], list[Entry]] = {
        (chapter.id, group): [] for chapter in chapters for group in chapter.groups
    }
    titles = {chapter.id: chapter.title for chapter in chapters}
    rest: dict[str, list[Entry]] = {}
    for item in placed:
        shelf = shelves.get((item.section, item.group))
        if shelf is not None:
            shelf.append(item.entry)
            continue
        heading = item.group or UNGROUPED
        if item.section in titles:
            heading = f"{titles[item.section]} · {heading}"
        rest.setdefault(heading, []).append(item.entry)
    sections = [
        Section(
            id=chapter.id,
            title=chapter.title,
            department=chapter.department,
            groups=tuple(
                Group(group, tuple(shelves[chapter.id, group])) for group in chapter.groups
            ),
        )
        for chapter in chapters
    ]
    if rest:
        groups = tuple(Group(heading, tuple(entries)) for heading, entries in rest.items())
        sections.append(Section(OTHER_ID, OTHER_TITLE, "", groups))
    return tuple(sections)


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


def _from_selection(
    db: Database, span: Week, instant: datetime, site_names: Mapping[str, str]
) -> list[_Placed]:
    found = issues.select_candidates(db, from_on=span.from_on, to_on=span.to_on, instant=instant)
    placed = [
        _Placed(
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


def _from_record(db: Database, record: IssueRecord, site_names: Mapping[str, str]) -> list[_Placed]:
    placed = []
    for row in sorted(issues.issue_entries(db, record.id), key=lambda row: row.position):
        stored = notices.get_notice(db, row.notice_id)
        also = [
            page
            for page in duplicates.group_of(db, row.notice_id)
            if page.id != row.notice_id and page.first_seen_at <= record.instant
        ]
        placed.append(_Placed(row.section, row.grp, _entry(stored, also, site_names, row)))
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
    )


def _record(db: Database, digest: Digest, now: datetime) -> None:
    rows = [
        IssueEntry(
            notice_id=entry.id,
            # The notice's own place, not the shelf: a chapter configured later finds it again.
            section=entry.stored.notice.section,
            grp=entry.stored.notice.grp,
            position=position,
            late=entry.late,
            revised=entry.revised,
            change=entry.change,
        )
        for position, entry in enumerate(digest.entries(), start=1)
    ]
    issues.record_issue(
        db,
        week=digest.week,
        from_on=digest.from_on,
        to_on=digest.to_on,
        instant=digest.instant,
        now=now,
        title=digest.title,
        entries=rows,
    )


def _reminders(db: Database, digest: Digest, site_names: Mapping[str, str]) -> tuple[DueDate, ...]:
    """Deadlines of earlier issues within 14 days, so that a long term is not forgotten."""
    shown = {entry.id for entry in digest.entries()}
    found: dict[int, list[DueDate]] = {}
    for record in issues.list_issues(db):
        age = digest.instant - record.instant
        if record.week == digest.week or not timedelta(0) < age <= REMIND_ISSUES_OF:
            continue
        for item in _from_record(db, record, site_names):
            if item.entry.id not in shown:
                due = due_dates(item.entry, digest.today, record.week)
                found.setdefault(item.entry.id, due)
    return tuple(due for dates in found.values() for due in dates)


def issue_instant(to_on: date, hour: int, minute: int) -> datetime:
    """The instant an issue closes: its last day at the given Shanghai time."""
    return datetime(to_on.year, to_on.month, to_on.day, hour, minute, tzinfo=SHANGHAI)
