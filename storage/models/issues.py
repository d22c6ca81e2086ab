"""Issues, what stands in them, and what an editor does to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from storage.models.stored_notices import StoredNotice

Act = Literal[
    "drop",
    "restore",
    "pin",
    "unpin",
    "move",
    "annotate",
    "retitle",
    "hold",
    "release",
    "correct",
    "keep",
    "promote",
    "fold",
    "forget",
    "extract",
    "sum_up",
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may enter an issue: its representative page and the other pages of it."""

    stored: StoredNotice
    also: tuple[StoredNotice, ...] = ()
    late: bool = False
    revised: bool = False
    change: str = ""


@dataclass(frozen=True, slots=True)
class IssueRecord:
    """A digest that was composed and recorded, e.g. 2021-W05; `from_on`..`to_on` inclusive.

    `released_at` None: it waits for its editor, until `release_at`. `corrects` is the id of the
    issue of which this is the correction number `number`. `skipped_at`: it never goes.
    """

    id: int
    week: str
    from_on: date
    to_on: date
    instant: datetime
    composed_at: datetime
    title: str = ""
    release_at: datetime | None = None
    released_at: datetime | None = None
    corrects: int | None = None
    number: int = 0
    skipped_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether it may still be edited."""
        return self.released_at is None and self.skipped_at is None


@dataclass(frozen=True, slots=True)
class IssueEntry:
    """Where a notice stands in a recorded issue.

    `score` and `reasons` (Chinese) say how much it matters; `folded`: told in a line only;
    `under`: the notice whose explanation or report it is. `own_words`: not by a model's summary.
    """

    notice_id: int
    section: str
    grp: str
    position: int
    late: bool = False
    revised: bool = False
    change: str = ""
    moved: bool = False
    note: str = ""
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    folded: bool = False
    under: int | None = None
    own_words: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """One act of an editor: `before` and `after` say what it changed, by the names of the facts.

    `document` is the id of the page that represents the document now, `notice_id` of the one
    that did then; None: the act concerns the whole issue.
    """

    id: int
    week: str
    act: Act
    notice_id: int | None
    document: int | None
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    who: str
    made_at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True)
class CorrectedItem:
    """An entry of an issue that was wrong: title and link as issued, what was wrong and right."""

    notice_id: int
    title: str
    url: str
    wrong: str
    fixed: str


@dataclass(frozen=True, slots=True)
class CorrectionRecord:
    """第1号更正 of an issue: `record` is what the ledger knows, `corrects` the issue."""

    record: IssueRecord
    corrects: IssueRecord
    words: str
    items: tuple[CorrectedItem, ...] = ()
