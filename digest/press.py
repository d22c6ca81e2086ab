"""From the store to the files of an issue: compose, render, write; used by commands and daemon."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from digest.archive.corrections import tell_corrections
from digest.archive.site import add_issue, has_issue, refresh
from digest.composing.compose import compose, issue_instant
from digest.composing.weeks import Week, week_ending, week_of
from digest.composing.workdays import issue_day
from digest.corrections.correction import Correction
from digest.models import SHANGHAI, Chapter, Digest
from digest.rendering.render_atom import render_atom
from digest.rendering.render_pdf import PdfError, render_pdf
from digest.rendering.write import LAST_FILE, write_bytes, write_issue
from storage import issues

log = logging.getLogger("zhengxun")

# An issue composed so soon after its hour is on time.
ON_TIME = timedelta(minutes=5)


class PressSettings(Protocol):
    """What the configuration says about the issue (times in Asia/Shanghai)."""

    @property
    def company(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def weekday(self) -> str: ...
    @property
    def time(self) -> str: ...
    @property
    def last_workday(self) -> bool: ...
    @property
    def wait(self) -> timedelta: ...
    @property
    def chapters(self) -> Sequence[Chapter]: ...
    @property
    def pdf(self) -> bool: ...


def closing_instant(settings: PressSettings, to_on: date) -> datetime:
    """When the week that ends on `to_on` closes: before a holiday earlier, if so configured."""
    hour, minute = (int(part) for part in settings.time.split(":"))
    return issue_instant(issue_day(to_on, last_workday=settings.last_workday), hour, minute)


def release_instant(settings: PressSettings, to_on: date) -> datetime | None:
    """When the issue of the week that ends on `to_on` goes out by itself; None: when it is made.

    The wait is as long before a holiday as in an ordinary week.
    """
    return closing_instant(settings, to_on) + settings.wait if settings.wait else None


def latest_due(settings: PressSettings, now: datetime) -> Week:
    """The last week that has closed at `now`."""
    week = current_week(settings, now)
    if closing_instant(settings, week.to_on) > now:
        week = week_ending(week.to_on - timedelta(days=1), settings.weekday)
    return week


def current_week(settings: PressSettings, now: datetime) -> Week:
    """The week that `now` lies in: the one whose issue comes next, or has just closed."""
    today = now.astimezone(SHANGHAI).date()
    week = week_ending(today, settings.weekday)
    return week if week.to_on == today else week_ending(today + timedelta(days=6), settings.weekday)


def selection_closes(settings: PressSettings, span: Week, now: datetime) -> datetime:
    """Until when a notice must have been seen to stand in the issue of `span`: its hour.

    The latest issue, when it is composed late because the machine slept, takes in what was made
    up for since; an older one stays as of its hour.
    """
    hour = closing_instant(settings, span.to_on)
    late = now - hour > ON_TIME and latest_due(settings, now) == span
    return now if late else min(now, hour)


def sketch(
    db: Database,
    settings: PressSettings,
    *,
    span: Week,
    now: datetime,
    site_names: Mapping[str, str],
) -> Digest:
    """The issue of `span` as it would go; records and writes nothing."""
    return _composed(db, settings, span, now, site_names, record=False)


def print_issue(
    db: Database,
    settings: PressSettings,
    *,
    span: Week,
    now: datetime,
    site_names: Mapping[str, str],
    folder: Path,
    record: bool,
    who: str = "",
) -> Digest:
    """Compose the issue of `span` and write its files into `folder`; `record` makes it final.

    The record is made before the files, so that a crash between the two leaves an issue that is
    rendered again from its record, never selected twice. The files of an issue that has gone
    out are written once; those of one that waits for its editor stand beside `folder`.
    """
    digest = _composed(db, settings, span, now, site_names, record=record, who=who)
    if record and digest.draft:
        _write(digest, preview_folder(folder), settings)
    elif not (record and (folder / LAST_FILE).is_file()):
        _write(digest, folder, settings)
    return digest


def _write(digest: Digest, folder: Path, settings: PressSettings) -> None:
    # The PDF first: with the last of the other files an issue counts as complete.
    if settings.pdf:
        write_pdf(digest, folder)
    write_issue(digest, folder)


def preview_folder(folder: Path) -> Path:
    """Where an issue that has not gone out is shown: preview-2021-W05 beside 2021-W05."""
    return folder.with_name(f"preview-{folder.name}")


def _composed(
    db: Database,
    settings: PressSettings,
    span: Week,
    now: datetime,
    site_names: Mapping[str, str],
    *,
    record: bool,
    who: str = "",
) -> Digest:
    return compose(
        db,
        from_on=span.from_on,
        to_on=span.to_on,
        instant=selection_closes(settings, span, now),
        chapters=settings.chapters,
        company=settings.company,
        title=settings.title,
        site_names=site_names,
        record=record,
        now=now,
        weekday=settings.weekday,
        release_at=release_instant(settings, span.to_on) if record else None,
        who=who,
    )


def write_pdf(digest: Digest, folder: Path) -> None:
    """digest.pdf beside the other files; without it, a line in the log and none of an older run.

    Raises OSError when the folder cannot be written.
    """
    path = folder / "digest.pdf"
    try:
        write_bytes(path, render_pdf(digest))
    except PdfError as error:
        path.unlink(missing_ok=True)
        log.warning("digest.pdf of %s was not made: %s", digest.week, error)


def reprint(
    db: Database, settings: PressSettings, week: str, now: datetime, site_names: Mapping[str, str]
) -> Digest:
    """A recorded issue, composed again from its record."""
    return compose(
        db,
        week=week,
        instant=now,
        chapters=settings.chapters,
        company=settings.company,
        title=settings.title,
        site_names=site_names,
        record=False,
        now=now,
        weekday=settings.weekday,
    )


def write_feed(
    db: Database,
    settings: PressSettings,
    path: Path,
    *,
    now: datetime,
    site_names: Mapping[str, str],
    most: int = 12,
) -> None:
    """The Atom feed over the newest `most` issues."""
    records = issues.list_issues(db)[-most:]
    digests = [reprint(db, settings, record.week, now, site_names) for record in records]
    write_bytes(path, render_atom(digests, now=now, title=settings.title))


def write_archive(
    db: Database,
    settings: PressSettings,
    folder: Path,
    *,
    now: datetime,
    site_names: Mapping[str, str],
) -> None:
    """The static archive: adds the issues it has not yet; those it has stay as they are.

    Raises OSError when the folder cannot be written.
    """
    for record in issues.list_issues(db):
        if not has_issue(folder, record.week):
            issue = reprint(db, settings, record.week, now, site_names)
            add_issue(issue, folder, name=settings.title)
            tell_corrections(folder, [Correction(item) for item in issue.corrections])
    refresh(folder, title=settings.title)


def span_of(settings: PressSettings, week: str) -> Week:
    """'2021-W05' as days. Raises DigestError."""
    return week_of(week, settings.weekday)
