"""Headers that mix Chinese and Latin words are read as they were meant, everywhere."""

from __future__ import annotations

import base64
import random
import re
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest

from digest.delivery.bulletin_mail import write_ended
from digest.delivery.bulletins import BulletinSettings
from digest.delivery.header_folding import MAIL
from digest.delivery.issue_mail import list_headers
from digest.delivery.message_builder import own_headers
from digest.delivery.unsubscribe_links import UnsubscribeLinks
from storage.models import Subscriber
from tests.digest.samples import INSTANT

PARTS = [
    *(
        "化学仿制药 BE 试验",
        "ICH《E6（R3）：药物临床试验》",
        "2021年 GMP 检查",
        "PD-1/PD-L1 抑制剂",
        "Q&A",
    ),
    *(
        "2021 China Patent Awards 揭晓",
        "AI + 制药 论坛",
        "eCTD 实施 v1.1 说明",
        "a",
        "é à ü",
        "𠮷野家",
    ),
    *(
        "国家药监局 药审中心 关于 公开征求 意见 的 通知",
        "== 问号? =?x?=",
        '"引号" \\ 反斜线',
        "一" * 60,
    ),
    "plain words of English only, and many of them, so that the line is folded more than once",
]
WORD = re.compile(r"=\?utf-8\?([bq])\?([^? ]*)\?=")


def subjects() -> list[str]:
    chosen = random.Random(11)  # noqa: S311 # the same each time
    made = []
    for _ in range(400):
        parts = "；".join(chosen.sample(PARTS, 3))
        made.append(f"政讯周报 2021-W05（01/30~02/05）：{parts}"[: chosen.randint(20, 110)].strip())
    return [*made, *PARTS]


def value_of(raw: bytes, name: str) -> str:
    """A header as a receiver unfolds it (RFC 5322, 2.2.3)."""
    found = re.search(rf"(?im)^{name}:((?:.*\r\n[ \t])*.*)\r\n".encode(), raw)
    assert found is not None
    for line in found[0].split(b"\r\n"):
        assert len(line) <= 78
    return re.sub(rb"\r\n(?=[ \t])", b"", found[1]).decode("ascii").strip()


def strictly(value: str) -> str:
    """As RFC 2047 says, and no more: words parted by white space, 75 signs at most, whole signs."""
    text = ""
    for word in value.split():
        found = WORD.fullmatch(word)
        assert found is not None, word
        assert len(word) <= 75
        raw = (
            base64.b64decode(found[2], validate=True)
            if found[1] == "b"
            else re.sub(
                rb"=([0-9A-F]{2})",
                lambda sign: bytes([int(sign[1], 16)]),
                found[2].replace("_", " ").encode(),
            )
        )
        text += raw.decode()  # each word for itself: no sign is cut in two
    return text


def meant(subject: str) -> str:
    return subject.replace("=?", "= ?")


@pytest.mark.parametrize("part", range(4))
def test_a_subject_is_read_as_it_was_meant(part: int) -> None:
    for subject in subjects()[part::4]:
        message = list_headers(
            subject, sender="政讯周报 <news@example.com>", reply_to="", own_way_out=False
        )
        value = value_of(message.as_bytes(), "Subject")
        assert str(make_header(decode_header(value))) == meant(subject)
        assert "?==?" not in value
        if not subject.isascii():
            assert strictly(value) == meant(subject)


@pytest.mark.parametrize(
    "name",
    [
        "某某 Pharma 股份有限公司 政讯周报",
        "北京某某药业 R&D 研发中心 Regulatory Affairs 部 政策法规 每周 简报",
        "Weekly, of the company",
        'O"Neill',
        "周报",
    ],
)
def test_a_senders_name_is_read_as_it_was_meant(name: str) -> None:
    quoted = '"' + name.replace('"', '\\"') + '"'
    shown = f"{quoted} <news@example.com>" if name.isascii() else f"{name} <news@example.com>"
    message = list_headers("x", sender=shown, reply_to=shown, own_way_out=False)
    for header in ("From", "Reply-To"):
        value = value_of(message.as_bytes(), header)
        shown_name, _, address = value.rpartition(" ")
        assert address == "<news@example.com>"
        if name.isascii():
            assert shown_name == quoted
        else:
            assert strictly(shown_name) == name


def test_every_mail_folds_alike() -> None:
    person = Subscriber(
        1, "li@example.com", name="李 Lei 雷 药品注册 Regulatory Affairs 部 高级经理"
    )
    own = own_headers(person, "<zhengxun.x@example.com>", INSTANT)
    assert strictly(value_of(own, "To").rpartition(" ")[0]) == person.name
    title = "某某 Pharma 股份有限公司 政策 Policy 与 Regulation 法规 资讯 每周 简报"
    bulletin_settings = BulletinSettings(title, "", "news@example.com", "", UnsubscribeLinks(), {})
    raw = write_ended(bulletin_settings, person, "<zhengxun.x@example.com>", INSTANT)
    assert strictly(value_of(raw, "Subject")) == f"已退订{title}"


def test_a_header_cannot_be_begun_by_a_subject() -> None:
    message = EmailMessage(policy=MAIL)
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        message["Subject"] = "x\r\nBcc: all@example.com"
