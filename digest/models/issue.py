"""What an issue is, before anybody renders it: frozen, without markup or files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

from china_time import SHANGHAI
from digest.choosing.folding import Room
from digest.models.entry import DueDate, Entry, Page, due_dates
from digest.models.follow_up import FollowUp
from errors import ZhengxunError
from storage.models import CorrectionRecord, Coverage, SourceTrend

__all__ = [
    "Chapter",
    "ChapterSpec",
    "Digest",
    "DigestError",
    "DueDate",
    "Entry",
    "Group",
    "Highlights",
    "Page",
    "Section",
]

OTHER_ID = "other"
OTHER_TITLE = "其他"
NOTHING_NEW = "本周没有新通知"
_TROUBLE = frozenset({"degraded", "blocked", "broken", "unreachable", None})


class DigestError(ZhengxunError):
    """An issue cannot be made or sent; one line that says what to write or do instead."""

    code = 2


class Chapter(Protocol):
    """A chapter of the digest as configured; `department` signs it."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def groups(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class ChapterSpec:
    """The plainest `Chapter`."""

    id: str
    title: str
    department: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A heading inside a chapter: 国家级, 天津市, …"""

    title: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Section:
    """A chapter (篇) of an issue."""

    id: str
    title: str
    department: str = ""
    groups: tuple[Group, ...] = ()

    @property
    def count(self) -> int:
        return sum(len(group.entries) for group in self.groups)

    @property
    def filled(self) -> tuple[Group, ...]:
        """The groups that have something to show."""
        return tuple(group for group in self.groups if group.entries)

    @cached_property
    def lead(self) -> tuple[Group, ...]:
        """The groups with the entries told in full (重点), without those set under another."""
        heads = self._heads
        return _only(self.filled, lambda entry: entry.id in heads and not entry.folded)

    @cached_property
    def rest(self) -> tuple[Group, ...]:
        """The groups with the entries told in a line (其余), without those set under another."""
        heads = self._heads
        return _only(self.filled, lambda entry: entry.id in heads and entry.folded)

    @property
    def _heads(self) -> frozenset[int]:
        """The entries that stand alone; so does one whose document is not here (any more)."""
        entries = [entry for group in self.groups for entry in group.entries]
        alone = {entry.id for entry in entries if entry.under is None}
        return frozenset(entry.id for entry in entries if entry.under not in alone)

    @property
    def rest_count(self) -> int:
        return sum(len(group.entries) for group in self.rest)

    def stories(self, entry: Entry) -> tuple[Entry, ...]:
        """What explains or reports an entry and is set under it."""
        return self._stories.get(entry.id, ())

    @cached_property
    def _stories(self) -> dict[int, tuple[Entry, ...]]:
        found: dict[int, tuple[Entry, ...]] = {}
        for entry in (one for group in self.groups for one in group.entries):
            if entry.under is not None:
                found[entry.under] = (*found.get(entry.under, ()), entry)
        return found


def _only(groups: Sequence[Group], wanted: Callable[[Entry], bool]) -> tuple[Group, ...]:
    cut = (Group(group.title, tuple(filter(wanted, group.entries))) for group in groups)
    return tuple(group for group in cut if group.entries)


@dataclass(frozen=True, slots=True)
class Highlights:
    """The box at the top: how much, how urgent, how many corrections, how reliable."""

    counts: tuple[tuple[str, int], ...]
    total: int
    revised: int
    late: int
    due: tuple[DueDate, ...]
    troubled: tuple[Coverage, ...]
    lead: int = 0


def _urgency(due: DueDate) -> tuple[bool, date, bool, float, int]:
    """What asks readers to act first, each half by its day."""
    return not due.asks, due.on, due.week != "", -due.entry.score, due.entry.id


@dataclass(frozen=True)
class Digest:
    """One week's issue. `instant` is UTC-aware; `from_on`..`to_on` are inclusive local days.

    `reminders` are deadlines of earlier issues that fall due soon; they are no entries.
    `trend`: what each site published in the last eight weeks, this one included.
    `left_out`: how many entries of the whole issue a subscriber's choice left out; `whole_url`:
    where it can be read; `foot`: how to change or end the subscription. Both only in mails.
    `own_title`: an editor gave it its title.
    `draft`: it has not gone out and can still be edited; `dropped` are the entries that an editor
    took out of a draft, which no reader sees; `asked` are the ids of entries whose judgement is
    uncertain. `room`: how many entries are told in full. `corrections` were made after it went
    out. `follow_ups` are the tasks that colleagues were given, for readers of the issue only.
    """

    week: str
    title: str
    company: str
    from_on: date
    to_on: date
    instant: datetime
    sections: tuple[Section, ...]
    coverage: tuple[Coverage, ...] = ()
    reminders: tuple[DueDate, ...] = field(default=())
    trend: tuple[SourceTrend, ...] = ()
    left_out: int = 0
    whole_url: str = ""
    foot: str = ""
    own_title: bool = False
    draft: bool = False
    dropped: tuple[Entry, ...] = ()
    room: Room = field(default_factory=Room)
    asked: tuple[int, ...] = ()
    corrections: tuple[CorrectionRecord, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Every entry in reading order."""
        for section in self.sections:
            for group in section.groups:
                yield from group.entries

    @property
    def total(self) -> int:
        return sum(section.count for section in self.sections)

    @property
    def is_folded(self) -> bool:
        """Whether some entries are told in a line only."""
        return any(entry.folded or entry.under is not None for entry in self.entries())

    def in_full(self) -> Digest:
        """The same issue with every entry told in full, for whoever wants all texts."""
        sections = tuple(
            replace(
                section,
                groups=tuple(
                    Group(
                        group.title,
                        tuple(replace(one, folded=False, under=None) for one in group.entries),
                    )
                    for group in section.groups
                ),
            )
            for section in self.sections
        )
        return replace(self, sections=sections)

    @property
    def today(self) -> date:
        """The issue's day in Asia/Shanghai: what deadlines are counted from."""
        return self.instant.astimezone(SHANGHAI).date()

    @cached_property
    def highlights(self) -> Highlights:
        """本周要点, counted over this digest: a subscriber's personal one counts its own."""
        entries = tuple(self.entries())
        due = [item for entry in entries for item in due_dates(entry, self.today)]
        due.extend(self.reminders)
        return Highlights(
            counts=tuple((section.title, section.count) for section in self.sections),
            total=len(entries),
            revised=sum(entry.revised for entry in entries),
            late=sum(entry.late for entry in entries),
            due=tuple(sorted(due, key=_urgency)),
            troubled=tuple(item for item in self.coverage if item.verdict in _TROUBLE),
            lead=sum(len(group.entries) for section in self.sections for group in section.lead),
        )
