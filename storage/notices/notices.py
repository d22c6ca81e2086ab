"""Notices: one row a published page. Saving decides between new, revised and unchanged."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import date, datetime

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.models import Attachment, Known, Notice, Outcome, SaveResult, StoredNotice
from storage.notices import revisions
from storage.notices.counted_day import counted_on
from storage.notices.row_mapping import from_notice, to_known, to_stored
from storage.notices.table_rows import save_rows
from storage.pictures.queue import enqueue, save_body_pictures
from storage.search import index
from storage.values import Row, from_instant, marks, select, select_one, to_date
from texts.folding import clean
from texts.normal_forms import file_keys, url_key

_BY_URL = """
SELECT * FROM notices WHERE id = coalesce(
    (SELECT min(id) FROM notices WHERE url_key = :url),
    (SELECT notice_id FROM aliases WHERE url_key = :url))
"""


def find_known(db: Database, site: str, key: str, url: str) -> Known | None:
    """The stored page with this key of the site, or else with this address (http = https)."""
    row = _find(db, site, key, url)
    return None if row is None else to_known(row)


def find_stored(db: Database, site: str, key: str, url: str) -> StoredNotice | None:
    """As `find_known`, with all that is stored."""
    row = _find(db, site, key, url)
    return None if row is None else to_stored(db, [row])[0]


def save_notice(
    db: Database,
    notice: Notice,
    *,
    now: datetime,
    run_id: int | None,
    into: int | None = None,
    told: Collection[str] | None = None,
) -> SaveResult:
    """Store what a page says; in one transaction.

    `into`: the id of the notice whose page this is, at whatever address; None: that of this key
    or address. `told`: which differences (标题, 发布日期, 文号, 正文, 附件) the publisher made; the
    others are of our reading, and stored without a word. None: all of them.

    "revised" = a reader would want to know; the old state is then kept in `revisions`.
    "unchanged" still refreshes what was worked out from the page, and completes a page that
    could not be read fully before. A page that could not be read fully this time never
    overwrites one that was: only its warnings are added.
    """
    with transaction(db):
        row = _find(db, notice.site, notice.key, notice.url) if into is None else _get(db, into)
        if row is None:
            return SaveResult(_insert(db, notice, now, run_id), "new")
        stored = to_stored(db, [row])[0]
        _keep_address(db, stored, notice.url)
        seen: Row = {
            "last_seen_at": max(from_instant(now), row["last_seen_at"]),
            "last_read_at": from_instant(now),
            "read_attempts": row["read_attempts"] + 1,
        }
        outcome, changes = _decide(db, stored, notice, now, run_id, told)
        changes |= _day(stored, changes.get("published_on", row["published_on"]), notice)
        db.table("notices").update(stored.id, seen | changes)
        index.catch_up(db)
        return SaveResult(stored.id, outcome)


def as_new(notice: Notice, now: datetime) -> StoredNotice:
    """What a notice that is not stored yet will be, under the id 0."""
    day = _counted_on(notice, notice.published_on, now)
    return StoredNotice(0, notice, now, now, None, date.fromisoformat(day))


def touch_notice(db: Database, notice_id: int, *, now: datetime) -> None:
    """The page was listed again, and not read."""
    with transaction(db):
        db.execute(
            "UPDATE notices SET last_seen_at = max(last_seen_at, ?) WHERE id = ?",
            [from_instant(now), notice_id],
        )


def add_alias(db: Database, notice_id: int, url: str) -> None:
    """The page answers at this address too. An address that is known already stays as it is."""
    key = url_key(clean(url))
    with transaction(db):
        if select_one(db, "SELECT 1 FROM notices WHERE url_key = ?", [key]) is None:
            db.execute(
                "INSERT OR IGNORE INTO aliases (url_key, url, notice_id) VALUES (?, ?, ?)",
                [key, clean(url), notice_id],
            )


def get_notice(db: Database, notice_id: int) -> StoredNotice:
    """The notice with this id. Raises StorageError if there is none."""
    return to_stored(db, [_get(db, notice_id)])[0]


def find_by_url(db: Database, url: str) -> StoredNotice | None:
    """The page at this address, its own or an alias; http and https are the same."""
    rows = select(db, _BY_URL, {"url": url_key(clean(url))})
    return to_stored(db, rows)[0] if rows else None


def list_incomplete(db: Database, site: str, *, max_attempts: int) -> list[Known]:
    """Pages of a site that were never read fully and may be tried again, longest ago first."""
    rows = select(
        db,
        "SELECT * FROM notices WHERE site = ? AND complete = 0 AND read_attempts < ?"
        " ORDER BY last_read_at, id",
        [site, max_attempts],
    )
    return [to_known(row) for row in rows]


def list_recent(db: Database, site: str, *, since: datetime) -> list[Known]:
    """Pages of a site that were first seen since then and read fully, the earliest first."""
    rows = select(
        db,
        "SELECT * FROM notices WHERE site = ? AND complete = 1 AND first_seen_at >= ?"
        " ORDER BY first_seen_at, id",
        [site, from_instant(since)],
    )
    return [to_known(row) for row in rows]


def _find(db: Database, site: str, key: str, url: str) -> Row | None:
    row = select_one(db, "SELECT * FROM notices WHERE site = ? AND key = ?", [site, clean(key)])
    return row or select_one(db, _BY_URL, {"url": url_key(clean(url))})


def _get(db: Database, notice_id: int) -> Row:
    row = select_one(db, "SELECT * FROM notices WHERE id = ?", [notice_id])
    if row is None:
        raise StorageError(f"there is no notice {notice_id}; look it up with: zhengxun search")
    return row


def _insert(db: Database, notice: Notice, now: datetime, run_id: int | None) -> int:
    seen = from_instant(now)
    ours: Row = {"first_seen_at": seen, "last_seen_at": seen, "last_read_at": seen}
    ours |= {"day_on": _counted_on(notice, notice.published_on, now), "place": notice.place}
    row = from_notice(notice) | ours | {"run_id": run_id}
    names = ", ".join(f'"{name}"' for name in row)
    # Not by sqlite-utils, which asks after the table's columns, keys and indexes each time.
    cursor = db.execute(
        f"INSERT INTO notices ({names}) VALUES ({marks(row)})",  # noqa: S608 # fields and marks
        list(row.values()),
    )
    notice_id = int(cursor.lastrowid or 0)
    index.catch_up(db)
    _save_files(db, notice_id, notice, now)
    return notice_id


def _day(stored: StoredNotice, published_on: str | None, new: Notice) -> Row:
    """The day it counts from, where the page says another than before."""
    day = to_date(published_on)
    if day == stored.notice.published_on:
        return {}
    return {"day_on": _counted_on(new, day, stored.first_seen_at)}


def _counted_on(notice: Notice, day: date | None, first_seen_at: datetime) -> str:
    is_on_top = notice.place == "above"
    return counted_on(day, first_seen_at, near_on=notice.near_on, is_on_top=is_on_top).isoformat()


def _decide(
    db: Database,
    stored: StoredNotice,
    new: Notice,
    now: datetime,
    run_id: int | None,
    told: Collection[str] | None,
) -> tuple[Outcome, Row]:
    """The outcome, and the columns that change."""
    old = stored.notice
    if old.complete and not new.complete:
        warnings = tuple(dict.fromkeys(old.warnings + new.warnings))
        return "unchanged", _page_columns(replace(old, warnings=warnings))
    if old.complete and old.site != new.site:
        # The same address listed by another site, and read its way: our reading stands.
        return "unchanged", {}
    if not old.complete:
        state = new if new.complete else filled(old, new)
        _save_files(db, stored.id, state, now)
        return "unchanged", _page_columns(in_place(old, state))
    state = in_place(old, revisions.merged(old, new))
    changed = [word for word in revisions.differences(old, state) if told is None or word in told]
    columns = _page_columns(state)
    if changed:
        words = "、".join(changed)
        if revisions.was_like(db, stored.id, state):
            words += "（恢复为较早的内容）"
        revisions.record(db, stored.id, old, words, now, run_id)
        columns["revised_at"] = from_instant(now)
    _save_files(db, stored.id, state, now)
    return ("revised" if changed else "unchanged"), columns


def in_place(old: Notice, new: Notice) -> Notice:
    """`new` where `old` stands: identity and address stay, the place too if listed elsewhere."""
    elsewhere = (old.site, old.column) != (new.site, new.column)
    return replace(
        new,
        site=old.site,
        column=old.column,
        key=old.key,
        url=_better_scheme(old.url, new.url),
        section=old.section if elsewhere else new.section,
        grp=old.grp if elsewhere else new.grp,
    )


def _better_scheme(old: str, new: str) -> str:
    """The old address, with https once the site offers it."""
    is_same = url_key(old) == url_key(new)
    return new if is_same and new.startswith("https:") else old


def filled(old: Notice, new: Notice) -> Notice:
    """Two partial readings of one page: what the newer one knows, the rest from the older.

    Over all fields; an empty value knows nothing. Only whether it was read fully is the newer
    one's own. A field keeps the reader it came from.
    """
    kept = {
        one.name: getattr(old, one.name)
        for one in fields(Notice)
        if one.name not in {"complete", "read_by"} and _is_empty(getattr(new, one.name))
    }
    readers = {name: by for name, by in old.read_by.items() if name in kept}
    return replace(new, **kept, read_by=old.read_by | new.read_by | readers)


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value == () or value == {}


def _page_columns(notice: Notice) -> Row:
    return from_notice(notice)


def _keep_address(db: Database, stored: StoredNotice, url: str) -> None:
    if url_key(clean(url)) != url_key(stored.notice.url):
        add_alias(db, stored.id, url)


def _save_files(db: Database, notice_id: int, notice: Notice, now: datetime) -> None:
    save_attachments(db, notice_id, notice.attachments, now)
    save_body_pictures(db, notice_id, notice.pictures, now)


def save_attachments(
    db: Database, notice_id: int, attachments: tuple[Attachment, ...], now: datetime
) -> None:
    """Make the list of files this one. A file no longer named is marked, never deleted."""
    db.execute(
        "UPDATE attachments SET removed_at = coalesce(removed_at, ?) WHERE notice_id = ?",
        [from_instant(now), notice_id],
    )
    _follow_signed(db, notice_id, [clean(item.url) for item in attachments])
    for position, item in enumerate(attachments):
        db.execute(
            "INSERT INTO attachments"
            " (notice_id, position, url, name, type, bytes, sha256, path, text, note, extent, gist)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (notice_id, url) DO UPDATE SET position = excluded.position,"
            " name = excluded.name, type = excluded.type, bytes = excluded.bytes,"
            " sha256 = excluded.sha256, path = excluded.path, text = excluded.text,"
            " note = excluded.note, extent = excluded.extent, gist = excluded.gist,"
            " removed_at = NULL",
            [
                notice_id,
                position,
                clean(item.url),
                clean(item.name),
                clean(item.type),
                item.bytes,
                item.sha256,
                item.path,
                None if item.text is None else clean(item.text),
                clean(item.note),
                clean(item.extent),
                clean(item.gist),
            ],
        )
        _save_rows(db, notice_id, item)
    enqueue(db, attachments, now)


def _save_rows(db: Database, notice_id: int, item: Attachment) -> None:
    row = select_one(
        db,
        "SELECT id FROM attachments WHERE notice_id = ? AND url = ?",
        [notice_id, clean(item.url)],
    )
    if row is not None:
        save_rows(db, row["id"], item.sha256, item.rows)


def _follow_signed(db: Database, notice_id: int, urls: list[str]) -> None:
    """A file whose address bears a new signature is the file that was known under the old one."""
    rows = select(db, "SELECT id, url FROM attachments WHERE notice_id = ?", [notice_id])
    known = {row["url"] for row in rows}
    ids = dict(
        zip(file_keys([row["url"] for row in rows]), (row["id"] for row in rows), strict=True)
    )
    for url, key in zip(urls, file_keys(urls), strict=True):
        if url not in known and key in ids:
            db.execute("UPDATE attachments SET url = ? WHERE id = ?", [url, ids[key]])
