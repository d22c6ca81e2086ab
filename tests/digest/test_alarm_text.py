"""An alarm fits the way it is sent, and is never repeated unchanged for ever."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlite_utils import Database

from digest.alerts.alert import Operator, send_alarms
from digest.delivery.alarm_text import TEXT_BYTES, short_text, size_of
from digest.delivery.channels.webhook import BODY_BYTES
from storage.operation.alarms import Alarm, clear_alarm, raise_alarm, unsent

NOW = datetime(2021, 2, 8, 0, 30, tzinfo=UTC)


def alarm(number: int, kind: str = "raised", title: str = "", text: str = "") -> Alarm:
    title = title or f"某市工业和信息化局·通知公告{number} 无法访问：连接超时"
    text = text or f"https://example.com/{number}\n上次读到：2021-02-07 08:00\n" + "页面开头" * 40
    return Alarm(number, f"a:{number}", kind, title, text, NOW, None, None, 0, None, "")  # type: ignore[arg-type] # a Kind


@contextmanager
def bot(limit: int, body_limit: int = 20_000) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A robot that refuses a text of more than `limit` bytes with 200, as WeCom does."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            body = json.loads(raw)
            said = len(body["text"]["content"].encode())
            fits = said <= limit and len(raw) <= body_limit
            got.append({"bytes": said, "raw": len(raw), "fits": fits} | body)
            answer = {"errcode": 0 if fits else 40058, "errmsg": "text.content exceed max length"}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/cgi-bin/webhook/send?key=x", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("limit", [120, 256, 700, 2048, 4096, 20_000])
@pytest.mark.parametrize("count", [1, 2, 7, 32, 80, 400])
@pytest.mark.parametrize("long", [False, True])
def test_a_message_is_cut_by_bytes_and_says_how_many_are_left(
    limit: int, count: int, long: bool
) -> None:
    title = "某网站" * 300 if long else ""
    told = short_text([alarm(number, title=title) for number in range(count)], limit)
    assert size_of(told) <= limit
    shown = told.count("【故障】")
    assert shown >= 1
    if shown < count and "另有" in told and limit >= 256:
        assert f"另有 {count - shown} 条" in told


def test_the_worst_stands_first() -> None:
    mixed = [alarm(1, "recovered"), alarm(2, "event"), alarm(3, "reminder"), alarm(4, "raised")]
    told = short_text(mixed * 8, 2048)
    kinds = [line[1:3] for line in told.splitlines() if line.startswith("【")]
    assert kinds[:8] == ["故障"] * 8
    assert kinds == sorted(kinds, key=["故障", "仍未", "通知", "恢复"].index)


def test_a_robot_hears_of_an_outage_of_many_columns_at_the_first_try(db: Database) -> None:
    for number in range(32):
        one = alarm(number)
        raise_alarm(db, one.subject, one.title, one.text, now=NOW)
    with bot(TEXT_BYTES) as (url, got):
        assert send_alarms(db, Operator(webhook=url), now=NOW) == []
    assert [item["fits"] for item in got] == [True]
    assert "条，见 zhengxun status" in got[0]["text"]["content"]
    assert unsent(db, ["webhook"]) == []


def test_the_whole_message_has_a_limit_too(db: Database) -> None:
    for number in range(200):
        raise_alarm(db, f"a:{number}", "某栏目无法访问", "长" * 3000, now=NOW)
    with bot(TEXT_BYTES) as (url, got):
        assert send_alarms(db, Operator(webhook=url), now=NOW) == []
    assert got[0]["raw"] <= BODY_BYTES
    assert len(got[0]["alarms"]) + got[0]["left_out"] == 200


def test_what_a_robot_refuses_becomes_shorter_until_it_fits(db: Database) -> None:
    for number in range(32):
        one = alarm(number)
        raise_alarm(db, one.subject, one.title, one.text, now=NOW)
    now = NOW
    with bot(600) as (url, got):
        for _ in range(4):
            send_alarms(db, Operator(webhook=url), now=now)
            now += timedelta(hours=5)
    sizes = [item["bytes"] for item in got]
    assert sizes == sorted(sizes, reverse=True)
    assert [item["fits"] for item in got] == [False, False, True]
    assert unsent(db, ["webhook"]) == []


def test_a_robot_that_takes_nothing_is_left_in_peace_after_a_week(db: Database) -> None:
    raise_alarm(db, "disk", "磁盘只剩 3 MiB", "", now=NOW)
    with bot(1) as (url, got):
        for hours in range(24 * 21):
            send_alarms(db, Operator(webhook=url), now=NOW + timedelta(hours=hours))
        assert len(got) <= 20
        heard, later = len(got), NOW + timedelta(days=30)
        # The next one is tried again, and what nobody heard goes with it.
        clear_alarm(db, "disk", "磁盘空间已恢复", now=later)
        send_alarms(db, Operator(webhook=url), now=later)
    assert len(got) == heard + 1
    assert [item["subject"] for item in got[-1]["alarms"]] == ["disk", "disk"]
