"""Signs again what an earlier version signed: two algorithms have no bands in common.

Until then a copy of such a page would not be found by its text. So the pages a new one may be a
copy of are signed again before a crawl stores anything, all others by night.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from china_time import SHANGHAI
from pipelines.dedupe import REPOST_DAYS, settle
from pipelines.matching.precomputed import in_transaction
from pipelines.matching.similarity import ALGORITHM
from storage.matching import text_signatures
from storage.notices.notices import get_notice

log = logging.getLogger("zhengxun")

# A transaction each, so that a crawl may store in between; some 3 ms a page.
_BATCH = 200
A_NIGHT = 20_000


def update_recent_signatures(db: Database, now: datetime) -> int:
    """Sign again the pages that those of today are compared with; how many there were."""
    # A page seen today may be dated back, and its copies lie around its date.
    since = now.astimezone(SHANGHAI).date() - timedelta(days=2 * REPOST_DAYS)
    return update_signatures(db, now, since=since)


def _settle(db: Database, notice_id: int, now: datetime) -> None:
    in_transaction(db, lambda precomputed: settle(db, get_notice(db, notice_id), now, precomputed))


def update_signatures(
    db: Database, now: datetime, *, since: date | None = None, most: int | None = None
) -> int:
    """Sign again up to `most` stale pages, the newest first, and look for their copies."""
    count = 0
    while most is None or count < most:
        size = _BATCH if most is None else min(_BATCH, most - count)
        stale = text_signatures.list_stale(db, ALGORITHM, since=since, most=size)
        if not stale:
            break
        for notice_id in stale:
            _settle(db, notice_id, now)
        count += len(stale)
    if count:
        log.info("%s pages of an earlier version were compared with all others again", count)
    return count
