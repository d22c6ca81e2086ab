"""What one subscriber gets of an issue: the chapters, headings and keywords they asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from digest.composing.editing import BY_HAND_LINE
from digest.models.issue import Digest, Entry, Group, Section
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
    topics: tuple[str, ...] = ()

    @classmethod
    def of(cls, subscriber: Subscriber) -> Profile:
        """The subscriber's choice, in a form that does not depend on its order."""
        kinds = (subscriber.sections, subscriber.groups, subscriber.keywords, subscriber.topics)
        return cls(*(tuple(sorted(_folded(words))) for words in kinds))

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
    """The issue cut down to a profile: in a chosen chapter, under a chosen heading, of one of the
    chosen topics or with one of the wanted keywords, and with none of the unwanted in its title,
    body, issuer, number or topics.

    Each entry says which keywords and topics it has, the issue how many entries were left out. A
    chapter is chosen by its id or its title. 信息来源状况 stays whole: an outage concerns
    everybody who relies on the silence of a source.
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
    return _opened(replace(own, left_out=digest.total - own.total), profile)


_IN_TITLE, _ELSEWHERE = 2.0, 0.5


def _opened(own: Digest, profile: Profile) -> Digest:
    """A part of an issue has room for more in full: the best of it, and what has the subscriber's
    own words in its title before the others. What an editor folded stays so."""
    if not (own.left_out or profile.wanted or profile.topics):
        return own
    heads = [entry for entry in own.entries() if entry.under is None]
    room = own.room.lead - sum(not entry.folded for entry in heads)
    folded = [one for one in heads if one.folded and BY_HAND_LINE not in one.reasons]
    best = sorted(folded, key=lambda one: -_own_score(one, profile))[: max(room, 0)]
    opened = {entry.id for entry in best}
    sections = tuple(
        replace(section, groups=tuple(_sorted(group, opened, profile) for group in section.groups))
        for section in own.sections
    )
    return replace(own, sections=sections)


def _sorted(group: Group, opened: Collection[int], profile: Profile) -> Group:
    entries = [
        replace(entry, folded=False) if entry.id in opened else entry for entry in group.entries
    ]
    if not (profile.wanted or profile.topics) or not any(entry.score for entry in entries):
        return Group(group.title, tuple(entries))
    ranked = sorted(
        entries, key=lambda one: (one.folded, 0.0 if one.folded else -_own_score(one, profile))
    )
    return Group(group.title, tuple(ranked))


def _own_score(entry: Entry, profile: Profile) -> float:
    """The score, and what the subscriber's own topics and keywords add to it."""
    if not entry.why:
        return entry.score
    title = _folded([entry.title])[0]
    named = any(word in title for word in profile.wanted)
    return entry.score + (_IN_TITLE if named else _ELSEWHERE)


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


def why_left_out(digest: Digest, entry: Entry, profile: Profile) -> str:
    """Why `personal` leaves an entry of an issue out (Chinese); '' when it does not."""
    section, group = next(
        (section, group)
        for section in digest.sections
        for group in section.groups
        if any(one.id == entry.id for one in group.entries)
    )
    names = (section.id, section.title, entry.section)
    if not _chosen(names, profile.sections):
        return f"没有选“{section.title}”"
    if not _chosen((group.title,), profile.groups):
        return f"没有选分组“{clean_line(group.title)}”"
    if _is_unwanted(entry, profile):
        text = _searched(entry)
        return f"含有不要的词：{'、'.join(word for word in profile.unwanted if word in text)}"
    if not _fits(entry, profile):
        wanted = (*profile.wanted, *profile.topics)
        return f"没有所选的关键词或主题：{clean_line('、'.join(wanted))}"
    return ""


def _chapter_names(digest: Digest, entry: Entry) -> tuple[str, ...]:
    section = entry.section
    return (section, *(item.title for item in digest.sections if item.id == section))


def _chosen(names: Iterable[str], wanted: tuple[str, ...]) -> bool:
    return not wanted or any(name in wanted for name in _folded(names))


def _fits(entry: Entry, profile: Profile) -> bool:
    return not _is_unwanted(entry, profile) and (
        not (profile.wanted or profile.topics) or bool(reason(entry, profile))
    )


def covers(entry: Entry, chapters: Iterable[str], profile: Profile) -> bool:
    """Whether an entry is in a chosen chapter (by these names of it), under a chosen heading, and
    has none of the unwanted words; whether it has a wanted one is not asked."""
    places = _chosen(chapters, profile.sections) and _chosen(
        (entry.stored.notice.grp,), profile.groups
    )
    return places and not _is_unwanted(entry, profile)


def _is_unwanted(entry: Entry, profile: Profile) -> bool:
    if not profile.unwanted:
        return False
    text = _searched(entry)
    return any(word in text for word in profile.unwanted)


def reason(entry: Entry, profile: Profile) -> str:
    """Which of the wanted words and topics it has: 关键词：中药、专利；主题：药品注册; else ''."""
    text = _searched(entry) if profile.wanted else ""
    found = clean_line("、".join(word for word in profile.wanted if word in text))
    own = entry.stored.notice.topics
    named = [name for name in own if _folded([name])[0] in profile.topics]
    parts = [f"关键词：{found}"] * bool(found)
    parts += [f"主题：{clean_line('、'.join(named))}"] * bool(named)
    return "；".join(parts)


def _marked(entry: Entry, profile: Profile) -> Entry:
    """The entry with what brought it: 关键词：中药、专利."""
    return replace(entry, why=reason(entry, profile) or entry.why)


def _searched(entry: Entry) -> str:
    notice = entry.stored.notice
    places = (
        entry.title,
        entry.doc_number,
        entry.source,
        entry.told,
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
