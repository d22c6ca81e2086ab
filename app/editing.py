"""What an editor may do to the coming issue: the one road of the verbs and of the desk to it.

Each act names the draft it was made on, finds the entry there, and is written into the history
with who did it. Raises CommandError for what makes no sense, StorageError for an issue that has
gone out meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from app.context import CommandError, Context
from app.drafts import Draft, place_of
from digest.composing.editing import EntryEdits
from digest.models.issue import Entry
from digest.safe_text import clean_line, clean_text
from storage.database import transaction
from storage.issues.edits import edits_in_force, record_edit
from storage.models import Act, Edit

NOTE_LENGTH = 2000
TITLE_LENGTH = 60
REASON_LENGTH = 200
Judgement = Literal["keep", "promote", "fold"]

_OPPOSITES: dict[Act, Act] = {
    "drop": "restore",
    "restore": "drop",
    "pin": "unpin",
    "unpin": "pin",
    "promote": "fold",
    "fold": "promote",
    "extract": "sum_up",
    "sum_up": "extract",
    "annotate": "annotate",
    "move": "move",
}


@dataclass(frozen=True)
class Hand:
    """An editor's hand on one draft: whose it is, and when."""

    context: Context
    db: Database
    draft: Draft
    who: str
    now: datetime

    def drop(self, entries: Sequence[Entry], reason: str) -> None:
        """Leave entries out of the issue, and of all later ones, until they are restored; all of
        them or none."""
        why = clean_line(reason)
        if len(why) > REASON_LENGTH:
            raise CommandError(f"the reason has {len(why)} characters; at most {REASON_LENGTH}", 2)
        gone = [entry.id for entry in entries if self.edits_of(entry).dropped]
        if gone:
            raise CommandError(f"entry {gone[0]} is dropped already")
        with transaction(self.db):
            for entry in entries:
                self._write("drop", entry.id, {"dropped": False}, {"dropped": True}, why)

    def restore(self, number: int) -> None:
        """Take a drop back: of this issue, or of an earlier one (it then comes late, 补发)."""
        self._write("restore", number, {"dropped": True}, {"dropped": False})

    def pin(self, entry: Entry, *, up: bool) -> None:
        """Put an entry at the top of its group, or take that back."""
        pinned = bool(self.edits_of(entry).pinned)
        if not up and not pinned:
            raise CommandError(f"entry {entry.id} is not pinned")
        self._write("pin" if up else "unpin", entry.id, {"pinned": pinned}, {"pinned": up})

    def judge(self, entry: Entry, act: Judgement) -> None:
        """Say whether an entry stands at its right depth, or change that; later issues learn."""
        if self.edits_of(entry).dropped:
            raise CommandError(f"entry {entry.id} is dropped; restore it first")
        folded = entry.folded if act == "keep" else act == "fold"
        self._write(act, entry.id, {"folded": entry.folded}, {"folded": folded})

    def move(self, entry: Entry, chapter: str, group: str, position: int | None) -> None:
        """Put an entry into another chapter or group, or at a position of its group."""
        if not (chapter or group or position):
            raise CommandError("say where to: --chapter, --group or --position", 2)
        before = place_of(self.draft.digest, entry)
        after: dict[str, Any] = {}
        if chapter or group:
            after["section"], after["group"] = _target(self.context, before, chapter, group)
        if position:
            after["position"] = position
        self._write("move", entry.id, before, after)

    def sum_up(self, entry: Entry, *, by_model: bool) -> None:
        """Have an entry told by the page's sentences that we choose, or by a model's summary."""
        if not entry.machine:
            raise CommandError(f"entry {entry.id} has no summary by a model")
        act: Act = "sum_up" if by_model else "extract"
        self._write(act, entry.id, {"own_words": entry.own_words}, {"own_words": not by_model})

    def annotate(self, entry: Entry, note: str) -> str:
        """Write a 编者按 to an entry, as returned; an empty one takes it away."""
        words = clean_text(note).strip()
        if len(words) > NOTE_LENGTH:
            raise CommandError(f"the note has {len(words)} characters; at most {NOTE_LENGTH}", 2)
        self._write("annotate", entry.id, {"note": entry.note}, {"note": words})
        return words

    def retitle(self, title: str) -> None:
        """Give the issue a title of its own; an empty one takes it back."""
        words = clean_line(title)
        if len(words) > TITLE_LENGTH:
            raise CommandError(f"the title has {len(words)} characters; at most {TITLE_LENGTH}", 2)
        self._write("retitle", None, {"title": self.draft.digest.title}, {"title": words})

    def undo(self, act: Edit) -> None:
        """Do the opposite of an act, as one more act; it must be one on entries or the title.

        It leaves the entry as it was before, in every respect: the new act says how that was.
        """
        undoes: dict[str, Any] = {"undoes": act.id}
        if act.act == "retitle":
            self._write("retitle", None, act.after, {**act.before, **undoes})
            return
        back = _OPPOSITES.get(act.act)
        if back is None or act.notice_id is None:
            raise CommandError("what was done there cannot be undone")
        if act.act not in {"drop", "restore"}:
            entry = next((one for one in self._all() if one.id == act.notice_id), None)
            if entry is None:
                raise CommandError("what was done there cannot be undone any more")
            undoes |= {"was": asdict(self._edits_before(act))}
        self._write(back, act.notice_id, act.after, {**act.before, **undoes})

    def _edits_before(self, act: Edit) -> EntryEdits:
        """What the acts before this one, on the same document, add up to."""
        found = EntryEdits()
        for one in edits_in_force(self.db, self.draft.digest.week):
            if one.id < act.id and one.document == act.document:
                found = found.after(one)
        return found

    def _all(self) -> tuple[Entry, ...]:
        return (*self.draft.digest.entries(), *self.draft.digest.dropped)

    def edits_of(self, entry: Entry) -> EntryEdits:
        """What the acts on an entry add up to."""
        return self.draft.edits_by_entry.get(entry.id, EntryEdits())

    def _write(
        self,
        act: Act,
        number: int | None,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        reason: str = "",
    ) -> None:
        record_edit(
            self.db,
            week=self.draft.digest.week,
            act=act,
            notice_id=number,
            before=before,
            after=after,
            reason=reason,
            who=self.who,
            now=self.now,
        )


def _target(
    context: Context, before: Mapping[str, Any], chapter: str, group: str
) -> tuple[str, str]:
    """The chapter id and group meant; a chapter or group that is not configured is bad usage."""
    chapters = {item.id: item for item in context.config.digest.chapters}
    names = {item.title: item.id for item in chapters.values()}
    section = names.get(chapter, chapter) or before.get("section", "")
    target = chapters.get(section)
    if target is None:
        known = ", ".join(f"{item.id} ({item.title})" for item in chapters.values())
        raise CommandError(f"there is no chapter {section!r}; chapters: {known}", 2)
    groups = list(target.groups)
    wanted = group or before.get("group", "")
    if not groups or wanted in groups:
        return section, wanted
    if not group and len(groups) == 1:
        return section, groups[0]
    problem = f"there is no group {group!r} in {section}" if group else "name the group"
    raise CommandError(f"{problem}: --group {' | '.join(groups)}", 2)
