"""A page read again: what differs, field by field, and the way of a correction into the store."""

from __future__ import annotations

from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime

from sqlite_utils import Database

from pipelines import dedupe
from pipelines.matching.precomputed import Precomputed, in_transaction
from storage.models import NOTICE_FIELDS, Attachment, Notice, Shown
from storage.notices import mended_readings
from storage.notices.notices import get_notice

# What a reader of the digest or of the store sees, by its name in Chinese.
FIELDS = {name: about.label for name, about in NOTICE_FIELDS.items() if Shown.REREAD in about.shown}


@dataclass(frozen=True, slots=True)
class Change:
    """One field: what the store holds, and what is read today. Values as JSON has them."""

    field: str
    before: object
    after: object


def changes(old: Notice, new: Notice) -> tuple[Change, ...]:
    """What is read differently. Markup counts only where the text is the same."""
    found = [
        Change(name, _plain(getattr(old, name)), _plain(getattr(new, name)))
        for name in FIELDS
        if _plain(getattr(old, name)) != _plain(getattr(new, name))
    ]
    if old.body_html != new.body_html and old.body_text == new.body_text:
        found.append(Change("body_html", old.body_html, new.body_html))
    return tuple(found)


def is_worse(old: Notice, new: Notice) -> bool:
    """Whether today's readers cannot read what was read fully before: it is not stored."""
    return old.complete and not new.complete


def apply(
    db: Database,
    notice_id: int,
    state: Notice,
    changed: tuple[Change, ...],
    *,
    page_id: int,
    now: datetime,
) -> None:
    """Store the corrected reading and look for its duplicates again, in one transaction."""
    told = {change.field: [change.before, change.after] for change in changed}

    def write(precomputed: Precomputed) -> None:
        mended_readings.correct_notice(db, notice_id, state, told, page_id=page_id, now=now)
        dedupe.settle(db, get_notice(db, notice_id), now, precomputed)

    in_transaction(db, write)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Attachment):
        return {"name": value.name, "url": value.url}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(part) for name, part in asdict(value).items()}
    return value
