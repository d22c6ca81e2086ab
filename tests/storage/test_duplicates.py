"""Several pages, one document: candidates and links."""

from __future__ import annotations

from datetime import date

import pytest
from sqlite_utils import Database

from storage.database import StorageError
from storage.matching import duplicates
from storage.matching.duplicates import group_of, link, promote, unlink
from storage.models import StoredNotice
from storage.notices.notices import add_alias, get_notice
from tests.storage.samples import NOW, page, saved
from texts.normal_forms import title_key


def ids(found: list[StoredNotice]) -> list[int]:
    return [stored.id for stored in found]


def test_finds_the_page_an_original_link_names(db: Database) -> None:
    notice_id = saved(db, page("one", url="http://www.most.gov.cn/1.html"))
    add_alias(db, notice_id, "http://most.gov.cn/m/1.html")

    for url in ("https://www.most.gov.cn/1.html", "https://most.gov.cn/m/1.html"):
        found = duplicates.with_url(db, url)
        assert found is not None
        assert found.id == notice_id
    assert duplicates.with_url(db, "https://www.most.gov.cn/2.html") is None


def test_finds_reposts_that_came_before_their_original(db: Database) -> None:
    repost = saved(db, page("repost", original_url="http://www.most.gov.cn/1.html"))
    saved(db, page("other"))

    assert ids(duplicates.naming_original(db, "https://www.most.gov.cn/1.html")) == [repost]
    assert duplicates.naming_original(db, "") == []


def test_finds_the_same_number_elsewhere(db: Database) -> None:
    one = saved(db, page("one", doc_number="津科规〔2021〕1号"))
    two = saved(db, page("two", doc_number="津科规〔2021〕1号"))
    saved(db, page("three"))

    assert ids(duplicates.with_doc_number(db, "津科规〔2021〕1号", one)) == [two]
    assert ids(duplicates.with_doc_number(db, "津科规〔2021〕1号")) == [one, two]
    assert duplicates.with_doc_number(db, "", one) == []


def test_finds_the_same_title_whatever_its_punctuation_and_width(db: Database) -> None:
    one = saved(db, page("one", title="关于“两区”工作的通知(2021)", published_on=date(2021, 2, 1)))
    two = saved(db, page("two", title="关于「两区」工作的通知（２０２１）"))
    saved(db, page("three", title="关于两区工作的公告2021"))

    key = title_key("关于两区工作的通知 2021")
    assert ids(duplicates.with_title_on(db, key, one)) == [two]
    assert ids(duplicates.with_title_on(db, key)) == [one, two]
    assert ids(duplicates.with_title_on(db, key, on=date(2021, 2, 1))) == [one]
    assert duplicates.with_title_on(db, "", one) == []


def test_links_are_never_longer_than_one_step(db: Database) -> None:
    a, b, c, d = (saved(db, page(key)) for key in "abcd")

    link(db, b, a, "同一文号")
    link(db, d, c, "同一文号")
    link(db, c, b, "标题相同")

    assert ids(group_of(db, d)) == [a, b, c, d]
    assert {get_notice(db, item).duplicate_of for item in (b, c, d)} == {a}
    assert get_notice(db, c).duplicate_why == "标题相同"


def test_linking_within_a_group_changes_nothing(db: Database) -> None:
    a, b = saved(db, page("a")), saved(db, page("b"))
    link(db, b, a, "同一文号")

    link(db, a, b, "又一次")
    link(db, a, a, "自己")

    assert get_notice(db, a).duplicate_of is None
    assert ids(group_of(db, b)) == [a, b]


def test_the_original_takes_the_place_of_the_repost(db: Database) -> None:
    repost, other, original = (saved(db, page(key)) for key in ("repost", "other", "original"))
    link(db, other, repost, "标题相同")
    link(db, original, repost, "转载，原文链接")

    promote(db, original)
    promote(db, original)

    assert ids(group_of(db, other)) == [original, repost, other]
    assert get_notice(db, repost).duplicate_why == "转载，原文链接"
    assert get_notice(db, original).duplicate_why == ""


def test_a_page_can_be_taken_out_of_its_group(db: Database) -> None:
    a, b = saved(db, page("a")), saved(db, page("b"))
    link(db, b, a, "误判")

    unlink(db, b)

    assert ids(group_of(db, a)) == [a]
    assert ids(group_of(db, b)) == [b]


def test_taking_the_representative_out_leaves_the_others_together(db: Database) -> None:
    a, b, c = (saved(db, page(key)) for key in "abc")
    link(db, b, a, "同一文号")
    link(db, c, a, "同一文号")

    unlink(db, a)

    assert ids(group_of(db, a)) == [a]
    assert ids(group_of(db, c)) == [b, c]


def test_a_conflict_is_kept_once_whichever_page_came_first(db: Database) -> None:
    a, b = saved(db, page("a")), saved(db, page("b"))

    duplicates.record_conflict(db, b, a, "同一文号，正文不同", NOW)
    duplicates.record_conflict(db, a, b, "同一文号，正文不同", NOW)

    assert duplicates.list_conflicts(db) == [duplicates.Conflict(a, b, "同一文号，正文不同", NOW)]


def test_linking_to_a_page_that_is_not_there_fails(db: Database) -> None:
    a = saved(db, page("a"))

    with pytest.raises(StorageError, match="no notice 99"):
        link(db, a, 99, "同一文号")
