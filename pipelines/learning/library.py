"""Witnesses without a link: a library of many publishers (中国政府网's) has a ministry's document,
and the ministry's own columns never brought it.

A column of the catalogue is a library by `extra = { library = true }`. Whose a document is, its
issuers say; which column should have brought it, the 文号 of what that column brought so far.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from china_time import SHANGHAI
from pipelines.learning.links import ENOUGH
from storage.models import Notice
from storage.runs.library_witnesses import (
    day_of_document,
    is_brought,
    numbered,
    watched_site,
)
from storage.runs.witnesses import Witness, WitnessState, first_read_at, note_witness

MOST_TOLD = 20
_NUMBERED = 400
_AGENCY = re.compile(r"([^〔\d]{2,})〔")

_OFFICE = re.compile(r"(?:办公厅|办公室)$")


def is_library(columns: Mapping[str, Any], name: str) -> bool:
    """Whether this column of a spider collects what others publish."""
    return bool(getattr(columns.get(name), "extra", {}).get("library"))


def agency_of(doc_number: str) -> str:
    """Who gave a number, as far as all of one office's have it: 工信 of 工信部联科〔2026〕3号, and
    "" of 2026年第3号, which says nobody."""
    match = _AGENCY.match(doc_number)
    return match[1][:2] if match else ""


def column_for(doc_number: str, brought: Iterable[tuple[str, str]]) -> str:
    """The column that should have a document of this number: it brought enough others that its
    office numbered; "" where none did. `brought` are (column, 文号)."""
    agency = agency_of(doc_number)
    counts = Counter(column for column, number in brought if agency_of(number) == agency)
    column, count = max(counts.items(), key=lambda one: one[1], default=("", 0))
    return column if agency and count >= ENOUGH else ""


def tell_library(
    db: Database, notices: Sequence[Notice], ids: Mapping[str, int], now: datetime
) -> None:
    """Note the documents of a library that their publisher, which is watched, did not bring."""
    left = MOST_TOLD
    for notice in notices:
        site = watched_site(db, [_OFFICE.sub("", name) for name in notice.issuers])
        if not site or site == notice.site or notice.key not in ids or not left:
            continue
        column = column_for(notice.doc_number, numbered(db, site, _NUMBERED))
        if not column or is_brought(db, site, ids[notice.key]):
            continue
        note_witness(
            db,
            site=site,
            column=column,
            url=notice.url,
            title=notice.title,
            notice_id=ids[notice.key],
            now=now,
        )
        left -= 1


def judged(db: Database, witness: Witness, today: date) -> WitnessState:
    """What a library's document turned out to be, now that the publisher's lists were all read
    again. `told`: it is of today, and the lists may still bring it."""
    if is_brought(db, witness.site, witness.notice_id):
        return "listed"
    first = first_read_at(db, witness.site, witness.column)
    day = day_of_document(db, witness.notice_id)
    if day is None or first is None or day < first.astimezone(SHANGHAI).date():
        return "old"
    return "missed" if day < today else "told"


def words(witness: Witness) -> str:
    """What is said of a miss."""
    return f"{witness.library}收录的《{witness.title}》没有出现在本网站的栏目中"
