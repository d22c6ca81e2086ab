"""Between the nouns of `models` and the rows of `notices` and `attachments`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlite_utils import Database

from storage.models import Attachment, Contact, Deadline, Known, Notice, StoredNotice
from storage.values import (
    Row,
    from_date,
    from_json,
    from_texts,
    marks,
    select,
    to_date,
    to_instant,
    to_instant_or_none,
    to_texts,
)
from texts.folding import clean
from texts.normal_forms import title_key, url_key

# SQLite allows 999 parameters in its oldest builds.
_BATCH = 500


def from_notice(notice: Notice) -> Row:
    """The columns of `notices` that a page says; ours (first_seen_at, ...) are not among them."""
    return {
        "site": notice.site,
        "column": notice.column,
        "key": clean(notice.key),
        "url": clean(notice.url),
        "title": clean(notice.title),
        "doc_number": clean(notice.doc_number),
        "issuers": from_texts(notice.issuers),
        "source": clean(notice.source),
        "published_on": from_date(notice.published_on),
        "published_time": notice.published_time,
        "written_on": from_date(notice.written_on),
        "effective_on": from_date(notice.effective_on),
        "deadline_on": from_date(notice.deadline_on),
        "section": notice.section,
        "grp": notice.grp,
        "body_html": clean(notice.body_html),
        "body_text": clean(notice.body_text),
        "summary": clean(notice.summary),
        # The view of deadlines goes by the last one (`notices_by_last_deadline`).
        "deadlines": from_json(
            [_from_deadline(item) for item in sorted(notice.deadlines, key=lambda item: item.on)]
        ),
        "contacts": from_json([asdict(contact) for contact in notice.contacts]),
        "amounts": from_texts(notice.amounts),
        "topics": from_texts(notice.topics),
        "topic_words": from_json(notice.topic_words),
        "repeals": from_texts(notice.repeals),
        "original_url": clean(notice.original_url),
        "content_hash": notice.content_hash,
        "read_by": from_json(notice.read_by),
        "warnings": from_texts(notice.warnings),
        "complete": int(notice.complete),
        "title_key": title_key(clean(notice.title)),
        "url_key": url_key(clean(notice.url)),
        "original_url_key": url_key(clean(notice.original_url)) if notice.original_url else "",
    }


def to_notice(row: Row, attachments: Iterable[Attachment]) -> Notice:
    """The notice of a row of `notices`."""
    texts = ("site", "column", "key", "url", "title", "section", "grp", "doc_number", "source")
    bodies = ("published_time", "body_html", "body_text", "summary", "content_hash", "original_url")
    lists = ("issuers", "amounts", "topics", "repeals", "warnings")
    dates = ("published_on", "written_on", "effective_on", "deadline_on")
    fields: dict[str, Any] = {name: row[name] for name in texts + bodies}
    fields |= {name: to_texts(row[name]) for name in lists}
    fields |= {name: to_date(row[name]) for name in dates}
    return Notice(
        **fields,
        deadlines=tuple(_to_deadline(value) for value in json.loads(row["deadlines"])),
        contacts=tuple(Contact(**value) for value in json.loads(row["contacts"])),
        read_by=json.loads(row["read_by"]),
        topic_words={name: tuple(w) for name, w in json.loads(row["topic_words"]).items()},
        attachments=tuple(attachments),
        complete=bool(row["complete"]),
    )


def load(db: Database, notice_ids: Sequence[int]) -> dict[int, StoredNotice]:
    """The stored notices with these ids."""
    found: dict[int, StoredNotice] = {}
    for start in range(0, len(notice_ids), _BATCH):
        ids = notice_ids[start : start + _BATCH]
        rows = select(
            db,
            f"SELECT * FROM notices WHERE id IN ({marks(ids)})",  # noqa: S608 - question marks
            ids,
        )
        found |= {stored.id: stored for stored in to_stored(db, rows)}
    return found


def to_stored(db: Database, rows: Sequence[Row]) -> list[StoredNotice]:
    """The stored notices of rows of `notices`, with their attachments, in the same order."""
    attachments = _attachments(db, [row["id"] for row in rows])
    return [
        StoredNotice(
            id=row["id"],
            notice=to_notice(row, attachments[row["id"]]),
            first_seen_at=to_instant(row["first_seen_at"]),
            last_seen_at=to_instant(row["last_seen_at"]),
            revised_at=to_instant_or_none(row["revised_at"]),
            day_on=date.fromisoformat(row["day_on"]),
            duplicate_of=row["duplicate_of"],
            duplicate_why=row["duplicate_why"],
        )
        for row in rows
    ]


def to_known(row: Row) -> Known:
    """What decides whether a stored page is fetched again."""
    return Known(
        id=row["id"],
        column=row["column"],
        key=row["key"],
        url=row["url"],
        title=row["title"],
        published_on=to_date(row["published_on"]),
        day_on=date.fromisoformat(row["day_on"]),
        complete=bool(row["complete"]),
        first_seen_at=to_instant(row["first_seen_at"]),
        last_read_at=to_instant(row["last_read_at"]),
        attempts=row["read_attempts"],
    )


def _attachments(db: Database, notice_ids: Sequence[int]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = defaultdict(list)
    for start in range(0, len(notice_ids), _BATCH):
        ids = notice_ids[start : start + _BATCH]
        rows = select(
            db,
            "SELECT notice_id, url, name, type, bytes, sha256, path, text, note, extent"  # noqa: S608 - marks
            f" FROM attachments WHERE notice_id IN ({marks(ids)}) AND removed_at IS NULL"
            " ORDER BY notice_id, position",
            ids,
        )
        for row in rows:
            found[row.pop("notice_id")].append(Attachment(**row))
    return found


def _from_deadline(deadline: Deadline) -> Row:
    return {
        "on": deadline.on.isoformat(),
        "what": deadline.what,
        "printed": deadline.printed,
        "computed": deadline.computed,
    }


def _to_deadline(value: Row) -> Deadline:
    return Deadline(
        on=date.fromisoformat(value["on"]),
        what=value["what"],
        printed=value["printed"],
        computed=value["computed"],
    )
