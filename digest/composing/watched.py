"""Entries with a list in whose rows a watched name stands: told in full, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digest.composing.chapters import Placed
from digest.models.entry import LIST_HIT

_MOST_NAMES = 3
_MOST_REASONS = 3


def with_badges(placed: Sequence[Placed], hits: Mapping[int, Sequence[str]]) -> list[Placed]:
    """The entries with 名单命中 as the first reason of those that `hits` (id of the notice to the
    names found in its lists) has, and these told in full, before all others of their depth."""
    marked = [_marked(item, hits.get(item.entry.id, ())) for item in placed]
    return sorted(marked, key=lambda item: (item.entry.folded, not _is_marked(item)))


def _marked(item: Placed, names: Sequence[str]) -> Placed:
    if not names:
        return item
    more = f"等 {len(names)} 个" if len(names) > _MOST_NAMES else ""
    reason = f"{LIST_HIT}：{'、'.join(names[:_MOST_NAMES])}{more}"
    reasons = (reason, *item.entry.reasons)[:_MOST_REASONS]
    return replace(item, entry=replace(item.entry, reasons=reasons, folded=False, under=None))


def _is_marked(item: Placed) -> bool:
    return bool(item.entry.list_hit)
