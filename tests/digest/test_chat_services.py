"""Robots against stand-ins that check payload, signature and limits as the services document."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from digest.delivery.chat_bot import ChatBot
from digest.delivery.deliver import deliver
from digest.delivery.webhook import NotSentError, post_json
from digest.models.issue import Digest, Group, Section
from storage.readers import deliveries
from tests.digest.chat_services import KEY, ChatService, post_issue, running
from tests.digest.conftest import Clock
from tests.digest.samples import INSTANT, make_digest, make_entry, recorded, week_digest

ID = "<zhengxun.2021-w05.issue1.to1@example.com>"
SECRET = "SECabc"  # a test's
KINDS: tuple[str, ...] = ("wecom", "dingtalk", "feishu")


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, clock: Clock) -> Iterator[ChatService]:
    """Each service in turn; those that sign demand it."""
    secret = "" if request.param == "wecom" else SECRET
    with running(ChatService(request.param, clock, secret)) as found:
        yield found


def robot_of(service: ChatService, **over: Any) -> ChatBot:
    made = ChatBot(service.kind, "研发群", service.url, service.secret, private=True)
    return replace(made, **over)


def huge_digest() -> Digest:
    entries = tuple(
        make_entry(number, title=f"关于开展第 {number} 批“专精特新”企业申报工作的通知" * 2)
        for number in range(1, 401)
    )
    return make_digest(Section("pharma", "医药信息篇", "", (Group("国家级", entries),)))


@pytest.mark.parametrize(
    "digest", [week_digest(), huge_digest(), make_digest()], ids=["a week", "too much", "nothing"]
)
def test_every_issue_is_taken(service: ChatService, digest: Digest, clock: Clock) -> None:
    attempt = post_issue(robot_of(service), digest, message_id=ID, now=clock())
    assert (attempt.state, attempt.reply) == ("sent", "0 ok")
    assert len(service.taken) == 1


@pytest.mark.parametrize("wrong", ["key", "secret", "clock"])
def test_what_the_operator_must_mend_is_refused_with_advice(
    service: ChatService, clock: Clock, wrong: str
) -> None:
    bot, now = robot_of(service), clock()
    if wrong == "key":
        bot = replace(bot, url=service.url[:-1] + "b")
    elif service.kind == "wecom":
        pytest.skip("WeCom signs nothing")
    elif wrong == "secret":
        bot = replace(bot, secret="SECxyz")
    else:
        now -= timedelta(hours=2)
    attempt = post_issue(bot, week_digest(), message_id=ID, now=now)
    code = {
        ("wecom", "key"): "93000 invalid webhook url",
        ("dingtalk", "key"): "300001 token is not exist（",
        ("feishu", "key"): "19001 param invalid: webhook token（",
        ("dingtalk", "sign"): "310000 sign not match（机器人的安全设置",
        ("feishu", "sign"): "19021 sign match fail or timestamp（机器人的签名密钥不符",
    }[service.kind, "key" if wrong == "key" else "sign"]
    assert attempt.state == "refused"
    assert attempt.reply.startswith(code)
    assert service.taken == []


def test_a_keyword_that_the_message_lacks_is_refused(service: ChatService, clock: Clock) -> None:
    service.keyword = "报警"
    attempt = post_issue(robot_of(service), week_digest(), message_id=ID, now=clock())
    if service.kind == "wecom":
        assert attempt.state == "sent"  # it knows no keywords
    else:
        assert (attempt.state, attempt.reply[:5]) in {("refused", "31000"), ("refused", "19024")}


def test_haste_is_deferred_and_said_so(service: ChatService, clock: Clock) -> None:
    states = [
        post_issue(robot_of(service), make_digest(), message_id=ID, now=clock()) for _ in range(21)
    ]
    assert states[-1].state == "deferred"
    code = {"wecom": "45009", "dingtalk": "130101", "feishu": "9499 too many request"}
    assert states[-1].reply.startswith(code[service.kind])
    assert len(service.taken) == (5 if service.kind == "feishu" else 20)


def test_many_robots_of_one_key_never_meet_its_limit(
    db: Database, service: ChatService, clock: Clock
) -> None:
    digest = make_digest()
    issue = recorded(db, digest)
    bots = [robot_of(service, name=f"群{number}") for number in range(45)]

    def wait(seconds: float) -> None:
        clock.advance(seconds=seconds)

    report = deliver(db, issue, digest, smtp=None, now=clock, bots=bots, pause=wait)
    assert (report.sent, report.deferred, report.refused) == (45, 0, 0)
    assert len(service.taken) == 45
    took = (clock.instant - INSTANT).total_seconds()
    assert took == (8 if service.kind == "feishu" else 120)
    assert {row.attempts for row in deliveries.list_deliveries(db)} == {1}


def test_a_key_that_a_service_repeats_is_not_kept(service: ChatService, clock: Clock) -> None:
    # The right key at the wrong place: WeCom repeats what it was given.
    bot = robot_of(service, url=service.url.replace(str(service.port), f"{service.port}/v9"))
    attempt = post_issue(bot, week_digest(), message_id=ID, now=clock())
    assert attempt.state == "refused"
    assert KEY not in attempt.reply
    assert KEY not in repr(bot)


def names_resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """The next look-ups of any name give these addresses; what was connected to is returned."""
    waiting, reached = list(answers), []

    def look_up(_host: str, port: int, **_options: Any) -> list[Any]:
        address = waiting.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(target: tuple[str, int], *_more: Any) -> Any:
        reached.append(target[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    return reached


def test_a_name_that_turns_private_after_the_check_leads_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # DNS rebinding: public when it is checked, the router's address when it is used.
    reached = names_resolve_to(monkeypatch, "93.184.215.14", "192.168.1.1")
    with pytest.raises(NotSentError, match="Connection refused"):
        post_json("http://rebind.example/x", b"{}", headers={}, private=False, timeout=1)
    assert reached == ["93.184.215.14"]


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "192.168.1.1", "172.16.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.7", "224.0.0.1", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
     "2002:a00:1::1"],
)  # fmt: skip
def test_no_private_address_is_reached_by_any_name(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    reached = names_resolve_to(monkeypatch, address)
    with pytest.raises(NotSentError, match="private network") as caught:
        post_json("https://robot.example/x", b"{}", headers={}, private=False, timeout=1)
    assert caught.value.forbidden
    assert reached == []


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:220:1::1", "64:ff9b::5db8:d70e"])
def test_public_addresses_are_reached(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    reached = names_resolve_to(monkeypatch, address)
    with pytest.raises(NotSentError, match="Connection refused"):
        post_json("https://robot.example/x", b"{}", headers={}, private=False, timeout=1)
    assert reached == [address]
