"""From the store to the files of an issue: compose, render, write; used by commands and daemon."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from digest.choosing.folding import Room
from digest.composing.called_off import with_called_off
from digest.composing.closing import Hours, release_instant, selection_closes
from digest.composing.compose import Composer, Selected
from digest.composing.judging import Choice
from digest.composing.weeks import Week, week_of
from digest.folders import is_written, preview_folder
from digest.models.correction import Correction
from digest.models.issue import Chapter, Digest
from digest.rendering.render_atom import render_atom
from digest.rendering.render_pdf import PdfError, render_pdf
from digest.rendering.write import write_bytes, write_issue
from digest.site.build import add_issue, has_issue, refresh
from digest.site.correction_pages import tell_corrections
from storage.issues import issues
from storage.models import IssueEntry, IssueRecord

log = logging.getLogger("zhengxun")


class IssueSettings(Hours, Protocol):
    """What the configuration says about the issue."""

    @property
    def company(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def chapters(self) -> Sequence[Chapter]: ...
    @property
    def pdf(self) -> bool: ...
    @property
    def public_url(self) -> str: ...
    @property
    def profile(self) -> str: ...
    @property
    def profiles(self) -> Mapping[str, str]: ...
    @property
    def lead(self) -> int: ...
    @property
    def lead_of_chapters(self) -> Mapping[str, int]: ...
    @property
    def watch(self) -> Sequence[str]: ...
    @property
    def summary_model(self) -> str: ...


def preview_issue(
    db: Database,
    settings: IssueSettings,
    *,
    span: Week,
    now: datetime,
    site_names: Mapping[str, str],
) -> Digest:
    """The issue of `span` as it would go; records and writes nothing."""
    return _composed(db, settings, span, now, site_names, record=False)


def select_issue(
    db: Database,
    settings: IssueSettings,
    *,
    span: Week,
    now: datetime,
    site_names: Mapping[str, str],
) -> Selected:
    """What the issue of `span` is made of, for `shape_issue`; records and writes nothing.

    It is most of the work of `preview_issue`, and no act of an editor changes it.
    """
    composer = _composer(db, settings, now, site_names)
    return composer.select(span, instant=selection_closes(settings, span, now))


def shape_issue(db: Database, settings: IssueSettings, selected: Selected, now: datetime) -> Digest:
    """The draft that the acts of its editors make of what was selected, as `preview_issue`."""
    digest = _composer(db, settings, now, {}).shape(selected)
    return with_called_off(db, digest)


def publish_issue(
    db: Database,
    settings: IssueSettings,
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
    elif not (record and is_written(folder)):
        _write(digest, folder, settings)
    return digest


def _write(digest: Digest, folder: Path, settings: IssueSettings) -> None:
    # The PDF first: with the last of the other files an issue counts as complete.
    if settings.pdf:
        write_pdf(digest, folder)
    write_issue(digest, folder)


def _composed(
    db: Database,
    settings: IssueSettings,
    span: Week,
    now: datetime,
    site_names: Mapping[str, str],
    *,
    record: bool,
    who: str = "",
) -> Digest:
    composer = _composer(db, settings, now, site_names, who)
    digest = composer.compose(
        span,
        instant=selection_closes(settings, span, now),
        record=record,
        release_at=release_instant(settings, span.to_on) if record else None,
    )
    return with_called_off(db, digest)


def _composer(
    db: Database,
    settings: IssueSettings,
    now: datetime,
    site_names: Mapping[str, str],
    who: str = "",
) -> Composer:
    return Composer(
        db,
        chapters=settings.chapters,
        company=settings.company,
        title=settings.title,
        site_names=site_names,
        now=now,
        weekday=settings.weekday,
        choice=Choice(
            settings.profile,
            settings.profiles,
            Room(settings.lead, settings.lead_of_chapters),
            settings.watch,
            settings.summary_model,
        ),
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


def chosen_again(
    db: Database,
    settings: IssueSettings,
    record: IssueRecord,
    now: datetime,
    site_names: Mapping[str, str],
) -> list[IssueEntry]:
    """The entries of a skipped issue, selected again as of its closing."""
    return _composer(db, settings, now, site_names).chosen_again(record)


def recompose(
    db: Database, settings: IssueSettings, week: str, now: datetime, site_names: Mapping[str, str]
) -> Digest:
    """A recorded issue, composed again from its record."""
    digest = _composer(db, settings, now, site_names).compose(week, instant=now)
    return with_called_off(db, digest)


def write_feed(
    db: Database,
    settings: IssueSettings,
    data: Path,
    *,
    now: datetime,
    site_names: Mapping[str, str],
    most: int = 12,
) -> None:
    """The Atom feed over the newest `most` issues, `feed.atom` in the data folder.

    Where the archive has a public address it stands in the archive as well: the data folder
    holds readers' addresses and must not be shown. Raises OSError.
    """
    records = issues.list_issues(db)[-most:]
    digests = [recompose(db, settings, record.week, now, site_names) for record in records]
    base = settings.public_url
    feed = render_atom(digests, now=now, title=settings.title, base=base)
    write_bytes(data / "feed.atom", feed)
    if base:
        write_bytes(data / "site" / "feed.atom", feed)


def write_site(
    db: Database,
    settings: IssueSettings,
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
            issue = recompose(db, settings, record.week, now, site_names)
            add_issue(issue, folder, name=settings.title)
            tell_corrections(folder, [Correction(item) for item in issue.corrections])
    refresh(folder, title=settings.title)


def span_of(settings: IssueSettings, week: str) -> Week:
    """'2021-W05' as days. Raises DigestError."""
    return week_of(week, settings.weekday)
