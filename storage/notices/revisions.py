"""What changed between two states of a page, and the earlier states that are kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from storage.models import Attachment, Notice
from storage.notices.row_mapping import as_json, of_json
from storage.values import Row, from_date, from_instant, from_json, select, to_date
from texts.normal_forms import compact, file_keys

# What a revision has columns for, and what of a notice no page changes.
_IN_COLUMNS = frozenset(
    {"title", "doc_number", "published_on", "body_text", "body_html", "content_hash"}
)
_OF_THE_FILE = ("bytes", "sha256", "path", "text", "note", "extent", "gist")
_LASTING = frozenset({"site", "column", "key", "section", "grp"})


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier state of a notice: `changed` says in Chinese what the later state changed."""

    id: int
    notice_id: int
    seen_at: str
    changed: str
    title: str
    body_text: str


def differences(old: Notice, new: Notice) -> tuple[str, ...]:
    """What a reader of `old` would want to be told about `new`, in Chinese words.

    White space is not a change. A date or number the new reading merely lacks is not a change
    either: the publisher rarely takes it away, a reader of pages often misses it.
    """
    changed = []
    if compact(old.title) != compact(new.title):
        changed.append("标题")
    if old.published_on and new.published_on and old.published_on != new.published_on:
        changed.append("发布日期")
    if _number_changed(old, new):
        changed.append("文号")
    if _body_changed(old, new):
        changed.append("正文")
    if _attachments_changed(old, new):
        changed.append("附件")
    return tuple(changed)


def merged(old: Notice, new: Notice) -> Notice:
    """`new` with what only an earlier reading knew: the date, the number, downloaded files."""
    kept, now = _by_key(old.attachments), _by_key(new.attachments)
    same_text = old.content_hash == new.content_hash
    return replace(
        new,
        published_on=new.published_on or old.published_on,
        doc_number=new.doc_number or (old.doc_number if same_text else ""),
        attachments=tuple(_with_file(item, kept.get(key)) for key, item in now.items()),
    )


def record(
    db: Database, notice_id: int, old: Notice, changed: str, now: datetime, run_id: int | None
) -> None:
    """Keep `old`, which is about to be overwritten."""
    db.table("revisions").insert(
        {
            "notice_id": notice_id,
            "seen_at": from_instant(now),
            "changed": changed,
            "title": old.title,
            "doc_number": old.doc_number,
            "published_on": from_date(old.published_on),
            "body_text": old.body_text,
            "body_html": old.body_html,
            "content_hash": old.content_hash,
            "attachments": from_json([_from_attachment(item) for item in old.attachments]),
            "fields": from_json(as_json(old, _IN_COLUMNS | _LASTING)),
            "run_id": run_id,
        }
    )


def list_revisions(db: Database, notice_id: int) -> list[Revision]:
    """The earlier states of a notice, the oldest first."""
    rows = select(
        db,
        "SELECT id, notice_id, seen_at, changed, title, body_text FROM revisions"
        " WHERE notice_id = ? ORDER BY seen_at, id",
        [notice_id],
    )
    return [Revision(**row) for row in rows]


def was_like(db: Database, notice_id: int, new: Notice) -> bool:
    """Whether the page looked like `new` before: the publisher took a change back."""
    rows = select(
        db,
        "SELECT * FROM revisions WHERE notice_id = ? AND content_hash = ?",
        [notice_id, new.content_hash],
    )
    return any(not differences(_old_state(new, row), new) for row in rows)


def state_at(db: Database, notice_id: int, current: Notice, instant: datetime) -> Notice:
    """What the page said at `instant`; `current` if nothing was revised since."""
    rows = select(
        db,
        "SELECT * FROM revisions WHERE notice_id = ? AND seen_at > ? ORDER BY seen_at, id LIMIT 1",
        [notice_id, from_instant(instant)],
    )
    return _old_state(current, rows[0]) if rows else current


def _old_state(current: Notice, row: Row) -> Notice:
    fields = of_json(json.loads(row["fields"]))
    # Where its address was is told beside it; the notice stands where it stands now.
    fields.pop("url", None)
    if "deadlines" not in fields:
        # A row of before they were kept; those of a later state would be wrong.
        is_same = current.deadline_on == fields["deadline_on"]
        fields["deadlines"] = current.deadlines if is_same else ()
    return replace(
        current,
        **fields,
        title=row["title"],
        doc_number=row["doc_number"],
        published_on=to_date(row["published_on"]),
        body_text=row["body_text"],
        body_html=row["body_html"],
        content_hash=row["content_hash"],
        attachments=tuple(Attachment(**value) for value in json.loads(row["attachments"])),
    )


def _number_changed(old: Notice, new: Notice) -> bool:
    return bool(
        old.doc_number and new.doc_number and compact(old.doc_number) != compact(new.doc_number)
    )


def _body_changed(old: Notice, new: Notice) -> bool:
    # The hash ignores counters; comparing the text too keeps a new way of hashing from
    # reporting every page as changed.
    if old.content_hash and old.content_hash == new.content_hash:
        return False
    return compact(old.body_text) != compact(new.body_text)


def _attachments_changed(old: Notice, new: Notice) -> bool:
    before, after = _by_key(old.attachments), _by_key(new.attachments)
    if before.keys() != after.keys():
        return True
    same_hash = bool(old.content_hash) and old.content_hash == new.content_hash
    return any(_file_changed(before[url], after[url], same_hash=same_hash) for url in before)


def _by_key(attachments: Sequence[Attachment]) -> dict[str, Attachment]:
    keys = file_keys([item.url for item in attachments])
    return dict(zip(keys, attachments, strict=True))


def _file_changed(old: Attachment, new: Attachment, *, same_hash: bool) -> bool:
    if old.sha256 and new.sha256 and old.sha256 != new.sha256:
        return True
    # The content hash covers the names of files.
    return not same_hash and compact(old.name) != compact(new.name)


def _with_file(new: Attachment, old: Attachment | None) -> Attachment:
    if old is None or new.sha256 is not None:
        return new
    file = {name: getattr(old, name) for name in _OF_THE_FILE}
    return replace(new, **file)


def _from_attachment(item: Attachment) -> dict[str, Any]:
    # The text of a file is not kept twice; sha256 says whether it changed.
    return {
        "url": item.url,
        "name": item.name,
        "type": item.type,
        "bytes": item.bytes,
        "sha256": item.sha256,
        "path": item.path,
    }
