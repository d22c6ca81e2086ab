"""Subscribers as a CSV that Excel opens: what is exported is what import reads."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from rich.console import Console

from app.context import CommandError, Context
from commands.preferences import FIELDS, read_choices, written
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
    list_subscribers,
    save_subscriber,
)

COLUMNS = ("address", *FIELDS, "state", "paused_until", "note")
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
SAVED_WORDS: dict[Saved, str] = {
    "added": "已添加",
    "changed": "已更改",
    "unchanged": "未变",
    "kept ended": "已退订，未恢复；要恢复：zhengxun subscribers add",
}
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


def save(context: Context, path: Path, console: Console) -> int:
    """Export everybody with all choices and states, ended ones too, but no chat bots.

    The file is replaced whole or not at all, and only its owner may read it.
    """
    with context.store() as db:
        people = [person for person in list_subscribers(db) if person.channel == "mail"]
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("w", encoding="utf-8-sig", newline="") as file:
            partial.chmod(0o600)
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(csv_row(person) for person in people)
        partial.replace(path)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    console.print(f"写入 {path}（{len(people)} 人）", highlight=False)
    return 0


def csv_row(person: Subscriber) -> list[str]:
    """One line of the export; a text that a spreadsheet would run gets an apostrophe before it."""
    until = person.paused_until.isoformat() if person.paused_until else ""
    cells = [person.address, *written(person).values(), person.state, until, person.note]
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]


def load(context: Context, path: Path, console: Console) -> int:
    """Import a CSV: add who is new, change who is known, and say so line by line.

    Every line is checked before the first one is stored; a file with a bad line is refused
    whole, and every bad line is named. Whoever unsubscribed is not subscribed again by a list.
    """
    people, problems = _people(context, _lines(path))
    now = context.config.clock()
    if problems:
        faults = "; ".join(problems[:20]) + ("; …" if len(problems) > 20 else "")
        raise CommandError(f"{path}: nothing was imported; {faults}", 2)
    with context.store() as db, transaction(db):
        done = [
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
    for person, what in zip(people, done, strict=True):
        line = f"第 {person.line} 行 {person.address} {SAVED_WORDS[what]}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return 0


def _lines(path: Path) -> list[Line]:
    """The rows with the number of the line each begins on."""
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}", 2) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    lines: list[Line] = []
    try:
        names = [(name or "").strip() for name in reader.fieldnames or ()]
        _check_columns(path, names)
        reader.fieldnames = names
        begin = reader.line_num + 1
        for row in reader:
            if any(value for value in row.values()):
                lines.append((begin, _cells(row, path, begin)))
            begin = reader.line_num + 1
    except csv.Error as error:
        raise CommandError(f"{path}: line {reader.line_num}: {error}", 2) from error
    return lines


def _decoded(content: bytes) -> str:
    """UTF-8 with or without Excel's mark, or else what Chinese Excel writes (GB 18030)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandError("the file is neither UTF-8 nor GBK; save it as CSV UTF-8", 2)


def _check_columns(path: Path, names: list[str]) -> None:
    if "address" not in names:
        raise CommandError(f"{path}: the first line must name the columns: address,name,…", 2)
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise CommandError(
            f"{path}: line 1: {unknown[0]!r} is no column; use {','.join(COLUMNS)}", 2
        )


def _cells(row: dict[str, str], path: Path, number: int) -> dict[str, str]:
    if "" in row:
        raise CommandError(
            f"{path}: nothing was imported; line {number}: more cells than columns", 2
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
