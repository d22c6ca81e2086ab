"""New notices told at once: to whom, why, once each, whatever breaks in between."""

from __future__ import annotations

import re
import sqlite3
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from digest.delivery.bulletins import (
    GAP,
    BulletinSettings,
    deliver_bulletins,
    enter_ended,
    enter_news,
)
from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpSettings
from digest.delivery.unsubscribe_links import UnsubscribeLinks, find_token
from digest.models.issue import ChapterSpec
from storage.database import open_database, transaction
from storage.models import Check, Notice
from storage.notices.notices import save_notice
from storage.readers import bulletins
from storage.readers.attempts import CapReachedError, check_caps
from storage.readers.subscribers import add_subscriber, update_subscriber
from storage.runs.runs import finish_run, save_check, start_run
from tests.digest.conftest import Clock
from tests.digest.samples import INSTANT, make_notice

CHAPTERS = (ChapterSpec("pharma", "医药信息篇"), ChapterSpec("ip", "知识产权信息篇"))
WAYS = UnsubscribeLinks(
    b"k" * 32, mailbox="leave@example.com", public_url="https://news.example.com"
)
ID = re.compile(r"<zhengxun\.bulletin1\.to1\.[a-z2-7]{24}@example\.com>")
PRESS = BulletinSettings(
    title="政讯周报",
    company="盈科瑞",
    sender="政讯周报 <news@example.com>",
    reply_to="",
    links=WAYS,
    site_names={"cde": "药审中心"},
)
HERBAL = "关于公开征求中药新药指导原则意见的通知"


def notice(key: str, title: str = HERBAL, **over: object) -> Notice:
    own = {"key": key, "url": f"https://www.cde.org.cn/{key}", "content_hash": key}
    return make_notice(title=title, body_text=title, body_html="", **own, **over)


def seen(db: Database, made: Notice, run: int | None = None, **earlier: float) -> int:
    """Stored as first seen a while before INSTANT."""
    return save_notice(db, made, now=INSTANT - timedelta(**earlier), run_id=run).id


def look(db: Database, clock: Clock) -> int:
    return len(enter_news(db, PRESS, chapters=CHAPTERS, now=clock()))


def subscribe(db: Database, address: str = "li@example.com", **choices: object) -> None:
    choices = {"keywords": ("中药",), "pace": "immediate"} | choices
    add_subscriber(db, address, now=INSTANT - timedelta(hours=1), **choices)  # type: ignore[arg-type]


