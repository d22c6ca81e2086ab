"""What an editor did to the coming issue: from the journal to entries in their places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from digest.composing.chapters import Placed
from digest.models import Entry
from digest.safe_text import clean_line
from storage.models import Edit


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the acts on one entry add up to.

    `section` and `group` None: where its notice belongs. `pinned` and `placed` are the numbers
    of the acts, 0 for none: the later pin stands higher, the later position is counted last.
    """

    dropped: bool = False
    reason: str = ""
    section: str | None = None
    group: str | None = None
    pinned: int = 0
    position: int | None = None
    placed: int = 0
    note: str = ""

    def after(self, edit: Edit) -> Wishes:
        """The same with one more act."""
        match edit.act:
            case "drop":
                return replace(self, dropped=True, reason=edit.reason)
            case "restore":
                return replace(self, dropped=False, reason="")
            case "pin":
                return replace(self, pinned=edit.id, position=None)
            case "unpin":
                return replace(self, pinned=0)
            case "annotate":
                return replace(self, note=str(edit.after.get("note", "")))
            case "move":
                return self._moved(edit)
            case _:
                return self

    def _moved(self, edit: Edit) -> Wishes:
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


def wishes_of(edits: Sequence[Edit], entries: Iterable[Entry]) -> dict[int, Wishes]:
    """Entry id -> what its acts add up to, in their order.

    An act is of the very page it was made on when that stands in the issue, else of the page
    that stands for its document now.
    """
    printed: set[int] = set()
    standing: dict[int, int] = {}
    for entry in entries:
        printed.add(entry.id)
        standing.setdefault(entry.stored.duplicate_of or entry.id, entry.id)
    found: dict[int, Wishes] = {}
    for edit in edits:
        if edit.notice_id is None or edit.document is None:
            continue
        target = edit.notice_id if edit.notice_id in printed else standing.get(edit.document)
        if target is not None:
            found[target] = found.get(target, Wishes()).after(edit)
    return found


def edited(placed: Sequence[Placed], edits: Sequence[Edit]) -> tuple[list[Placed], list[Entry]]:
    """The entries as the editor wants them, and those the editor dropped."""
    wishes = wishes_of(edits, (item.entry for item in placed))
    kept: list[Placed] = []
    dropped: list[Entry] = []
    for item in placed:
        wish = wishes.get(item.entry.id, Wishes())
        if wish.dropped:
            dropped.append(item.entry)
        else:
            kept.append(_as_wished(item, wish))
    return kept, dropped


def own_title(edits: Iterable[Edit], usual: str) -> str:
    """The title the editor gave the issue, or the usual one."""
    title = ""
    for edit in edits:
        if edit.act == "retitle":
            title = clean_line(str(edit.after.get("title", "")))
    return title or usual


def _as_wished(item: Placed, wish: Wishes) -> Placed:
    section, group, entry = item.section, item.group, item.entry
    if wish.section is not None or wish.group is not None:
        section = item.section if wish.section is None else wish.section
        group = item.group if wish.group is None else wish.group
        entry = replace(entry, filed=(section, group))
    if wish.note:
        entry = replace(entry, annotation=wish.note)
    return replace(
        item,
        section=section,
        group=group,
        entry=entry,
        pinned=wish.pinned,
        position=wish.position,
        placed=wish.placed,
    )
