"""What one subscriber gets of an issue: the chapters, headings and keywords they asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from digest.models import Digest, Entry, Group, Section
from digest.safe_text import clean_line
from storage.models import Subscriber

# What a keyword that leaves entries out begins with.
_NOT = ("-", "不含")


@dataclass(frozen=True, slots=True)
class Profile:
    """A choice of content; empty means everything. Equal profiles share one rendering."""

    sections: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    @classmethod
    def of(cls, subscriber: Subscriber) -> Profile:
        """The subscriber's choice, in a form that does not depend on its order."""
        choices = (subscriber.sections, subscriber.groups, subscriber.keywords)
        return cls(*(tuple(sorted(_folded(words))) for words in choices))

    @property
    def wanted(self) -> tuple[str, ...]:
        """Keywords of which an entry must have one."""
        return tuple(word for word in self.keywords if not word.startswith(_NOT))

    @property
    def unwanted(self) -> tuple[str, ...]:
        """Keywords of which an entry must have none: 不含兽药 or -兽药."""
        bare = (_bare(word) for word in self.keywords if word.startswith(_NOT))
        return tuple(word for word in bare if word)


def personal(digest: Digest, profile: Profile) -> Digest:
    """The issue cut down to a profile: in a chosen chapter, under a chosen heading, with one of
    the wanted keywords and none of the unwanted in its title, body, issuer, number or topics.

    Each entry says which keywords it has, the issue how many entries were left out. A chapter is
    chosen by its id or its title. 信息来源状况 stays whole: an outage concerns everybody who
    relies on the silence of a source.
    """
    cut = (replace(section, groups=_cut(section, profile)) for section in digest.sections)
    sections = tuple(
        section
        for section in cut
        if section.count or _chosen((section.id, section.title), profile.sections)
    )
    reminders = tuple(
        due
        for due in digest.reminders
        if _fits(due.entry, profile)
        and _chosen(_chapter_names(digest, due.entry), profile.sections)
        and _chosen((due.entry.group,), profile.groups)
    )
    own = replace(digest, sections=sections, reminders=reminders)
    return replace(own, left_out=digest.total - own.total)


def _cut(section: Section, profile: Profile) -> tuple[Group, ...]:
    """What of a chapter is wanted. A chapter of topics draws entries out of others: whoever chose
    the chapter an entry was filed in still gets it."""
    chosen = _chosen((section.id, section.title), profile.sections)
    groups = (group for group in section.groups if _chosen((group.title,), profile.groups))
    return tuple(
        Group(
            group.title,
            tuple(
                _marked(entry, profile)
                for entry in group.entries
                if (chosen or _chosen((entry.section,), profile.sections)) and _fits(entry, profile)
            ),
        )
        for group in groups
    )


def _chapter_names(digest: Digest, entry: Entry) -> tuple[str, ...]:
    section = entry.section
    return (section, *(item.title for item in digest.sections if item.id == section))


def _chosen(names: Iterable[str], wanted: tuple[str, ...]) -> bool:
    return not wanted or any(name in wanted for name in _folded(names))


def _fits(entry: Entry, profile: Profile) -> bool:
    if not profile.keywords:
        return True
    text = _searched(entry)
    if any(word in text for word in profile.unwanted):
        return False
    return not profile.wanted or any(word in text for word in profile.wanted)


def _marked(entry: Entry, profile: Profile) -> Entry:
    """The entry with the keywords that brought it: 关键词：中药、专利."""
    if not profile.wanted:
        return entry
    text = _searched(entry)
    found = clean_line("、".join(word for word in profile.wanted if word in text))
    return replace(entry, why=f"关键词：{found}")


def _searched(entry: Entry) -> str:
    notice = entry.stored.notice
    places = (
        entry.title,
        entry.doc_number,
        entry.source,
        entry.summary,
        *entry.issuers,
        *notice.topics,
        notice.body_text,
    )
    return "\n".join(_folded(places))


def _bare(word: str) -> str:
    for mark in _NOT:
        word = word.removeprefix(mark)
    return word.lstrip("：: ").strip()


def _folded(words: Iterable[str]) -> list[str]:
    """Full-width and upper-case forms count as the plain ones."""
    return [unicodedata.normalize("NFKC", word).casefold().strip() for word in words]
