"""What a mail in the mailbox is, whatever it looks like."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.inbound.incoming_mail import (
    BounceReport,
    UnreadableError,
    UnsubscribeRequest,
    read_message,
)

ID = "<zhengxun.2021-w05.issue1.to1@example.com>"


def dsn(
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <gone@example.com>: user unknown",
    action: str = "failed",
    headers: str = f"Message-ID: {ID}",
) -> bytes:
    """A report as Postfix writes it."""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
To: news@example.com
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.com. I'm sorry.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
X-Postfix-Sender: rfc822; news@example.com

Final-Recipient: rfc822; forwarded@elsewhere.example
Original-Recipient: rfc822;gone@example.com
Action: {action}
Status: {status}
Diagnostic-Code: {said}

--b1
Content-Type: text/rfc822-headers

From: news@example.com
To: gone@example.com
{headers}

--b1--
""".replace("\n", "\r\n").encode()


def test_a_standard_report_names_mail_recipient_and_reason() -> None:
    assert read_message(dsn()) == BounceReport(
        "hard", ID, "gone@example.com", "", "5.1.1 550 5.1.1 <gone@example.com>: user unknown"
    )


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        ("5.1.1", "smtp; 550 no", "hard"),
        ("5.2.1", "smtp; 550 5.2.1 disabled", "hard"),
        ("5.0.0", "smtp; 550 5.1.1 no such user", "hard"),
        ("5.0.0", "X-Unix; 550 User unknown", "hard"),
        ("", "smtp; 550 no such user", "hard"),
        ("5.2.2", "smtp; 552 5.2.2 mailbox full", "soft"),
        ("5.7.1", "smtp; 550 5.7.1 spam", "soft"),
        ("4.4.7", "smtp; 451 4.7.1 greylisted; expired", "soft"),
        ("5.3.4", "smtp; 552 too big", "soft"),
        ("", "", "soft"),
    ],
)
def test_hard_and_soft_are_told_apart(status: str, said: str, kind: str) -> None:
    found = read_message(dsn(status, said))
    assert isinstance(found, BounceReport)
    assert found.kind == kind


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_mail_that_is_only_late_has_not_come_back(action: str) -> None:
    assert read_message(dsn(action=action)) is None


def test_the_token_in_the_repeated_headers_is_found() -> None:
    token = "z12-" + "a" * 24
    headers = f"List-Unsubscribe: <mailto:leave@example.com?subject=unsubscribe%20{token}>"
    found = read_message(dsn(headers=headers))
    assert isinstance(found, BounceReport)
    assert (found.message_id, found.token) == ("", token)


def letter(subject: str, body: str = "", **headers: str) -> bytes:
    lines = {"From": "李雷 <li@example.com>", "To": "leave@example.com", "Subject": subject}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return (head + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + body).encode()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"Hi. This is the qmail-send program.\n<gone@x.com>:\n550 5.1.1 unknown\n{ID}", "hard"),
        (f"很抱歉，您的邮件被退回：收件人不存在\n原信 {ID}", "hard"),
        (f"host said: 552 5.2.2 user is over quota, mailbox full\n{ID}", "soft"),
        (f"对方邮箱已满\n{ID}", "soft"),
    ],
)
def test_a_bounce_in_a_servers_own_words_is_known_by_our_message_id(body: str, kind: str) -> None:
    for subject, sender in (("failure notice", "x@y.z"), ("hello", "MAILER-DAEMON@y.z")):
        found = read_message(letter(subject, body, From=sender))
        assert isinstance(found, BounceReport)
        assert (found.kind, found.message_id) == (kind, ID)


def test_a_system_mail_in_chinese_and_base64_is_read() -> None:
    body = base64.encodebytes(f"邮箱不存在，原信编号 {ID}".encode("gb18030")).decode()
    content = (
        "From: postmaster@qq.com\r\nSubject: =?gb18030?B?z7XNs83L0MU=?=\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + body
    ).encode()
    found = read_message(content)
    assert isinstance(found, BounceReport)
    assert (found.kind, found.message_id) == ("hard", ID)


def test_an_answer_that_quotes_our_mail_is_no_bounce() -> None:
    assert read_message(letter("回复: 政讯周报", f"收到，谢谢。\n> {ID}")) is None
    assert read_message(letter("自动回复: 政讯周报", "我在休假", In_Reply_To=ID)) is None


TOKEN = "z12-" + "abcd" * 6


@pytest.mark.parametrize(
    ("subject", "token"),
    [
        (f"unsubscribe {TOKEN}", TOKEN),
        (f"Unsubscribe {TOKEN.upper()}", TOKEN),
        ("退订", ""),
        ("回复： 退订", ""),
        ("Re: Unsubscribe", ""),
        ("=?utf-8?B?6YCA6K6i?=", ""),
        ("ＴＤ", ""),
    ],
)
def test_a_wish_to_leave_is_in_the_subject(subject: str, token: str) -> None:
    assert read_message(letter(subject)) == UnsubscribeRequest(
        token, "li@example.com", automatic=False
    )


@pytest.mark.parametrize(
    "subject", ["关于退订的问题", "回复: 政讯周报", f"Fwd: 看看 {TOKEN}", "", "=?broken?Q"]
)
def test_everything_else_is_let_be(subject: str) -> None:
    assert read_message(letter(subject, f"unsubscribe {TOKEN}")) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"List_Id": "<x.y>"},
    ],
)
def test_what_no_person_wrote_is_automatic(headers: dict[str, str]) -> None:
    assert read_message(letter("退订", **headers)) == UnsubscribeRequest(
        "", "li@example.com", automatic=True
    )


def test_a_mail_with_two_senders_has_none() -> None:
    for sender in ("a@example.com, b@example.com", "a@example.com\r\nFrom: b@example.com"):
        assert read_message(letter("退订", From=sender)) == UnsubscribeRequest(
            "", "", automatic=False
        )


def nested(depth: int) -> bytes:
    """Multiparts in multiparts."""
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(depth)
    )
    return b"From: MAILER-DAEMON@x.y\r\nSubject: failure notice\r\n" + head + b"\r\nhello"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 5000,
        b"Subject: " + b"=?utf-8?B?" * 20_000,
        b"From: " + b"<" * 100_000 + b"\r\nSubject: x\r\n\r\n",
        nested(3000),
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\nStatus: \xff\xfe",
        b'Content-Type: text/plain; charset="no-such"\r\nFrom: postmaster@x\r\n\r\n' + ID.encode(),
        b"Subject: =?no-such-charset?B?6YCA6K6i?=\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    ],
)
def test_a_hostile_mail_is_read_or_called_unreadable(content: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        read_message(content)


@given(
    st.lists(
        st.sampled_from(
            [
                "Content-Type: multipart/report; boundary=b\r\n",
                "Content-Type: message/delivery-status\r\n",
                "Content-Type: message/rfc822\r\n",
                "Content-Transfer-Encoding: base64\r\n",
                "Subject: =?gb2312?Q?=",
                "From: <>\r\n",
                "Action: failed\r\n",
                "--b\r\n",
                "--b--\r\n",
                "\r\n",
                ID,
            ]
        )
        | st.text(max_size=20),
        max_size=30,
    )
)
def test_nothing_but_unreadable_is_ever_raised(pieces: list[str]) -> None:
    with contextlib.suppress(UnreadableError):
        read_message("".join(pieces).encode("utf-8", "surrogatepass"))
