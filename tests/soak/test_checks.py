"""The soak's own eyes: each violation is seen when it is there, and none when it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from china_time import SHANGHAI
from digest.delivery.sink import Received
from replica.entries import Entry
from replica.server import Replica
from soak.checks import Truth, check, closings
from soak.observer import Observer, Seen, State, outage_counts
from soak.publisher import Document
from storage.database import open_database
from storage.issues.issues import record_issue
from storage.models import IssueEntry
from storage.notices.notices import save_notice
from storage.operation.alarms import clear_alarm, raise_alarm
from storage.runs.gaps import read_over, record_gap
from tests.storage.samples import page

# The second issue has closed, the first is a week old.
NOW = datetime(2021, 3, 13, 12, tzinfo=SHANGHAI)
READ = datetime(2021, 3, 2, 9, tzinfo=SHANGHAI)
URL = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202103/t20210301_1.html"
FILES = ("digest.html", "digest.txt", "digest.docx", "deadlines.ics")


def published(url: str = URL) -> Entry:
    return Entry.model_validate(
        {
            "site": "tj_kxjs",
            "column": "通知公告",
            "url": url,
            "title": "通知",
            "published": "2021-03-01 10:00",
        }
    )


class World:
    """A data folder with two issues, and the truth it is held to."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.now = NOW
        data.mkdir()
        self.db: Database = open_database(data / "zhengxun.db")
        self.notice = save_notice(self.db, page("k1", url=URL), now=READ, run_id=None).id
        observer = Observer(Replica())
        observer.readings["tj_kxjs"] = [READ]
        self.truth = Truth([Document(1, [published()])], observer, (), "operator@example.com")

    def issue(
        self,
        number: int,
        *notices: int,
        verdict: str = "ok",
        reason: str = "",
        composed_at: datetime | None = None,
    ) -> None:
        at = closings(self.now)[number]
        week = f"{at:%G-W%V}"
        record_issue(
            self.db,
            week=week,
            from_on=at.date() - timedelta(days=6),
            to_on=at.date(),
            instant=at,
            now=composed_at or at,
            title="政讯周报",
            entries=[
                IssueEntry(one, "projects", "天津市", place)
                for place, one in enumerate(notices, start=1)
            ],
        )
        folder = self.data / "issues" / week
        folder.mkdir(parents=True)
        for name in FILES:
            (folder / name).touch()
        row = {"site": "tj_kxjs", "column": "通知公告", "verdict": verdict, "reason": reason}
        (folder / "digest.json").write_text(json.dumps({"coverage": [row]}), encoding="utf-8")

    def violations(self, received: Sequence[Received] = ()) -> list[str]:
        return check(self.data, self.truth, list(received), self.now)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "data")
    yield made
    made.db.close()


def test_a_year_as_it_should_be_has_no_violation(world: World) -> None:
    world.issue(0, world.notice)
    world.issue(1)
    assert world.violations() == []


def test_one_issue_late_is_allowed(world: World) -> None:
    world.issue(0)
    world.issue(1, world.notice)
    assert world.violations() == []


def test_a_notice_that_was_never_issued_is_seen(world: World) -> None:
    world.issue(0)
    world.issue(1)
    assert [line.partition(" could")[2] for line in world.violations()] == [
        " be read on 03-02 09:00, never issued"
    ]


def test_a_notice_that_nobody_could_read_is_owed_by_nobody(world: World) -> None:
    world.truth.observer.readings.clear()
    world.issue(0)
    world.issue(1)
    assert world.violations() == []


def test_a_notice_issued_twice_and_a_page_nobody_published_are_seen(world: World) -> None:
    other = save_notice(
        world.db, page("k2", url=URL.replace("_1.", "_2.")), now=READ, run_id=None
    ).id
    world.issue(0, world.notice, other)
    world.issue(1, world.notice)
    stranger, twice = world.violations()
    assert "which nobody published" in stranger
    assert "was issued 2 times: 2021-W09, 2021-W10" in twice


def test_two_pages_of_one_document_issued_apart_are_seen(world: World) -> None:
    copy = "https://i.tten.cn/news/tzgg/202103/t20210302_1.html"
    world.truth.documents[0].pages.append(published(copy))
    world.truth = Truth(world.truth.documents, world.truth.observer, (), "operator@example.com")
    other = save_notice(world.db, page("k2", url=copy), now=READ, run_id=None).id
    world.issue(0, world.notice)
    world.issue(1, other)
    assert any("was issued 2 times" in line for line in world.violations())


def test_an_issue_that_is_missing_or_lacks_a_file_is_seen(world: World) -> None:
    world.issue(0, world.notice)
    (world.data / "issues" / "2021-W09" / "digest.docx").unlink()
    assert world.violations()[:2] == [
        "issue 2021-W09 has no digest.docx",
        "issue 2021-W10 was composed 0 times",
    ]


def test_of_a_daemon_that_is_off_only_what_was_due_before_is_asked(world: World) -> None:
    world.issue(0, world.notice)
    off_since = closings(NOW)[1] - timedelta(hours=9)
    assert check(world.data, world.truth, [], NOW, off_since=off_since) == []


