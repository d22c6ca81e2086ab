"""Chapters and headings: every entry on its shelf, in the configured order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.models import OTHER_ID, OTHER_TITLE, Chapter, Entry, Group, Section
from digest.safe_text import clean_line

UNGROUPED = "未分组"


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with the chapter and heading its notice asks for."""

    section: str
    group: str
    entry: Entry


def arrange(placed: Iterable[Placed], chapters: Sequence[Chapter]) -> tuple[Section, ...]:
    """All chapters and their headings, empty ones too; what fits none of them closes the issue
    in a chapter 其他, so that a slip in the configuration hides nothing."""
    shelves: dict[tuple[str, str], list[Entry]] = {
        (chapter.id, group): [] for chapter in chapters for group in chapter.groups
    }
    titles = {chapter.id: chapter.title for chapter in chapters}
    rest: dict[str, list[Entry]] = {}
    for item in placed:
        shelf = shelves.get((item.section, item.group))
        if shelf is None:
            shelf = rest.setdefault(_stray_heading(item, titles), [])
        shelf.append(item.entry)
    sections = [
        Section(
            id=chapter.id,
            title=chapter.title,
            department=chapter.department,
            groups=tuple(
                Group(group, tuple(shelves[chapter.id, group])) for group in chapter.groups
            ),
        )
        for chapter in chapters
    ]
    if rest:
        groups = tuple(Group(heading, tuple(entries)) for heading, entries in rest.items())
        sections.append(Section(OTHER_ID, OTHER_TITLE, "", groups))
    return tuple(sections)


def _stray_heading(item: Placed, titles: dict[str, str]) -> str:
    heading = clean_line(item.group) or UNGROUPED
    chapter = titles.get(item.section)
    return f"{chapter} · {heading}" if chapter else heading
