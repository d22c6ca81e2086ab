"""What becomes of a page that was read: a new notice, a known one, one at a new address, or none.

Decided from what the store holds and what the run has seen so far, before anything is written;
`pipelines.store` writes it. A page whose meaning depends on the pages that come after it (are they
all read otherwise? have they all moved?) waits for the end of the crawl.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import LCSseq
from sqlite_utils import Database

from pipelines.change_detection import detect_change, is_same_text
from pipelines.facts.titles import is_cut
from pipelines.matching.sentence_diff import bare_of, change
from pipelines.proof import is_it, is_shown_in_pictures, says_its_title, sharer, without_body
from pipelines.sibling_notices import SiblingNotices
from pipelines.template_days import TemplateDays, with_day_of_row
from storage.models import Notice, StoredNotice
from storage.notices.arrivals import latest, of_day
from storage.notices.notices import find_by_url, find_stored, get_notice
from texts.normal_forms import title_key

NOT_IT = "重新读取时，网页已不是这篇通知，保留此前读到的内容"
NO_BODY = "网页的文字与本站其他通知相同，不是这篇通知的正文，将再次读取"
# So many notices of a site at new addresses in one run, and the site has moved them all.
_FEW = 3
# What a page at a new address must have of the stored signs when only the move speaks for it.
_LEAST_KEPT = 0.8
_LONGEST = 12_000
_NEIGHBOURS = 100
# A beginning of a title that is not shared by chance, in characters.
_LEAST_TITLE = 12


@dataclass(frozen=True, slots=True)
class Arrival:
    """What to write: `known` is the notice that this page is, None: a new one.

    `told` as in `save_notice`; `is_moved`: it stands at an address we did not know; `unread`: the
    id of another notice whose text turned out to be none, the same as this one's.
    """

    state: Notice
    known: StoredNotice | None = None
    told: Collection[str] | None = None
    is_moved: bool = False
    unread: int | None = None


@dataclass(slots=True)
class Arrivals:
    """Decides for one crawl of one site. `listed`: keys of the notices its lists showed so far;
    `final`: key of a notice to the address at which its page was found after redirects."""

    db: Database
    site: str
    listed: Collection[str] = ()
    final: dict[str, str] = field(default_factory=dict)
    siblings: SiblingNotices = field(default_factory=SiblingNotices)
    days: TemplateDays = field(default_factory=TemplateDays)
    _named: dict[tuple[str, object], set[str]] = field(default_factory=lambda: defaultdict(set))
    _failed: set[int] = field(default_factory=set)
    # Notices of which an unread page at another address has title and day, and their keys.
    _seem_moved: dict[int, str] = field(default_factory=dict)
    _is_filled: bool = False

    def decide(self, notice: Notice, *, is_last: bool) -> Arrival | None:
        """What to write; None: wait until the crawl is over, then ask with `is_last`."""
        self._fill()
        known = find_stored(self.db, notice.site, notice.key, notice.url)
        if notice.by_its_row is not None:
            self.days.note(notice, known.notice if known is not None else None)
            if not is_last:
                return None
            notice = with_day_of_row(notice) if self.days.bears_one(notice) else notice
        if known is not None:
            return self._known(notice, known, is_last=is_last)
        self._named[title_key(notice.title), notice.published_on].add(notice.key)
        known, is_sure = self._moved(notice)
        if known is None or (is_last and not is_sure and not self._have_all_moved(notice, known)):
            return self._new(notice)
        if not is_sure and not is_last:
            if not notice.complete:
                self._seem_moved[known.id] = known.notice.key
            return None
        self.siblings.moved.add(known.id)
        return self._known(notice, known, is_last=is_last, is_moved=True)

    def saved(self, stored: StoredNotice) -> None:
        """A notice was written: others are compared with it from now on."""
        self.siblings.add(stored.id, stored.notice)

    # --- known

    def _known(
        self, new: Notice, known: StoredNotice, *, is_last: bool, is_moved: bool = False
    ) -> Arrival | None:
        old = known.notice
        if not new.complete and not is_moved:
            self._failed.add(known.id)
        if old.site != new.site or not new.complete:
            return Arrival(new, known, is_moved=is_moved)
        if not old.complete:
            return replace(self._new(new, known.id), known=known, is_moved=is_moved)
        if not is_it(old, new):
            warnings = tuple(dict.fromkeys((*new.warnings, NOT_IT)))
            return Arrival(replace(new, complete=False, warnings=warnings), known)
        text = change(old.body_text, new.body_text)
        self.siblings.note(known.id, old, new, text)
        weighed = detect_change(old, new, self.siblings, known.id, is_moved=is_moved)
        if weighed.told and not is_last:
            return None
        return Arrival(weighed.state, known, weighed.told, is_moved)

    # --- new

    def _new(self, new: Notice, notice_id: int | None = None) -> Arrival:
        other_id = sharer(new, self.siblings, notice_id) if new.complete else None
        if other_id is None:
            return Arrival(new)
        other = get_notice(self.db, other_id).notice
        if is_shown_in_pictures(new, other):
            return Arrival(new)
        is_none = other.complete and not (
            other.attachments
            or is_shown_in_pictures(other, new)
            or says_its_title(other.title, new.title, other.body_text)
        )
        if is_none:
            self.siblings.texts.pop(other_id, None)
        return Arrival(without_body(new, NO_BODY), unread=other_id if is_none else None)

    # --- moved

    def _moved(self, new: Notice) -> tuple[StoredNotice | None, bool]:
        """The stored notice that this page is at another address, and whether its text says so."""
        final = self.final.get(new.key, "")
        arrived = find_by_url(self.db, final) if final and final != new.url else None
        if arrived is not None and _same_title(arrived.notice.title, new.title):
            return arrived, True
        if new.published_on is None:
            return None, False
        alike = [
            one
            for one in of_day(self.db, new.site, new.published_on)
            if _same_title(one.notice.title, new.title) or _is_begun(one.notice, new)
        ]
        if new.complete:
            agreeing = [
                one for one in alike if one.notice.complete and is_same_text(one.notice, new)
            ]
            if agreeing:
                return agreeing[0], True
        return (alike[0], False) if len(alike) == 1 else (None, False)

    def _have_all_moved(self, new: Notice, known: StoredNotice) -> bool:
        """Whether the site moved its notices in this run, or the former address of this one failed,
        and it can be no other."""
        old = known.notice
        seem = {one for one, key in self._seem_moved.items() if key not in self.listed}
        have_moved = len((self.siblings.moved | seem) - {known.id}) >= _FEW
        if old.key in self.listed or not (have_moved or known.id in self._failed):
            return False
        if len(self._named[title_key(new.title), new.published_on]) > 1:
            return False
        if not (new.complete and old.complete):
            return have_moved
        before, after = (bare_of(one.body_text[:_LONGEST]) for one in (old, new))
        return LCSseq.similarity(before, after) >= _LEAST_KEPT * len(before)

    def _fill(self) -> None:
        if not self._is_filled:
            self._is_filled = True
            for stored in latest(self.db, self.site, most=_NEIGHBOURS):
                self.siblings.add(stored.id, stored.notice)


def _is_begun(stored: Notice, unread: Notice) -> bool:
    """Whether an unread page bears the beginning of a title: lists cut titles without a sign."""
    begun = title_key(unread.title)
    is_long = len(begun) >= _LEAST_TITLE
    return not unread.complete and is_long and title_key(stored.title).startswith(begun)


def _same_title(one: str, other: str) -> bool:
    """Whether two titles are one, as printed or cut; what has more words is another's."""
    first, second = title_key(one), title_key(other)
    if is_cut(one) or is_cut(other):
        shorter, longer = sorted((first, second), key=len)
        return bool(shorter) and longer.startswith(shorter)
    return bool(first) and first == second
