"""The same document on several pages is one entry: decide which pages belong together, and why.

In the order of trust: the link to the original that a repost prints; the document number (文号)
with its issuer; title and date; a text that agrees in every fact. Nothing is deleted: pages are
linked, one of them represents the document. Two different texts under one number are a conflict
for a person, never merged; what a person settled is never decided again here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlite_utils import Database

from pipelines.matching.agreement import compare
from pipelines.matching.dead_addresses import begins, is_cut_and_gone, is_gone
from pipelines.matching.precomputed import Precomputed, fingerprint
from pipelines.matching.representative import choose
from pipelines.matching.similarity import ALGORITHM, bands_of
from pipelines.matching.title_fit import (
    MIN_TITLE,
    announces,
    headline_fits,
    kinds_differ,
    series_differ,
    titles_fit,
)
from storage.database import writes_of_others
from storage.matching import duplicates, settlements, text_signatures
from storage.models import Notice, StoredNotice
from storage.notices.counted_day import counted_on
from texts.folding import clean
from texts.normal_forms import title_key

# Shares of the longer text, 0..1, that both pages must have.
SAME_TEXT = 0.8
COMPATIBLE_TEXT = 0.5
MIN_TEXT = 120
REPOST_DAYS = 15
ON_TRUST = "（正文尚未读到，待核对）"
"""Ends the reason of a link that was made before both texts were known."""
BY_HAND = "人工确认为同一文件"


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
    verdict = _same_title(page, other)
    return verdict if verdict.same else _same_text(page, other)


def settle(
    db: Database, stored: StoredNotice, now: datetime, precomputed: Precomputed | None = None
) -> str:
    """Link a saved page with the others of its document; returns the first reason, or ''.

    A page that was linked before its text was known is looked at again, and leaves if the text
    says otherwise. Whichever page is the best now represents the document. Call it in the
    transaction that saved the page, so that two crawls cannot miss each other; with what was
    worked out before it (`precomputed`), or nobody else can write meanwhile.
    """
    precomputed = precomputed or Precomputed(at_once=True)
    bands = _sign(db, stored, precomputed)
    is_alone = stored.duplicate_of is None and not duplicates.has_copies(db, stored.id)
    if not is_alone:
        _look_again(db, stored, now, precomputed)
    reason = ""
    others = precomputed.known(_others_of(db, stored)) or _candidates(db, stored, bands)
    precomputed.expect(_question(stored, other) for other in others)
    for other in others:
        verdict = _judged(db, stored, other, now, precomputed)
        if verdict.same and join(db, stored.id, other.id, verdict.why):
            reason = reason or verdict.why
    if reason or not is_alone:
        choose(db, stored.id)
    return reason


def _judged(
    db: Database, stored: StoredNotice, other: StoredNotice, now: datetime, precomputed: Precomputed
) -> Verdict:
    """A person's word on two pages, else ours; a conflict of ours is kept."""
    settled = settlements.settlement_of(db, stored.id, other.id)
    if settled == "same":
        return Verdict(same=True, why=BY_HAND)
    verdict = precomputed.answer(*_question(stored, other))
    if verdict.conflict and settled is None:
        duplicates.record_conflict(db, stored.id, other.id, verdict.why, now)
    return verdict


def _question(stored: StoredNotice, other: StoredNotice) -> tuple[Hashable, Callable[[], Verdict]]:
    """How two pages relate, as `Precomputed` is asked."""
    pages = _believed(stored), _believed(other)
    return ("same", *map(fingerprint, pages)), lambda: decide(*pages)


def _others_of(db: Database, page: StoredNotice) -> Hashable:
    """Which pages may be of one document with this one, as the store was left by others."""
    return "others", fingerprint(page.notice), page.day_on, writes_of_others(db)


