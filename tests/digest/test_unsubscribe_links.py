"""How a reader leaves: tokens that open one subscription, headers, and the words of the foot."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlite_utils import Database

from digest.delivery.message_builder import MessageBuilder
from digest.delivery.unsubscribe_links import (
    KEY_FILE,
    UnsubscribeLinks,
    find_token,
    holder_of,
    load_key,
    make_token,
)
from digest.models.issue import DigestError
from storage.models import Subscriber
from storage.readers.subscribers import add_subscriber, remove_subscriber
from tests.digest.samples import INSTANT, week_digest

KEY = b"k" * 32
WAYS = UnsubscribeLinks(KEY, mailbox="leave@example.com", public_url="https://news.example.com")


def test_a_token_opens_one_subscription_and_no_other(db: Database) -> None:
    li = add_subscriber(db, "li@example.com", now=INSTANT)
    wang = add_subscriber(db, "wang@example.com", now=INSTANT)
    token = make_token(KEY, li)
    assert holder_of(db, KEY, token) == li
    assert holder_of(db, KEY, token.upper()) == li  # some programs change the case
    other = make_token(KEY, wang)
    for wrong in (
        token.replace("z1-", "z2-"),
        token.replace("z1-", "z9-"),
        f"z1-{other.partition('-')[2]}",
        token[:-1],
        token + "a",
        "z1-",
        "z1-" + "a" * 24,
        "",
        "../../etc/passwd",
    ):
        assert holder_of(db, KEY, wrong) is None
    assert holder_of(db, b"x" * 32, token) is None
    assert make_token(KEY, replace(li, address="other@example.com")) != token


def test_a_token_still_opens_an_ended_subscription_but_no_robot(db: Database) -> None:
    li = add_subscriber(db, "li@example.com", now=INSTANT)
    remove_subscriber(db, "li@example.com", now=INSTANT)
    found = holder_of(db, KEY, make_token(KEY, li))
    assert found is not None
    assert found.state == "ended"
    db.table("subscribers").update(li.id, {"channel": "wecom"})
    assert holder_of(db, KEY, make_token(KEY, li)) is None


def test_the_token_is_found_in_an_address_and_in_a_subject() -> None:
    token = make_token(KEY, Subscriber(12, "li@example.com"))
    header = WAYS.headers(Subscriber(12, "li@example.com"))["List-Unsubscribe"]
    assert find_token(header) == token
    assert find_token(f"unsubscribe {token}") == token
    assert find_token("z12-short") == ""


def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    key = load_key(tmp_path)
    assert len(key) == 32
    assert load_key(tmp_path) == key
    path = tmp_path / KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in tmp_path.iterdir()] == [KEY_FILE]
    path.chmod(0o640)
    with pytest.raises(DigestError, match="others may read it; run: chmod 600"):
        load_key(tmp_path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(DigestError, match="is damaged"):
        load_key(tmp_path)
    assert "kkkk" not in repr(UnsubscribeLinks(KEY))


LI = Subscriber(12, "li@example.com", formats=("html",))


def written(links: UnsubscribeLinks, person: Subscriber = LI) -> bytes:
    sender = "政讯周报 <news@example.com>"
    builder = MessageBuilder(week_digest(), sender=sender, reply_to="", links=links)
    return builder.write(person, "<1@example.com>", INSTANT)


def test_both_ways_stand_in_headers_of_each_readers_own() -> None:
    mail = message_from_bytes(written(WAYS))
    token = make_token(KEY, LI)
    assert mail.get_all("List-Unsubscribe") == [
        f"<https://news.example.com/s/{token}>,\r\n"
        f" <mailto:leave@example.com?subject=unsubscribe%20{token}>"
    ]
    assert mail.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]


def test_without_a_public_page_there_is_no_one_click() -> None:
    mail = message_from_bytes(written(replace(WAYS, public_url="")))
    assert mail.get_all("List-Unsubscribe") == [
        f"<mailto:leave@example.com?subject=unsubscribe%20{make_token(KEY, LI)}>"
    ]
    assert mail["List-Unsubscribe-Post"] is None


def test_without_either_a_person_is_asked() -> None:
    mail = message_from_bytes(written(UnsubscribeLinks()))
    assert mail.get_all("List-Unsubscribe") == ["<mailto:news@example.com?subject=unsubscribe>"]


@pytest.mark.parametrize(
    ("links", "words"),
    [
        (WAYS, "发送主题为“退订”的邮件至 leave@example.com"),
        (UnsubscribeLinks(KEY, public_url="https://news.example.com"), "点邮件程序的“退订”"),
        (UnsubscribeLinks(), "更改或停止订阅：请回复本邮件，或写信至 news@example.com。"),
    ],
)
def test_the_foot_of_every_mail_says_how_to_leave(links: UnsubscribeLinks, words: str) -> None:
    mail = message_from_bytes(written(links))
    texts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    bodies = [part.get_payload(decode=True) for part in texts]
    assert len(bodies) == 2
    for body in bodies:
        assert isinstance(body, bytes)
        assert words in body.decode()


def test_who_sees_less_is_told_where_the_whole_issue_is() -> None:
    person = replace(LI, keywords=("指导原则",))
    links = replace(WAYS, archive_url="https://news.example.com/archive")
    link = "https://news.example.com/archive/issues/2021-W05/index.html"
    builder = MessageBuilder(week_digest(), sender="news@example.com", reply_to="", links=links)
    assert f"完整的一期：{link}" in builder.printed(person).text
    assert f'href="{link}"' in builder.printed(person).html
    assert "完整的一期" not in builder.printed(LI).text
    plain = MessageBuilder(week_digest(), sender="news@example.com", reply_to="")
    assert "完整的一期可向编者索取：请回复本邮件。" in plain.printed(person).text
