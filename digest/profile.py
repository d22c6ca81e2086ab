"""What one subscriber gets of an issue: the chapters, headings and keywords they asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from digest.models import Digest, Entry, Group
from storage.models import Subscriber


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


def personal(digest: Digest, profile: Profile) -> Digest:
    """The issue cut down to a profile: in a chosen chapter, under a chosen heading, and with
    one of the keywords in its title, body, issuer, number or topics.

    A chapter is chosen by its id or its title. 信息来源状况 stays whole: an outage concerns
    everybody who relies on the silence of a source.
    """
    sections = tuple(
        replace(section, groups=tuple(_cut(section.groups, profile)))
        for section in digest.sections
        if _chosen((section.id, section.title), profile.sections)
    )
    kept = {entry.id for entry in digest.entries() if _has_keyword(entry, profile.keywords)}
    reminders = tuple(
        due
        for due in digest.reminders
        if (due.entry.id in kept or _has_keyword(due.entry, profile.keywords))
        and _chosen(_chapter_names(digest, due.entry), profile.sections)
        and _chosen((due.entry.stored.notice.grp,), profile.groups)
    )
    return replace(digest, sections=sections, reminders=reminders)


def _cut(groups: Iterable[Group], profile: Profile) -> Iterable[Group]:
    for group in groups:
        if _chosen((group.title,), profile.groups):
            entries = (item for item in group.entries if _has_keyword(item, profile.keywords))
            yield Group(group.title, tuple(entries))


def _chapter_names(digest: Digest, entry: Entry) -> tuple[str, ...]:
    section = entry.stored.notice.section
    return (section, *(item.title for item in digest.sections if item.id == section))


def _chosen(names: Iterable[str], wanted: tuple[str, ...]) -> bool:
    return not wanted or any(name in wanted for name in _folded(names))


def _has_keyword(entry: Entry, keywords: tuple[str, ...]) -> bool:
    if not keywords:
        return True
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
    text = "\n".join(_folded(places))
    return any(word in text for word in keywords)


def _folded(words: Iterable[str]) -> list[str]:
    """Full-width and upper-case forms count as the plain ones."""
    return [unicodedata.normalize("NFKC", word).casefold().strip() for word in words]
