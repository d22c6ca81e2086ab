"""What an editor did to the coming issue: from the journal to entries in their places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from digest.composing.chapters import Placed
from digest.models.issue import Entry
from digest.safe_text import clean_line
from storage.models import Act, Edit

BY_HAND_FULL, BY_HAND_LINE = "编者列入重点", "编者折叠"


@dataclass(frozen=True, slots=True)
class EntryEdits:
    """What the acts on one entry add up to.

    `section` and `group` None: where its notice belongs. `pinned` and `placed` are the numbers
    of the acts, 0 for none: the later pin stands higher, the later position is counted last.
    `depth`: told in full or in a line; empty: as it was judged. `own_words`: without a model's
    summary.
    """

    dropped: bool = False
    reason: str = ""
    section: str | None = None
    group: str | None = None
    pinned: int = 0
    position: int | None = None
    placed: int = 0
    note: str = ""
    depth: Literal["", "full", "line"] = ""
    own_words: bool = False

    def after(self, edit: Edit) -> EntryEdits:
        """The same with one more act; an undo says what was before."""
        was = edit.after.get("was")
        if isinstance(was, dict):
            return EntryEdits(**was)
        match edit.act:
            case "drop":
                return replace(self, dropped=True, reason=edit.reason)
            case "restore":
                return replace(self, dropped=False, reason="")
            case "pin":
                return replace(self, pinned=edit.id, position=None, depth="full")
            case "unpin":
                return replace(self, pinned=0)
            case "annotate":
                return replace(self, note=str(edit.after.get("note", "")))
            case "promote" | "fold" | "extract" | "sum_up":
                return self._told(edit.act)
            case "move":
                return self._moved(edit)
            case _:
                return self

    def _told(self, act: Act) -> EntryEdits:
        match act:
            case "promote":
                return replace(self, depth="full")
            case "fold":
                return replace(self, depth="line", pinned=0, position=None)
            case _:
                return replace(self, own_words=act == "extract")

    def _moved(self, edit: Edit) -> EntryEdits:
        position = edit.after.get("position")
        return replace(
            self,
            section=edit.after.get("section", self.section),
            group=edit.after.get("group", self.group),
            position=position,
            placed=edit.id,
            # A place that was named outright is no pin any more.
            pinned=self.pinned if position is None else 0,
        )


def entry_edits(edits: Sequence[Edit], entries: Iterable[Entry]) -> dict[int, EntryEdits]:
    """Entry id -> what its acts add up to, in their order.

    An act is of the very page it was made on when that stands in the issue, else of the page
    that stands for its document now.
    """
    printed: set[int] = set()
    standing: dict[int, int] = {}
    for entry in entries:
        printed.add(entry.id)
        standing.setdefault(entry.stored.duplicate_of or entry.id, entry.id)
    found: dict[int, EntryEdits] = {}
    for edit in edits:
        if edit.notice_id is None or edit.document is None:
            continue
        target = edit.notice_id if edit.notice_id in printed else standing.get(edit.document)
        if target is not None:
            found[target] = found.get(target, EntryEdits()).after(edit)
    return found


def edited(placed: Sequence[Placed], edits: Sequence[Edit]) -> tuple[list[Placed], list[Entry]]:
    """The entries as the editor wants them, and those the editor dropped."""
    edits_by_entry = entry_edits(edits, (item.entry for item in placed))
    kept: list[Placed] = []
    dropped: list[Entry] = []
    for item in placed:
        change = edits_by_entry.get(item.entry.id)
        if change is None:
            kept.append(item)
        elif change.dropped:
            dropped.append(item.entry)
        else:
            kept.append(_with_change(item, change))
    return kept, dropped


def own_title(edits: Iterable[Edit], usual: str) -> str:
    """The title the editor gave the issue, or the usual one."""
    title = ""
    for edit in edits:
        if edit.act == "retitle":
            title = clean_line(str(edit.after.get("title", "")))
    return title or usual


def _said(words: str, entry: Entry) -> tuple[str, ...]:
    """The editor's word is the first of the reasons."""
    return (words, *(one for one in entry.reasons if one not in (BY_HAND_FULL, BY_HAND_LINE)))[:3]


def _with_change(item: Placed, change: EntryEdits) -> Placed:
    section, group, entry = item.section, item.group, item.entry
    if change.section is not None or change.group is not None:
        section = item.section if change.section is None else change.section
        group = item.group if change.group is None else change.group
        entry = replace(entry, filed=(section, group))
    if change.own_words:
        entry = replace(entry, own_words=True)
    if change.note:
        entry = replace(entry, annotation=change.note)
    if change.depth == "full" or change.position is not None:
        entry = replace(entry, folded=False, under=None, reasons=_said(BY_HAND_FULL, entry))
    elif change.depth == "line":
        entry = replace(entry, folded=True, reasons=_said(BY_HAND_LINE, entry))
    return replace(
        item,
        section=section,
        group=group,
        entry=entry,
        pinned=change.pinned,
        position=change.position,
        placed=change.placed,
    )
