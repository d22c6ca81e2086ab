"""Subscribers: who gets which chapters, topics and keywords, in which formats, at which pace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal, TypedDict, Unpack

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.models import Pace, Subscriber, SubscriberState
from storage.readers.mail_addresses import check_address, check_name
from storage.values import (
    Row,
    from_date,
    from_instant,
    from_texts,
    one_line,
    select,
    select_one,
    to_date,
    to_instant_or_none,
    to_texts,
)
from texts.folding import clean

State = SubscriberState
Saved = Literal["added", "changed", "unchanged", "kept ended"]
FORMATS = ("html", "docx", "full", "ics")
STATES = ("active", "paused", "suspended", "ended")
PACES = ("weekly", "immediate")
MOST_DEADLINE_DAYS = 365


class Choices(TypedDict, total=False):
    """What a subscriber may choose; what is not given stays, or is the default of `Subscriber`."""

    name: str
    sections: Sequence[str]
    groups: Sequence[str]
    topics: Sequence[str]
    keywords: Sequence[str]
    formats: Sequence[str]
    pace: Pace
    deadline_days: int
    skip_empty: bool


def add_subscriber(
    db: Database, address: str, *, now: datetime, **choices: Unpack[Choices]
) -> Subscriber:
    """Subscribe an address; empty lists mean everything. One that had ended begins again.

    Raises StorageError for a bad address or choice, and for one already subscribed.
    """
    address = check_address(address)
    blank = Subscriber(0, address)
    with transaction(db):
        known = find_subscriber(db, address)
        if known is not None and known.state != "ended":
            raise StorageError(f"{address} is subscribed already ({known.state})")
        return _begin(db, blank, known, choices, now)


def list_subscribers(db: Database, state: State | None = None) -> list[Subscriber]:
    """All subscribers, or those in one state, in the order they came."""
    rows = select(
        db,
        "SELECT * FROM subscribers WHERE :state IS NULL OR state = :state ORDER BY id",
        {"state": state},
    )
    return [_to_subscriber(row) for row in rows]


def find_subscriber(db: Database, address: str) -> Subscriber | None:
    """The subscriber with this address, in any state; a bot's is CHANNEL:NAME.

    Raises StorageError for a bad address.
    """
    key = address if ":" in address and "@" not in address else check_address(address)
    row = select_one(db, "SELECT * FROM subscribers WHERE address = ?", [key])
    return None if row is None else _to_subscriber(row)


def get_subscriber(db: Database, subscriber_id: int) -> Subscriber | None:
    """The subscriber with this id, in any state."""
    row = select_one(db, "SELECT * FROM subscribers WHERE id = ?", [subscriber_id])
    return None if row is None else _to_subscriber(row)


def update_subscriber(
    db: Database,
    address: str,
    *,
    now: datetime,
    state: State | None = None,
    note: str = "",
    paused_until: date | None = None,
    **choices: Unpack[Choices],
) -> Subscriber:
    """Change what is given; `note` says why the state changed.

    `paused_until`: the day on which a paused subscription goes on by itself. Raises
    StorageError for an unknown address or a bad value.
    """
    if state is not None and state not in STATES:
        raise StorageError(f"{state!r} is not a state; use one of {', '.join(STATES)}")
    with transaction(db):
        old = _existing(db, address)
        changes = _columns(old, choices) | {"updated_at": from_instant(now)}
        if state is not None:
            until = from_date(paused_until) if state == "paused" else None
            changes |= {"state": state, "note": one_line(note), "paused_until": until}
        if _begins_to_look(old, state or old.state, choices.get("pace", old.pace)):
            changes["looked_at"] = from_instant(now)
        if old.state == "ended" and state not in {None, "ended"}:
            changes["began_at"] = from_instant(now)
        db.table("subscribers").update(old.id, changes)
        return _existing(db, address)


def remove_subscriber(db: Database, address: str, *, now: datetime, note: str = "") -> Subscriber:
    """End a subscription; the row stays, because the ledger points to it.

    Raises StorageError for an unknown address.
    """
    return update_subscriber(db, address, now=now, state="ended", note=note)


def check_choices(**choices: Unpack[Choices]) -> None:
    """Raise StorageError for choices that a new subscriber could not have."""
    _columns(Subscriber(0, ""), choices)


def save_subscriber(
    db: Database,
    address: str,
    *,
    now: datetime,
    state: State | None = None,
    note: str = "",
    paused_until: date | None = None,
    **choices: Unpack[Choices],
) -> Saved:
    """Add who is new, change who is known, as a list says; `state` None keeps it.

    A subscription that has ended is not begun again by a list that still has it: people who
    unsubscribed stay unsubscribed. Raises StorageError for a bad address or choice.
    """
    with transaction(db):
        known = find_subscriber(db, address)
        if known is not None and known.state == "ended" and state != "ended":
            return "kept ended"
        person = known or add_subscriber(db, address, now=now, **choices)
        asked = state or person.state
        stand = (asked, note, paused_until) if state else _stand(person)
        same = _columns(person, choices) == _columns(person, {}) and stand == _stand(person)
        if not same:
            update_subscriber(
                db,
                address,
                now=now,
                state=state,
                note=note,
                paused_until=paused_until,
                **choices,
            )
        if known is None:
            return "added"
        return "unchanged" if same else "changed"


def wake_paused(db: Database, *, today: date, now: datetime) -> list[Subscriber]:
    """Let go on whoever was paused until a day that has come (Asia/Shanghai); who that is."""
    with transaction(db):
        rows = select(
            db,
            "SELECT address FROM subscribers WHERE state = 'paused' AND paused_until <= ?",
            [from_date(today)],
        )
        return [update_subscriber(db, row["address"], now=now, state="active") for row in rows]


def _begin(
    db: Database, blank: Subscriber, known: Subscriber | None, choices: Choices, now: datetime
) -> Subscriber:
    """Insert, or begin again where `known` ended; what was chosen then is forgotten."""
    at = from_instant(now)
    row = _columns(blank, choices) | {"state": "active", "note": "", "paused_until": None}
    row |= {"updated_at": at, "began_at": at, "looked_at": at}
    if known is None:
        db.table("subscribers").insert({"address": blank.address, "added_at": at} | row)
    else:
        db.table("subscribers").update(known.id, row)
    return _existing(db, blank.address)


def _begins_to_look(old: Subscriber, state: State, pace: Pace) -> bool:
    """Whether notices seen before now are nobody's news: the pace is new, or a pause is over."""
    return (state, pace) == ("active", "immediate") and (old.state, old.pace) != (state, pace)


