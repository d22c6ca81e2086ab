"""The operator hears once when something breaks, once when it is well, whatever fails between."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlite_utils import Database

from digest.alerts.alert import Operator, send_alarms
from digest.alerts.mail_rules import review_mails
from digest.alerts.notifier import Notifier
from digest.alerts.rules import job_done, job_failed, review_clock, review_columns, review_disk
from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpSettings
from storage.database import StorageError, open_database
from storage.issues.issues import record_issue
from storage.models import Check, Verdict
from storage.operation.alarms import note_event, open_alarms, raise_alarm, remind, unsent
from storage.readers.deliveries import claim, ensure_deliveries, list_deliveries, settle
from storage.readers.subscribers import add_subscriber
from storage.runs.catalogue import ColumnRow, SiteRow, sync_catalogue
from storage.runs.runs import finish_run, save_check, start_run

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Hook:
    """A webhook on this machine; keeps what it gets, answers as told."""

    def __init__(self) -> None:
        self.got: list[dict[str, object]] = []
        self.status = 200
        self.answer = b'{"errcode": 0}'
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                hook.got.append(json.loads(self.rfile.read(length)))
                self.send_response(hook.status)
                self.end_headers()
                self.wfile.write(hook.answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/secret-path"


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_database(tmp_path / "zhengxun.db")
    column = ColumnRow(
        site="cde",
        name="新闻",
        url="https://www.cde.org.cn/list",
        min_rows=5,
        max_quiet_days=30,
        enabled=True,
    )
    site = SiteRow(
        id="cde",
        name="药审中心",
        platform="cde",
        section="pharma",
        grp="国家级",
        crawl="0 8 * * *",
        enabled=True,
        columns=(column,),
    )
    sync_catalogue(store, [site], NOW)
    yield store
    store.close()


def check(db: Database, at: datetime, verdict: Verdict, reason: str = "", page: str = "") -> None:
    run = start_run(db, "cde", now=at, pid=1)
    found = Check(
        run_id=run,
        site="cde",
        column="新闻",
        checked_at=at,
        verdict=verdict,
        reason=reason,
        evidence=page,
    )
    save_check(db, found)
    finish_run(db, run, now=at, state="finished")
    review_columns(db, now=at)


def told(db: Database) -> list[tuple[str, str, str]]:
    rows = db.query("SELECT kind, title, text FROM alarms ORDER BY id")
    return [(row["kind"], row["title"], row["text"]) for row in rows]


def test_an_outage_alarms_once_on_its_first_bad_run_and_once_on_recovery(db: Database) -> None:
    check(db, NOW, "ok")
    check(db, NOW + HOUR, "blocked", "返回 412 挑战页", "<html>challenge</html>")
    check(db, NOW + 2 * HOUR, "unreachable", "连接超时")
    check(db, NOW + 3 * HOUR, "ok")
    check(db, NOW + 4 * HOUR, "quiet")

    (bad, well) = told(db)

    assert bad[:2] == ("raised", "药审中心·新闻 被拦截：返回 412 挑战页")
    assert "https://www.cde.org.cn/list" in bad[2]
    assert "上次读到：2021-02-05 17:00" in bad[2]
    assert "<html>challenge</html>" in bad[2]
    assert well == ("recovered", "药审中心·新闻 已恢复", "自 2021-02-05 18:00 起，历时 2.0 小时")


def test_the_next_outage_alarms_again(db: Database) -> None:
    for hours, verdict in enumerate(("broken", "ok", "broken")):
        check(db, NOW + hours * HOUR, verdict)  # type: ignore[arg-type] # words of Verdict
    assert [row[0] for row in told(db)] == ["raised", "recovered", "raised"]


def test_a_column_taken_out_of_the_catalogue_is_no_outage_any_more(db: Database) -> None:
    check(db, NOW, "broken")
    sync_catalogue(db, [], NOW + HOUR)
    review_columns(db, now=NOW + HOUR)
    assert not open_alarms(db)


def test_a_crawl_that_was_stopped_with_the_daemon_is_no_outage(db: Database) -> None:
    check(db, NOW, "unreachable", "抓取没有完成：程序停止")
    check(db, NOW + HOUR, "unreachable", "抓取没有完成：程序或电源中断")
    assert told(db) == []
    check(db, NOW + 2 * HOUR, "unreachable", "抓取没有完成：超过时限 1800 秒，已停止")
    assert [row[0] for row in told(db)] == ["raised"]


def test_an_issue_reminds_of_what_is_still_bad(db: Database) -> None:
    check(db, NOW, "broken", "页面可能已改版")
    assert remind(db, now=NOW + 30 * HOUR, since=NOW + 6 * HOUR) == 1
    assert remind(db, now=NOW + 31 * HOUR, since=NOW + 7 * HOUR) == 0
    check(db, NOW + 32 * HOUR, "ok")
    assert [row[0] for row in told(db)] == ["raised", "reminder", "recovered"]
    assert "历时 32.0 小时" in told(db)[-1][2]


def test_a_failing_job_alarms_once_until_it_works_again(db: Database) -> None:
    assert job_failed(db, "issue", "disk full", now=NOW)
    assert not job_failed(db, "issue", "disk full", now=NOW + HOUR)
    assert job_done(db, "issue", now=NOW + 2 * HOUR)
    assert not job_done(db, "issue", now=NOW + 3 * HOUR)
    assert [row[1] for row in told(db)] == ["编印周报失败：disk full", "编印周报已恢复"]


def test_an_event_is_told_once(db: Database) -> None:
    assert note_event(db, "mail:7", "无法送达", "550", now=NOW)
    assert not note_event(db, "mail:7", "无法送达", "550", now=NOW + HOUR)


def test_mails_that_wait_alarm_once_and_a_refused_one_for_itself(db: Database) -> None:
    person = add_subscriber(db, "li@example.com", name="李", now=NOW)
    issue = record_issue(
        db,
        week="2021-W05",
        from_on=date(2021, 1, 30),
        to_on=date(2021, 2, 5),
        instant=NOW,
        now=NOW,
        title="政讯周报",
        entries=[],
    )
    ensure_deliveries(db, issue.id, [person], ["<1@example.com>"], NOW)
    (row,) = list_deliveries(db)
    for attempt in range(1, 5):
        assert claim(db, row.id, NOW)
        settle(db, row.id, "deferred", "451 try later", NOW)
        review_mails(db, now=NOW)
        assert len(told(db)) == (attempt >= 3)
    claim(db, row.id, NOW)
    settle(db, row.id, "refused", "550 no such user", NOW)
    review_mails(db, now=NOW)
    review_mails(db, now=NOW)
    assert [title for _, title, _ in told(db)] == [
        "1 封邮件发不出去，仍在重试",
        "没有邮件在等待发送",
        "2021-W05 无法送达 li@example.com",
    ]


def test_a_full_disk_alarms_once(db: Database, tmp_path: Path) -> None:
    assert not review_disk(db, tmp_path, min_free_mib=10**9, now=NOW)
    assert not review_disk(db, tmp_path, min_free_mib=10**9, now=NOW + HOUR)
    assert review_disk(db, tmp_path, min_free_mib=1, now=NOW + 2 * HOUR)
    assert [row[0] for row in told(db)] == ["raised", "recovered"]


def test_a_clock_before_the_last_crawl_alarms(db: Database) -> None:
    check(db, NOW, "ok")
    assert review_clock(db, now=NOW - HOUR)
    assert not review_clock(db, now=NOW - 24 * HOUR)
    assert review_clock(db, now=NOW + HOUR)
    assert [row[0] for row in told(db)] == ["raised", "recovered"]


def operator_at(sink: Sink, hook: Hook | None = None) -> Operator:
    smtp = SmtpSettings("127.0.0.1", sink.port, "none", sender="政讯 <zx@example.com>", timeout=5)
    return Operator("op@example.com", hook.url if hook else "", smtp)


def test_all_that_waits_goes_out_as_one_mail_and_one_post(
    db: Database, tmp_path: Path, hook: Hook
) -> None:
    raise_alarm(db, "disk", "磁盘只剩 3 MiB", "腾出空间", now=NOW)
    raise_alarm(db, "clock", "时钟有误\nBcc: all@example.com", "", now=NOW)
    with Sink(tmp_path / "mail") as sink:
        operator = operator_at(sink, hook)
        assert send_alarms(db, operator, now=NOW) == []
        assert send_alarms(db, operator, now=NOW + HOUR) == []
        (mail,) = sink.received
    message = mail.message()
    assert mail.recipients == ("op@example.com",)
    assert message["Subject"] == "[政讯] 故障：磁盘只剩 3 MiB（另有 1 条）"
    assert message["Bcc"] is None
    assert "腾出空间" in message.get_content()
    (post,) = hook.got
    assert [item["subject"] for item in post["alarms"]] == ["disk", "clock"]  # type: ignore[attr-defined] # JSON
    assert "磁盘只剩 3 MiB" in str(post["text"])


def test_what_cannot_be_sent_waits_and_only_by_the_way_that_failed(
    db: Database, tmp_path: Path, hook: Hook
) -> None:
    raise_alarm(db, "disk", "磁盘只剩 3 MiB", "", now=NOW)
    hook.status = 500
    with Sink(tmp_path / "mail") as sink:
        operator = operator_at(sink, hook)
        (problem,) = send_alarms(db, operator, now=NOW)
        assert problem == "webhook: HTTP 500"
        assert "secret-path" not in problem
        assert send_alarms(db, operator, now=NOW + timedelta(minutes=4)) == []
        assert len(unsent(db, ["webhook"])) == 1
        hook.status = 200
        assert send_alarms(db, operator, now=NOW + timedelta(minutes=5)) == []
        assert len(sink.received) == 1
    assert len(hook.got) == 2
    assert not unsent(db, ["mail", "webhook"])


def test_a_robot_that_refuses_with_200_has_not_taken_it(db: Database, hook: Hook) -> None:
    raise_alarm(db, "disk", "磁盘", "", now=NOW)
    hook.answer = b'{"errcode": 93000, "errmsg": "invalid webhook url"}'
    assert send_alarms(db, Operator(webhook=hook.url), now=NOW) == ["webhook: errcode 93000"]
    hook.answer = b"ok"
    assert send_alarms(db, Operator(webhook=hook.url), now=NOW + HOUR) == []


def test_a_dead_mail_server_keeps_the_alarm_for_ever(db: Database) -> None:
    raise_alarm(db, "disk", "磁盘", "", now=NOW)
    dead = Operator("op@example.com", smtp=SmtpSettings("127.0.0.1", 9, "none", sender="a@b.cn"))
    for days in range(5):
        assert len(send_alarms(db, dead, now=NOW + timedelta(days=days))) == 1
    (waiting,) = unsent(db, ["mail"])
    assert waiting.attempts == 5
    assert "refused" in waiting.last_reply.lower()


def test_when_the_store_is_gone_the_operator_still_hears_once(tmp_path: Path, hook: Hook) -> None:
    def no_store() -> object:
        raise StorageError("zhengxun.db cannot grow: the disk is full; make room")

    notifier = Notifier(
        no_store,  # type: ignore[arg-type] # never opens
        Operator(webhook=hook.url),
        data=tmp_path,
        min_free_mib=1,
        clock=lambda: NOW,
    )
    notifier.job_failed("issue", "the disk is full")
    assert not notifier.round()
    assert not notifier.round()
    (post,) = hook.got
    assert "编印周报失败" in str(post["text"])
    assert "数据库不可用" in str(post["text"])


def test_a_bad_column_does_not_make_the_daemon_unhealthy_but_a_failing_job_does(
    db: Database, tmp_path: Path
) -> None:
    notifier = Notifier(
        lambda: nullcontext(db), Operator(), data=tmp_path, min_free_mib=1, clock=lambda: NOW
    )
    check(db, NOW, "blocked")
    assert notifier.round()
    notifier.job_failed("nightly", "damaged")
    assert not notifier.round()
    notifier.job_done("nightly")
    assert notifier.round()
