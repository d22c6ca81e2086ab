"""A reader's calendar after several issues: what the documents say now, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar, Event
from sqlite_utils import Database

from digest.models.issue import ChapterSpec
from digest.publish import publish_issue, recompose, span_of
from digest.rendering.render_ics import render_ics
from storage.models import Deadline
from storage.notices.notices import save_notice
from tests.digest.samples import make_notice

SEEN = datetime(2021, 2, 4, 1, tzinfo=UTC)
WEEKS = ("2021-W05", "2021-W06", "2021-W07")
# Fridays at 17:00 in Shanghai, and the Tuesdays before the second and third.
HOURS = [datetime(2021, 2, day, 9, tzinfo=UTC) for day in (5, 12, 19)]
CHANGES = [datetime(2021, 2, day, 1, tzinfo=UTC) for day in (9, 16)]


@dataclass(frozen=True)
class Settings:
    company: str = "盈科瑞"
    title: str = "政讯周报"
    weekday: str = "fri"
    time: str = "17:00"
    last_workday: bool = False
    wait: None = None
    pdf: bool = False
    chapters: tuple[ChapterSpec, ...] = (ChapterSpec("pharma", "医药信息篇", "", ("国家级",)),)
    profile: str = ""
    watch: tuple[str, ...] = ()
    profiles: Mapping[str, str] = field(default_factory=dict)
    lead: int = 15
    lead_of_chapters: Mapping[str, int] = field(default_factory=dict)
    summary_model: str = ""


def due(what: str, month: int, day: int) -> Deadline:
    return Deadline(date(2021, month, day), what, "")


APPLY, PAPER, TALK = due("网上报名", 3, 1), due("纸质材料", 3, 5), due("答辩", 4, 1)


def calendar_after(db: Database, folder: Path, states: list[list[Deadline]]) -> dict[str, Event]:
    """What a calendar holds that takes in each issue, by UID and SEQUENCE."""
    held: dict[str, Event] = {}
    for number, deadlines in enumerate(states):
        seen = SEEN if not number else CHANGES[number - 1]
        notice = make_notice(
            deadlines=tuple(deadlines),
            deadline_on=deadlines[0].on if deadlines else None,
            body_text=f"第 {number} 次修改的正文，与上次的文字完全不同。" * (number + 1),
            content_hash=f"h{number}",
        )
        save_notice(db, notice, now=seen, run_id=None)
        settings = Settings()
        span = span_of(settings, WEEKS[number])  # type: ignore[arg-type] # the keys are there
        publish_issue(
            db,
            settings,  # type: ignore[arg-type] # same
            span=span,
            now=HOURS[number],
            site_names={},
            folder=folder / span.name,
            record=True,
        )
        raw = (folder / span.name / "deadlines.ics").read_bytes()
        again = recompose(db, settings, span.name, HOURS[number], {})  # type: ignore[arg-type] # same
        assert render_ics(again) == raw  # what is mailed is what was printed
        for event in Calendar.from_ical(raw).walk("VEVENT"):
            old = held.get(str(event["UID"]))
            assert old is None or int(event["SEQUENCE"]) > int(old["SEQUENCE"])
            held[str(event["UID"])] = event
    return held


@pytest.mark.parametrize(
    "states",
    [
        [[APPLY], []],
        [[APPLY], [], [APPLY]],
        [[APPLY, PAPER], [PAPER]],
        [[APPLY, PAPER], [APPLY]],
        [[PAPER], [APPLY, PAPER], [PAPER]],
        [[APPLY], [due("网上报名", 3, 20)]],
        [[APPLY, due("网上报名", 4, 1)], [due("网上报名", 4, 1)]],
        [[APPLY], [TALK]],
        [[APPLY, PAPER, TALK], []],
        [[], [APPLY], []],
        [[APPLY], [PAPER], [TALK]],
        [[PAPER], [due("咨询", 2, 26), PAPER, TALK]],
    ],
)
def test_a_calendar_holds_what_the_last_issue_knows(
    db: Database, tmp_path: Path, states: list[list[Deadline]]
) -> None:
    held = calendar_after(db, tmp_path, states)
    standing = {
        (event["DTSTART"].dt, str(event["SUMMARY"]).partition("】")[0][1:])
        for event in held.values()
        if str(event.get("STATUS", "")) != "CANCELLED"
    }
    assert standing == {(one.on, one.what) for one in states[-1]}


def test_what_is_over_is_not_cancelled(db: Database, tmp_path: Path) -> None:
    over = replace(APPLY, on=date(2021, 2, 8))
    held = calendar_after(db, tmp_path, [[over], []])
    assert {str(event.get("STATUS", "")) for event in held.values()} == {""}
