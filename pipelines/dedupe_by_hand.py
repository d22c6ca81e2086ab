"""A person says which pages are one document; the machine never decides such a case again."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from pipelines.dedupe import BY_HAND, join
from pipelines.matching.representative import choose
from storage.errors import StorageError
from storage.matching import duplicates, settlements
from storage.models import StoredNotice
from storage.notices.notices import get_notice


def join_by_hand(db: Database, one: int, other: int, now: datetime) -> list[StoredNotice]:
    """A person says that two pages are one document; returns its pages, the best first.

    Whatever was settled between the two groups before gives way. Raises StorageError for an
    unknown page, and for a page and itself.
    """
    if get_notice(db, one).id == get_notice(db, other).id:
        raise StorageError(f"{one} is one page; name two")
    theirs = [page.id for page in duplicates.group_of(db, other)]
    for ours in [page.id for page in duplicates.group_of(db, one)]:
        for their in theirs:
            if settlements.settlement_of(db, ours, their) == "different":
                settlements.record_settlement(db, ours, their, "same", now)
    settlements.record_settlement(db, one, other, "same", now)
    join(db, one, other, BY_HAND)
    return duplicates.group_of(db, one)


def split_by_hand(db: Database, page: int, other: int | None, now: datetime) -> list[StoredNotice]:
    """A person says that a page is another document than `other`, or than all it is linked with.

    Returns the pages it is apart from now. Raises StorageError for an unknown page, and for a
    page and itself.
    """
    if other is not None and get_notice(db, page).id == get_notice(db, other).id:
        raise StorageError(f"{page} is one page; name two")
    group = [item for item in duplicates.group_of(db, page) if item.id != page]
    is_linked = other is None or other in {item.id for item in group}
    apart = group if is_linked else [get_notice(db, other)] if other is not None else []
    for item in apart:
        settlements.record_settlement(db, page, item.id, "different", now)
    if is_linked and group:
        duplicates.unlink(db, page)
        choose(db, group[0].id)
    return apart
