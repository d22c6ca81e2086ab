"""An issue that waits for its editor: told of, released by hand or by itself, once."""

from __future__ import annotations

import email
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from lxml import etree
from pydantic import ValidationError

from app import jobs, releases
from app.context import CommandError, Context
from commands import release
from config import Config
from config_delivery import OperatorConfig, SmtpConfig
from config_sections import DigestConfig
from digest import publish
from digest.composing.closing import release_instant
from digest.delivery.sink import Sink
from digest.folders import LAST_FILE
from storage.issues import edits, issues
from storage.issues.issues import find_issue
from storage.notices.notices import save_notice
from storage.readers import deliveries
from storage.readers.subscribers import add_subscriber
from storage.runs.runs import start_run
from tests.commands.spoken import console, said
from tests.digest.samples import SEEN, make_notice

NOON = datetime(2021, 2, 5, 4, 0, tzinfo=UTC)
FIVE = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
HOLD = DigestConfig(time="12:00", hold="until fri 17:00", editor="editor@example.com")


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "outbox") as running:
        yield running


@pytest.fixture
def context(tmp_path: Path, sink: Sink) -> Context:
    smtp = SmtpConfig(
        host="127.0.0.1", port=sink.port, security="none", sender="政讯 <news@example.com>"
    )
    config = Config(
        data=tmp_path / "data",
        now=NOON,
        digest=HOLD,
        smtp=smtp,
        operator=OperatorConfig(email="ops@example.com"),
    )
    made = Context(config)
    with made.store() as db:
        start_run(db, "tj_kxjs", now=NOON - timedelta(days=9), pid=None)
        for number in (1, 2):
            facts = {
                "key": f"k{number}",
                "url": f"https://www.cde.org.cn/{number}",
                "title": f"第{number}号通知",
                "content_hash": f"h{number}",
            }
            save_notice(db, make_notice(**facts), now=SEEN, run_id=None)
        add_subscriber(db, "li@example.com", now=NOON)
    return made


def at(context: Context, instant: datetime, **over: Any) -> Context:
    return replace(context, config=context.config.model_copy(update={"now": instant} | over))


def mails(sink: Sink) -> list[EmailMessage]:
    return [
        email.message_from_bytes(mail.path.read_bytes(), policy=policy.default)  # type: ignore[misc]
        for mail in sink.received
    ]


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def acts(context: Context) -> list[tuple[str, dict[str, Any]]]:
    with context.store() as db:
        return [(act.act, act.after) for act in edits.list_edits(db)]


def test_it_is_made_on_time_told_of_and_goes_out_by_itself(context: Context, sink: Sink) -> None:
    assert jobs.compose_due(context)
    assert not jobs.compose_due(context)
    jobs.deliver_outstanding(context)
    jobs.deliver_outstanding(context)
    (told,) = mails(sink)
    assert told["To"] == "editor@example.com"
    assert told["Subject"] == "[政讯] 2021-W05 待审：2 条，2021-02-05 17:00 自动发出"
    assert "编号 1　第1号通知" in text(told)
    assert [part.get_filename() for part in told.iter_attachments()] == ["preview-2021-W05.html"]
    home = context.config.data / "issues"
    assert [path.name for path in home.iterdir()] == ["preview-2021-W05"]
    assert not (context.config.data / "feed.atom").exists()
    with context.store() as db:
        edits.record_edit(
            db, week="2021-W05", act="drop", notice_id=2, before={}, after={}, who="li", now=NOON
        )
    jobs.deliver_outstanding(at(context, FIVE - timedelta(seconds=1)))
    assert len(sink.received) == 1
    later = at(context, FIVE)
    jobs.deliver_outstanding(later)
    jobs.deliver_outstanding(at(context, FIVE + timedelta(days=1)))
    _, issue = mails(sink)
    assert issue["To"] == "li@example.com"
    assert "第1号通知" in text(issue)
    assert "第2号通知" not in text(issue)
    document = json.loads((home / "2021-W05" / "digest.json").read_text("utf-8"))
    assert document["sections"][1]["groups"][0]["items"][0]["title"] == "第1号通知"
    assert (home / "2021-W05" / LAST_FILE).is_file()
    assert (context.config.data / "site/issues/2021-W05/index.html").is_file()
    assert acts(context) == [
        ("hold", {"until": "2021-02-05 17:00", "entries": 2}),
        ("drop", {}),
        ("release", {"by_itself": True, "entries": 1}),
    ]


def test_it_can_be_released_earlier_once(context: Context, sink: Sink) -> None:
    screen = console()
    with pytest.raises(CommandError, match="no issue waits"):
        release.release(context, "", screen)
    jobs.compose_due(context)
    early = at(context, NOON + timedelta(hours=1))
    assert release.release(early, "", screen) == 0
    assert "2021-W05：已发出" in said(screen)
    assert "已发 1" in said(screen)
    assert [mail["To"] for mail in mails(sink)] == ["li@example.com"]
    with pytest.raises(CommandError, match="went out 2021-02-05 13:00"):
        release.release(early, "2021-W05", screen)
    jobs.deliver_outstanding(at(context, FIVE))
    assert len(sink.received) == 1


def test_send_does_not_get_past_a_wait(context: Context, sink: Sink) -> None:
    from commands import issue

    jobs.compose_due(context)
    with pytest.raises(CommandError, match="zhengxun release --week 2021-W05"):
        issue.send(context, "2021-W05", "", console())
    assert sink.received == []


