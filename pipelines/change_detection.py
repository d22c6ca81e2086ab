"""Whether a page says otherwise than before, or is only read otherwise.

Sentence by sentence: what a page shows around a text (its title, a line with its day, files,
titles of other notices, what came to other pages of the site too) is no change of the notice; a
number, a day or a sentence that differs inside is. The stored text stays until a new reading is as
good. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz import fuzz

from pipelines.facts.titles import is_cut
from pipelines.matching.normal_form import is_furniture
from pipelines.matching.same_file import (
    followed,
    is_among,
    is_replaced,
    name_the_same_files,
    same_among,
    with_whole_name,
)
from pipelines.matching.sentence_diff import Change, Piece, bare_of, change
from pipelines.proof import names_files, titles_agree
from pipelines.sibling_notices import SiblingNotices
from storage.models import NOTICE_FIELDS, Attachment, Notice
from storage.notices.revisions import differences, merged
from texts.normal_forms import compact, content_hash, title_key

# A reading that has so much of the stored text, and nothing else, is as good as it.
AS_GOOD = 0.98
# A text too short to be compared, in characters.
_LEAST_TEXT = 20
# Two sentences so alike (0..100) are one that was changed.
_ALIKE = 60
_MOST_PAIRED = 100
# An addition of more than this share is a part that was not read before, not a sentence put in.
_PART = 0.3
_LONGEST_DATE_LINE = 60
# How a sentence ends, and a line of a page's own does not.
_ENDS = ("。", "；", "！", "？", ";")
# Less than this stands in every title and every name of a file.
_LEAST_WORDS = 4
# What came to so many other pages in one run is the site's.
_SITES_OWN = 2
_DAY_BEHIND = re.compile(r"\d{4,8}$")

_OF_THE_TEXT = tuple(name for name, about in NOTICE_FIELDS.items() if about.of_text)
"""What is read out of a text, and goes with it."""


@dataclass(frozen=True, slots=True)
class DetectedChange:
    """What is to be stored, and what of it readers are told of, by the words of revisions."""

    state: Notice
    told: frozenset[str]


def detect_change(
    old: Notice, new: Notice, siblings: SiblingNotices, notice_id: int, *, is_moved: bool = False
) -> DetectedChange:
    """What of a new reading of a stored notice is stored, and what is told as a change.

    Both were read in full, and are one notice. `is_moved`: it was read at another address.
    """
    text = change(old.body_text, new.body_text)
    is_other_reader = is_moved or _reader(old) != _reader(new)
    is_restless = is_other_reader or siblings.is_restless
    weigher = _Weigher(old, new, siblings, notice_id, text, is_other_reader, is_restless)
    return weigher.weighed()


def is_same_text(old: Notice, new: Notice) -> bool:
    """Whether two pages of one title and day say the same, but for what they show around it."""
    if len(bare_of(old.body_text)) < _LEAST_TEXT:
        return name_the_same_files(old, new)
    text = change(old.body_text, new.body_text)
    weigher = _Weigher(old, new, SiblingNotices(), 0, text, True, True)
    return text.kept >= AS_GOOD and not weigher.words() and not _name_other_files(old, new)


@dataclass(frozen=True, slots=True)
class _Weigher:
    """The weighing of one new reading."""

    old: Notice
    new: Notice
    siblings: SiblingNotices
    notice_id: int
    text: Change
    is_other_reader: bool
    is_restless: bool

    def weighed(self) -> DetectedChange:
        told = set()
        state = self.new
        if self.words():
            told.add("正文")
        elif not self._is_as_good():
            state = replace(state, **{name: getattr(self.old, name) for name in _OF_THE_TEXT})
            state = replace(state, read_by=_with_reader(self.new, self.old, "body_html"))
        state, says = self._titled(state)
        told |= {"标题"} if says else set()
        state, says = self._dated(state)
        told |= {"发布日期"} if says else set()
        if self.old.doc_number and state.doc_number != self.old.doc_number:
            if self.is_other_reader or _ends_alike(self.old.doc_number, state.doc_number):
                state = replace(state, doc_number=self.old.doc_number)
            else:
                told.add("文号")
        state, says = self._with_files(state)
        told |= {"附件"} if says else set()
        return DetectedChange(_hashed(state, self.new, self.old), frozenset(told))

    # --- the text

    def words(self) -> list[Piece]:
        """The sentences that the publisher changed."""
        gone = [piece for piece in self.text.gone if not self._is_excused(piece, self.text.come)]
        come = [piece for piece in self.text.come if not self._is_excused(piece, self.text.gone)]
        if self.is_restless and gone and not come:
            return []  # a reader that lost a part
        if self.is_other_reader and come and not gone and self.text.added > _PART:
            return []  # a reader that found one
        return gone + come

    def _is_excused(self, piece: Piece, others: tuple[Piece, ...]) -> bool:
        if self._is_of_the_page(piece):
            return True
        shared = self.siblings.others_changed(piece.line, self.notice_id)
        if shared >= _SITES_OWN or (shared and (self.is_other_reader or piece.is_edge)):
            return True
        if not self.is_other_reader or not piece.is_edge or _is_changed_form(piece, others):
            return False
        is_sentence = piece.printed.endswith(_ENDS)
        return not is_sentence or self.siblings.others_say(piece.line, self.notice_id) >= 2

    def _is_of_the_page(self, piece: Piece) -> bool:
        """Whether a piece is what a page shows around every text."""
        if is_furniture(piece.printed) or self._is_date_line(piece):
            return True
        bare = piece.bare.removeprefix("附件")
        if not bare or (len(bare) >= _LEAST_WORDS and bare in self._around()):
            return True
        titles = self.siblings.titles
        return piece.bare in titles or _DAY_BEHIND.sub("", piece.bare) in titles

    def _around(self) -> str:
        """What stands on every notice's page beside its text."""
        sides = (self.old, self.new)
        names = [file.name for one in sides for file in one.attachments]
        words = [text for one in sides for text in (one.title, one.source)]
        return "\n".join(bare_of(text) for text in (*words, *names))

    def _is_date_line(self, piece: Piece) -> bool:
        if not piece.is_edge or len(piece.bare) > _LONGEST_DATE_LINE:
            return False
        days = {self.old.published_on, self.new.published_on} - {None}
        return any(form in piece.bare for day in days for form in _forms(day))

    def _is_as_good(self) -> bool:
        """Whether the new reading may stand in the place of the stored text."""
        if self.text.come:
            return False
        hard = [piece for piece in self.text.gone if not self._is_of_the_page(piece)]
        lost = sum(len(piece.bare) for piece in hard)
        if lost > (1 - AS_GOOD) * len(bare_of(self.old.body_text)):
            return False
        old, new = self.old.body_text, self.new.body_text
        if compact(old) == compact(new):
            return not self.is_restless or new.count("\n") >= old.count("\n")
        return bool(self.text.gone) or not self.is_restless

    # --- title, day, files

    def _titled(self, state: Notice) -> tuple[Notice, bool]:
        old, new = self.old.title, self.new.title
        if title_key(old) == title_key(new):
            return (replace(state, title=old) if self.is_restless else state), False
        if is_cut(old) and titles_agree(old, new):
            return state, False
        is_reading = (
            is_cut(new)
            or not title_key(new)
            or self._reads_otherwise("title")
            or self.siblings.others_titled(new, self.notice_id) > 0
            or (self.is_restless and titles_agree(old, new))
        )
        if not is_reading:
            return state, True
        read_by = _with_reader(state, self.old, "title")
        return replace(state, title=old, read_by=read_by), False

    def _dated(self, state: Notice) -> tuple[Notice, bool]:
        old, new = self.old.published_on, self.new.published_on
        if old is None or new is None or old == new:
            return state, False
        # A day from the list is marked under our name of the field, one from the page under its.
        is_reading = self._reads_otherwise("published_on") or self._reads_otherwise("published")
        if not is_reading and self.siblings.others_dated(new, self.notice_id) < 2:
            return state, True
        read_by = _with_reader(state, self.old, "published_on")
        time = self.old.published_time
        return replace(state, published_on=old, published_time=time, read_by=read_by), False

    def _reads_otherwise(self, field: str) -> bool:
        return self.is_other_reader or self.old.read_by.get(field) != self.new.read_by.get(field)

    def _with_files(self, state: Notice) -> tuple[Notice, bool]:
        if not self.is_restless:
            state = replace(state, attachments=tuple(filter(self._is_own_file, state.attachments)))
            return state, "附件" in differences(self.old, merged(self.old, state))
        left = list(self.old.attachments)
        found = []
        for file in self.new.attachments:
            known = same_among(file, left)
            if known is not None:
                left.remove(known)
                found.append(followed(with_whole_name(file, known), known))
            elif not self.siblings.others_with_file(file.url, self.notice_id):
                found.append(file)
        kept = [file for file in left if not is_among(file, found)]
        state = replace(state, attachments=(*found, *kept))
        return state, is_replaced(self.old, found) or (
            not self.is_other_reader and len(found) > len(self.old.attachments)
        )

    def _is_own_file(self, file: Attachment) -> bool:
        """Whether a file may be this notice's: what came to several in one run is the site's."""
        if self.siblings.others_given_file(file.url, self.notice_id) < _SITES_OWN:
            return True
        names = {compact(known.name) for known in self.old.attachments}
        return compact(file.name) in names or is_among(file, self.old.attachments)