def test_new_notices_that_match_become_one_mail_with_the_reasons(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db, deadline_days=7, topics=("医保",))
    seen(db, notice("old"), hours=2)
    seen(db, notice("a"), minutes=30)
    seen(db, notice("b", "医保目录调整", topics=("医保",)), minutes=20)
    seen(db, notice("c", "专利年费", deadline_on=date(2021, 2, 12)), minutes=10)
    seen(db, notice("d", "专利年费（二）", deadline_on=date(2021, 2, 13)), minutes=10)
    seen(db, notice("e", "商标"), minutes=5)
    assert look(db, clock) == 1
    assert deliver_bulletins(db, PRESS, smtp, clock).sent == 1
    (mail,) = sink.received
    message = mail.message()
    text = message.get_body(("plain",))
    assert text is not None
    words = text.get_content()
    assert message["Subject"] == f"政讯周报·快讯：{HERBAL} 等 3 条"
    for line in ("关键词：中药", "主题：医保", "截止：2021-02-12"):
        assert line in words
    assert "/d" not in words
    assert "商标" not in words
    assert "/old" not in words  # it was there before the subscription
    assert "退订" in words
    assert ID.fullmatch(message["Message-ID"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert find_token(str(message["List-Unsubscribe"]))
    page = message.get_body(("html",))
    assert page is not None
    assert "https://www.cde.org.cn/a" in page.get_content()


def test_nothing_is_told_twice_and_silence_sends_nothing(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db)
    seen(db, notice("a"), minutes=30)
    assert look(db, clock) == 1
    clock.advance(hours=1)
    assert look(db, clock) == 0
    # The same document on another site, and the first page found to be a copy of it.
    other = save_notice(db, notice("copy", site="tj_kxjs"), now=clock(), run_id=None).id
    db.table("notices").update(1, {"duplicate_of": other})
    clock.advance(hours=1)
    assert look(db, clock) == 0
    deliver_bulletins(db, PRESS, smtp, clock)
    deliver_bulletins(db, PRESS, smtp, clock)
    assert len(sink.received) == 1


def test_after_an_older_copy_was_put_back_the_same_number_has_another_message_id(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    """Mailboxes drop what they have by Message-ID: the second news would never be seen."""
    subscribe(db)
    copy = Database(sqlite3.connect(":memory:"))
    db.conn.backup(copy.conn)
    seen(db, notice("a"), minutes=30)
    assert look(db, clock) == 1
    deliver_bulletins(db, PRESS, smtp, clock)
    copy.conn.backup(db.conn)
    seen(db, notice("b"), minutes=20)
    clock.advance(hours=2)
    assert look(db, clock) == 1
    deliver_bulletins(db, PRESS, smtp, clock)
    copy.close()
    first, second = (str(mail.message()["Message-ID"]) for mail in sink.received)
    number = re.compile(r"bulletin\d+")
    assert number.findall(first) == number.findall(second)
    assert first != second


def test_a_notice_committed_late_is_still_told(db: Database, clock: Clock) -> None:
    subscribe(db)
    assert look(db, clock) == 0
    seen(db, notice("slow"), minutes=20)  # stamped before that look, committed after it
    clock.advance(minutes=5)
    assert look(db, clock) == 1


def test_many_crawls_in_a_row_come_in_few_mails(db: Database, clock: Clock) -> None:
    subscribe(db)
    seen(db, notice("a"), minutes=30)
    assert look(db, clock) == 1
    seen(db, notice("b"), minutes=0)
    clock.advance(minutes=5)
    assert look(db, clock) == 0
    clock.advance(seconds=GAP.total_seconds())
    assert look(db, clock) == 1
    assert [len(bulletins.bulletin_items(db, number)) for number in (1, 2)] == [1, 1]


def test_the_backlog_of_a_column_is_no_news(db: Database, clock: Clock) -> None:
    subscribe(db)
    for key in ("first", "second"):
        run = start_run(db, "cde", pid=1, now=INSTANT - timedelta(minutes=30))
        save_notice(db, notice(key), now=INSTANT - timedelta(minutes=20), run_id=run)
        at = INSTANT - timedelta(minutes=10)
        save_check(db, Check(run, "cde", "政务新闻", at, "ok", rows=20))
        finish_run(db, run, now=at, state="finished")
    look(db, clock)
    ((stored, _),) = bulletins.bulletin_items(db, 1)
    assert stored.notice.key == "second"


def test_what_stood_below_all_known_rows_is_no_news(db: Database, clock: Clock) -> None:
    subscribe(db)
    old, recent = INSTANT.date() - timedelta(days=40), INSTANT.date() - timedelta(days=1)
    at = INSTANT - timedelta(days=1)
    first = start_run(db, "cde", pid=1, now=at)
    save_check(db, Check(first, "cde", "政务新闻", at, "ok", rows=20))
    run = start_run(db, "cde", pid=1, now=INSTANT - timedelta(minutes=30))
    seen(db, notice("archive", place="below", published_on=old), run, minutes=20)
    seen(db, notice("put in", place="between", published_on=old), run, minutes=10)
    seen(db, notice("this week", place="below", published_on=recent), run, minutes=5)
    look(db, clock)
    told = [stored.notice.key for stored, _ in bulletins.bulletin_items(db, 1)]
    assert sorted(told) == ["put in", "this week"]


def test_chapters_and_unwanted_words_hold_for_bulletins_too(db: Database, clock: Clock) -> None:
    subscribe(db, "a@example.com", sections=("ip",))
    subscribe(db, "b@example.com", keywords=("中药", "不含征求"))
    subscribe(db, "c@example.com", sections=("医药信息篇",), groups=("国家级",))
    seen(db, notice("a"), minutes=30)
    look(db, clock)
    assert [row.address for row in bulletins.list_bulletins(db)] == ["c@example.com"]


def test_who_is_paused_gets_no_news_and_no_backlog_afterwards(db: Database, clock: Clock) -> None:
    subscribe(db)
    update_subscriber(db, "li@example.com", state="paused", now=clock())
    seen(db, notice("a"), minutes=1)
    clock.advance(hours=5)
    assert look(db, clock) == 0
    update_subscriber(db, "li@example.com", state="active", now=clock())
    clock.advance(minutes=1)
    assert look(db, clock) == 0


def test_a_server_that_is_away_makes_the_same_mail_wait(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db)
    seen(db, notice("a"), minutes=30)
    look(db, clock)
    away = deliver_bulletins(db, PRESS, replace(smtp, port=1), clock)
    assert (away.sent, away.deferred) == (0, 1)
    assert deliver_bulletins(db, PRESS, smtp, clock).sent == 0  # not due yet
    clock.advance(minutes=5)
    assert deliver_bulletins(db, PRESS, smtp, clock).sent == 1
    (row,) = bulletins.list_bulletins(db)
    assert sink.received[0].message()["Message-ID"] == row.message_id
    assert ID.fullmatch(row.message_id)


def test_bulletins_and_issues_share_the_caps_of_the_mail_server(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db, "a@example.com")
    subscribe(db, "b@example.com")
    seen(db, notice("a"), minutes=30)
    assert look(db, clock) == 2
    capped = replace(smtp, per_hour=1)
    first = deliver_bulletins(db, PRESS, capped, clock)
    assert (first.sent, first.deferred) == (1, 1)
    with pytest.raises(CapReachedError), transaction(db):
        check_caps(db, "mail", capped.caps, clock())
    clock.advance(hours=1)
    assert deliver_bulletins(db, PRESS, capped, clock).sent == 1
    assert [mail.recipients[0] for mail in sink.received] == ["a@example.com", "b@example.com"]


def test_a_mail_in_flight_at_a_crash_goes_out_again_with_its_message_id(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db)
    seen(db, notice("a"), minutes=30)
    look(db, clock)
    assert bulletins.claim(db, 1, clock())  # and then this process dies
    clock.advance(minutes=10)
    report = deliver_bulletins(db, PRESS, smtp, clock)
    assert report.sent == 1
    (row,) = bulletins.list_bulletins(db)
    assert "可能收到两次；Message-ID " + row.message_id in report.notes[0]
    assert (row.state, row.interruptions, row.attempts) == ("sent", 1, 2)


def test_a_refused_address_delays_nobody(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db, "gone@example.com")
    subscribe(db, "li@example.com")
    sink.refuse.add("gone@example.com")
    seen(db, notice("a"), minutes=30)
    look(db, clock)
    report = deliver_bulletins(db, PRESS, smtp, clock)
    assert (report.sent, report.refused) == (1, 1)
    assert deliver_bulletins(db, PRESS, smtp, clock).sent == 0


def test_the_confirmation_of_an_end_reaches_who_has_ended(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db)
    person = update_subscriber(db, "li@example.com", state="ended", now=clock())
    enter_ended(db, PRESS, person, clock())
    assert deliver_bulletins(db, PRESS, smtp, clock).sent == 1
    message = sink.received[0].message()
    assert (message["Subject"], message["Auto-Submitted"]) == ("已退订政讯周报", "auto-replied")
    assert "此后不再发送" in message.get_content()


@pytest.mark.parametrize("title", ["一\r\nBcc: all@example.com", "=?utf-8?q?=0d=0aBcc:x?="])
def test_a_title_cannot_become_a_header(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock, title: str
) -> None:
    subscribe(db, keywords=(), deadline_days=9)
    seen(db, notice("a", title, deadline_on=date(2021, 2, 6)), minutes=30)
    look(db, clock)
    deliver_bulletins(db, PRESS, smtp, clock)
    (mail,) = sink.received
    assert mail.message()["Bcc"] is None
    assert mail.recipients == ("li@example.com",)


def test_two_looks_at_once_tell_once(db: Database, tmp_path: Path, clock: Clock) -> None:
    subscribe(db)
    seen(db, notice("a"), minutes=30)
    made: list[int] = []

    def one() -> None:
        store = open_database(tmp_path / "zhengxun.db")
        made.append(look(store, clock))
        store.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 0, 0, 1]


def test_a_flood_is_one_mail_that_counts_the_rest(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribe(db)
    for number in range(310):
        seen(db, notice(f"k{number}", f"{HERBAL}（{number}）"), minutes=30)
    look(db, clock)
    deliver_bulletins(db, PRESS, smtp, clock)
    (mail,) = sink.received
    text = mail.message().get_body(("plain",))
    assert text is not None
    words = text.get_content()
    assert "另有 10 条未列出，见周报。" in words
    assert words.count("关键词：中药") == 60
    links = {line.rpartition("/")[2] for line in words.splitlines()}
    assert links >= {f"k{number}" for number in range(300)}
    clock.advance(hours=1)
    assert look(db, clock) == 0
