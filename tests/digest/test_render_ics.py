"""The calendar: all-day deadlines with a reminder, the same event each time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from digest.models.entry import CalledOff, named_deadlines
from digest.models.issue import Digest
from digest.rendering.render_ics import has_deadlines, render_ics
from storage.models import Deadline
from tests.digest.samples import make_digest, make_entry, one_entry_digest, week_digest


def _events(digest: Digest) -> list[Event]:
    calendar = Calendar.from_ical(render_ics(digest))
    return [part for part in calendar.walk() if isinstance(part, Event)]


def test_each_deadline_is_an_all_day_event_with_an_alarm() -> None:
    events = _events(week_digest())
    assert [event["DTSTART"].dt for event in events] == [
        date(2021, 2, 18),
        date(2021, 2, 10),
        date(2021, 2, 26),
    ]
    event = events[1]
    assert event["DTEND"].dt == date(2021, 2, 11)
    assert str(event["SUMMARY"]).startswith("【材料报送】工业和信息化部办公厅")
    assert "原文：2021 年 2 月 10 日前" in str(event["DESCRIPTION"])
    assert event["DTSTAMP"].dt == datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
    assert [alarm["TRIGGER"].dt for alarm in event.subcomponents] == [timedelta(days=-3)]


def test_the_calendar_keeps_to_rfc_5545() -> None:
    raw = render_ics(week_digest())
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)  # 3.1: CRLF ends each line
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75  # 3.1: octets; longer ones are folded
        line.decode()  # and no character is cut in two
    calendar = Calendar.from_ical(raw)
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    for event in _events(week_digest()):
        for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE"):
            assert not isinstance(event[name], list)  # 3.6.1: once each
        assert event["DTSTART"].params["VALUE"] == "DATE"
        assert 0 <= event["SEQUENCE"] < 2**31  # 3.3.8
        (alarm,) = event.walk("VALARM")
        assert alarm["ACTION"] == "DISPLAY"
        assert alarm["DESCRIPTION"]  # 3.6.6: a display alarm needs one
    uids = [str(event["UID"]) for event in _events(week_digest())]
    assert len(set(uids)) == len(uids)


def test_a_moved_deadline_replaces_its_event() -> None:
    first = make_entry(deadlines=(Deadline(date(2021, 2, 18), "征求意见", ""),))
    moved = make_entry(deadlines=(Deadline(date(2021, 3, 1), "征求意见", ""),))
    revised = replace(
        moved, stored=replace(moved.stored, revised_at=datetime(2021, 2, 8, tzinfo=UTC))
    )
    before, after = _events(one_entry_digest(first)) + _events(one_entry_digest(revised))
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_two_deadlines_of_a_page_are_two_events() -> None:
    entry = make_entry(
        deadlines=(Deadline(date(2021, 2, 18), "网上", ""), Deadline(date(2021, 2, 20), "纸质", ""))
    )
    assert len({event["UID"] for event in _events(one_entry_digest(entry))}) == 2


def test_one_deadline_keeps_its_uid_whatever_stands_before_it() -> None:
    paper = Deadline(date(2021, 2, 20), "纸质材料", "")
    for others in (
        (),
        (Deadline(date(2021, 2, 10), "网上报名", ""),),
        (Deadline(date(2021, 3, 10), "答辩", ""), Deadline(date(2021, 2, 8), "咨询", "")),
    ):
        events = _events(one_entry_digest(make_entry(deadlines=(*others, paper))))
        (uid,) = {str(one["UID"]) for one in events if "纸质" in str(one["SUMMARY"])}
        assert uid == str(_events(one_entry_digest(make_entry(deadlines=(paper,))))[0]["UID"])


def test_a_deadline_that_was_called_off_is_cancelled_under_its_uid() -> None:
    before = make_entry(deadlines=(Deadline(date(2021, 2, 18), "报名", ""),))
    (name,) = named_deadlines(before)
    after = replace(
        make_entry(),
        stored=replace(make_entry().stored, revised_at=datetime(2021, 2, 8, tzinfo=UTC)),
        called_off=(CalledOff(name, Deadline(date(2021, 2, 18), "报名", "")),),
    )
    (told,), (gone,) = _events(one_entry_digest(before)), _events(one_entry_digest(after))
    assert gone["UID"] == told["UID"]
    assert gone["SEQUENCE"] > told["SEQUENCE"]
    assert (str(gone["STATUS"]), str(gone["SUMMARY"])[:7]) == ("CANCELLED", "（已取消）【报")
    assert not gone.subcomponents  # nothing reminds of it
    assert has_deadlines(one_entry_digest(after))


def test_what_is_over_is_not_put_into_calendars() -> None:
    digest = one_entry_digest(make_entry(deadline_on=date(2021, 2, 4)))
    assert _events(digest) == []
    assert not has_deadlines(digest)
    assert render_ics(make_digest()).startswith(b"BEGIN:VCALENDAR")


def test_a_page_cannot_add_properties() -> None:
    entry = make_entry(title="通知\r\nATTACH:https://example.com\r\n", deadline_on=date(2021, 2, 8))
    (event,) = _events(one_entry_digest(entry))
    assert "ATTACH" not in event
