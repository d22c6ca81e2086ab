"""Subscribers as a CSV that Excel opens: what is exported is what import reads."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlite_utils import Database

from app.context import CommandError, Context
from app.preferences import FIELDS, read_choices, written
from digest.composing.weeks import parse_day
from digest.models.issue import DigestError
from storage.database import StorageError, transaction
from storage.models import Subscriber
from storage.readers.mail_addresses import check_address
from storage.readers.subscribers import (
    STATES,
    Choices,
    Saved,
    State,
    check_choices,
    save_subscriber,
)

COLUMNS = ("address", *FIELDS, "state", "paused_until", "note")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Line = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a CSV, checked; what the file has no column for is not chosen."""

    line: int
    address: str
    choices: Choices
    state: State | None
    until: date | None
    note: str


def read_people(context: Context, content: bytes, file: str) -> tuple[list[Listed], list[str]]:
    """The people of a CSV, and what is wrong with which line. Raises CommandError for a file
    that cannot be read at all."""
    return _people(context, _lines(content, file))


def save_people(context: Context, db: Database, people: list[Listed]) -> list[Saved]:
    """Add who is new, change who is known, all or nobody; what became of each."""
    now = context.config.clock()
    with transaction(db):
        return [
            save_subscriber(
                db,
                person.address,
                now=now,
                state=person.state,
                note=person.note,
                paused_until=person.until,
                **person.choices,
            )
            for person in people
        ]


def csv_row(person: Subscriber) -> list[str]:
    """One line of the export; a text that a spreadsheet would run gets an apostrophe before it."""
    until = person.paused_until.isoformat() if person.paused_until else ""
    cells = [person.address, *written(person).values(), person.state, until, person.note]
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]


def _lines(content: bytes, name: str) -> list[Line]:
    """The rows with the number of the line each begins on."""
    text = _decoded(content)
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    lines: list[Line] = []
    try:
        names = [(name or "").strip() for name in reader.fieldnames or ()]
        _check_columns(name, names)
        reader.fieldnames = names
        begin = reader.line_num + 1
        for row in reader:
            if any(value for value in row.values()):
                lines.append((begin, _cells(row, name, begin)))
            begin = reader.line_num + 1
    except csv.Error as error:
        raise CommandError(f"{name}: line {reader.line_num}: {error}", 2) from error
    return lines


def _decoded(content: bytes) -> str:
    """UTF-8 with or without Excel's mark, or else what Chinese Excel writes (GB 18030)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandError("the file is neither UTF-8 nor GBK; save it as CSV UTF-8", 2)


def _check_columns(file: str, names: list[str]) -> None:
    if "address" not in names:
        raise CommandError(f"{file}: the first line must name the columns: address,name,…", 2)
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise CommandError(
            f"{file}: line 1: {unknown[0]!r} is no column; use {','.join(COLUMNS)}", 2
        )


def _cells(row: dict[str, str], file: str, number: int) -> dict[str, str]:
    if "" in row:
        raise CommandError(
            f"{file}: nothing was imported; line {number}: more cells than columns", 2
        )
    texts = {key: (value or "").strip() for key, value in row.items()}
    return {
        key: text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text
        for key, text in texts.items()
    }


def _people(context: Context, lines: list[Line]) -> tuple[list[Listed], list[str]]:
    """The subscribers of the lines, and what is wrong with which line."""
    people: list[Listed] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for number, cells in lines:
        try:
            person = _listed(context, number, cells)
        except (CommandError, StorageError, DigestError) as error:
            problems.append(f"line {number}: {error}")
            continue
        first = seen.setdefault(person.address.casefold(), number)
        if first != number:
            problems.append(f"line {number}: {person.address} stands on line {first} already")
        people.append(person)
    return people, problems


def _listed(context: Context, number: int, cells: dict[str, str]) -> Listed:
    """One line, checked. Raises StorageError, CommandError, DigestError."""
    choices = read_choices(context, {key: cells[key] for key in FIELDS if key in cells})
    check_choices(**choices)
    state = cells.get("state") or None
    if state is not None and state not in STATES:
        raise CommandError(f"state {state!r} is not one of {', '.join(STATES)}", 2)
    day = cells.get("paused_until")
    until = parse_day(day, name="paused_until") if day else None
    if until is not None and state != "paused":
        raise CommandError("paused_until goes with state paused", 2)
    return Listed(
        number,
        check_address(cells["address"]),
        choices,
        cast("State | None", state),
        until,
        cells.get("note", ""),
    )
