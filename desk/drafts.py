"""The coming issue as the desk shows it: what was selected is kept, what was edited is not.

Selecting and judging a thousand entries takes a second. It is done again when the store has other
notices or judgements; the editors' acts are laid over it at every visit.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlite_utils import Database

from app.context import Context
from app.drafts import Draft, draft_of
from digest.composing.compose import Selected
from digest.composing.weeks import Week
from digest.publish import select_issue, shape_issue
from storage.desk.tasks import newest_task_change
from storage.issues.issues import find_issue
from storage.issues.releases import refuse_released
from storage.issues.stamps import newest_act, notices_stamp

# Deadlines come nearer and sources recover: after that time all is looked at anew.
KEPT = timedelta(minutes=10)


@dataclass
class Drafts:
    """Keeps what was selected for one week."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _key: tuple[object, ...] = ()
    _made_at: datetime | None = None
    _selected: Selected | None = None
    _shaped: tuple[tuple[object, ...], Draft] | None = None

    def open(self, context: Context, db: Database, span: Week) -> Draft:
        """The draft of a week. Raises StorageError for an issue that has gone out."""
        refuse_released(db, span.name)
        record = find_issue(db, span.name)
        now = context.config.clock()
        key = (
            context.config,
            span,
            None if record is None else record.id,
            *notices_stamp(db),
        )
        with self._lock:
            is_old = self._made_at is None or not timedelta(0) <= now - self._made_at < KEPT
            if self._selected is None or key != self._key or is_old:
                self._selected = select_issue(
                    db,
                    context.config.digest,
                    span=span,
                    now=now,
                    site_names=context.site_names(),
                )
                self._key, self._made_at, self._shaped = key, now, None
            mark = (
                newest_act(db),
                None if record is None else record.release_at,
                newest_task_change(db),
            )
            if self._shaped is None or self._shaped[0] != mark:
                digest = shape_issue(db, context.config.digest, self._selected, now)
                self._shaped = (mark, draft_of(db, digest))
            return self._shaped[1]
