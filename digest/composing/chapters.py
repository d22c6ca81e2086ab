"""Chapters and headings: every entry on its shelf, in the configured order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from digest.models.issue import OTHER_ID, OTHER_TITLE, Chapter, Entry, Group, Section
from digest.safe_text import clean_line

UNGROUPED = "未分组"


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with the chapter and heading its notice asks for, or an editor.

    `pinned` and `placed` order an editor's acts, 0 for none; `position` counts from 1.
    """

    section: str
    group: str
    entry: Entry
    pinned: int = 0
    position: int | None = None
    placed: int = 0


@runtime_checkable
class ByTopic(Protocol):
    """A chapter that draws its entries from all others: what has one of its topics, or one of
    its keywords in title, summary or topics."""

    @property
    def topics(self) -> Sequence[str]: ...
    @property
    def keywords(self) -> Sequence[str]: ...


def arrange(placed: Iterable[Placed], chapters: Sequence[Chapter]) -> tuple[Section, ...]:
    """All chapters and their headings, empty ones too; what fits none of them closes the issue
    in a chapter 其他, so that a slip in the configuration hides nothing.

    What explains or reports another entry stands behind it.

    An entry stands in one chapter: where an editor put it, else the first of those by topic that
    it fits, else its own. A chapter by topic without headings of its own takes those of its
    entries."""
    shelves: dict[tuple[str, str], list[Placed]] = {
        (chapter.id, group): [] for chapter in chapters for group in chapter.groups
    }
    placed = list(placed)
    heads = {item.entry.id for item in placed if item.entry.under is None}
    stories: dict[int, list[Entry]] = {}
    for item in placed:
        if item.entry.under in heads:
            stories.setdefault(item.entry.under or 0, []).append(item.entry)
    titles = {chapter.id: chapter.title for chapter in chapters}
    rest: dict[str, list[Placed]] = {}
    drawn: dict[str, dict[str, list[Placed]]] = {}
    for item in placed:
        if item.entry.under in heads:
            continue
        theme = _theme(item, chapters)
        if theme is not None:
            heading = item.group if item.group in theme.groups else _first_heading(item, theme)
            drawn.setdefault(theme.id, {}).setdefault(heading, []).append(item)
            continue
        shelf = shelves.get((item.section, item.group))
        if shelf is None:
            shelf = rest.setdefault(_stray_heading(item, titles), [])
        shelf.append(item)
    sections = [
        Section(
            id=chapter.id,
            title=chapter.title,
            department=chapter.department,
            groups=_groups(chapter, shelves, drawn.get(chapter.id, {}), stories),
        )
        for chapter in chapters
    ]
    if rest:
        groups = tuple(Group(heading, _ordered(items, stories)) for heading, items in rest.items())
        sections.append(Section(OTHER_ID, OTHER_TITLE, "", groups))
    return tuple(sections)


def chapter_of(item: Placed, chapters: Sequence[Chapter]) -> str:
    """The id of the chapter in which an entry will stand."""
    theme = _theme(item, chapters)
    return item.section if theme is None else theme.id


def _groups(
    chapter: Chapter,
    shelves: dict[tuple[str, str], list[Placed]],
    drawn: dict[str, list[Placed]],
    stories: dict[int, list[Entry]],
) -> tuple[Group, ...]:
    headings = dict.fromkeys((*chapter.groups, *drawn))
    return tuple(
        Group(
            heading,
            _ordered((*shelves.get((chapter.id, heading), ()), *drawn.get(heading, ())), stories),
        )
        for heading in headings
    )


def _ordered(items: Sequence[Placed], stories: Mapping[int, Sequence[Entry]]) -> tuple[Entry, ...]:
    """As they came, but the pinned first and what is told in a line last, and then those with a
    position put there; behind each entry what explains or reports it."""
    free = [item for item in items if item.position is None]
    ordered = sorted(free, key=lambda item: (-item.pinned, item.entry.folded))
    for item in sorted((item for item in items if item.position is not None), key=_act):
        ordered.insert(max((item.position or 1) - 1, 0), item)
    return tuple(
        entry for item in ordered for entry in (item.entry, *stories.get(item.entry.id, ()))
    )


def _act(item: Placed) -> int:
    return item.placed


def _theme(item: Placed, chapters: Sequence[Chapter]) -> Chapter | None:
    entry = item.entry
    if entry.filed is not None:
        # A chapter by topic takes what an editor puts there, and draws nothing an editor placed.
        named = (chapter for chapter in chapters if chapter.id == item.section)
        return next((chapter for chapter in named if isinstance(chapter, ByTopic)), None)
    for chapter in chapters:
        # Asking a protocol takes longer than all the rest, for a thousand entries.
        if not (getattr(chapter, "topics", ()) or getattr(chapter, "keywords", ())):
            continue
        if isinstance(chapter, ByTopic):
            topics = set(entry.stored.notice.topics)
            text = " ".join((entry.title, entry.told, *topics))
            if topics & set(chapter.topics) or any(word in text for word in chapter.keywords):
                return chapter
    return None


def _first_heading(item: Placed, theme: Chapter) -> str:
    """With headings configured, an entry of another heading goes under the last of them."""
    return theme.groups[-1] if theme.groups else clean_line(item.group) or UNGROUPED


def _stray_heading(item: Placed, titles: dict[str, str]) -> str:
    heading = clean_line(item.group) or UNGROUPED
    chapter = titles.get(item.section)
    return f"{chapter} · {heading}" if chapter else heading
