"""Summaries that a model made, by the content they are of: a text is asked for once a model."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.values import from_instant, marks, select
from texts.folding import clean

PROMPT = 1
"""What is asked (`pipelines.summaries.request`): another number, and all texts are asked anew."""
_BATCH = 400
_LONGEST_ANSWER = 4000


@dataclass(frozen=True, slots=True)
class MachineSummary:
    """What became of a text: its summary, or in Chinese why what the model said is not one."""

    text: str
    refused: str
    answer: str
    tokens_in: int | None = None
    tokens_out: int | None = None


def summary_key(body: str, model: str) -> str:
    """What a body's summary by a model is kept under."""
    return hashlib.sha256(f"{PROMPT}\n{model}\n{body}".encode()).hexdigest()


def save_summary(db: Database, key: str, model: str, found: MachineSummary, now: datetime) -> None:
    """Keep what a model said of a text."""
    with transaction(db):
        db.execute(
            "INSERT OR REPLACE INTO machine_summaries"
            " (key, model, prompt, text, refused, answer, tokens_in, tokens_out, made_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(key, clean(model), PROMPT, clean(found.text), clean(found.refused)),
                clean(found.answer)[:_LONGEST_ANSWER],
                *(found.tokens_in, found.tokens_out, from_instant(now)),
            ],
        )


def settled(db: Database, keys: Collection[str]) -> set[str]:
    """Those of the keys whose texts a model has spoken of, whatever became of it."""
    return {key for key, _ in _rows(db, keys)}


def accepted(db: Database, keys: Mapping[int, str]) -> dict[int, str]:
    """The summaries that may be printed, by what the keys are of."""
    known = dict(_rows(db, set(keys.values())))
    return {number: known[key] for number, key in keys.items() if known.get(key)}


def _rows(db: Database, keys: Collection[str]) -> list[tuple[str, str]]:
    wanted, found = sorted(keys), []
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        sql = f"SELECT key, text FROM machine_summaries WHERE key IN ({marks(some)})"  # noqa: S608
        found += [(str(row["key"]), str(row["text"])) for row in select(db, sql, some)]
    return found
