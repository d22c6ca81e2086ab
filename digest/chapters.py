"""Chapters and headings: every entry on its shelf, in the configured order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from digest.models import OTHER_ID, OTHER_TITLE, Chapter, Entry, Group, Section
from digest.safe_text import clean_line

UNGROUPED = "未分组"


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with the chapter and heading its notice asks for."""

    section: str
    group: str
    entry: Entry


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

    An entry stands in one chapter: the first of those by topic that it fits, else its own. A
    chapter by topic without headings of its own takes those of its entries."""
    shelves: dict[tuple[str, str], list[Entry]] = {
        (chapter.id, group): [] for chapter in chapters for group in chapter.groups
    }
    titles = {chapter.id: chapter.title for chapter in chapters}
    rest: dict[str, list[Entry]] = {}
    drawn: dict[str, dict[str, list[Entry]]] = {}
    for item in placed:
        theme = _theme(item.entry, chapters)
        if theme is not None:
            heading = item.group if item.group in theme.groups else _first_heading(item, theme)
            drawn.setdefault(theme.id, {}).setdefault(heading, []).append(item.entry)
            continue
        shelf = shelves.get((item.section, item.group))
        if shelf is None:
            shelf = rest.setdefault(_stray_heading(item, titles), [])
        shelf.append(item.entry)
    sections = [
        Section(
            id=chapter.id,
            title=chapter.title,
            department=chapter.department,
            groups=_groups(chapter, shelves, drawn.get(chapter.id, {})),
        )
        for chapter in chapters
    ]
    if rest:
        groups = tuple(Group(heading, tuple(entries)) for heading, entries in rest.items())
        sections.append(Section(OTHER_ID, OTHER_TITLE, "", groups))
    return tuple(sections)


def _groups(
    chapter: Chapter,
    shelves: dict[tuple[str, str], list[Entry]],
    drawn: dict[str, list[Entry]],
) -> tuple[Group, ...]:
    headings = dict.fromkeys((*chapter.groups, *drawn))
    return tuple(
        Group(heading, (*shelves.get((chapter.id, heading), ()), *drawn.get(heading, ())))
        for heading in headings
    )


def _theme(entry: Entry, chapters: Sequence[Chapter]) -> Chapter | None:
    for chapter in chapters:
        if isinstance(chapter, ByTopic):
            topics = set(entry.stored.notice.topics)
            text = " ".join((entry.title, entry.summary, *topics))
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
