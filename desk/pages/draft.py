"""The coming issue opened for a page: in one transaction for who writes, and not when stale."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from app.drafts import Draft, chapter_titles, coming_week
from app.history import act_words
from desk.templates_of import moment_words
from desk.visits import RefusedError, Visit
from storage.database import transaction
from storage.issues.edits import list_edits
from storage.issues.issues import find_issue
from storage.issues.stamps import newest_act


@contextmanager
def opened(visit: Visit, *, writes: bool = False) -> Iterator[tuple[Database, Draft]]:
    """The store and the coming issue in it, all in one transaction for who writes.

    Raises RefusedError for an issue that went out since the form was made.
    """
    context = visit.context
    with context.store() as db:
        week = visit.text("week", 20) if writes else ""
        _refuse_gone(db, week)
        visit.desk.drafts.open(context, db, coming_week(context, db, week))
        if not writes:
            yield db, visit.desk.drafts.open(context, db, coming_week(context, db))
            return
        with transaction(db):
            _refuse_gone(db, week)
            yield db, visit.desk.drafts.open(context, db, coming_week(context, db, week))


def _refuse_gone(db: Database, week: str) -> None:
    record = find_issue(db, week) if week else None
    if record is not None and record.skipped_at is not None:
        raise RefusedError(f"{week} 已跳过，条目转入下一期。", 409)
    if record is not None and not record.waits:
        raise RefusedError(
            f"{week} 已于 {moment_words(record.released_at)} 发出，不能再改；"
            "有错请到“签发”页发更正。",
            409,
        )


def check_seen(visit: Visit, db: Database, draft: Draft) -> None:
    """Raise RefusedError with what changed since the page was made that the form stands on."""
    week, seen = draft.digest.week, visit.number("seen")
    if newest_act(db, week) == seen:
        return
    titles = chapter_titles(visit.context)
    since = tuple(
        f"{moment_words(one.made_at)}　{act_words(one, titles)}"
        for one in list_edits(db, week)
        if one.id > seen
    )
    raise RefusedError("您打开这一页之后，本期有了别的改动，请先看一看再改。", 409, since)
