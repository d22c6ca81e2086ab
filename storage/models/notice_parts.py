"""What a notice has several of: files, rows of their tables, terms, persons to ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


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
    `extent` how long the file is (12 页), `gist` in one line what it is. `rows` enter the store
    with a file that was just read and never leave it with the notice; None: it was not read now.
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
    gist: str = ""
    rows: tuple[TableRow, ...] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which readers must act. `computed` marks a relative term we worked out."""

    on: date
    what: str
    printed: str
    computed: bool = False


@dataclass(frozen=True, slots=True)
class OfItsDay:
    """What is said of a notice because of the day it was published on, as in the fields of
    `Notice` of these names."""

    published_on: date | None
    published_time: str
    effective_on: date | None
    deadline_on: date | None
    deadlines: tuple[Deadline, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask, as printed."""

    name: str = ""
    phone: str = ""
    email: str = ""
