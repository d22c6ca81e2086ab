"""Group robots against a local server: what is posted, how it is signed, how large it may be."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlite_utils import Database

from digest.delivery.chat_bot import ChatBot
from digest.delivery.deliver import DeliveryReport, deliver
from digest.delivery.sink import Sink
from digest.models.issue import Digest, Group, Section
from storage.models import IssueRecord
from storage.readers import deliveries, subscribers
from tests.digest.chat_services import post_issue
from tests.digest.conftest import Clock
from tests.digest.samples import INSTANT, make_digest, make_entry, recorded, week_digest

ID = "<zhengxun.2021-w05.issue1.to1@example.com>"
SECRET = "SECabc"  # a test's


@dataclass
class Service:
    """Answers every POST with `status`, `retry_after` and `answer`; `silent` hangs up without."""

    port: int = 0
    status: int = 200
    answer: dict[str, Any] = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})
    silent: bool = False
    retry_after: str = ""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def bot(self, kind: str, **over: Any) -> ChatBot:
        url = f"http://127.0.0.1:{self.port}/send?access_token=T0KEN"
        return replace(ChatBot(kind=kind, name="研发群", url=url, private=True), **over)

    @property
    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.asked[-1][2]))


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.asked.append((self.path, dict(self.headers), body))
            if found.silent:
                return
            said = json.dumps(found.answer).encode()
            self.send_response(found.status)
            self.send_header("Content-Length", str(len(said)))
            if found.retry_after:
                self.send_header("Retry-After", found.retry_after)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def _long_digest(count: int = 400) -> Digest:
    entries = tuple(
        make_entry(number, title=f"关于开展第 {number} 批“专精特新”企业申报工作的通知" * 2)
        for number in range(1, count + 1)
    )
    return make_digest(Section("pharma", "医药信息篇", "", (Group("国家级", entries),)))


def test_wecom_gets_markdown_with_links(service: Service) -> None:
    result = post_issue(service.bot("wecom"), week_digest(), message_id=ID, now=INSTANT)
    assert result.state == "sent"
    assert set(service.body) == {"msgtype", "markdown"}
    text = service.body["markdown"]["content"]
    assert service.body["msgtype"] == "markdown"
    assert text.startswith("## 政讯周报 2021-W05\n本周共 ")
    assert "\n## 医药信息篇\n- [" in text
    assert "](https://www.cde.org.cn/" in text


def test_wecom_stays_below_4096_bytes_and_says_what_is_left_out(service: Service) -> None:
    post_issue(service.bot("wecom"), _long_digest(), message_id=ID, now=INSTANT)
    text = service.body["markdown"]["content"]
    assert 3500 < len(text.encode()) <= 4096
    shown = text.count("\n- [")
    assert f"另有 {400 - shown} 条，见邮件周报。" in text


def test_dingtalk_is_signed_as_documented(service: Service) -> None:
    bot = service.bot("dingtalk", secret=SECRET)
    assert post_issue(bot, week_digest(), message_id=ID, now=INSTANT).state == "sent"
    query = parse_qs(urlsplit(service.asked[-1][0]).query)
    stamp = "1612515600000"  # 2021-02-05T09:00Z in ms
    mac = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert query["access_token"] == ["T0KEN"]
    assert query["timestamp"] == [stamp]
    assert query["sign"] == [base64.b64encode(mac).decode()]
    assert service.body["msgtype"] == "markdown"
    assert service.body["markdown"]["title"] == "政讯周报 2021-W05"
    assert service.body["markdown"]["text"].startswith("### 政讯周报 2021-W05\n\n")


def test_feishu_gets_a_signed_card(service: Service) -> None:
    service.answer = {"code": 0, "msg": "success"}
    bot = service.bot("feishu", secret=SECRET)
    assert post_issue(bot, week_digest(), message_id=ID, now=INSTANT).state == "sent"
    body = service.body
    mac = hmac.new(f"1612515600\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    assert (body["timestamp"], body["sign"]) == ("1612515600", base64.b64encode(mac).decode())
    assert body["msg_type"] == "interactive"
    assert body["card"]["header"]["title"] == {"tag": "plain_text", "content": "政讯周报 2021-W05"}
    text = body["card"]["elements"][0]["content"]
    assert "\n**医药信息篇**\n- [" in text
    assert "#" not in text  # cards know no headings


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_no_body_is_larger_than_20_kb(service: Service, kind: str) -> None:
    post_issue(service.bot(kind, secret=SECRET), _long_digest(), message_id=ID, now=INSTANT)
    assert 15_000 < len(service.asked[-1][2]) <= 20_000


def test_a_webhook_gets_the_issue_as_json_with_the_same_key_each_time(service: Service) -> None:
    for _ in range(2):
        post_issue(service.bot("webhook"), week_digest(), message_id=ID, now=INSTANT)
    keys = [headers["Idempotency-Key"] for _, headers, _ in service.asked]
    assert keys == ["zhengxun.2021-w05.issue1.to1@example.com"] * 2
    assert service.body["week"] == "2021-W05"
    assert service.body["message_id"] == ID
    assert [section["id"] for section in service.body["sections"]] == ["ip", "pharma", "projects"]


def test_a_title_can_neither_break_a_link_nor_call_everybody(service: Service) -> None:
    entry = make_entry(1, title="<at id=all></at> <@all> [点我](http://evil.example) **急**")
    digest = make_digest(Section("ip", "知识产权信息篇", "", (Group("国家级", (entry,)),)))
    for kind in ("wecom", "dingtalk", "feishu"):
        post_issue(service.bot(kind), digest, message_id=ID, now=INSTANT)
        said = service.asked[-1][2].decode()
        assert "<at" not in said
        assert "<@" not in said
        assert "](http://evil" not in said
        assert "＜＠all＞ ［点我］（http" in said


@pytest.mark.parametrize(
    ("kind", "status", "answer", "state", "reply"),
    [
        ("wecom", 200, {"errcode": 45009, "errmsg": "freq out of limit"}, "deferred", "45009"),
        ("wecom", 200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "refused", "93000"),
        ("dingtalk", 200, {"errcode": 310000, "errmsg": "sign not match"}, "refused", "310000"),
        ("feishu", 200, {"code": 19021, "msg": "sign match fail"}, "refused", "19021"),
        ("feishu", 200, {"code": 11232, "msg": "frequency limited"}, "deferred", "11232"),
        ("webhook", 503, {}, "deferred", "HTTP 503"),
        ("webhook", 429, {}, "deferred", "HTTP 429"),
        ("webhook", 404, {}, "refused", "HTTP 404"),
        ("webhook", 302, {}, "refused", "HTTP 302"),  # not followed
    ],
)
def test_refusals_inside_an_answer_are_understood(
    service: Service, kind: str, status: int, answer: dict[str, Any], state: str, reply: str
) -> None:
    service.status, service.answer = status, answer
    result = post_issue(service.bot(kind), week_digest(), message_id=ID, now=INSTANT)
    assert result.state == state
    assert result.reply.startswith(reply)
    assert len(service.asked) == 1


def test_the_time_that_a_webhook_asks_for_is_said_and_a_date_is_left_out(service: Service) -> None:
    service.status, service.retry_after = 429, "120"
    asked = post_issue(service.bot("webhook"), week_digest(), message_id=ID, now=INSTANT)
    assert (asked.state, asked.reply) == ("deferred", "HTTP 429; Retry-After: 120")
    service.retry_after = "Fri, 05 Feb 2021 10:00:00 GMT"
    dated = post_issue(service.bot("webhook"), week_digest(), message_id=ID, now=INSTANT)
    assert dated.reply == "HTTP 429"


def test_private_networks_need_the_operators_leave(service: Service) -> None:
    bot = service.bot("webhook", private=False)
    result = post_issue(bot, week_digest(), message_id=ID, now=INSTANT)
    assert result.state == "refused"
    assert "is on a private network (127.0.0.1); set private = true" in result.reply
    assert service.asked == []


def test_no_answer_is_unknown_and_nobody_there_is_deferred(service: Service) -> None:
    service.silent = True
    bot = service.bot("wecom", secret=SECRET)
    silent = post_issue(bot, week_digest(), message_id=ID, now=INSTANT)
    nobody = replace(bot, url="http://127.0.0.1:1/send?key=T0KEN")
    refused = post_issue(nobody, week_digest(), message_id=ID, now=INSTANT)
    assert (silent.state, refused.state) == ("unknown", "deferred")
    said = silent.reply + refused.reply + repr(bot)
    assert "T0KEN" not in said
    assert SECRET not in said


def test_a_robot_stands_in_the_same_ledger(
    db: Database, sink: Sink, smtp: Any, clock: Clock, service: Service
) -> None:
    digest = week_digest()
    issue = recorded(db, digest)
    subscribers.add_subscriber(db, "a@example.com", now=INSTANT, formats=("html",))
    bot = service.bot("wecom", sections=("pharma",))
    service.status = 503

    def send(bots: list[ChatBot], issue: IssueRecord = issue) -> DeliveryReport:
        return deliver(db, issue, digest, smtp=smtp, now=clock, bots=bots)

    first = send([bot])
    assert (first.sent, first.deferred) == (1, 1)
    assert first.notes == ("wecom:研发群: HTTP 503",)
    service.status = 200
    clock.instant += timedelta(minutes=5)
    assert send([bot]).sent == 1
    assert send([bot]).sent == 0
    assert [(row.address, row.state) for row in deliveries.list_deliveries(db, issue.id)] == [
        ("a@example.com", "sent"),
        ("wecom:研发群", "sent"),
    ]
    assert "知识产权信息篇" not in service.body["markdown"]["content"]
    assert len(sink.received) == 1
    send([])
    ended = subscribers.find_subscriber(db, "wecom:研发群")
    assert ended is not None
    assert ended.state == "ended"
