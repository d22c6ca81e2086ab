"""What goes into an issue, and where: from the store to a Digest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from china_time import SHANGHAI, local_minute
from digest.composing.chapters import Placed, arrange
from digest.composing.coverage import coverage_of
from digest.composing.editing import edited, own_title
from digest.composing.follow_ups import follow_ups
from digest.composing.issue_snapshot import Snapshot, as_printed, find_snapshot, take_snapshot
from digest.composing.judging import Choice, judge, taught_by, to_be_asked
from digest.composing.machine import with_summaries
from digest.composing.recognised import with_pictures
from digest.composing.selection import from_record, from_selection
from digest.composing.watched import with_badges
from digest.composing.weeks import Week, week_of
from digest.models.entry import DUE_WITHIN_DAYS, due_dates
from digest.models.issue import Chapter, Digest, DigestError, DueDate
from storage.database import transaction
from storage.issues import issues
from storage.issues.corrections import list_corrections
from storage.issues.edits import edits_in_force, record_edit
from storage.issues.judgements import list_judgements
from storage.issues.trends import notices_by_week
from storage.models import Edit, IssueEntry, IssueRecord
from storage.notices.table_rows import watched_in_lists
from storage.pictures.readings import picture_readings

# Notices rarely set a term longer than a quarter; older issues have nothing left to remind of.
REMIND_ISSUES_OF = timedelta(days=120)


@dataclass(frozen=True)
class Selected:
    """The entries of an issue as they were chosen and judged, and what it says beside them, before
    any act of an editor. `usual`: the title it has unless an editor gives it one; `recorded`: what
    it says is kept, and not to be asked again."""

    span: Week
    instant: datetime
    placed: Sequence[Placed]
    said: Snapshot
    usual: str
    recorded: bool = False


@dataclass(frozen=True)
class Composer:
    """Makes the issues of one store.

    `title` is that of the series, `weekday` the issue's day for weeks by name, `choice` what the
    readers want. `now` is the instant of the work (UTC-aware), `who` does it.
    """

    db: Database
    chapters: Sequence[Chapter]
    company: str
    title: str
    site_names: Mapping[str, str]
    now: datetime
    weekday: str = "fri"
    choice: Choice = field(default_factory=Choice)
    who: str = ""

    def compose(
        self,
        days: str | Week,
        *,
        instant: datetime,
        record: bool = False,
        release_at: datetime | None = None,
    ) -> Digest:
        """Compose the issue of a week by its name (2021-W05), or of other days.

        `instant` closes the selection: what was first seen later waits for the next issue. A week
        that is already recorded is composed again from its record and from what it said then
        (`kept`), never selected or judged again; `record` writes both the first time. With a
        `release_at` after `now` the record waits until then, as the history says. The editor's
        acts shape an issue until it is released. Raises DigestError for a bad week, one to record
        that has not begun, or for other days of a recorded week.
        """
        by_name = isinstance(days, str)
        span = week_of(days, self.weekday) if isinstance(days, str) else days
        if span.from_on > span.to_on:
            raise DigestError(f"the first day {span.from_on} is after the last day {span.to_on}")
        # No edit may come between the selection and its record.
        with transaction(self.db) if record else nullcontext():
            known = _find_recorded(self.db, span, by_name=by_name, record=record)
            if known is not None:
                return self._again(known)
            if record:
                _refuse_ahead(span, self.now)
            return self._first(span, instant, record, release_at)

    def select(self, span: Week, *, instant: datetime) -> Selected:
        """What the coming issue is made of, before any act of its editor; records nothing."""
        known = _find_recorded(self.db, span, by_name=False, record=False)
        if known is not None:
            return self._kept(known)
        placed = self._judged(
            from_selection(self.db, span, instant, self.site_names), span, instant
        )
        return Selected(span, instant, placed, self._said_now(span, instant), self.title)

    def shape(self, selected: Selected) -> Digest:
        """The draft that the editor's acts make of it, by now."""
        one, said = selected, selected.said
        if not one.recorded:
            said = replace(said, follow_ups=follow_ups(self.db, one.span.name, self.now))
        acts = edits_in_force(self.db, one.span.name)
        return self._digest(one.span, one.instant, one.placed, said, acts, one.usual, draft=True)

    def chosen_again(self, known: IssueRecord) -> list[IssueEntry]:
        """What an issue that was skipped is made of, before any act of its editor: selected as of
        its closing, so that nothing first seen later comes into it; records nothing."""
        span = Week(known.from_on, known.to_on, known.week)
        found = from_selection(self.db, span, known.instant, self.site_names)
        placed = self._judged(found, span, known.instant)
        said = self._said_now(span, known.instant)
        return rows_of(self._digest(span, known.instant, placed, said, (), self.title, draft=True))

    def _kept(self, known: IssueRecord) -> Selected:
        """What a recorded issue was made of."""
        kept = find_snapshot(self.db, known.id)
        placed = from_record(self.db, known, self.site_names)
        placed = as_printed(self.db, known, placed, kept)
        span = Week(known.from_on, known.to_on, known.week)
        said = kept or self._said_now(span, known.instant)
        usual = known.title or self.title
        return Selected(span, known.instant, placed, said, usual, recorded=True)

    def _again(self, known: IssueRecord) -> Digest:
        """A recorded issue; one that waits with its edits."""
        kept = self._kept(known)
        acts = edits_in_force(self.db, known.week) if known.waits else []
        digest = self._digest(
            kept.span, kept.instant, kept.placed, kept.said, acts, kept.usual, draft=known.waits
        )
        return replace(digest, corrections=tuple(list_corrections(self.db, known)))

    def _first(
        self, span: Week, instant: datetime, record: bool, release_at: datetime | None
    ) -> Digest:
        """An issue that is not recorded yet."""
        waits = record and release_at is not None and release_at > self.now
        found = from_selection(self.db, span, instant, self.site_names)
        placed = self._judged(found, span, instant)
        said = self._said_now(span, instant)
        acts = edits_in_force(self.db, span.name)
        draft = waits or not record
        digest = self._digest(span, instant, placed, said, acts, self.title, draft=draft)
        if record:
            # What waits is kept as it was selected; its edits are applied when it goes.
            selected = replace(digest, sections=arrange(placed, self.chapters), title=self.title)
            made = self._record(selected if waits else digest, release_at)
            take_snapshot(self.db, made.id, said, (item.entry for item in placed))
            if waits:
                self._note_wait(digest, release_at)
        return digest

    def _judged(self, placed: Sequence[Placed], span: Week, instant: datetime) -> list[Placed]:
        taught = taught_by(list_judgements(self.db, before=span.name))
        repealed = {name for item in placed for name in item.entry.stored.notice.repeals}
        issued = issues.issued_among(self.db, repealed) if repealed else set()
        today = instant.astimezone(SHANGHAI).date()
        judged = judge(placed, self.chapters, self.choice, taught, today, issued)
        watch = self.choice.watch
        hits = {
            item.entry.id: watched_in_lists(self.db, item.entry.id, watch)
            for item in (judged if watch else ())
        }
        readings = picture_readings(self.db, [item.entry.id for item in judged])
        judged = with_summaries(self.db, judged, self.choice.model)
        return with_pictures(with_badges(judged, hits), readings)

    def _digest(
        self,
        span: Week,
        instant: datetime,
        placed: Sequence[Placed],
        said: Snapshot,
        acts: Sequence[Edit],
        usual: str,
        *,
        draft: bool,
    ) -> Digest:
        shown = own_title(acts, usual)
        wanted, dropped = edited(placed, acts)
        today = instant.astimezone(SHANGHAI).date()
        digest = Digest(
            week=span.name,
            title=shown,
            company=self.company,
            from_on=span.from_on,
            to_on=span.to_on,
            instant=instant,
            sections=arrange(wanted, self.chapters),
            coverage=said.coverage,
            trend=said.trend,
            follow_ups=said.follow_ups,
            own_title=shown != self.title,
            draft=draft,
            dropped=tuple(dropped) if draft else (),
            room=self.choice.room,
            asked=to_be_asked(wanted, self.chapters, today, acts) if draft else (),
        )
        return replace(digest, reminders=_not_shown(digest, said.reminders))

    def _said_now(self, span: Week, instant: datetime) -> Snapshot:
        """What an issue says beside its entries, by the store as it is."""
        return Snapshot(
            entries={},
            reminders=self._reminders(span.name, instant),
            coverage=coverage_of(self.db, span.from_on, instant),
            trend=tuple(notices_by_week(self.db, to_on=span.to_on, instant=instant)),
            follow_ups=follow_ups(self.db, span.name, instant),
        )

    def _reminders(self, week: str, instant: datetime) -> tuple[DueDate, ...]:
        """Deadlines of earlier issues within 14 days, so that a long term is not forgotten; as the
        pages give them now, not as they were told then."""
        today = instant.astimezone(SHANGHAI).date()
        last = today + timedelta(days=DUE_WITHIN_DAYS)
        found: dict[int, list[DueDate]] = {}
        for record in issues.list_issues(self.db):
            age = instant - record.instant
            if record.week == week or not timedelta(0) < age <= REMIND_ISSUES_OF:
                continue
            among = issues.due_between(self.db, record.id, today, last)
            for item in from_record(self.db, record, self.site_names, among):
                found.setdefault(item.entry.id, due_dates(item.entry, today, record.week))
        return tuple(due for dates in found.values() for due in dates)

    def _record(self, digest: Digest, release_at: datetime | None) -> IssueRecord:
        return issues.record_issue(
            self.db,
            week=digest.week,
            from_on=digest.from_on,
            to_on=digest.to_on,
            instant=digest.instant,
            now=self.now,
            title=digest.title,
            entries=rows_of(digest),
            release_at=release_at,
        )

    def _note_wait(self, digest: Digest, until: datetime | None) -> None:
        record_edit(
            self.db,
            week=digest.week,
            act="hold",
            before={},
            after={"until": local_minute(until), "entries": digest.total},
            who=self.who,
            now=self.now,
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
            score=entry.score,
            reasons=entry.reasons,
            folded=entry.folded,
            under=entry.under,
            own_words=entry.own_words,
        )
        for position, entry in enumerate(digest.entries(), start=1)
    ]


def _refuse_ahead(span: Week, now: datetime) -> None:
    """A slip in the year would record an empty issue, and withhold all before it from readers."""
    if span.from_on > now.astimezone(SHANGHAI).date():
        raise DigestError(
            f"issue {span.name} begins on {span.from_on}, which is still to come: nothing was"
            " recorded; look at it with --preview"
        )


def _find_recorded(db: Database, span: Week, *, by_name: bool, record: bool) -> IssueRecord | None:
    known = issues.find_issue(db, span.name)
    if known is not None and known.skipped_at is not None:
        raise DigestError(f"issue {known.week} was skipped; its entries stand in the next one")
    if known is None or by_name or (known.from_on, known.to_on) == (span.from_on, span.to_on):
        return known
    if record:
        raise DigestError(
            f"issue {known.week} is already recorded for {known.from_on}..{known.to_on}; "
            "use --preview to look at other days"
        )
    return None


def _not_shown(digest: Digest, reminders: Iterable[DueDate]) -> tuple[DueDate, ...]:
    shown = {entry.id for entry in digest.entries()}
    return tuple(due for due in reminders if due.entry.id not in shown)
