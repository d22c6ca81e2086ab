"""Everything the page of one notice shows, read from the store in one state."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from china_time import SHANGHAI
from storage.database import snapshot
from storage.datasette.notice_body import safe_body, web_address
from storage.datasette.text_diff import Effort, Paragraph, Piece, compare, within
from storage.matching.duplicates import group_of
from storage.models import NOTICE_FIELDS, Attachment, Shown, StoredNotice, printed
from storage.notices.notices import get_notice
from storage.notices.row_mapping import to_stored
from storage.search.picture_texts import picture_texts
from storage.values import Row, select, select_one, to_instant

_UNITS = ("字节", "KB", "MB", "GB")


# A page that changes daily for years has more; the table of revisions has them all.
_MOST_REVISIONS = 100
_REVISIONS = (
    "SELECT * FROM (SELECT * FROM revisions WHERE notice_id = ?"
    " ORDER BY seen_at DESC, id DESC LIMIT ?) ORDER BY seen_at, id"
)


@dataclass(frozen=True, slots=True)
class File:
    """An attachment; `link` is empty when its address is not one to follow."""

    name: str
    link: str
    about: str


@dataclass(frozen=True, slots=True)
class PictureShown:
    """What was recognised in a picture or scan, and how sure that is."""

    name: str
    sure: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Page:
    """Another page: of the same document, or one that contradicts this one."""

    id: int
    title: str
    site: str
    day: str
    link: str
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """One revision: when it was found, in what, and the new text against the old."""

    seen_at: str
    changed: str
    fields: tuple[tuple[str, tuple[Piece, ...]], ...]
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class _State:
    title: str
    doc_number: str
    published_on: str
    body_text: str
    files: str


def notice_context(db: Database, notice_id: int) -> dict[str, Any] | None:
    """What the template needs; None when there is no such notice."""
    with snapshot(db):
        rows = select(db, "SELECT * FROM notices WHERE id = ?", [notice_id])
        if not rows:
            return None
        stored = to_stored(db, rows)[0]
        names = _site_names(db)
        notice = stored.notice
        return {
            "stored": stored,
            "notice": notice,
            "site_name": names.get(notice.site, notice.site),
            "link": web_address(notice.url),
            "original": web_address(notice.original_url),
            "facts": _facts(stored),
            "body": safe_body(notice.body_html, notice.body_text),
            "pictures": _pictures(db, notice_id),
            "files": [_file(item) for item in notice.attachments],
            "pages": _other_pages(db, stored, names),
            "conflicts": _conflicts(db, notice_id, names),
            "changes": _changes(db, stored),
            "issues": _issues(db, notice_id),
            "read_by": sorted(notice.read_by.items()),
            "first_seen": local_minute(stored.first_seen_at),
            "last_seen": local_minute(stored.last_seen_at),
            "revised": local_minute(stored.revised_at) if stored.revised_at else "",
        }


def _pictures(db: Database, notice_id: int) -> list[PictureShown]:
    """What was recognised in its pictures and scans."""
    return [
        PictureShown(one.name or "正文图片", f"{100 * one.confidence:.0f}%", one.text.split("\n"))
        for one in picture_texts(db, [notice_id]).get(notice_id, ())
    ]


def local_minute(instant: datetime) -> str:
    """2021-02-05 17:00, China time."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _facts(stored: StoredNotice) -> list[tuple[str, str]]:
    """Labels and what the page says, without what it does not say."""
    notice = stored.notice
    contacts = ("　".join(filter(None, (c.name, c.phone, c.email))) for c in notice.contacts)
    own = {"deadline_on": "；".join(_deadlines(stored)), "contacts": "；".join(contacts)}
    facts = [
        (about.label, own[name] if name in own else printed(getattr(notice, name)))
        for name, about in NOTICE_FIELDS.items()
        if Shown.PAGE in about.shown
    ]
    return [(label, value) for label, value in facts if value]


def _deadlines(stored: StoredNotice) -> list[str]:
    notice = stored.notice
    if not notice.deadlines:
        return [notice.deadline_on.isoformat()] if notice.deadline_on else []
    return [
        " ".join(
            part
            for part in (
                item.on.isoformat(),
                item.what,
                f"（原文：{item.printed}）" if item.printed else "",
                "（按文内期限推算）" if item.computed else "",
            )
            if part
        )
        for item in notice.deadlines
    ]


