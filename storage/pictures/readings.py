"""What was recognised in the pictures and scans of a notice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.models import Deadline, PictureFacts, PictureReading
from storage.search.picture_texts import picture_texts
from storage.values import Row, from_date, from_instant, from_json, marks, select, to_date

_BATCH = 400
_FACTS = "SELECT * FROM picture_facts WHERE notice_id IN ({0})"


def save_facts(db: Database, notice_id: int, facts: PictureFacts, now: datetime) -> None:
    """Keep what was made out of a notice's pictures, in place of what was before."""
    with transaction(db):
        db.execute(
            "INSERT OR REPLACE INTO picture_facts"
            " (notice_id, doc_number, written_on, deadlines, confidence, found_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                *(notice_id, facts.doc_number, from_date(facts.written_on)),
                *(from_json([_from_deadline(one) for one in facts.deadlines]), facts.confidence),
                from_instant(now),
            ],
        )


def picture_readings(db: Database, notice_ids: Sequence[int]) -> dict[int, PictureReading]:
    """What was recognised, by the id of the notice; only of notices where anything was."""
    facts: dict[int, PictureFacts] = {}
    for start in range(0, len(notice_ids), _BATCH):
        ids = list(notice_ids[start : start + _BATCH])
        for row in select(db, _FACTS.format(marks(ids)), ids):
            facts[row["notice_id"]] = _to_facts(row)
    return {
        number: PictureReading(found, facts.get(number, PictureFacts()))
        for number, found in picture_texts(db, notice_ids).items()
    }


def _to_facts(row: Row) -> PictureFacts:
    deadlines = tuple(
        Deadline(date.fromisoformat(one["on"]), one["what"], one["printed"], one["computed"])
        for one in json.loads(row["deadlines"])
    )
    return PictureFacts(row["doc_number"], to_date(row["written_on"]), deadlines, row["confidence"])


def _from_deadline(deadline: Deadline) -> Row:
    return {
        "on": deadline.on.isoformat(),
        "what": deadline.what,
        "printed": deadline.printed,
        "computed": deadline.computed,
    }
