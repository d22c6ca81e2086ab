"""What there is to say of a field, in one place; everything that shows fields follows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Flag, auto
from typing import Any


class Shown(Flag):
    """Where a field is shown, beside the store itself and its JSON lines."""

    NOWHERE = 0
    # In an issue, where its layout says; in digest.json by its name.
    DIGEST = auto()
    # In an issue as one more fact of an entry (施行日期：…), and in digest.json: all by itself.
    FACT = auto()
    # On the page of a notice in Datasette, as a fact.
    PAGE = auto()
    # In `zhengxun reread`, when it is read differently.
    REREAD = auto()


@dataclass(frozen=True, slots=True)
class About:
    """A field's words: `label` (Chinese) stands beside its value; `en` and `zh` say what it means.

    `export` is its place among the columns of exported tables, under `heading` or the label; 0:
    none. `of_text`: it is read out of the text and goes with it. `column`: the store has a column
    of its name; its type follows from the field's.
    """

    label: str
    en: str
    zh: str
    shown: Shown
    export: int = 0
    heading: str = ""
    of_text: bool = False
    column: bool = True


def printed(value: object) -> str:
    """A field's value as a person reads it: days as YYYY-MM-DD, lists with 、; '' for nothing."""
    if isinstance(value, tuple):
        return "、".join(printed(part) for part in value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str):
        return value or ""
    raise TypeError(f"{value!r} has no form of one line")


def about(*words: Any, **more: Any) -> dict[str, About]:
    """The metadata of a field: `About` by its parameters."""
    return {"about": About(*words, **more)}
