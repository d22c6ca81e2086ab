"""Deadlines as a calendar: all-day events with a reminder three days before (RFC 5545)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from digest.models import Digest, Entry
from digest.safe_text import shorten
from storage.models import Deadline

REMIND_BEFORE = timedelta(days=3)


def render_ics(digest: Digest) -> bytes:
    """Every deadline of the issue from its day on; an issue without any is an empty calendar.

    An event's UID follows from the page and the deadline's place on it, so the same deadline
    read again, or moved by a revision, replaces the event instead of adding another.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//zhengxun//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{digest.title}截止日期")
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    for entry in digest.entries():
        for place, deadline in enumerate(entry.deadlines):
            if deadline.on >= digest.today:
                calendar.add_component(_event(entry, deadline, place, digest.instant))
    return bytes(calendar.to_ical())


def has_deadlines(digest: Digest) -> bool:
    """Whether the calendar would hold any event."""
    return any(item.on >= digest.today for entry in digest.entries() for item in entry.deadlines)


def _event(entry: Entry, deadline: Deadline, place: int, instant: datetime) -> Event:
    what = deadline.what or "截止"
    event = Event()
    event.add("uid", event_uid(entry, place))
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


def event_uid(entry: Entry, place: int) -> str:
    """Stable for a page (site and key) and the deadline's place on it."""
    notice = entry.stored.notice
    name = f"{notice.site}\n{notice.key}\n{place}"
    return f"{hashlib.sha256(name.encode()).hexdigest()[:32]}@zhengxun"


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
