"""The entries with what a model said in brief of them, where that is known and not refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlite_utils import Database

from digest.composing.chapters import Placed
from storage.summaries.cache import accepted, summary_key


def with_summaries(db: Database, placed: Sequence[Placed], model: str) -> list[Placed]:
    """The entries with the summaries that this model made of their texts; nobody is asked here."""
    if not model:
        return list(placed)
    bodies = {item.entry.id: item.entry.stored.notice.body_text for item in placed}
    keys = {number: summary_key(body, model) for number, body in bodies.items() if body}
    known = accepted(db, keys)
    return [
        replace(item, entry=replace(item.entry, machine=known[item.entry.id]))
        if item.entry.id in known
        else item
        for item in placed
    ]