def test_an_outage_needs_one_alarm_one_recovery_and_a_line_in_the_foot(world: World) -> None:
    at = READ + timedelta(days=1)
    world.truth.observer.columns["tj_kxjs", "通知公告"] = [Seen(at, "bad"), Seen(NOW, "good")]
    subject = "column:tj_kxjs/通知公告"
    raise_alarm(world.db, subject, "坏了", "", now=at)
    world.issue(0, world.notice)
    world.issue(1)
    assert world.violations() == ["tj_kxjs/通知公告 was bad on 03-03 09:00, told in no issue"]
    clear_alarm(world.db, subject, "好了", now=NOW)
    raise_alarm(world.db, subject, "又坏了", "", now=NOW)
    assert "tj_kxjs/通知公告: 2 alarms for [1] outages" in world.violations()


def test_a_crawl_killed_before_it_asked_anything_may_be_told_as_an_outage(world: World) -> None:
    observer = world.truth.observer
    observer.look(READ + timedelta(days=1), disturbed=False, killed={"tj_kxjs"})
    observer.look(NOW, disturbed=False)
    assert observer.outages()["tj_kxjs", "通知公告"] == {0, 1}


def test_an_issue_that_was_composed_late_tells_what_happened_since(world: World) -> None:
    world.now = NOW + timedelta(days=7)
    at = closings(world.now)[0] + timedelta(days=2)
    world.truth.observer.columns["tj_kxjs", "通知公告"] = [Seen(at, "bad")]
    raise_alarm(world.db, "column:tj_kxjs/通知公告", "t", "w", now=at)
    world.issue(0, world.notice, verdict="blocked", composed_at=at + timedelta(minutes=1))
    world.issue(1)
    world.issue(2)
    assert world.violations() == []


@pytest.mark.parametrize(("state", "told"), [("good", True), ("bad", False)])
def test_gaps_are_to_close_and_columns_that_are_well_to_open_none(
    world: World, state: State, told: bool
) -> None:
    looks = [READ + timedelta(days=day) for day in range(6)]
    observer = world.truth.observer
    observer.columns["tj_kxjs", "通知公告"] = [Seen(at, state) for at in looks[:2]]
    observer.columns["tj_kxjs", "通知公告"] += [Seen(at, "good") for at in looks[2:]]
    for day in (looks[0], looks[1] + timedelta(days=9)):
        record_gap(
            world.db,
            site="tj_kxjs",
            column="通知公告",
            from_on=day.date(),
            to_on=day.date(),
            reason="没有读到",
            now=looks[1],
        )

    def of_gaps() -> list[str]:
        return [line for line in world.violations() if "gap" in line]

    assert of_gaps() == (["tj_kxjs/通知公告: 2 gaps although nothing was wrong"] if told else [])
    observer.readings["tj_kxjs"] = looks
    assert "tj_kxjs/通知公告: a gap of 03-03 is open still: 没有读到" in of_gaps()
    read_over(world.db, site="tj_kxjs", column="通知公告", since=looks[0].date(), now=NOW)
    assert not any("still" in line for line in of_gaps())


def test_a_foot_that_tells_the_outage_is_enough(world: World) -> None:
    at = READ + timedelta(days=1)
    world.truth.observer.columns["tj_kxjs", "通知公告"] = [Seen(at, "bad")]
    raise_alarm(world.db, "column:tj_kxjs/通知公告", "坏了", "", now=at)
    world.issue(0, world.notice, reason="2021-03-03 09:00 起曾无法访问，已恢复")
    world.issue(1)
    assert world.violations() == []


def mail(folder: Path, number: int, message_id: str, to: str = "a@example.com") -> Received:
    path = folder / f"{number}.eml"
    path.write_text(
        f"To: {to}\nSubject: 2021-W09\nMessage-ID: <{message_id}@x>\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n\n【故障】x\n",
        encoding="utf-8",
    )
    return Received("zhengxun@example.com", (to,), path)


def test_a_mail_that_came_twice_or_never_is_seen(world: World, tmp_path: Path) -> None:
    world.truth.readers = ("a@example.com", "b@example.com")
    world.issue(0, world.notice)
    world.issue(1)
    same = [mail(tmp_path, 1, "one"), mail(tmp_path, 2, "one")]
    assert world.violations(same) == [
        "a@example.com got '2021-W09' 2 times, none interrupted",
        "b@example.com got 0 of 1 issues, 0 refused",
    ]
    assert world.violations([same[0], mail(tmp_path, 3, "two")])[0] == (
        "a@example.com got '2021-W09' under 2 Message-IDs"
    )


def test_an_alarm_in_two_mails_is_seen_unless_the_daemon_died_between(
    world: World, tmp_path: Path
) -> None:
    world.issue(0, world.notice)
    world.issue(1)
    operator = world.truth.operator
    twice = [mail(tmp_path, 1, "one", operator), mail(tmp_path, 2, "two", operator)]
    assert world.violations(twice) == ["the operator was told more than once, e.g. 【故障】x"]
    world.truth.alarms_in_flight = 1
    assert world.violations(twice) == []


@pytest.mark.parametrize(
    ("looks", "counts"),
    [
        ("", {0}),
        ("gbbgb", {2}),
        ("ggg", {0}),
        ("bgb", {2}),
        ("gog", {0, 1}),
        ("bob", {1, 2}),
        ("oo", {0, 1, 2} - {2}),
    ],
)
def test_outages_are_counted_with_what_could_be_either(looks: str, counts: set[int]) -> None:
    states = {"g": "good", "b": "bad", "o": "open"}
    seen = [Seen(READ, states[look]) for look in looks]  # type: ignore[arg-type] # one of three
    assert outage_counts(seen) == counts