def test_after_a_long_sleep_what_waited_goes_and_who_was_owed_gets_it(
    context: Context, sink: Sink
) -> None:
    jobs.compose_due(context)
    awake = at(context, FIVE + timedelta(days=8))
    assert jobs.compose_due(awake)  # the week after it, which waited too long already
    jobs.deliver_outstanding(awake)
    subjects = [str(mail["Subject"]) for mail in mails(sink)]
    assert [subject.split("（")[0] for subject in subjects] == [
        "政讯周报 2021-W05",
        "政讯周报 2021-W06",
    ]


def test_a_crash_after_the_release_leaves_its_files_and_mails_to_the_next_start(
    context: Context, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.compose_due(context)
    later = at(context, FIVE)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(publish, "write_issue", die)
        with pytest.raises(KeyboardInterrupt):
            jobs.deliver_outstanding(later)
    with context.store() as db:
        assert [row.state for row in deliveries.list_deliveries(db)] == ["queued"]
    for _ in range(2):
        jobs.compose_due(later)
        jobs.deliver_outstanding(later)
    assert [mail["To"] for mail in mails(sink)] == ["li@example.com"]
    assert (context.config.data / "issues/2021-W05" / LAST_FILE).is_file()
    assert [name for name, _ in acts(context)] == ["hold", "release"]


def test_a_crash_in_the_release_leaves_it_waiting_whole(
    context: Context, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.compose_due(context)
    later = at(context, FIVE)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(releases, "enrol", die)
        with pytest.raises(KeyboardInterrupt):
            jobs.deliver_outstanding(later)
    with context.store() as db:
        record = find_issue(db, "2021-W05")
        assert record is not None
        assert record.waits
        assert [row.notice_id for row in issues.issue_entries(db, record.id)] == [1, 2]
    jobs.deliver_outstanding(later)
    assert [mail["To"] for mail in mails(sink)] == ["li@example.com"]


def test_an_editor_who_cannot_be_reached_holds_up_nothing(context: Context, sink: Sink) -> None:
    jobs.compose_due(context)
    sink.defer = {"editor@example.com"}
    jobs.deliver_outstanding(context)
    assert sink.received == []
    jobs.deliver_outstanding(at(context, FIVE))
    assert [mail["To"] for mail in mails(sink)] == ["li@example.com"]


def test_without_an_editor_the_operator_is_told(context: Context, sink: Sink) -> None:
    plain = at(context, NOON, digest=HOLD.model_copy(update={"editor": ""}))
    jobs.compose_due(plain)
    jobs.deliver_outstanding(plain)
    assert [mail["To"] for mail in mails(sink)] == ["ops@example.com"]


def test_files_of_an_issue_that_went_out_are_not_written_again(context: Context) -> None:
    jobs.compose_due(at(context, FIVE))
    page = context.config.data / "issues/2021-W05/digest.html"
    page.write_text("as sent", encoding="utf-8")
    with context.store() as db:
        from app.issues import make
        from digest.publish import span_of

        make(context, db, span_of(HOLD, "2021-W05"), page.parent, record=True)
    assert page.read_text("utf-8") == "as sent"


@pytest.mark.parametrize(
    ("hold", "wait"),
    [
        ("", timedelta(0)),
        ("until fri 17:00", timedelta(hours=5)),
        ("until Friday 17:00", timedelta(hours=5)),
        ("Until WEDNESDAY 09:30", timedelta(days=4, hours=21, minutes=30)),
        ("until fri 11:59", timedelta(days=6, hours=23, minutes=59)),
    ],
)
def test_a_wait_reads_as_one_says_it(hold: str, wait: timedelta) -> None:
    assert DigestConfig(time="12:00", hold=hold).wait == wait


@pytest.mark.parametrize("hold", ["fri", "until 17:00", "until friyay 17:00", "until fri 25:00"])
def test_a_wait_that_is_none_is_refused(hold: str) -> None:
    with pytest.raises(ValidationError, match=r"write e\.g\. until fri 17:00"):
        DigestConfig(hold=hold)


def test_a_wait_of_no_time_says_what_to_set() -> None:
    with pytest.raises(ValidationError, match=r"set digest\.time earlier"):
        DigestConfig(hold="until Friday 17:00")


def test_before_a_holiday_the_wait_is_as_long(context: Context) -> None:
    settings = HOLD.model_copy(update={"last_workday": True})
    wednesday = datetime.fromisoformat("2021-02-10T17:00:00+08:00")
    assert release_instant(settings, date(2021, 2, 12)) == wednesday


def test_a_public_archive_has_the_feed_with_links_to_its_own_pages(context: Context) -> None:
    shown = DigestConfig(time="12:00", public_url="https://news.example.com/weekly")
    assert jobs.compose_due(at(context, NOON, digest=shown))
    site = context.config.data / "site"
    links = etree.parse(site / "feed.atom").xpath("//*[local-name()='link']/@href")
    inside = [
        str(link).removeprefix("https://news.example.com/weekly/")
        for link in cast(list[object], links)
        if str(link).startswith("https://news.example.com/weekly/")
    ]
    assert "issues/2021-W05/index.html" in inside
    assert all((site / page).is_file() for page in inside)
    assert not [link for link in cast(list[object], links) if "://" not in str(link)]
