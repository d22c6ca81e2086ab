"""What was published, and how a page of it was taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Outcome = Literal["new", "revised", "unchanged"]
Place = Literal["", "above", "between", "below"]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table in a file: its sheet (or 表1, 表2 ...), its place in it from 1, and its
    cells by the label of their column."""

    sheet: str
    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file named by a notice. `bytes`, `sha256`, `path`, `text` are None until downloaded.

    `path` is relative to the data folder. `note` says in Chinese why there is no file or no text,
    `extent` how long the file is (12 页). `rows` enter the store with a file that was just read
    and never leave it with the notice; None: it was not read now.
    """

    url: str
    name: str
    type: str = ""
    bytes: int | None = None
    sha256: str | None = None
    path: str | None = None
    text: str | None = None
    note: str = ""
    extent: str = ""
    rows: tuple[TableRow, ...] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which readers must act. `computed` marks a relative term we worked out."""

    on: date
    what: str
    printed: str
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask, as printed."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One published page, read. What enters the store.

    `body_html` is sanitised, with absolute links; `content_hash` covers title and text in a
    normal form, so white space and counters do not change it. `published_on` is the page's
    word, never ours. `original_url` is the link a repost prints to the original. `topic_words`
    maps a topic to the words it was found by, the commonest first; `read_by` maps field ->
    reader. `warnings` are sentences for a person (Chinese).

    `place` and `near_on` are not kept; they help to tell news from what was there before. `place`
    says where the row stood in its list relative to rows known before: above all of them, between
    two, below all; empty: it cannot be told. `near_on` is the day its neighbours stand at.
    """

    site: str
    column: str
    key: str
    url: str
    title: str
    section: str
    grp: str
    doc_number: str = ""
    issuers: tuple[str, ...] = ()
    source: str = ""
    published_on: date | None = None
    published_time: str = ""
    written_on: date | None = None
    effective_on: date | None = None
    deadline_on: date | None = None
    deadlines: tuple[Deadline, ...] = ()
    contacts: tuple[Contact, ...] = ()
    amounts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    topic_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    repeals: tuple[str, ...] = ()
    body_html: str = ""
    body_text: str = ""
    summary: str = ""
    content_hash: str = ""
    original_url: str = ""
    attachments: tuple[Attachment, ...] = ()
    read_by: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    complete: bool = True
    place: Place = ""
    near_on: date | None = None


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
