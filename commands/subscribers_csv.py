"""Subscribers as a CSV that Excel opens: what is exported is what import reads."""

from __future__ import annotations

import csv
from pathlib import Path

from rich.console import Console

from app.context import CommandError, Context
from app.subscribers_csv import COLUMNS, csv_row, read_people, save_people
from storage.readers.subscribers import (
    Saved,
    list_subscribers,
)

# A spreadsheet takes a cell that begins so for a formula.
SAVED_WORDS: dict[Saved, str] = {
    "added": "已添加",
    "changed": "已更改",
    "unchanged": "未变",
    "kept ended": "已退订，未恢复；要恢复：zhengxun subscribers add",
}


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


def load(context: Context, path: Path, console: Console) -> int:
    """Import a CSV: add who is new, change who is known, and say so line by line.

    Every line is checked before the first one is stored; a file with a bad line is refused
    whole, and every bad line is named. Whoever unsubscribed is not subscribed again by a list.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}", 2) from error
    people, problems = read_people(context, content, str(path))
    if problems:
        faults = "; ".join(problems[:20]) + ("; …" if len(problems) > 20 else "")
        raise CommandError(f"{path}: nothing was imported; {faults}", 2)
    with context.store() as db:
        done = save_people(context, db, people)
    for person, what in zip(people, done, strict=True):
        line = f"第 {person.line} 行 {person.address} {SAVED_WORDS[what]}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return 0
