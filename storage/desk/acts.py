"""What was done at the desk beside the issues, by whom and when. Only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.values import from_instant, one_line, select, to_instant


@dataclass(frozen=True, slots=True)
class DeskAct:
    """One act; `what` is a line in Chinese."""

    what: str
    who: str
    made_at: datetime


def note_act(db: Database, what: str, *, who: str, now: datetime) -> None:
    """Write an act down."""
    with transaction(db):
        db.execute(
            "INSERT INTO desk_acts (what, who, made_at) VALUES (?, ?, ?)",
            [one_line(what), one_line(who), from_instant(now)],
        )


def list_acts(db: Database, most: int = 100_000) -> list[DeskAct]:
    """The newest acts, the oldest of them first."""
    rows = select(
        db,
        "SELECT * FROM (SELECT * FROM desk_acts ORDER BY id DESC LIMIT ?) ORDER BY id",
        [most],
    )
    return [DeskAct(row["what"], row["who"], to_instant(row["made_at"])) for row in rows]