def _file(item: Attachment) -> File:
    about = [item.type.upper() if len(item.type) <= 5 else item.type]
    if item.bytes is not None:
        about.append(_size(item.bytes))
    if item.path:
        about.append("已下载")
    about += [item.extent, item.gist]
    return File(item.name or item.url, web_address(item.url), "，".join(filter(None, about)))


def _size(count: int) -> str:
    size, unit = float(count), 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if unit == 0 else f"{size:.1f} {_UNITS[unit]}"


def _other_pages(db: Database, stored: StoredNotice, names: dict[str, str]) -> list[Page]:
    return [
        _page(other, names, other.duplicate_why or stored.duplicate_why)
        for other in group_of(db, stored.id)
        if other.id != stored.id
    ]


def _conflicts(db: Database, notice_id: int, names: dict[str, str]) -> list[Page]:
    rows = select(
        db,
        "SELECT CASE a WHEN :id THEN b ELSE a END AS other, why FROM conflicts"
        " WHERE a = :id OR b = :id ORDER BY found_at DESC, id DESC",
        {"id": notice_id},
    )
    return [_page(get_notice(db, row["other"]), names, row["why"]) for row in rows]


def _page(other: StoredNotice, names: dict[str, str], why: str) -> Page:
    notice = other.notice
    return Page(
        id=other.id,
        title=notice.title,
        site=names.get(notice.site, notice.site),
        day=notice.published_on.isoformat() if notice.published_on else "",
        link=web_address(notice.url),
        why=why,
    )


def _issues(db: Database, notice_id: int) -> list[str]:
    rows = select(
        db,
        "SELECT DISTINCT s.week FROM issue_items i JOIN issues s ON s.id = i.issue_id"
        " JOIN notices m ON m.id = i.notice_id"
        " WHERE coalesce(m.duplicate_of, m.id) ="
        " (SELECT coalesce(duplicate_of, id) FROM notices WHERE id = ?) ORDER BY s.week",
        [notice_id],
    )
    return [row["week"] for row in rows]


def _site_names(db: Database) -> dict[str, str]:
    return {row["id"]: row["name"] for row in select(db, "SELECT id, name FROM sites")}


def _changes(db: Database, stored: StoredNotice) -> list[Change]:
    """The revisions, the latest first, each against what the page said next."""
    rows = select(db, _REVISIONS, [stored.id, _MOST_REVISIONS])
    current = select_one(db, "SELECT * FROM notices WHERE id = ?", [stored.id])
    files = [{"name": item.name, "url": item.url} for item in stored.notice.attachments]
    states = [_state(row, json.loads(row["attachments"])) for row in rows]
    states.append(_state(current or {}, files))
    effort = Effort()
    pairs = [*zip(rows, states[:-1], states[1:], strict=True)]
    # The latest first: it is looked at most, and whatever effort there is goes to it.
    return [_change(row, old, new, effort) for row, old, new in reversed(pairs)]


def _state(row: Row, files: Sequence[dict[str, Any]]) -> _State:
    return _State(
        title=row["title"],
        doc_number=row["doc_number"],
        published_on=row["published_on"] or "",
        body_text=row["body_text"],
        files="\n".join(f"{item['name']} {item['url']}" for item in files),
    )


def _change(row: Row, old: _State, new: _State, effort: Effort) -> Change:
    fields = [
        (label, within(before, after, effort))
        for label, before, after in (
            ("标题", old.title, new.title),
            ("文号", old.doc_number, new.doc_number),
            ("发布日期", old.published_on, new.published_on),
        )
        if before != after
    ]
    texts = compare(old.body_text, new.body_text, effort) if old.body_text != new.body_text else []
    if old.files != new.files:
        fields += [
            ("附件", paragraph.pieces)
            for paragraph in compare(old.files, new.files, effort)
            if paragraph.pieces
        ]
    return Change(
        seen_at=local_minute(to_instant(row["seen_at"])),
        changed=row["changed"],
        fields=tuple(fields),
        paragraphs=tuple(texts),
    )
