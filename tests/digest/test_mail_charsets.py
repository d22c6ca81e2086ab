"""Chinese as servers and mail programs write it, whatever they call it."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.delivery.mail_charsets import decoded, decoded_header
from digest.delivery.smtp_client import SmtpClient, SmtpSettings
from digest.delivery.smtp_connection import look

TEXT = "系统退信：关于朱镕之等同志任职的通知"
# What it is called, and what it is.
CALLED = [
    *(("gb2312", "gbk"), ("GB2312", "gb18030"), ("gbk", "gbk"), ("x-gbk", "gbk"), ("GBK2K", "gbk")),
    *(
        ("gb_2312-80", "gbk"),
        ("cp936", "gbk"),
        ("ms936", "gbk"),
        ("ansi936", "gbk"),
        ("cn-gb", "gbk"),
    ),
    *(("euc-cn", "gbk"), ("windows-936", "gbk"), ("csgb2312", "gbk"), ("chinese", "gbk")),
    *(("utf-8", "gbk"), ("us-ascii", "gbk"), ("unknown-8bit", "gbk"), ("x-unknown", "gbk")),
    *(("no-such", "gbk"), ("hex", "gbk"), ("", "gbk"), ("default_charset", "utf-8")),
    *(("gb2312", "utf-8"), ("big5", "utf-8"), ("iso-8859-1", "utf-8"), ("us-ascii", "utf-8")),
    ("utf8", "utf-8"),
]


@pytest.mark.parametrize(("called", "encoding"), CALLED)
def test_text_is_read_whatever_it_is_called(called: str, encoding: str) -> None:
    assert decoded(TEXT.encode(encoding), called) == TEXT
    if called:
        word = base64.b64encode(TEXT.encode(encoding)).decode()
        assert decoded_header(f"=?{called}?B?{word}?=") == TEXT


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("郵箱已滿", "big5"),
        ("退信", "hz"),
        ("退信", "iso2022_jp"),
        ("é à ü", "iso-8859-1"),
        ("é", "utf-8"),
    ],
)
def test_other_encodings_are_read_by_their_names(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding), encoding) == text


def test_chinese_pairs_called_latin_are_chinese() -> None:
    assert decoded("用户不存在".encode("gb2312"), "iso-8859-1") == "用户不存在"


def test_a_text_that_was_cut_in_a_sign_loses_that_sign_alone() -> None:
    assert decoded("邮箱已满".encode()[:-1], "gb2312") == "邮箱已"
    assert decoded("邮箱已满".encode("gbk")[:-1]).startswith("邮箱已")


@given(st.binary(max_size=200), st.text(max_size=20))
def test_nothing_is_ever_raised(content: bytes, charset: str) -> None:
    assert isinstance(decoded(content, charset), str)
    decoded_header(content.decode("latin-1"))


REPLIES = {
    "utf-8": "550 用户不存在",
    "gbk": "550 用户不存在",
    "gb18030": "552 邮箱已满，请稍后再试",
    "gb2312": "554 您的发信频率过快",
}


@pytest.fixture(params=REPLIES)
def said(request: pytest.FixtureRequest) -> Iterator[tuple[int, str]]:
    """A server that answers RCPT in Chinese; where it listens, and what it says."""
    encoding = request.param
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as line:
                line.write(b"220 test\r\n")
                line.flush()
                for command in line:
                    verb = command[:4].upper()
                    answer = {
                        b"RCPT": REPLIES[encoding].encode(encoding),
                        b"QUIT": b"221 bye",
                    }.get(verb, b"250 ok")
                    line.write(answer + b"\r\n")
                    line.flush()
                    if verb == b"QUIT":
                        break

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1], REPLIES[encoding]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_what_a_server_says_in_chinese_is_kept(said: tuple[int, str]) -> None:
    port, words = said
    settings = SmtpSettings("127.0.0.1", port, "none", sender="x@example.com", timeout=10)
    with SmtpClient(settings) as smtp_client:
        attempt = smtp_client.send("x@example.com", "a@example.com", b"Subject: x\r\n\r\nx\r\n")
    assert attempt.reply == words
    assert attempt.bounced == (words == "550 用户不存在")
    assert look(settings).problem == ""
