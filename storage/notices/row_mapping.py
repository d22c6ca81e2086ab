"""Between the nouns of `models` and the rows of `notices` and `attachments`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, get_type_hints

from sqlite_utils import Database

from storage.models import (
    NOTICE_FIELDS,
    Attachment,
    Contact,
    Deadline,
    Known,
    Notice,
    StoredNotice,
)
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


@dataclass(frozen=True, slots=True)
class _Codec:
    """How values of one type stand in a column; `is_json`: as a list or an object."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    is_json: bool = False


_CODECS: dict[Any, _Codec] = {
    str: _Codec(clean, str),
    bool: _Codec(int, bool),
    date | None: _Codec(from_date, to_date),
    tuple[str, ...]: _Codec(from_texts, to_texts, is_json=True),
    dict[str, str]: _Codec(from_json, lambda text: _values(text), is_json=True),
    dict[str, tuple[str, ...]]: _Codec(
        from_json,
        lambda text: {name: tuple(words) for name, words in _values(text).items()},
        is_json=True,
    ),
    # The view of deadlines goes by the last one (`notices_by_last_deadline`).
    tuple[Deadline, ...]: _Codec(
        lambda items: from_json([_from_deadline(item) for item in sorted(items, key=_day)]),
        lambda text: tuple(_to_deadline(value) for value in _items(text)),
        is_json=True,
    ),
    tuple[Contact, ...]: _Codec(
        lambda items: from_json([asdict(item) for item in items]),
        lambda text: tuple(Contact(**value) for value in _items(text)),
        is_json=True,
    ),
}
_TYPES = get_type_hints(Notice)
# Raises KeyError for a field of a type that nobody has described.
_FIELDS = {name: _CODECS[_TYPES[name]] for name, about in NOTICE_FIELDS.items() if about.column}


def from_notice(notice: Notice) -> Row:
    """The columns of `notices` that a page says; ours (first_seen_at, ...) are not among them."""
    row = {name: codec.encode(getattr(notice, name)) for name, codec in _FIELDS.items()}
    return row | {
        "title_key": title_key(row["title"]),
        "url_key": url_key(row["url"]),
        "original_url_key": url_key(row["original_url"]) if notice.original_url else "",
    }


def to_notice(row: Row, attachments: Iterable[Attachment]) -> Notice:
    """The notice of a row of `notices`."""
    values = {name: codec.decode(row[name]) for name, codec in _FIELDS.items()}
    return Notice(**values, attachments=tuple(attachments))


def as_json(notice: Notice, without: Collection[str]) -> Row:
    """What a page says as JSON has it, but for the fields `without`."""
    row = from_notice(notice)
    return {
        name: json.loads(row[name]) if codec.is_json else row[name]
        for name, codec in _FIELDS.items()
        if name not in without
    }


def of_json(values: Row) -> dict[str, Any]:
    """The fields of `as_json`; an older row may have fewer."""
    return {
        name: codec.decode(from_json(values[name]) if codec.is_json else values[name])
        for name, codec in _FIELDS.items()
        if name in values
    }


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
            "SELECT notice_id, url, name, type, bytes, sha256, path, text, note, extent, gist"  # noqa: S608 - marks
            f" FROM attachments WHERE notice_id IN ({marks(ids)}) AND removed_at IS NULL"
            " ORDER BY notice_id, position",
            ids,
        )
        for row in rows:
            found[row.pop("notice_id")].append(Attachment(**row))
    return found


def _items(text: str) -> list[Any]:
    """A list in JSON; most are empty."""
    found: list[Any] = [] if text == "[]" else json.loads(text)
    return found


def _values(text: str) -> dict[str, Any]:
    """An object in JSON; many are empty."""
    found: dict[str, Any] = {} if text == "{}" else json.loads(text)
    return found


def _day(deadline: Deadline) -> date:
    return deadline.on


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
