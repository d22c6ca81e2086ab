"""What the pages of one site have in common, in the store and in one run.

What many of them show is the site's, not the notice's: a text that two notices share, a line that
came to all of them since yesterday, a heading that is the same on every page.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from pipelines.matching.sentence_diff import Change, bare_of, pieces_of
from storage.models import Notice
from texts.normal_forms import title_key

# So many pages read again must read otherwise before the site itself has changed.
_FEW = 3


@dataclass(slots=True)
class SiblingText:
    """The text of another notice of the site, as the bare sentences of it."""

    title: str
    title_key: str
    pieces: frozenset[str]


@dataclass(slots=True)
class SiblingNotices:
    """The other notices of a site, and what changed on its pages in this run.

    `texts` and `titles` are of the known ones; `moved`: the ids of those found at a new address.
    """

    texts: dict[int, SiblingText] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    _reread: set[int] = field(default_factory=set)
    _changed: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _titles_read: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _days_read: dict[date, set[int]] = field(default_factory=lambda: defaultdict(set))
    _files_read: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _files_come: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, notice_id: int, notice: Notice) -> None:
        """A notice of the site that is, or now becomes, known."""
        self.titles.add(bare_of(notice.title))
        if notice.complete and notice.body_text:
            pieces = frozenset(piece.bare for piece in pieces_of(notice.body_text))
            self.texts[notice_id] = SiblingText(notice.title, title_key(notice.title), pieces)

    def note(self, notice_id: int, old: Notice, new: Notice, text: Change) -> None:
        """A known notice was read again, with this difference."""
        self._reread.add(notice_id)
        for piece in (*text.gone, *text.come):
            self._changed[piece.line].add(notice_id)
        if title_key(old.title) != title_key(new.title):
            self._titles_read[title_key(new.title)].add(notice_id)
        if new.published_on and new.published_on != old.published_on:
            self._days_read[new.published_on].add(notice_id)
        known = {file.url for file in old.attachments}
        for file in new.attachments:
            self._files_read[file.url].add(notice_id)
            if file.url not in known:
                self._files_come[file.url].add(notice_id)

    @property
    def is_restless(self) -> bool:
        """Whether most of the pages read again read otherwise: the site has changed its clothes."""
        changed = set().union(*self._changed.values()) | self.moved
        return len(changed) >= _FEW and 2 * len(changed) >= len(self._reread | self.moved)

    def others_changed(self, line: str, notice_id: int) -> int:
        """How many other notices had this line come or gone in this run."""
        return len(self._changed.get(line, set()) - {notice_id})

    def others_say(self, line: str, notice_id: int) -> int:
        """How many other notices of the site have this line in their texts."""
        return sum(line in one.pieces for key, one in self.texts.items() if key != notice_id)

    def others_titled(self, title: str, notice_id: int) -> int:
        """How many other notices were given this new title in this run."""
        return len(self._titles_read.get(title_key(title), set()) - {notice_id})

    def others_dated(self, day: date, notice_id: int) -> int:
        """How many other notices were given this new day in this run."""
        return len(self._days_read.get(day, set()) - {notice_id})

    def others_with_file(self, url: str, notice_id: int) -> int:
        """How many other notices read again in this run name this file."""
        return len(self._files_read.get(url, set()) - {notice_id})

    def others_given_file(self, url: str, notice_id: int) -> int:
        """How many other notices name this file in this run and did not before."""
        return len(self._files_come.get(url, set()) - {notice_id})
