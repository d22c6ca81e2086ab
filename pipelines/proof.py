"""What a page that was read proves about the notice it should be.

Two questions, answered by evidence: is this page the notice at all, and is its text a body or what
every page of the site shows. Whether it says otherwise than before is asked in
`pipelines.change_detection`. Pure: the store is not asked, and nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from pipelines.facts.titles import is_cut
from pipelines.matching.same_file import same_among
from pipelines.matching.sentence_diff import bare_of, change, pieces_of
from pipelines.sibling_notices import SiblingNotices
from storage.models import Notice
from texts.normal_forms import title_key

# A page that has less of the stored text is another page, unless it proves itself otherwise.
_LEAST_KEPT = 0.3
_LEAST_SAID = 60
# A text that another notice of the site has to this share is the site's.
_SHARED = 0.9
_LEAST_SHARED = 20
# Of a title's own pairs of signs, so many must stand in a text that is the notice's.
_OWN_WORDS = 0.5
_PICTURE = re.compile(r"<img[^<>]{0,2000}?src=\"([^\"]{1,2000})\"", re.IGNORECASE)

# --- is it the notice


def is_it(old: Notice, new: Notice) -> bool:
    """Whether a page read in full is the stored notice, as it may be after any change to it."""
    if _title_is_shown(old, new) and _says_enough(old, new):
        return True
    if len(bare_of(old.body_text)) >= _LEAST_SAID:
        return change(old.body_text, new.body_text).kept >= _LEAST_KEPT
    return names_files(old, new) or _stands_in(_pairs(bare_of(old.title)), new.body_text)


def _title_is_shown(old: Notice, new: Notice) -> bool:
    """Whether the page itself, not its row in a list, bears the title, and no other day."""
    if new.read_by.get("title") == "list":
        return False
    if old.published_on and new.published_on and old.published_on != new.published_on:
        return False
    return titles_agree(old.title, new.title)


def _says_enough(old: Notice, new: Notice) -> bool:
    before, after = len(bare_of(old.body_text)), len(bare_of(new.body_text))
    return after >= _LEAST_KEPT * before or names_files(old, new)


def names_files(old: Notice, new: Notice) -> bool:
    """Whether two pages name a file in common."""
    return any(same_among(file, new.attachments) for file in old.attachments)


def titles_agree(one: str, other: str) -> bool:
    """Whether two titles are one, as printed, cut, or with something of the site around it."""
    first, second = title_key(one), title_key(other)
    if not first or not second:
        return False
    if is_cut(one) or is_cut(other):
        shorter, longer = sorted((first, second), key=len)
        return longer.startswith(shorter)
    return first in second or second in first


# --- is its text a body


def sharer(new: Notice, siblings: SiblingNotices, notice_id: int | None = None) -> int | None:
    """The other notice of the site whose text this is too, to more than nine tenths; else None.

    Notices after one template are not meant: what they do not share says what their titles say.
    """
    pieces = {piece.bare for piece in pieces_of(new.body_text)}
    length = sum(map(len, pieces))
    if length < _LEAST_SHARED or new.attachments:
        return None
    key = title_key(new.title)
    for other_id, other in siblings.texts.items():
        if other_id == notice_id or other.title_key == key:
            continue
        own = pieces - other.pieces
        if sum(map(len, own)) >= (1 - _SHARED) * length:
            continue
        if not says_its_title(new.title, other.title, new.body_text):
            return other_id
    return None


def is_shown_in_pictures(one: Notice, other: Notice) -> bool:
    """Whether a page has pictures of its own: then its text need not tell it from another."""
    return bool(set(_PICTURE.findall(one.body_html)) - set(_PICTURE.findall(other.body_html)))


def without_body(new: Notice, why: str) -> Notice:
    """The notice as far as it is known without a text: to be read again."""
    blank = Notice(new.site, new.column, new.key, new.url, new.title, new.section, new.grp)
    kept = ("published_on", "published_time", "source", "read_by", "place", "near_on")
    warnings = tuple(dict.fromkeys((*new.warnings, why)))
    facts = {name: getattr(new, name) for name in kept}
    return replace(blank, **facts, warnings=warnings, complete=False)


def says_its_title(title: str, other: str, text: str) -> bool:
    """Whether a text has the words of its title that another title has not."""
    own = _pairs(bare_of(title)) - _pairs(bare_of(other))
    return _stands_in(own, text)


def _stands_in(pairs: Collection[str], text: str) -> bool:
    whole = bare_of(text)
    return bool(pairs) and sum(pair in whole for pair in pairs) >= _OWN_WORDS * len(pairs)


def _pairs(bare: str) -> set[str]:
    return {bare[at : at + 2] for at in range(len(bare) - 1)}
