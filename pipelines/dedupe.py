"""The same document on several pages is one entry: decide which pages belong together, and why.

In the order of trust: the link to the original that a repost prints; the document number (文号)
with its issuer; title and date; a text that agrees in every fact. Nothing is deleted: pages are
linked, one of them represents the document. Two different texts under one number are a conflict
for a person, never merged; what a person settled is never decided again here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlite_utils import Database

from pipelines.agreement import Agreement, compare
from pipelines.dates import SHANGHAI
from pipelines.keys import title_key
from pipelines.similarity import ALGORITHM, bands_of, bare_text
from storage import duplicates, settlements, similar
from storage.models import Notice, StoredNotice

# A correction, an interpretation or a picture of a document names it, but is another text.
ABOUT_IT = re.compile("更正|勘误|修正|解读|图解|一图读懂|答记者问|问答")
QUOTED = re.compile("《([^《》]{6,})》")
# Shares of the longer text, 0..1, that both pages must have.
SAME_TEXT = 0.8
COMPATIBLE_TEXT = 0.5
MIN_TITLE = 10
MIN_CORE = 8
MIN_TEXT = 120
REPOST_DAYS = 15
# First, second batch, year, issue: what tells the documents of a series apart.
SERIES = re.compile("第?([0-9〇零一二三四五六七八九十百]+)[-—]?(年|批|号|期|次|季度|月|轮|届|版)")
# A title's own words begin after its publisher's name.
BEFORE_ABOUT = re.compile("^.{0,40}?(?=关于)")
AFTER_ABOUT = re.compile("^关于|的(?:通知|公告|通告|公示|函|意见)$")


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


def representative(group: Iterable[StoredNotice]) -> StoredNotice:
    """The page that stands for the document.

    The issuer's own before a repost, complete before incomplete, the announcement before the
    card of what it announces (CDE lists a guideline twice, with the shorter text on the card),
    earlier before later.
    """
    pages = list(group)
    return min(pages, key=lambda page: _rank(page, pages))


def settle(db: Database, stored: StoredNotice, now: datetime) -> str:
    """Link a saved page with the others of its document; returns the first reason, or ''.

    Call it in the transaction that saved the page, so that two crawls cannot miss each other.
    """
    bands = _sign(db, stored)
    reason = ""
    for other in _candidates(db, stored, bands):
        settled = settlements.settlement_of(db, stored.id, other.id)
        verdict = decide(stored.notice, other.notice)
        if settled == "same":
            verdict = Verdict(same=True, why="人工确认为同一文件")
        if verdict.conflict and settled is None:
            duplicates.record_conflict(db, stored.id, other.id, verdict.why, now)
        if verdict.same and join(db, stored.id, other.id, verdict.why):
            reason = reason or verdict.why
    return reason


def _sign(db: Database, stored: StoredNotice) -> tuple[int, ...]:
    """Keep the signature of a complete page's text; the bands to look for others by."""
    bands = bands_of(stored.notice.body_text) if stored.notice.complete else ()
    if bands:
        similar.keep_signature(db, stored.id, algorithm=ALGORITHM, day=_day(stored), bands=bands)
    else:
        similar.drop_signature(db, stored.id)
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
    pages += similar.with_bands(
        db, bands, day=_day(stored), within=REPOST_DAYS, exclude_id=stored.id
    )
    found = {page.id: page for page in reversed(pages) if page.id != stored.id}
    return list(reversed(found.values()))


def _day(stored: StoredNotice) -> date:
    """The day a page belongs to: of publication, else of first sight (Asia/Shanghai)."""
    return stored.notice.published_on or stored.first_seen_at.astimezone(SHANGHAI).date()


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
    best = representative(duplicates.group_of(db, one))
    if best.duplicate_of is not None:
        duplicates.promote(db, best.id)
    return True


def _same_number(page: Notice, other: Notice) -> Verdict:
    same = Verdict(same=True, why=f"同一文号 {page.doc_number}")
    about = bool(ABOUT_IT.search(page.title)) != bool(ABOUT_IT.search(other.title))
    if not about and not (page.complete and other.complete and page.body_text and other.body_text):
        return same
    agreement = compare(page.body_text, other.body_text)
    if not about and not agreement.against and agreement.shared >= COMPATIBLE_TEXT:
        return same
    if _announces(page.title, other.title) or _announces(other.title, page.title):
        return Verdict(same=True, why=f"同一文号 {page.doc_number}，标题所称文件相同")
    said = f"：{agreement.against}" if agreement.against else ""
    return Verdict(same=False, conflict=True, why=f"同一文号 {page.doc_number}，正文不同{said}")


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


def _same_text(page: Notice, other: Notice) -> Verdict:
    """A copy under another title: the text agrees in every fact, and one title is in both."""
    apart = _days_apart(page.published_on, other.published_on)
    if apart is None or apart > REPOST_DAYS or (page.site == other.site and apart):
        return UNRELATED
    if not (page.complete and other.complete) or _numbers_differ(page, other):
        return UNRELATED
    if min(len(page.body_text), len(other.body_text)) < MIN_TEXT:
        return UNRELATED
    if not _titles_fit(page, other):
        return UNRELATED
    agreement = compare(page.body_text, other.body_text)
    if agreement.against or agreement.shared < SAME_TEXT:
        return UNRELATED
    return Verdict(same=True, why=f"正文相同（{agreement.shared:.0%}），数字与名称一致")


def _titles_fit(page: Notice, other: Notice) -> bool:
    """Whether two titles can stand over one text: no other batch, no correction of the other."""
    if bool(ABOUT_IT.search(page.title)) != bool(ABOUT_IT.search(other.title)):
        return False
    if _series_differ(page, other):
        return False
    one, two = _title_core(page.title), _title_core(other.title)
    if _quotes(page, two) or _quotes(other, one):
        return True
    return min(len(one), len(two)) >= MIN_CORE and (one in two or two in one)


def _quotes(page: Notice, core: str) -> bool:
    """A retitled copy prints the title of its original over the text."""
    return len(core) >= MIN_CORE and core in bare_text(page.body_text)


def _title_core(title: str) -> str:
    """The title without the publisher's name before 关于 and the kind of document after it."""
    core = BEFORE_ABOUT.sub("", title.strip())
    return title_key(AFTER_ABOUT.sub("", AFTER_ABOUT.sub("", core)))


def _series_differ(page: Notice, other: Notice) -> bool:
    """Titles, or names of files, of another year, batch or number."""
    for one, two in (
        (page.title, other.title),
        (_file_names(page), _file_names(other)),
    ):
        ours, theirs = set(SERIES.findall(one)), set(SERIES.findall(two))
        if ours and theirs and not (ours <= theirs or theirs <= ours):
            return True
    return False


def _file_names(page: Notice) -> str:
    return " ".join(attachment.name for attachment in page.attachments)


def _announces(title: str, other: str) -> bool:
    """Whether `title`, or a document that it names in 《》, is what `other` is titled after."""
    whole = title_key(other)
    if ABOUT_IT.search(title) or ABOUT_IT.search(other) or title_key(title) == whole:
        return False
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
    """Whether two pages of one title say the same; a text not read yet is taken on trust
    between publishers that do not exclude each other, never on one site."""
    if not page.body_text or not other.body_text:
        apart = page.issuers and other.issuers and not set(page.issuers) & set(other.issuers)
        return page.site != other.site and not apart
    if _series_differ(page, other):
        return False
    agreement: Agreement = compare(page.body_text, other.body_text)
    return not agreement.against and agreement.shared >= least


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
