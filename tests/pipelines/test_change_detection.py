"""A new reading is not a new text; a changed word is, whatever else changed on the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipelines.change_detection import DetectedChange, detect_change, is_same_text
from pipelines.matching.sentence_diff import change
from pipelines.sibling_notices import SiblingNotices
from storage.models import Attachment, Notice

TEXT = """各区科技局、各有关单位：
现将2021年度高新技术企业申报工作有关事项通知如下。
一、申报单位应当在本市登记注册满一年，并按要求提交材料。
二、请于2021年3月5日前将纸质材料一式三份报送我局。
三、每项资助不超过50万元。
天津市科学技术局
2021年2月3日"""
FILE = Attachment("https://k.gov.cn/old/P1.doc", "申报书.doc", "doc", 9, "ab", "files/ab", "文")
OLD = Notice(
    site="tj_kxjs",
    column="通知公告",
    key="k1",
    url="https://k.gov.cn/old/1.html",
    title="市科技局关于组织申报2021年度高新技术企业的通知",
    section="projects",
    grp="天津市",
    published_on=date(2021, 2, 3),
    body_text=TEXT,
    body_html="<p>旧</p>",
    content_hash="old",
    summary="旧摘要",
    deadline_on=date(2021, 3, 5),
    attachments=(FILE,),
    read_by={"title": "platform", "published_on": "platform", "body_html": "platform"},
)
OTHER_READER = {"title": "general", "published_on": "general", "body_html": "general"}


def read(text: str = TEXT, **over: object) -> Notice:
    """The page read again."""
    new = replace(OLD, body_text=text, body_html="<p>新</p>", content_hash="new", summary="新摘要")
    return replace(new, **over)  # type: ignore[arg-type] # fields of Notice


def weighed(
    new: Notice, siblings: SiblingNotices | None = None, *, old: Notice = OLD
) -> DetectedChange:
    return detect_change(old, new, siblings or SiblingNotices(), 1)


@pytest.mark.parametrize(
    "text",
    [
        f"首页 > 政务公开 > 通知公告\n{TEXT}",
        f"{OLD.title}\n发布日期：2021-02-03 来源：天津市科学技术局\n{TEXT}",
        f"{TEXT}\n相关文章\n版权所有 津ICP备05002491号",
        TEXT.replace("\n", ""),
        f"{TEXT}\n附件：申报书.doc",
        TEXT.replace("三、每项资助不超过50万元。\n", ""),
    ],
)
def test_what_another_reader_takes_along_or_leaves_out_is_no_change(text: str) -> None:
    found = weighed(read(text, read_by=OTHER_READER))

    assert found.told == frozenset()
    assert (found.state.body_text, found.state.summary) == (TEXT, "旧摘要")
    assert found.state.read_by["body_html"] == "platform"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("3月5日前", "3月25日前"),
        ("50万元", "30万元"),
        ("满一年", "满两年"),
        ("三、每项", "三、逾期不予受理，请提前安排。四、每项"),
    ],
)
@pytest.mark.parametrize("reader", [OLD.read_by, OTHER_READER])
def test_a_word_that_changed_is_told_whoever_reads(
    before: str, after: str, reader: dict[str, str]
) -> None:
    text = f"首页 > 通知公告\n{TEXT.replace(before, after)}\n分享到：微信 微博"
    found = weighed(read(text, read_by=reader))

    assert found.told == {"正文"}
    assert after in found.state.body_text


def test_a_short_text_of_one_sentence_that_changed_is_told() -> None:
    old = replace(OLD, body_text="请于3月5日前报送材料。", attachments=())
    new = replace(old, body_text="请于3月8日前报送材料。", read_by=OTHER_READER)

    assert weighed(new, old=old).told == {"正文"}


def test_a_sentence_added_at_the_end_is_told_while_the_reader_is_the_same() -> None:
    assert weighed(read(f"{TEXT}\n补充说明：申报系统开放至3月1日。")).told == {"正文"}


def test_a_sentence_added_at_the_end_is_told_whoever_reads_unless_other_pages_have_it() -> None:
    line = "未经本局书面许可，任何单位不得转载。"
    new = read(f"首页 > 通知公告\n{TEXT}\n{line}\n分享到微信", read_by=OTHER_READER)
    siblings = SiblingNotices()
    for number in (2, 3):
        siblings.add(number, replace(OLD, body_text=f"第{number}号文件的正文。\n{line}"))

    assert weighed(new).told == {"正文"}
    assert weighed(new, siblings).told == frozenset()


def test_what_came_to_several_pages_in_one_run_is_the_sites() -> None:
    line = "天津市科学技术局主办 技术支持某某公司"
    siblings = SiblingNotices()
    for number in (2, 3):
        other = replace(OLD, body_text=f"第{number}号文件的正文，各不相同。")
        later = replace(other, body_text=f"{other.body_text}\n{line}")
        siblings.note(number, other, later, change(other.body_text, later.body_text))

    assert weighed(read(f"{TEXT}\n{line}"), siblings).told == frozenset()
    assert weighed(read(f"{TEXT.replace('50万', '30万')}\n{line}"), siblings).told == {"正文"}


def test_a_reading_as_good_as_the_stored_one_takes_its_place() -> None:
    polluted = replace(OLD, body_text=f"当前位置：首页\n{TEXT}\n上一篇：无")
    found = weighed(read(read_by=OTHER_READER), old=polluted)

    assert found.told == frozenset()
    assert (found.state.body_text, found.state.summary) == (TEXT, "新摘要")


@pytest.mark.parametrize(
    ("title", "by", "told", "kept"),
    [
        ("天津市科学技术局", "general", set(), OLD.title),
        (f"{OLD.title}（第二批）", "platform", {"标题"}, f"{OLD.title}（第二批）"),
        ("市科技局关于组织申报2021年度高新…", "list", set(), OLD.title),
    ],
)
def test_a_title_read_otherwise_is_no_new_title(
    title: str, by: str, told: set[str], kept: str
) -> None:
    found = weighed(read(title=title, read_by=OLD.read_by | {"title": by}))

    assert (found.told, found.state.title) == (told, kept)


def test_a_title_that_was_cut_is_completed_without_a_word() -> None:
    old = replace(OLD, title="市科技局关于组织申报2021年…", read_by={"title": "list"})
    found = weighed(read(), old=old)

    assert (found.told, found.state.title) == (frozenset(), OLD.title)


def test_a_day_read_from_another_place_is_not_a_new_day() -> None:
    other = {"published": "meta"}
    moved = weighed(read(published_on=date(2021, 2, 8), read_by=OLD.read_by | other))
    told = weighed(read(published_on=date(2021, 2, 8)))

    assert (moved.told, moved.state.published_on) == (frozenset(), date(2021, 2, 3))
    assert (told.told, told.state.published_on) == ({"发布日期"}, date(2021, 2, 8))


def test_files_follow_to_their_new_addresses_with_what_was_downloaded() -> None:
    moved = Attachment("https://k.gov.cn/new/1.doc", "申报书.doc", "doc")
    found = detect_change(OLD, read(attachments=(moved,)), SiblingNotices(), 1, is_moved=True)

    assert found.told == frozenset()
    assert found.state.attachments == (replace(FILE, url="https://k.gov.cn/new/1.doc"),)


def test_a_file_that_came_to_several_pages_in_one_run_is_the_sites() -> None:
    common = Attachment("https://k.gov.cn/zt/P9.xlsx", "2020年度名单", "xlsx")
    own = Attachment("https://k.gov.cn/new/2.doc", "推荐表.doc", "doc")
    moved = Attachment("https://k.gov.cn/zt/P1.doc", FILE.name, "doc")
    siblings = SiblingNotices()
    for number in (2, 3):
        other = replace(OLD, attachments=())
        later = replace(other, attachments=(common, moved))
        siblings.note(number, other, later, change(TEXT, TEXT))

    found = weighed(read(attachments=(FILE, common)), siblings)
    assert (found.told, found.state.attachments) == (frozenset(), (FILE,))
    found = weighed(read(attachments=(FILE, common, own)), siblings)
    assert (found.told, found.state.attachments) == ({"附件"}, (FILE, own))
    # What this notice had before stays its own, wherever it stands now.
    assert weighed(read(attachments=(moved,)), siblings).state.attachments[0].url == moved.url


def test_a_file_that_came_to_one_other_page_is_told() -> None:
    file = Attachment("https://k.gov.cn/new/2.doc", "推荐表.doc", "doc")
    siblings = SiblingNotices()
    siblings.note(2, OLD, replace(OLD, attachments=(FILE, file)), change(TEXT, TEXT))

    assert weighed(read(attachments=(FILE, file)), siblings).told == {"附件"}


def test_a_file_of_the_same_name_with_another_content_is_told() -> None:
    other = Attachment("https://k.gov.cn/new/1.doc", "申报书.doc", "doc", 8, "cd", "files/cd")

    assert weighed(read(attachments=(other,), read_by=OTHER_READER)).told == {"附件"}


def test_a_page_elsewhere_is_the_same_text_only_when_every_fact_is() -> None:
    elsewhere = replace(OLD, key="k9", url="https://k.gov.cn/new/9", read_by=OTHER_READER)
    around = replace(elsewhere, body_text=f"首页 > 通知\n{TEXT}\n打印")

    assert is_same_text(OLD, around)
    for before, after in (("50万元", "60万元"), ("高新技术企业", "技术先进型企业")):
        assert not is_same_text(OLD, replace(around, body_text=TEXT.replace(before, after)))
    assert not is_same_text(OLD, replace(around, body_text=TEXT[: len(TEXT) // 2]))


def test_a_number_read_with_other_words_before_it_is_the_same_number() -> None:
    old = replace(OLD, doc_number="于调整支持目录的函〔2021〕2074号")
    found = weighed(read(doc_number="录的函〔2021〕2074号"), old=old)
    assert found.told == frozenset()
    assert found.state.doc_number == "于调整支持目录的函〔2021〕2074号"
    assert "文号" in weighed(read(doc_number="录的函〔2021〕2075号"), old=old).told