def foresee(db: Database, page: StoredNotice) -> Precomputed:
    """What `settle` will ask of a page, worked out before it is saved; `page`: as it will be, with
    the id 0 if it is new. What the store makes of it otherwise is asked again there."""
    precomputed = Precomputed()
    text = clean(page.notice.body_text) if page.notice.complete else ""
    bands = bands_of(text)
    precomputed.work_out(("bands", text), lambda: bands)
    asked = _others_of(db, page)
    others = _candidates(db, page, bands)
    precomputed.work_out(asked, lambda: others)
    for other in others:
        precomputed.work_out(*_question(page, other))
    return precomputed


def _look_again(
    db: Database, stored: StoredNotice, now: datetime, precomputed: Precomputed
) -> None:
    """Check links made on trust, now that this page was read."""
    for page in duplicates.group_of(db, stored.id):
        if page.duplicate_of is None or not page.duplicate_why.endswith(ON_TRUST):
            continue
        others = [item for item in duplicates.group_of(db, page.id) if item.id != page.id]
        verdicts = [_judged(db, page, other, now, precomputed) for other in others]
        sure = [item.why for item in verdicts if item.same and not item.why.endswith(ON_TRUST)]
        if sure:
            duplicates.link(db, page.id, page.duplicate_of, sure[0])
        elif not any(verdict.same for verdict in verdicts):
            duplicates.unlink(db, page.id)


def _sign(db: Database, stored: StoredNotice, precomputed: Precomputed) -> tuple[int, ...]:
    """Keep the signature of a complete page's text; the bands to look for others by."""
    text = stored.notice.body_text if stored.notice.complete else ""
    bands = precomputed.answer(("bands", text), lambda: bands_of(text))
    if bands:
        text_signatures.keep_signature(
            db, stored.id, algorithm=ALGORITHM, day=_day(stored), bands=bands
        )
    else:
        text_signatures.drop_signature(db, stored.id)
    return bands


def _candidates(db: Database, stored: StoredNotice, bands: tuple[int, ...]) -> list[StoredNotice]:
    notice, pages = stored.notice, []
    if notice.original_url:
        original = duplicates.with_url(db, notice.original_url)
        pages = [original] if original is not None else []
    pages += duplicates.naming_original(db, notice.url)
    pages += duplicates.with_doc_number(db, notice.doc_number, stored.id)
    pages += duplicates.with_title_on(
        db, title_key(notice.title), stored.id, near=_day(stored), within=REPOST_DAYS
    )
    if is_cut_and_gone(notice):
        pages += duplicates.begun_with(db, title_key(notice.title), _day(stored), stored.id)
    pages += text_signatures.with_bands(
        db, bands, day=_day(stored), within=REPOST_DAYS, exclude_id=stored.id
    )
    found = {page.id: page for page in reversed(pages) if page.id != stored.id}
    return list(reversed(found.values()))


def _day(stored: StoredNotice) -> date:
    """The day a page counts from."""
    return stored.day_on or counted_on(stored.notice.published_on, stored.first_seen_at)


def _believed(stored: StoredNotice) -> Notice:
    """The notice with the day it counts from where the printed one cannot be right."""
    day = _day(stored)
    if stored.notice.published_on in (None, day):
        return stored.notice
    return replace(stored.notice, published_on=day)


def join(db: Database, one: int, other: int, why: str) -> bool:
    """Make one group of the groups of two pages; False if it is one, or must never be.

    Pages that a person said are two documents are kept apart.
    """
    ours, theirs = duplicates.group_of(db, one), duplicates.group_of(db, other)
    if ours[0].id == theirs[0].id:
        return False
    if settlements.are_settled_apart(db, [page.id for page in ours], [page.id for page in theirs]):
        return False
    duplicates.link(db, ours[0].id, theirs[0].id, why)
    choose(db, one)
    return True


def _same_number(page: Notice, other: Notice) -> Verdict:
    same = Verdict(same=True, why=f"同一文号 {page.doc_number}")
    about = kinds_differ(page.title, other.title)
    if not about and not _both_read(page, other):
        return replace(same, why=same.why + ON_TRUST)
    agreement = compare(page.body_text, other.body_text)
    if not about and not agreement.against and agreement.shared >= COMPATIBLE_TEXT:
        return same
    if announces(page.title, other.title) or announces(other.title, page.title):
        return Verdict(same=True, why=f"同一文号 {page.doc_number}，标题所称文件相同")
    said = f"：{agreement.against}" if agreement.against else ""
    return Verdict(same=False, conflict=True, why=f"同一文号 {page.doc_number}，正文不同{said}")


