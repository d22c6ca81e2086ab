"""A notice as it lies in the store, with our own facts about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from storage.models.notices import Notice

Outcome = Literal["new", "revised", "unchanged"]


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """A notice as it is in the store, with our own facts about it.

    `day_on` is the day it counts from (`storage.notices.counted_day`); None: not in the store.
    """

    id: int
    notice: Notice
    first_seen_at: datetime
    last_seen_at: datetime
    revised_at: datetime | None = None
    day_on: date | None = None
    duplicate_of: int | None = None
    duplicate_why: str = ""


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What saving did."""

    id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Known:
    """What decides whether a stored page is fetched again."""

    id: int
    column: str
    key: str
    url: str
    title: str
    published_on: date | None
    day_on: date
    complete: bool
    first_seen_at: datetime
    last_read_at: datetime
    attempts: int