def _ends_alike(one: str, other: str) -> bool:
    """Whether two 文号 are one, read with more or fewer of the words before it."""
    short, long = sorted((compact(one), compact(other)), key=len)
    return bool(short) and long.endswith(short)


def _is_changed_form(piece: Piece, others: Iterable[Piece]) -> bool:
    """Whether the other reading has this sentence with other words in it."""
    among = list(others)[:_MOST_PAIRED]
    return any(fuzz.ratio(piece.bare[:400], other.bare[:400]) >= _ALIKE for other in among)


def _forms(day: date | None) -> tuple[str, ...]:
    if day is None:
        return ()
    return (
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y年%m月%d日}",
        f"{day.year}{day.month}{day.day}",
    )


def _reader(notice: Notice) -> str:
    return notice.read_by.get("body_html", "")


def _with_reader(state: Notice, old: Notice, field: str) -> dict[str, str]:
    """Who read what, where a field is the older reading's."""
    rest = {name: by for name, by in state.read_by.items() if name != field}
    return rest | ({field: old.read_by[field]} if field in old.read_by else {})


def _hashed(state: Notice, new: Notice, old: Notice) -> Notice:
    """The state with the hash of what it holds, when it holds something of both readings."""
    for one in (new, old):
        names = [[file.name for file in each.attachments] for each in (state, one)]
        if (state.title, state.body_text, names[0]) == (one.title, one.body_text, names[1]):
            return replace(state, content_hash=one.content_hash)
    if not state.body_text:
        return state
    files = (file.name for file in state.attachments)
    return replace(state, content_hash=content_hash(state.title, state.body_text, files))


def _name_other_files(one: Notice, other: Notice) -> bool:
    """Whether both name files, and none of them in common."""
    return bool(one.attachments and other.attachments) and not names_files(one, other)