def _same_title(page: Notice, other: Notice) -> Verdict:
    key, is_begun = title_key(page.title), begins(page, other) or begins(other, page)
    is_one = is_begun or (len(key) >= MIN_TITLE and key == title_key(other.title))
    if not is_one or _numbers_differ(page, other):
        return UNRELATED
    apart = _days_apart(page.published_on, other.published_on)
    if apart is None or apart > (REPOST_DAYS if page.site != other.site else 0):
        return UNRELATED
    days = f"与日期相同（{page.published_on}）" if apart == 0 else f"相同，发布日期相差 {apart} 天"
    if not _both_read(page, other):
        return Verdict(same=_may_be_copies(page, other), why=f"标题{days}{ON_TRUST}")
    agreed = _texts_agree(page, other, COMPATIBLE_TEXT if apart == 0 else SAME_TEXT)
    return Verdict(same=agreed, why=f"标题{days}" if apart == 0 else f"标题与正文{days}")


def _same_text(page: Notice, other: Notice) -> Verdict:
    """A copy under another title: the text agrees in every fact, and the titles can be over it."""
    apart = _days_apart(page.published_on, other.published_on)
    if apart is None or apart > REPOST_DAYS or (page.site == other.site and apart):
        return UNRELATED
    if not (page.complete and other.complete) or _numbers_differ(page, other):
        return UNRELATED
    if min(len(page.body_text), len(other.body_text)) < MIN_TEXT:
        return UNRELATED
    if not titles_fit(page, other) and not headline_fits(page, other):
        return UNRELATED
    agreement = compare(_without_number(page), _without_number(other))
    if agreement.against or agreement.shared < SAME_TEXT:
        return UNRELATED
    return Verdict(same=True, why=f"正文相同（{agreement.shared:.0%}），数字与名称一致")


def _numbers_differ(page: Notice, other: Notice) -> bool:
    """Two numbers are two documents, unless several bodies issued one and each numbers its own."""
    if not page.doc_number or not other.doc_number or page.doc_number == other.doc_number:
        return False
    together = len(set(page.issuers) & set(other.issuers)) > 1
    series, others = (item.doc_number.partition("〔")[0] for item in (page, other))
    return not (together and page.site != other.site and series != others)


def _without_number(page: Notice) -> str:
    return page.body_text.replace(page.doc_number, "") if page.doc_number else page.body_text


def _days_apart(one: date | None, two: date | None) -> int | None:
    return abs((one - two).days) if one and two else None


def _issuers_agree(page: Notice, other: Notice) -> bool:
    """A number like 2021年第7号 is unique for its issuer only; 〔〕 numbers name theirs."""
    if "〔" in page.doc_number or not page.issuers or not other.issuers:
        return True
    return bool(set(page.issuers) & set(other.issuers))


def _both_read(page: Notice, other: Notice) -> bool:
    return bool(page.complete and other.complete and page.body_text and other.body_text)


def _may_be_copies(page: Notice, other: Notice) -> bool:
    """Before the texts are known: two sites, whose publishers do not exclude each other; or a dead
    address that one site prints besides, while it is being rebuilt."""
    if series_differ(page, other):
        return False
    if page.site == other.site:
        return is_gone(page) or is_gone(other)
    return not (page.issuers and other.issuers and not set(page.issuers) & set(other.issuers))


def _texts_agree(page: Notice, other: Notice, least: float) -> bool:
    if series_differ(page, other):
        return False
    agreement = compare(_without_number(page), _without_number(other))
    return not agreement.against and agreement.shared >= least


def _names(original_url: str, url: str) -> bool:
    return bool(original_url) and _address(original_url) == _address(url)


def _address(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.netloc.lower(), parts.path, parts.query
