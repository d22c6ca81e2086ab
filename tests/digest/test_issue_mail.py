"""The message: headers that hold, Chinese names that arrive, nothing a page can inject."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from digest.composing.profile import Profile
from digest.delivery.issue_mail import Printed, build_message, make_message_id, subject_line
from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpClient, SmtpSettings
from digest.models.issue import Digest, DigestError
from storage.models import Subscriber
from tests.digest.samples import INSTANT, make_digest, make_entry, one_entry_digest, week_digest

SENDER = "政讯周报 <news@example.com>"


def _message(
    digest: Digest | None = None, *, sender: str = SENDER, reply_to: str = "", **person: object
) -> EmailMessage:
    facts: dict[str, object] = {"id": 7, "address": "li@example.com", "name": "李雷"}
    subscriber = Subscriber(**(facts | person))  # type: ignore[arg-type]
    return build_message(
        Printed(digest or week_digest(), Profile.of(subscriber)),
        subscriber,
        message_id=make_message_id(3, "2021-W05", 7, sender),
        sender=sender,
        reply_to=reply_to,
        now=INSTANT,
    )


def _read(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(message.as_bytes(), policy=SMTP)


def test_a_message_id_is_the_same_again_and_not_to_be_guessed() -> None:
    made = make_message_id(3, "2021-W05", 7, SENDER, b"k" * 32)
    assert make_message_id(3, "2021-W05", 7, SENDER, b"k" * 32) == made
    assert re.fullmatch(r"<zhengxun\.2021-w05\.issue3\.to7\.[a-z2-7]{24}@example\.com>", made)
    others = {
        make_message_id(3, "2021-W05", 7, SENDER, b"l" * 32),
        make_message_id(3, "2021-W05", 8, SENDER, b"k" * 32),
        make_message_id(4, "2021-W05", 7, SENDER, b"k" * 32),
    }
    assert len({name.rpartition(".to")[2][2:] for name in {made, *others}}) == 4


def test_headers_arrive_as_meant() -> None:
    mail = _read(_message(reply_to="编辑部 <desk@example.org>"))
    assert mail["From"] == "政讯周报 <news@example.com>"
    assert mail["To"] == "李雷 <li@example.com>"
    assert mail["Reply-To"] == "编辑部 <desk@example.org>"
    assert mail["Date"] == "Fri, 05 Feb 2021 17:00:00 +0800"
    assert mail["Message-ID"] == "<zhengxun.2021-w05.issue3.to7@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<weekly.example.com>"
    assert mail["List-Unsubscribe"] == "<mailto:desk@example.org?subject=unsubscribe>"


def test_the_subject_names_the_week_and_the_weightiest() -> None:
    subject = str(_read(_message())["Subject"])
    assert subject.startswith("政讯周报 2021-W05（01/30~02/05）：公开征求《中药新药")
    assert subject.count("；") == 2
    assert subject.endswith("等 8 条")
    assert len(subject) <= 90
    assert subject_line(make_digest()).endswith("：本周没有新通知")


def test_the_parts_are_text_html_word_and_calendar() -> None:
    mail = _read(_message(formats=("html", "docx", "ics")))
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert "知识产权信息篇（2021/01/30~2021/02/05）" in plain.get_content()
    assert "<table" in rich.get_content()
    word, calendar = mail.iter_attachments()
    assert word.get_filename() == "政讯周报2021-W05.docx"
    assert word.get_content()[:2] == b"PK"
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_filename() == "政讯周报2021-W05截止日期.ics"
    assert "BEGIN:VEVENT" in calendar.get_content()


def test_media_types_are_never_folded_into_encoded_words() -> None:
    raw = _message(formats=("html", "docx", "ics")).as_bytes()
    word = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document;"
    assert b"Content-Type: " + word in raw
    assert b'name="2021-W05.docx"' in raw
    assert b"Content-Type: text/calendar;" in raw


def test_every_line_is_short_and_ascii() -> None:
    content = _message(formats=("html", "docx", "ics")).as_bytes()
    content.decode("ascii")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"filename*=utf-8''%E6%94%BF" in content.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "hostile",
    [
        "通知\r\nBcc: victim@example.com",
        "通知\nX: y\n\nbody",
        "通知\x00\u202e\u2028Bcc: x",
        "=?utf-8?q?=0d=0aBcc:?=",
    ],
)
def test_a_title_cannot_add_a_header(hostile: str) -> None:
    mail = _read(_message(one_entry_digest(make_entry(title=hostile))))
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert "\n" not in str(mail["Subject"])
    assert "\r" not in str(mail["Subject"])


def test_a_name_cannot_add_a_recipient() -> None:
    mail = _read(_message(name='x" <a@example.com>,\r\nBcc: b@example.com'))
    assert mail["Bcc"] is None
    assert [person.addr_spec for person in mail["To"].addresses] == ["li@example.com"]


@pytest.mark.parametrize(
    "bad", ["a@example.com\r\nBcc: b@example.com", "nobody", "", "a@b@c", "甲 乙@x.cn"]
)
def test_an_address_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(DigestError, match="is not a mail address"):
        _message(address=bad)
    with pytest.raises(DigestError, match=r"smtp\.sender"):
        _message(sender=bad)


def test_the_text_part_of_a_huge_issue_is_short() -> None:
    entry = make_entry(summary="很长的摘要。" * 200)
    many = week_digest().sections[1].groups[0].entries[:1] * 400
    section = week_digest().sections[1]
    digest = make_digest(
        type(section)(
            "pharma", "医药信息篇", "", (type(section.groups[0])("国家级", (entry, *many)),)
        )
    )
    text = Printed(digest, Profile()).text
    assert "很长的摘要" not in text
    assert "401、" in text


def test_a_whole_mail_survives_the_way(sink: Sink, smtp: SmtpSettings, tmp_path: Path) -> None:
    message = _message(formats=("html", "docx", "ics"))
    with SmtpClient(smtp) as smtp_client:
        smtp_client.send("news@example.com", "li@example.com", message.as_bytes())
    arrived = sink.received[0].message()
    assert arrived["Subject"] == message["Subject"]
    sent = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    got = [part.get_payload(decode=True) for part in arrived.walk() if not part.is_multipart()]
    assert got == sent
