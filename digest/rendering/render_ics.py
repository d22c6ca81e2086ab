"""Deadlines as a calendar: all-day events with a reminder three days before (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vText

from digest.models.entry import CalledOff, named_deadlines
from digest.models.issue import Digest, Entry
from digest.safe_text import shorten
from storage.models import Deadline

REMIND_BEFORE = timedelta(days=3)


def render_ics(digest: Digest) -> bytes:
    """Every deadline of the issue from its day on; an issue without any is an empty calendar.

    An event's UID follows from the document and what falls due (`named_deadlines`), so the same
    deadline read again, or moved by a revision, replaces the event instead of adding another. One
    that an earlier issue told and that was called off is cancelled under its UID.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//zhengxun//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{digest.title}截止日期")
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    for entry in digest.entries():
        for name, deadline in named_deadlines(entry).items():
            if deadline.on >= digest.today:
                calendar.add_component(_event(entry, deadline, name, digest.instant))
        for gone in entry.called_off:
            calendar.add_component(_cancelled(entry, gone, digest.instant))
    return bytes(calendar.to_ical())


def has_deadlines(digest: Digest) -> bool:
    """Whether the calendar would hold any event."""
    return any(
        entry.called_off or any(item.on >= digest.today for item in entry.deadlines)
        for entry in digest.entries()
    )


def _cancelled(entry: Entry, gone: CalledOff, instant: datetime) -> Event:
    """The event that an earlier issue told, taken back (RFC 5545, 3.8.1.11)."""
    event = _event(entry, gone.deadline, gone.name, instant)
    event.subcomponents.clear()
    event["SUMMARY"] = vText(f"（已取消）{event['SUMMARY']}")
    event["SEQUENCE"] = max(_sequence(entry), 1)
    event.add("status", "CANCELLED")
    return event


def _event(entry: Entry, deadline: Deadline, name: str, instant: datetime) -> Event:
    what = deadline.what or "截止"
    event = Event()
    event.add("uid", f"{name}@zhengxun")
    event.add("dtstamp", instant.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", _sequence(entry))
    event.add("dtstart", deadline.on)
    event.add("dtend", deadline.on + timedelta(days=1))
    event.add("summary", f"【{what}】{shorten(entry.title, 80)}")
    event.add("description", _description(entry, deadline))
    if entry.url:
        event.add("url", entry.url)
    event.add("transp", "TRANSPARENT")
    event.add("categories", [what])
    event.add_component(_alarm(entry, what))
    return event


def _alarm(entry: Entry, what: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"三天后截止：{what} {shorten(entry.title, 60)}")
    alarm.add("trigger", -REMIND_BEFORE)
    return alarm


def _sequence(entry: Entry) -> int:
    """Grows with each revision, as calendars require before they replace an event."""
    revised = entry.stored.revised_at
    return int(revised.timestamp()) // 60 if revised else 0


def _description(entry: Entry, deadline: Deadline) -> str:
    lines = [entry.title, entry.publisher, entry.doc_number]
    if deadline.printed:
        lines.append(f"原文：{deadline.printed}")
    if deadline.computed:
        lines.append("日期按文内期限推算，请以原文为准。")
    lines.append(entry.url)
    return "\n".join(line for line in lines if line)
