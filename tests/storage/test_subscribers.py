"""Subscribers, and the addresses that are accepted for them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlite_utils import Database

from storage.database import StorageError
from storage.models import Subscriber
from storage.readers.mail_addresses import check_address, check_name
from storage.readers.subscribers import (
    add_subscriber,
    find_subscriber,
    list_subscribers,
    remove_subscriber,
    save_subscriber,
    update_subscriber,
    wake_paused,
)
from tests.storage.samples import NOW


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("李华@例子.中国", "李华@xn--fsqu00a.xn--fiqs8s"),
        ("li@example.com", "li@example.com"),
        ("Li.Hua+digest@Example.COM", "Li.Hua+digest@example.com"),
        ("o'neil_1@mail.example.com.cn", "o'neil_1@mail.example.com.cn"),
        ("li@例子.中国", "li@xn--fsqu00a.xn--fiqs8s"),
        ("li@bücher.example", "li@xn--bcher-kva.example"),
        ("li@xn--fsqu00a.xn--fiqs8s", "li@xn--fsqu00a.xn--fiqs8s"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ],
)
def test_accepts_plain_addresses_and_chinese_domains(typed: str, stored: str) -> None:
    assert check_address(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "li",
        "@example.com",
        "li@",
        "li@example",
        "li@example.com\n",
        "li@example.com\r\nBcc: all@example.com",
        "li\r\nBcc:all@example.com",
        "li@example.com\x00",
        "li@example.com, wang@example.com",
        "li@example.com;wang@example.com",
        "li hua@example.com",
        " li@example.com",
        "li@example.com ",
        "li@exam ple.com",
        "li\u3000@example.com",
        "li\u200b@example.com",
        "李华 <li@example.com>",
        "<li@example.com>",
        '"li hua"@example.com',
        "李 华@example.com",
        "李\u202e华@example.com",
        "li@@example.com",
        "li@wang@example.com",
        ".li@example.com",
        "li.@example.com",
        "li..hua@example.com",
        "li@.example.com",
        "li@example..com",
        "li@example.com.",
        "li@-example.com",
        "li@example-.com",
        "li@exa_mple.com",
        "li@[127.0.0.1]",
        "li@127.0.0.1",
        "li＠example.com",
        "a" * 65 + "@example.com",
        "li@" + "a" * 64 + ".com",
        "li@" + "a.bc" * 80 + ".com",
        "\ud800@example.com",
        "li@\ud800.com",
    ],
)
def test_refuses_everything_that_is_not_one_plain_address(db: Database, typed: str) -> None:
    with pytest.raises(StorageError, match="is not a mail address; write one") as error:
        add_subscriber(db, typed, now=NOW)

    assert "\n" not in str(error.value)
    assert list_subscribers(db) == []


@pytest.mark.parametrize("name", ["李\n华", "Li\r\nBcc: x", "\x00", "a\u2028b", "\ud800"])
def test_refuses_names_that_could_become_a_header(db: Database, name: str) -> None:
    with pytest.raises(StorageError, match="control characters"):
        add_subscriber(db, "li@example.com", name=name, now=NOW)


def test_a_name_is_trimmed() -> None:
    assert check_name("  李华，知识产权部 ") == "李华，知识产权部"


def test_a_subscriber_is_read_back_as_added(db: Database) -> None:
    added = add_subscriber(
        db,
        "li@example.com",
        name="李华",
        sections=("pharma", "pharma"),
        groups=("国家级",),
        keywords=(" 中药 ", "", "专利"),
        formats=("html", "ics"),
        now=NOW,
    )

    expected = Subscriber(
        added.id,
        "li@example.com",
        "李华",
        ("pharma",),
        ("国家级",),
        ("中药", "专利"),
        ("html", "ics"),
        began_at=NOW,
        looked_at=NOW,
    )
    assert added == expected
    assert find_subscriber(db, "LI@EXAMPLE.COM") == expected
    assert list_subscribers(db) == [expected]


def test_nothing_chosen_means_everything_as_html_and_docx(db: Database) -> None:
    added = add_subscriber(db, "li@example.com", now=NOW)

    assert (added.sections, added.groups, added.keywords) == ((), (), ())
    assert (added.formats, added.state) == (("html", "docx"), "active")


def test_an_address_is_subscribed_once_whatever_its_case(db: Database) -> None:
    add_subscriber(db, "li@example.com", now=NOW)

    with pytest.raises(StorageError, match="subscribed already"):
        add_subscriber(db, "Li@Example.com", now=NOW)


@pytest.mark.parametrize("formats", [("pdf",), ()])
def test_an_unknown_format_is_refused(db: Database, formats: tuple[str, ...]) -> None:
    with pytest.raises(StorageError, match="use html, docx, full, ics"):
        add_subscriber(db, "li@example.com", formats=formats, now=NOW)


def test_updating_changes_what_is_given(db: Database) -> None:
    add_subscriber(db, "li@example.com", name="李华", keywords=("中药",), now=NOW)

    update_subscriber(db, "li@example.com", keywords=(), state="paused", now=NOW)

    (person,) = list_subscribers(db)
    assert (person.name, person.keywords, person.state) == ("李华", (), "paused")


def test_updating_or_removing_somebody_unknown_is_refused(db: Database) -> None:
    for change in (update_subscriber, remove_subscriber):
        with pytest.raises(StorageError, match="is not subscribed"):
            change(db, "li@example.com", now=NOW)


def test_a_removed_subscriber_is_kept_as_ended_and_can_return(db: Database) -> None:
    first = add_subscriber(db, "li@example.com", name="旧", now=NOW)

    assert remove_subscriber(db, "li@example.com", now=NOW).state == "ended"
    assert list_subscribers(db, "active") == []
    assert [person.id for person in list_subscribers(db, "ended")] == [first.id]

    again = add_subscriber(db, "li@example.com", name="新", now=NOW)
    assert (again.id, again.state, again.name) == (first.id, "active", "新")


def test_the_immediate_pace_needs_an_occasion(db: Database) -> None:
    with pytest.raises(StorageError, match="give keywords, topics or deadline days"):
        add_subscriber(db, "li@example.com", pace="immediate", now=NOW)
    add_subscriber(db, "li@example.com", pace="immediate", deadline_days=7, now=NOW)
    with pytest.raises(StorageError, match="needs an occasion"):
        update_subscriber(db, "li@example.com", deadline_days=0, now=NOW)

    (person,) = list_subscribers(db)
    assert (person.pace, person.deadline_days) == ("immediate", 7)


def test_news_begin_with_the_immediate_pace_and_again_after_a_pause(db: Database) -> None:
    add_subscriber(db, "li@example.com", topics=("中药",), now=NOW)
    hours = [NOW + timedelta(hours=hour) for hour in range(4)]
    looked = [
        update_subscriber(db, "li@example.com", pace="immediate", now=hours[1]).looked_at,
        update_subscriber(db, "li@example.com", state="paused", now=hours[2]).looked_at,
        update_subscriber(db, "li@example.com", state="active", now=hours[3]).looked_at,
    ]
    assert looked == [hours[1], hours[1], hours[3]]


def test_a_pause_until_a_day_ends_on_that_day(db: Database) -> None:
    for address in ("li@example.com", "wang@example.com"):
        add_subscriber(db, address, now=NOW)
    day = date(2021, 2, 10)
    update_subscriber(db, "li@example.com", state="paused", paused_until=day, now=NOW)
    update_subscriber(db, "wang@example.com", state="paused", now=NOW)

    assert wake_paused(db, today=date(2021, 2, 9), now=NOW) == []
    woken = wake_paused(db, today=day, now=NOW)
    assert [(person.address, person.state) for person in woken] == [("li@example.com", "active")]
    assert woken[0].paused_until is None
    assert [person.state for person in list_subscribers(db)] == ["active", "paused"]


def test_a_list_adds_and_changes_but_does_not_bring_back_who_unsubscribed(db: Database) -> None:
    first = save_subscriber(db, "li@example.com", keywords=("中药",), now=NOW)
    again = save_subscriber(db, "li@example.com", keywords=("中药",), now=NOW)
    other = save_subscriber(db, "li@example.com", keywords=("专利",), state="suspended", now=NOW)
    remove_subscriber(db, "li@example.com", now=NOW)
    gone = save_subscriber(db, "li@example.com", keywords=("医保",), state="active", now=NOW)

    assert (first, again, other, gone) == ("added", "unchanged", "changed", "kept ended")
    (person,) = list_subscribers(db)
    assert (person.state, person.keywords) == ("ended", ("专利",))


def test_what_a_list_does_not_name_stays(db: Database) -> None:
    add_subscriber(db, "li@example.com", name="李华", topics=("中药",), now=NOW)
    update_subscriber(db, "li@example.com", state="paused", note="休假", now=NOW)

    assert save_subscriber(db, "li@example.com", name="李", now=NOW) == "changed"
    (person,) = list_subscribers(db)
    assert (person.name, person.topics, person.state, person.note) == (
        "李",
        ("中药",),
        "paused",
        "休假",
    )