def _existing(db: Database, address: str) -> Subscriber:
    found = find_subscriber(db, address)
    if found is None:
        raise StorageError(f"{address} is not subscribed; see: zhengxun subscribers list")
    return found


def _stand(person: Subscriber) -> tuple[State, str, date | None]:
    return person.state, person.note, person.paused_until


def _choices_of(person: Subscriber) -> Choices:
    return Choices(
        name=person.name,
        sections=person.sections,
        groups=person.groups,
        topics=person.topics,
        keywords=person.keywords,
        formats=person.formats,
        pace=person.pace,
        deadline_days=person.deadline_days,
        skip_empty=person.skip_empty,
    )


def _columns(old: Subscriber, choices: Choices) -> Row:
    """The columns of a choice: what is given, and else what `old` had. Raises StorageError."""
    new = _choices_of(old) | choices
    _check(new)
    return {
        "name": check_name(new["name"]),
        "sections": _texts(new["sections"]),
        "groups": _texts(new["groups"]),
        "topics": _texts(new["topics"]),
        "keywords": _texts(new["keywords"]),
        "formats": from_texts(dict.fromkeys(new["formats"])),
        "pace": new["pace"],
        "deadline_days": new["deadline_days"],
        "skip_empty": int(new["skip_empty"]),
    }


def _check(new: Choices) -> None:
    wrong = [form for form in new["formats"] if form not in FORMATS]
    if wrong or not new["formats"]:
        raise StorageError(
            f"format {wrong[0] if wrong else ''!r} is unknown; use {', '.join(FORMATS)}"
        )
    if new["pace"] not in PACES:
        raise StorageError(f"pace {new['pace']!r} is unknown; use {', '.join(PACES)}")
    if not 0 <= new["deadline_days"] <= MOST_DEADLINE_DAYS:
        raise StorageError(f"deadline days must be 0 to {MOST_DEADLINE_DAYS}; 0 means no such rule")
    occasions = new["keywords"] or new["topics"] or new["deadline_days"]
    if new["pace"] == "immediate" and not occasions:
        raise StorageError(
            "the immediate pace needs an occasion: give keywords, topics or deadline days"
        )


def _texts(values: Iterable[str]) -> str:
    return from_texts(dict.fromkeys(word for word in map(str.strip, map(clean, values)) if word))


def _to_subscriber(row: Row) -> Subscriber:
    return Subscriber(
        id=row["id"],
        address=row["address"],
        name=row["name"],
        sections=to_texts(row["sections"]),
        groups=to_texts(row["groups"]),
        topics=to_texts(row["topics"]),
        keywords=to_texts(row["keywords"]),
        formats=to_texts(row["formats"]),
        pace=row["pace"],
        deadline_days=row["deadline_days"],
        skip_empty=bool(row["skip_empty"]),
        state=row["state"],
        channel=row["channel"],
        note=row["note"],
        paused_until=to_date(row["paused_until"]),
        began_at=to_instant_or_none(row["began_at"]),
        looked_at=to_instant_or_none(row["looked_at"]),
    )
