"""The same document on several pages is one entry: decide which pages belong together, and why.

In the order of trust: the link to the original that a repost prints; the document number (文号)
with its issuer; title and date. Nothing is deleted: pages are linked, one of them represents the
document. Two different texts under one number are a conflict for a person, never merged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from rapidfuzz import fuzz
from sqlite_utils import Database

from pipelines.keys import title_key
from storage import duplicates
from storage.models import Notice, StoredNotice

# A correction, an interpretation or a picture of a document names it, but is another text.
ABOUT_IT = re.compile("更正|勘误|修正|解读|图解|一图读懂|答记者问|问答")
QUOTED = re.compile("《([^《》]{6,})》")
SAME_TEXT = 90.0
COMPATIBLE_TEXT = 60.0
MIN_TITLE = 10
REPOST_DAYS = 15
COMPARED_CHARACTERS = 6000


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two pages relate: the same document (`same`), or one number over two texts."""

    same: bool
    why: str
    conflict: bool = False


UNRELATED = Verdict(same=False, why="")


def decide(page: Notice, other: Notice) -> Verdict:
    """Whether two pages carry one document. Pure; the first reason that applies is given."""
    if _names(page.original_url, other.url):
        return Verdict(same=True, why=f"转载，原文链接 {page.original_url}")
    if _names(other.original_url, page.url):
        return Verdict(same=True, why=f"转载，原文链接 {other.original_url}")
    if page.doc_number and page.doc_number == other.doc_number and _issuers_agree(page, other):
        return _same_number(page, other)
    return _same_title(page, other)


def representative(group: Iterable[StoredNotice]) -> StoredNotice:
    """The page that stands for the document.

    The issuer's own before a repost, complete before incomplete, the announcement before the
    card of what it announces (CDE lists a guideline twice, with the shorter text on the card),
    earlier before later.
    """
    pages = list(group)
    return min(pages, key=lambda page: _rank(page, pages))


def settle(db: Database, stored: StoredNotice, now: datetime) -> str:
    """Link a saved page with the others of its document; returns the reason, or ''.

    Call it in the transaction that saved the page, so that two crawls cannot miss each other.
    """
    for other in _candidates(db, stored):
        verdict = decide(stored.notice, other.notice)
        if verdict.conflict:
            duplicates.record_conflict(db, stored.id, other.id, verdict.why, now)
        if verdict.same:
            _join(db, stored, other, verdict.why)
            return verdict.why
    return ""


def _candidates(db: Database, stored: StoredNotice) -> list[StoredNotice]:
    notice = stored.notice
    found: dict[int, StoredNotice] = {}
    if notice.original_url:
        original = duplicates.with_url(db, notice.original_url)
        if original is not None:
            found[original.id] = original
    pages = duplicates.naming_original(db, notice.url)
    if notice.doc_number:
        pages = [*pages, *duplicates.with_doc_number(db, notice.doc_number, stored.id)]
    pages = [*pages, *duplicates.with_title_on(db, title_key(notice.title), stored.id)]
    for page in pages:
        found.setdefault(page.id, page)
    found.pop(stored.id, None)
    return list(found.values())


def _join(db: Database, stored: StoredNotice, other: StoredNotice, why: str) -> None:
    if stored.duplicate_of is None:
        group = duplicates.group_of(db, other.id)
        duplicates.link(db, stored.id, group[0].id, why)
    best = representative(duplicates.group_of(db, stored.id))
    if best.duplicate_of is not None:
        duplicates.promote(db, best.id)


def _same_number(page: Notice, other: Notice) -> Verdict:
    if not page.complete or not other.complete or _texts_agree(page, other, COMPATIBLE_TEXT):
        return Verdict(same=True, why=f"同一文号 {page.doc_number}")
    if _announces(page.title, other.title) or _announces(other.title, page.title):
        return Verdict(same=True, why=f"同一文号 {page.doc_number}，标题所称文件相同")
    return Verdict(same=False, conflict=True, why=f"同一文号 {page.doc_number}，正文不同")


def _same_title(page: Notice, other: Notice) -> Verdict:
    key = title_key(page.title)
    if len(key) < MIN_TITLE or key != title_key(other.title) or _numbers_differ(page, other):
        return UNRELATED
    apart = _days_apart(page.published_on, other.published_on)
    if apart == 0 and _texts_agree(page, other, COMPATIBLE_TEXT):
        return Verdict(same=True, why=f"标题与日期相同（{page.published_on}）")
    near = apart is not None and apart <= REPOST_DAYS and page.site != other.site
    if near and _texts_agree(page, other, SAME_TEXT):
        return Verdict(same=True, why=f"标题与正文相同，发布日期相差 {apart} 天")
    return UNRELATED


def _announces(title: str, other: str) -> bool:
    """Whether `title`, or a document that it names in 《》, is what `other` is titled after."""
    if ABOUT_IT.search(title) or ABOUT_IT.search(other):
        return False
    whole = title_key(other)
    names = (title_key(name) for name in (title, *QUOTED.findall(title)))
    return any(len(name) >= MIN_TITLE and name in whole for name in names)


def _numbers_differ(page: Notice, other: Notice) -> bool:
    return bool(page.doc_number and other.doc_number and page.doc_number != other.doc_number)


def _days_apart(one: date | None, two: date | None) -> int | None:
    return abs((one - two).days) if one and two else None


def _issuers_agree(page: Notice, other: Notice) -> bool:
    """A number like 2021年第7号 is unique for its issuer only; 〔〕 numbers name theirs."""
    if "〔" in page.doc_number or not page.issuers or not other.issuers:
        return True
    return bool(set(page.issuers) & set(other.issuers))


def _texts_agree(page: Notice, other: Notice, least: float) -> bool:
    one, two = page.body_text[:COMPARED_CHARACTERS], other.body_text[:COMPARED_CHARACTERS]
    if not one or not two:
        return True
    return fuzz.ratio(one, two) >= least


def _names(original_url: str, url: str) -> bool:
    return bool(original_url) and _address(original_url) == _address(url)


def _address(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.netloc.lower(), parts.path, parts.query


def _rank(stored: StoredNotice, group: list[StoredNotice]) -> tuple[bool, bool, bool, date, int]:
    notice = stored.notice
    return (
        bool(notice.original_url),
        not notice.complete,
        any(_is_card_of(notice, other.notice) for other in group),
        notice.published_on or date.max,
        stored.id,
    )


def _is_card_of(page: Notice, other: Notice) -> bool:
    named = {title_key(name) for name in QUOTED.findall(other.title)}
    return title_key(page.title) in named and len(page.body_text) < len(other.body_text)
