"""Saving a page: new, revised, unchanged, and what is never lost."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from sqlite_utils import Database

from storage.database import StorageError
from storage.models import Attachment, Contact, Deadline, Notice
from storage.notices.notices import (
    add_alias,
    find_by_url,
    find_known,
    get_notice,
    list_incomplete,
    save_notice,
    touch_notice,
)
from storage.notices.revisions import list_revisions
from storage.runs.runs import newest_published, start_run
from storage.values import select
from tests.storage.samples import NOW, at, page, saved

FULL = Notice(
    site="tj_kxjs",
    column="通知公告",
    key="W020210203",
    url="https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/202102/t20210203_5351.html",
    title="市科技局关于征集2021年项目的通知",
    section="projects",
    grp="天津市",
    doc_number="津科规〔2021〕1号",
    issuers=("天津市科学技术局", "天津市财政局"),
    source="资源配置处",
    published_on=date(2021, 2, 3),
    published_time="16:30",
    written_on=date(2021, 2, 2),
    effective_on=date(2021, 3, 1),
    deadline_on=date(2021, 3, 15),
    deadlines=(Deadline(date(2021, 3, 15), "网上申报", "3月15日17时前", computed=True),),
    contacts=(Contact("张三", "022-5883 2800", "kjj@tj.gov.cn"),),
    amounts=("100万元",),
    topics=("中药",),
    topic_words={"中药": ("中药材", "饮片")},
    repeals=("津科规〔2018〕1号",),
    body_html="<p>正文</p>",
    body_text="正文",
    summary="摘要",
    content_hash="c0ffee",
    original_url="http://www.most.gov.cn/1.html",
    attachments=(
        Attachment("https://kxjs.tj.gov.cn/a.doc", "申报书.doc", "doc", 12, "ab", "f/ab", "文"),
        Attachment("https://kxjs.tj.gov.cn/b.pdf", "指南.pdf"),
    ),
    read_by={"title": "column"},
    warnings=("列表日期与页面不同",),
)


def test_every_field_is_read_back_as_saved(db: Database) -> None:
    result = save_notice(db, FULL, now=NOW, run_id=start_run(db, "tj_kxjs", now=NOW, pid=1))

    stored = get_notice(db, result.id)

    assert result.outcome == "new"
    assert stored.notice == FULL
    assert (stored.first_seen_at, stored.last_seen_at, stored.revised_at) == (NOW, NOW, None)


def test_the_same_page_again_is_unchanged(db: Database) -> None:
    first = save_notice(db, FULL, now=at("2021-02-03 02:00"), run_id=None)
    again = save_notice(db, FULL, now=at("2021-02-04 02:00"), run_id=None)

    assert (again.id, again.outcome) == (first.id, "unchanged")
    stored = get_notice(db, first.id)
    assert stored.first_seen_at == at("2021-02-03 02:00")
    assert stored.last_seen_at == at("2021-02-04 02:00")
    known = find_known(db, FULL.site, FULL.key, FULL.url)
    assert known is not None
    assert (known.last_read_at, known.attempts) == (at("2021-02-04 02:00"), 2)
    assert known.first_seen_at == at("2021-02-03 02:00")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": "另一个标题", "content_hash": "x"}, "标题"),
        ({"body_text": "另一段正文", "content_hash": "x"}, "正文"),
        ({"published_on": date(2021, 2, 4)}, "发布日期"),
        ({"doc_number": "京知局〔2021〕36号"}, "文号"),
        ({"attachments": (Attachment("https://a.example.cn/2.doc", "附件.doc"),)}, "附件"),
        ({"attachments": ()}, "附件"),
        (
            {"title": "另", "body_text": "另", "attachments": (), "content_hash": "x"},
            "标题、正文、附件",
        ),
    ],
)
def test_a_change_is_a_revision_that_says_what_changed(
    db: Database, change: dict[str, Any], said: str
) -> None:
    files = (Attachment("https://a.example.cn/1.doc", "附件.doc"),)
    before = page(doc_number="京知局〔2021〕35号", attachments=files)
    notice_id = saved(db, before, "2021-02-03 02:00")
    after = page(**{"doc_number": "京知局〔2021〕35号", "attachments": files} | change)

    result = save_notice(db, after, now=at("2021-02-04 02:00"), run_id=None)

    assert (result.id, result.outcome) == (notice_id, "revised")
    assert get_notice(db, notice_id).revised_at == at("2021-02-04 02:00")
    assert get_notice(db, notice_id).notice == after
    (revision,) = list_revisions(db, notice_id)
    assert (revision.changed, revision.title, revision.body_text) == (
        said,
        before.title,
        before.body_text,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"body_text": "为加强 药品审评，\n现公开征求意见。"},
        {"title": "关于公开征求意见的通知 （n1） "},
        {"body_text": "正文的排版以外没有变化，只是浏览次数：12"},
        {"summary": "新的摘要", "topics": ("中药",), "issuers": ("国家药监局",)},
        {"published_on": None},
        {"doc_number": ""},
    ],
)
def test_what_is_no_change_for_readers_is_unchanged(db: Database, change: dict[str, Any]) -> None:
    notice_id = saved(db, page(doc_number="国药监〔2021〕1号"))

    result = save_notice(
        db, page(**{"doc_number": "国药监〔2021〕1号"} | change), now=NOW, run_id=None
    )

    assert result.outcome == "unchanged"
    assert list_revisions(db, notice_id) == []
    assert get_notice(db, notice_id).revised_at is None


def test_a_new_way_of_hashing_does_not_make_every_page_revised(db: Database) -> None:
    saved(db, page(content_hash="md5:1"))

    assert save_notice(db, page(content_hash="sha:2"), now=NOW, run_id=None).outcome == "unchanged"


def test_facts_worked_out_anew_are_kept_without_a_revision(db: Database) -> None:
    notice_id = saved(db, page())

    save_notice(db, page(summary="新", deadline_on=date(2021, 3, 1)), now=NOW, run_id=None)

    notice = get_notice(db, notice_id).notice
    assert (notice.summary, notice.deadline_on) == ("新", date(2021, 3, 1))


def test_a_date_and_number_a_later_reading_misses_are_kept(db: Database) -> None:
    notice_id = saved(db, page(doc_number="国药监〔2021〕1号"))

    save_notice(db, page(published_on=None, doc_number=""), now=NOW, run_id=None)

    notice = get_notice(db, notice_id).notice
    assert (notice.published_on, notice.doc_number) == (date(2021, 2, 3), "国药监〔2021〕1号")


def test_a_change_taken_back_says_so(db: Database) -> None:
    notice_id = saved(db, page(), "2021-02-01 02:00")
    saved(db, page(body_text="乙", content_hash="b"), "2021-02-02 02:00")
    saved(db, page(), "2021-02-03 02:00")

    assert [revision.changed for revision in list_revisions(db, notice_id)] == [
        "正文",
        "正文（恢复为较早的内容）",
    ]


def test_a_replaced_file_is_a_revision_and_a_file_not_fetched_again_is_not(db: Database) -> None:
    url = "https://a.example.cn/1.doc"
    notice_id = saved(db, page(attachments=(Attachment(url, "附件", "doc", 9, "aa", "f/aa"),)))

    again = save_notice(db, page(attachments=(Attachment(url, "附件"),)), now=NOW, run_id=None)
    assert again.outcome == "unchanged"
    assert get_notice(db, notice_id).notice.attachments[0].sha256 == "aa"

    other = page(attachments=(Attachment(url, "附件", "doc", 9, "bb", "f/bb"),))
    assert save_notice(db, other, now=NOW, run_id=None).outcome == "revised"


def test_a_file_under_a_new_signature_is_the_same_file(db: Database) -> None:
    address = "https://oss.example.cn/a.docx?id=7&Expires={0}&Signature=s{0}"
    for visit, seen in ((1, "2021-02-01 02:00"), (2, "2021-02-02 02:00"), (3, "2021-02-04 02:00")):
        file = Attachment(
            address.format(visit), "申报书.docx", sha256="a" * 64 if visit == 1 else None
        )
        result = save_notice(db, page(attachments=(file,)), now=at(seen), run_id=None)

    assert result.outcome == "unchanged"
    rows = db.execute("SELECT url, sha256, removed_at FROM attachments").fetchall()
    assert rows == [(address.format(3), "a" * 64, None)]
    other = Attachment("https://oss.example.cn/a.docx?id=8&Expires=3&Signature=s3", "申报书.docx")
    again = save_notice(db, page(attachments=(other,)), now=at("2021-02-05 02:00"), run_id=None)
    assert again.outcome == "revised"


def test_files_told_apart_by_a_signature_only_stay_two(db: Database) -> None:
    files = tuple(Attachment(f"https://x.example.cn/d?token={n}", f"{n}.pdf") for n in (1, 2))
    files += (Attachment("http://[broken", "坏链接"),)

    saved(db, page(attachments=files))

    assert db.table("attachments").count == 3
    assert save_notice(db, page(attachments=files), now=NOW, run_id=None).outcome == "unchanged"


def test_a_renamed_file_is_a_revision_when_the_hash_says_so(db: Database) -> None:
    url = "https://a.example.cn/1.doc"
    saved(db, page(attachments=(Attachment(url, "附件.doc"),)))
    renamed = page(attachments=(Attachment(url, "附件（修订）.doc"),), content_hash="x")

    assert save_notice(db, renamed, now=NOW, run_id=None).outcome == "revised"


def test_a_file_no_longer_named_is_marked_and_comes_back(db: Database) -> None:
    files = (Attachment("https://a.example.cn/1.doc", "附件"),)
    notice_id = saved(db, page(attachments=files))
    saved(db, page(attachments=()), "2021-02-04 02:00")

    assert get_notice(db, notice_id).notice.attachments == ()
    row = db.execute("SELECT removed_at FROM attachments").fetchone()
    assert row == ("2021-02-04T02:00:00+00:00",)

    saved(db, page(attachments=files), "2021-02-05 02:00")
    assert get_notice(db, notice_id).notice.attachments == files


def test_a_failed_reading_never_overwrites_a_page_that_was_read(db: Database) -> None:
    notice_id = saved(db, page(warnings=("甲",)), "2021-02-03 02:00")
    failed = page(title="列表标题…", body_text="", complete=False, warnings=("正文未能读取",))

    result = save_notice(db, failed, now=at("2021-02-04 02:00"), run_id=None)

    assert result.outcome == "unchanged"
    notice = get_notice(db, notice_id).notice
    assert (notice.title, notice.complete) == (page().title, True)
    assert notice.body_text == page().body_text
    assert notice.warnings == ("甲", "正文未能读取")


def test_a_page_read_at_last_is_filled_in_and_is_no_revision(db: Database) -> None:
    partial = page(title="关于公开…", body_text="", content_hash="", complete=False)
    notice_id = saved(db, partial, "2021-02-03 02:00")

    result = save_notice(db, page(), now=at("2021-02-04 02:00"), run_id=None)

    assert (result.id, result.outcome) == (notice_id, "unchanged")
    stored = get_notice(db, notice_id)
    assert stored.notice == page()
    assert stored.revised_at is None
    assert list_revisions(db, notice_id) == []


def test_two_failed_readings_keep_what_either_knew(db: Database) -> None:
    notice_id = saved(db, page(body_text="", content_hash="", complete=False))
    worse = page(title="", published_on=None, body_text="", content_hash="", complete=False)

    save_notice(db, worse, now=NOW, run_id=None)

    notice = get_notice(db, notice_id).notice
    assert (notice.title, notice.published_on) == (page().title, date(2021, 2, 3))


_OWN = {"site", "column", "key", "url", "complete"}
"""What identifies a page, and whether this reading was a full one: never taken from another."""


@pytest.mark.parametrize("name", [one.name for one in fields(Notice) if one.name not in _OWN])
def test_what_a_second_partial_reading_lacks_is_kept_from_the_first(
    db: Database, name: str
) -> None:
    partial = replace(FULL, complete=False)
    notice_id = saved(db, partial)
    value = getattr(FULL, name)
    blank = None if isinstance(value, date) else type(value)()

    save_notice(db, replace(partial, **{name: blank}), now=NOW, run_id=None)

    assert get_notice(db, notice_id).notice == partial


def test_a_field_kept_from_an_earlier_partial_reading_keeps_its_reader(db: Database) -> None:
    earlier = page(read_by={"title": "column", "source": "meta"}, source="某处", complete=False)
    notice_id = saved(db, earlier)
    later = page(title="", read_by={"title": "list", "source": "general"}, complete=False)

    save_notice(db, replace(later, source="某局"), now=NOW, run_id=None)

    read_by = get_notice(db, notice_id).notice.read_by
    assert read_by == {"title": "column", "source": "general"}


def test_lists_pages_worth_another_try_longest_ago_first(db: Database) -> None:
    saved(db, page("read"))
    saved(db, page("b", complete=False), "2021-02-02 02:00")
    saved(db, page("a", complete=False), "2021-02-01 02:00")
    saved(db, page("elsewhere", site="miit", complete=False))
    for day in (1, 2, 3):
        saved(db, page("given-up", complete=False), f"2021-01-0{day} 02:00")

    assert [known.key for known in list_incomplete(db, "cde", max_attempts=3)] == ["a", "b"]


def test_finds_a_page_by_key_then_by_address_whatever_the_scheme(db: Database) -> None:
    notice_id = saved(db, page("n1", url="http://www.cde.org.cn/n?id=1"))

    for site, key, url in (
        ("cde", "n1", "https://elsewhere.example.cn/"),
        ("cde", "other", "https://WWW.cde.org.cn:443/n?id=1"),
        ("miit", "n1", "http://www.cde.org.cn/n?id=1#rd"),
    ):
        known = find_known(db, site, key, url)
        assert known is not None
        assert known.id == notice_id
    assert find_known(db, "miit", "n1", "http://www.cde.org.cn/n?id=2") is None


def test_a_fragment_can_be_the_page(db: Database) -> None:
    saved(db, page("n1", url="https://a.example.cn/#/detail/1"))

    assert find_by_url(db, "https://a.example.cn/#/detail/2") is None


def test_a_page_that_moved_is_found_at_both_addresses(db: Database) -> None:
    notice_id = saved(db, page("n1", url="https://a.example.cn/1"))
    moved = save_notice(db, page("n1", url="https://b.example.cn/1"), now=NOW, run_id=None)

    assert (moved.id, moved.outcome) == (notice_id, "unchanged")
    for url in ("https://a.example.cn/1", "https://b.example.cn/1"):
        found = find_by_url(db, url)
        assert found is not None
        assert found.id == notice_id


def test_a_page_offered_over_https_is_linked_so_from_then_on(db: Database) -> None:
    notice_id = saved(db, page("n1", url="http://a.example.cn/1"))

    saved(db, page("n1", url="https://a.example.cn/1"))
    assert get_notice(db, notice_id).notice.url == "https://a.example.cn/1"
    saved(db, page("n1", url="http://a.example.cn/1"))
    assert get_notice(db, notice_id).notice.url == "https://a.example.cn/1"


def test_another_column_listing_the_page_does_not_move_it(db: Database) -> None:
    notice_id = saved(db, page("n1"))

    saved(db, page("n1", column="政策法规", grp="地方级"))

    notice = get_notice(db, notice_id).notice
    assert (notice.column, notice.grp) == ("新闻中心", "国家级")


def test_another_site_listing_the_same_address_does_not_rewrite_the_page(db: Database) -> None:
    notice_id = saved(db, page("n1", url="https://a.example.cn/1"))
    other = page("x", site="tj_tten", url="http://a.example.cn/1", body_text="异", content_hash="x")

    result = save_notice(db, other, now=NOW, run_id=None)

    assert (result.id, result.outcome) == (notice_id, "unchanged")
    assert get_notice(db, notice_id).notice.body_text == page().body_text


def test_an_alias_leads_to_the_page_and_never_steals_another_pages_address(db: Database) -> None:
    one, two = saved(db, page("one")), saved(db, page("two"))

    add_alias(db, one, "https://m.cde.org.cn/one")
    add_alias(db, one, page("two").url)
    add_alias(db, two, "http://m.cde.org.cn/one")

    alias, own = find_by_url(db, "https://m.cde.org.cn/one"), find_by_url(db, page("two").url)
    assert alias is not None
    assert own is not None
    assert (alias.id, own.id) == (one, two)


def test_touching_moves_last_seen_forward_only(db: Database) -> None:
    notice_id = saved(db, page(), "2021-02-03 02:00")

    touch_notice(db, notice_id, now=at("2021-02-04 02:00"))
    touch_notice(db, notice_id, now=at("2021-02-01 02:00"))

    assert get_notice(db, notice_id).last_seen_at == at("2021-02-04 02:00")


def test_text_a_broken_page_can_produce_is_storable(db: Database) -> None:
    notice_id = saved(
        db, page(title="坏\ud800字\x00", body_text="\udfff", read_by={"title": "\ud800"})
    )

    assert get_notice(db, notice_id).notice.title == "坏?字"


def test_an_unknown_notice_is_one_clear_line(db: Database) -> None:
    with pytest.raises(StorageError, match="no notice 7"):
        get_notice(db, 7)


def test_an_instant_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        save_notice(db, page(), now=NOW.replace(tzinfo=None), run_id=None)


def test_newest_published_is_of_the_column(db: Database) -> None:
    saved(db, page("a", published_on=date(2021, 1, 1)))
    saved(db, page("b", published_on=date(2021, 2, 1)))
    saved(db, page("c", column="别的", published_on=date(2021, 3, 1)))

    assert newest_published(db, "cde", "新闻中心") == date(2021, 2, 1)
    assert newest_published(db, "cde", "没有") is None


def test_a_notice_whose_pictures_did_not_come_is_stored_all_the_same(db: Database) -> None:
    # Where no files are fetched (`reread`, drift) or a server refuses them, the address is known.
    came = Attachment("https://kxjs.tj.gov.cn/b.png", "b", "png", 9, "f" * 64, "files/ff/f.png")
    pictures = (Attachment("https://kxjs.tj.gov.cn/a.png", "a", "png"), came)

    first = saved(db, page("n1", pictures=pictures[:1]))
    second = saved(db, page("n2", pictures=pictures))

    rows = select(db, "SELECT notice_id, url FROM body_pictures")
    assert [(row["notice_id"], row["url"]) for row in rows] == [(second, came.url)]
    assert get_notice(db, first).notice.title
