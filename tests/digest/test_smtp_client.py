"""The connection: certificates are checked, passwords stay secret, connections are reused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from digest.delivery.sink import Sink, Stage
from digest.delivery.smtp_client import SmtpClient, SmtpSettings
from digest.delivery.smtp_connection import look
from digest.models.issue import DigestError
from tests.digest.certificates import Authority

MAIL = b"Subject: x\r\n\r\n.a line that begins with a dot\r\n"
SENDER, READER = "x@example.com", "a@example.com"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def secured(sink: Sink, authority: Authority, **over: object) -> SmtpSettings:
    """How to reach a sink that wants encryption."""
    facts = {"host": "127.0.0.1", "port": sink.port, "timeout": 10, "ca_file": str(authority.file)}
    return SmtpSettings(**facts | over)  # type: ignore[arg-type]


def test_one_connection_carries_many_mails(sink: Sink, smtp: SmtpSettings) -> None:
    with SmtpClient(smtp) as smtp_client:
        for name in ("a", "b", "c"):
            assert smtp_client.send(SENDER, f"{name}@example.com", MAIL).state == "sent"
    assert sink.connections == 1


def test_a_connection_carries_no_more_than_its_share(sink: Sink, smtp: SmtpSettings) -> None:
    with SmtpClient(replace(smtp, per_connection=2)) as smtp_client:
        for number in range(5):
            assert smtp_client.send(SENDER, f"r{number}@example.com", MAIL).state == "sent"
    assert sink.connections == 3


def test_a_refusal_leaves_the_connection_usable(sink: Sink, smtp: SmtpSettings) -> None:
    sink.refuse.add("gone@example.com")
    with SmtpClient(smtp) as smtp_client:
        assert smtp_client.send(SENDER, "gone@example.com", MAIL).state == "refused"
        assert smtp_client.send(SENDER, READER, MAIL).state == "sent"
    assert sink.connections == 1


def test_a_cut_connection_is_made_again_for_the_next_mail(sink: Sink, smtp: SmtpSettings) -> None:
    sink.drop_after_data.add(READER)
    with SmtpClient(smtp) as smtp_client:
        assert smtp_client.send(SENDER, READER, MAIL).state == "unknown"
        assert smtp_client.send(SENDER, "b@example.com", MAIL).state == "sent"
    assert sink.connections == 2


@pytest.mark.parametrize("way", ["cut", "421 4.4.2 idle for too long", "451 4.3.0 too many here"])
def test_a_server_that_hangs_up_between_two_mails_is_called_again(
    sink: Sink, smtp: SmtpSettings, way: str
) -> None:
    with SmtpClient(smtp) as smtp_client:
        smtp_client.send(SENDER, READER, MAIL)
        if way == "cut":
            sink.cut["MAIL"] = 1
        else:
            sink.say["MAIL"] = [way]
        assert smtp_client.send(SENDER, "b@example.com", MAIL).state == "sent"
    assert [mail.recipients[0] for mail in sink.received] == [READER, "b@example.com"]
    assert sink.connections == 2


@pytest.mark.parametrize(
    ("stage", "state", "no_server"),
    [
        ("CONNECT", "deferred", True),
        ("EHLO", "deferred", True),
        ("MAIL", "deferred", True),
        ("RCPT", "deferred", False),
        ("DATA", "deferred", False),
        ("END", "unknown", False),
        ("KEPT", "unknown", False),
        ("QUIT", "sent", False),
    ],
)
def test_a_connection_cut_at_any_stage_is_understood(
    sink: Sink, smtp: SmtpSettings, stage: Stage, state: str, no_server: bool
) -> None:
    sink.cut[stage] = 1
    with SmtpClient(smtp) as smtp_client:
        attempt = smtp_client.send(SENDER, READER, MAIL)
    assert (attempt.state, attempt.no_server) == (state, no_server)
    assert len(sink.received) == (stage in {"KEPT", "QUIT"})


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END", "KEPT"])
def test_a_server_that_does_not_answer_is_not_waited_for_longer_than_the_timeout(
    sink: Sink, smtp: SmtpSettings, stage: Stage
) -> None:
    sink.slow[stage] = 1.0
    with SmtpClient(replace(smtp, timeout=0.1)) as smtp_client:
        attempt = smtp_client.send(SENDER, READER, MAIL)
    assert attempt.state == ("unknown" if stage in {"END", "KEPT"} else "deferred")
    assert "timed out" in attempt.reply


@pytest.mark.parametrize(
    ("stage", "said", "state", "no_server"),
    [
        ("CONNECT", "554 5.7.1 your address is on a list", "deferred", True),
        ("MAIL", "550 5.7.1 not your address", "deferred", True),  # about us: nobody is dropped
        ("MAIL", "421 4.7.0 try again later", "deferred", True),
        ("RCPT", "450 4.7.1 greylisted for 300 s", "deferred", False),
        ("RCPT", "421 4.7.0 too many recipients", "deferred", False),
        ("RCPT", "550 5.1.1 unknown", "refused", False),
        ("RCPT", "552 5.2.2 mailbox full", "refused", False),
        ("DATA", "451 4.3.0 out of queue space", "deferred", False),
        ("DATA", "554 5.7.1 no", "refused", False),
        ("DATA", "250 OK", "deferred", False),  # nonsense: nothing was handed over
        ("END", "451 4.3.0 try later", "deferred", False),
        ("END", "421 4.3.2 shutting down", "deferred", False),
        ("END", "554 5.7.1 spam", "refused", False),
    ],
)
def test_every_answer_is_understood(
    sink: Sink, smtp: SmtpSettings, stage: Stage, said: str, state: str, no_server: bool
) -> None:
    sink.say[stage] = [said]
    with SmtpClient(smtp) as smtp_client:
        attempt = smtp_client.send(SENDER, READER, MAIL)
        assert (attempt.state, attempt.no_server) == (state, no_server)
        assert said in attempt.reply
        assert not attempt.too_large
        assert smtp_client.send(SENDER, "b@example.com", MAIL).state == "sent"
    assert [mail.recipients[0] for mail in sink.received] == ["b@example.com"]


def test_lines_that_begin_with_a_dot_arrive_whole(sink: Sink, smtp: SmtpSettings) -> None:
    with SmtpClient(smtp) as smtp_client:
        smtp_client.send(SENDER, READER, MAIL)
    assert b"\r\n.a line that begins with a dot\r\n" in sink.received[0].path.read_bytes()


def test_a_mail_above_the_announced_size_is_not_even_begun(
    tmp_path: Path, smtp: SmtpSettings
) -> None:
    with (
        Sink(tmp_path / "out", size=1000) as sink,
        SmtpClient(replace(smtp, port=sink.port)) as one,
    ):
        attempt = one.send(SENDER, READER, MAIL + b"x" * 1000)
        assert (attempt.state, attempt.too_large, attempt.size_limit) == ("refused", True, 1000)
        assert "the server announces 1000 as its limit" in attempt.reply
        assert one.send(SENDER, READER, MAIL).state == "sent"
        assert sink.connections == 1


def test_a_size_that_was_not_announced_is_understood_from_the_refusal(
    tmp_path: Path, smtp: SmtpSettings
) -> None:
    with Sink(tmp_path / "out", size=1000, announce_size=False) as sink:
        with SmtpClient(replace(smtp, port=sink.port)) as smtp_client:
            large = MAIL + b"x\r\n" * 500
            attempt = smtp_client.send(SENDER, READER, large)
        assert (attempt.state, attempt.too_large, attempt.size_limit) == ("refused", True, None)
        assert not attempt.bounced
        assert sink.received == []


def test_a_chinese_mailbox_is_written_to_where_smtputf8_is_offered(
    sink: Sink, smtp: SmtpSettings
) -> None:
    with SmtpClient(smtp) as smtp_client:
        assert smtp_client.send(SENDER, "李华@example.com", MAIL).state == "sent"
        assert smtp_client.send(SENDER, READER, MAIL).state == "sent"
    assert [mail.recipients[0] for mail in sink.received] == ["李华@example.com", READER]


def test_a_chinese_mailbox_is_refused_in_clear_words_where_it_is_not(
    tmp_path: Path, smtp: SmtpSettings
) -> None:
    with Sink(tmp_path / "out", smtputf8=False) as sink:
        with SmtpClient(replace(smtp, port=sink.port)) as smtp_client:
            attempt = smtp_client.send(SENDER, "李华@example.com", MAIL)
            assert smtp_client.send(SENDER, READER, MAIL).state == "sent"
        assert (attempt.state, attempt.bounced) == ("refused", False)
        assert "does not offer SMTPUTF8" in attempt.reply
        assert len(sink.received) == 1


def test_a_server_without_starttls_gets_no_mail(sink: Sink, smtp: SmtpSettings) -> None:
    with SmtpClient(replace(smtp, security="starttls")) as smtp_client:
        attempt = smtp_client.send(SENDER, READER, MAIL)
    assert (attempt.state, attempt.no_server) == ("deferred", True)
    assert "STARTTLS" in attempt.reply
    assert sink.received == []


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("wrong", ["nobody vouches", "another name", "expired"])
def test_a_certificate_that_does_not_hold_sends_nothing(
    tmp_path: Path, authority: Authority, wrong: str, at_once: bool
) -> None:
    name = "mail.example.org" if wrong == "another name" else "127.0.0.1"
    context = authority.server(name, days=-1 if wrong == "expired" else 1)
    with Sink(tmp_path / "out", tls=context, tls_at_once=at_once) as sink:
        trusted = "" if wrong == "nobody vouches" else str(authority.file)
        security = "tls" if at_once else "starttls"
        settings = secured(sink, authority, security=security, ca_file=trusted)
        with SmtpClient(settings) as smtp_client:
            attempt = smtp_client.send(SENDER, READER, MAIL)
        assert (attempt.state, attempt.no_server) == ("deferred", True)
        assert "CERTIFICATE_VERIFY_FAILED" in attempt.reply
        assert sink.received == []


@pytest.mark.parametrize("mechanism", ["LOGIN", "PLAIN", "CRAM-MD5"])
@pytest.mark.parametrize("at_once", [False, True])
def test_login_by_whatever_the_server_offers(
    tmp_path: Path, authority: Authority, at_once: bool, mechanism: str
) -> None:
    login, context = ("news", "s3cret"), authority.server()
    with Sink(
        tmp_path / "out", tls=context, tls_at_once=at_once, login=login, mechanisms=[mechanism]
    ) as sink:
        security = "tls" if at_once else "starttls"
        settings = secured(sink, authority, security=security, username="news", password="s3cret")
        with SmtpClient(settings) as smtp_client:
            assert smtp_client.send(SENDER, READER, MAIL).state == "sent"
        assert (len(sink.received), sink.logins) == (1, [mechanism])


def test_an_authority_of_the_system_is_trusted_too(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with (
        Sink(tmp_path / "out", tls=authority.server()) as sink,
        SmtpClient(secured(sink, authority, ca_file="")) as smtp_client,
    ):
        assert smtp_client.send(SENDER, READER, MAIL).state == "sent"


def test_a_wrong_password_defers_and_is_not_repeated_in_the_reply(
    tmp_path: Path, authority: Authority
) -> None:
    with Sink(tmp_path / "out", tls=authority.server(), login=("news", "right")) as sink:
        settings = secured(sink, authority, username="news", password="s3cret")
        sink.say["AUTH"] = ["535 5.7.8 s3cret is not your password"] * 3
        with SmtpClient(settings) as smtp_client:
            attempt = smtp_client.send(SENDER, READER, MAIL)
        found = look(settings)
    assert (attempt.state, attempt.no_server) == ("deferred", True)
    assert attempt.reply == "535 5.7.8 *** is not your password"
    assert found.problem.startswith("the server refuses user name or password (535")
    assert "s3cret" not in repr(settings) + found.problem


def test_a_look_sends_nothing_and_says_what_the_server_takes(
    tmp_path: Path, authority: Authority
) -> None:
    with Sink(
        tmp_path / "out", tls=authority.server(), login=("news", "s3cret"), size=10_000
    ) as sink:
        found = look(secured(sink, authority, username="news", password="s3cret"))
        assert (found.problem, found.size_limit, found.smtputf8) == ("", 10_000, True)
        assert sink.received == []


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"security": "none", "host": "mail.example.com", "password": "s3cret"}, "in the clear"),
        ({"password": "s3cret密码"}, "SMTP cannot carry"),
    ],
)
def test_what_cannot_be_sent_safely_is_refused_beforehand(
    smtp: SmtpSettings, over: dict[str, str], said: str
) -> None:
    settings = replace(smtp, username="news", **over)  # type: ignore[arg-type]
    with pytest.raises(DigestError, match=said) as caught:
        SmtpClient(settings)
    assert "s3cret" not in str(caught.value)
