"""Attachments: which links are files, and what they are called."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawlers.items import PrintedLink
from pipelines.facts.attachments import file_type, find_attachments, printed_names
from storage.models import Attachment

PAGE = "https://www.cde.org.cn/main/news/viewInfoCommon/0123"
GUIDE = "https://www.cde.org.cn/zdyz/downloadAtt?idCODE=abc"


def test_a_bare_link_takes_the_name_printed_for_its_number() -> None:
    text = "附件：1.《指导原则》征求意见稿\n2.起草说明\n3、意见反馈表"
    named = [PrintedLink("附件2.doc", f"{PAGE}/b.doc"), PrintedLink("附件1", f"{PAGE}/a.pdf")]
    assert find_attachments(named, [], text, PAGE) == (
        Attachment(f"{PAGE}/b.doc", "起草说明", "doc"),
        Attachment(f"{PAGE}/a.pdf", "《指导原则》征求意见稿", "pdf"),
    )


def test_links_without_a_number_go_in_order_when_there_are_as_many() -> None:
    text = "附件：\n1、申请表\n2、汇总表"
    links = [("点击下载", f"{PAGE}/W0202.xlsx"), ("下载", f"{PAGE}/W0203.xlsx")]
    found = find_attachments([], links, text, PAGE)
    assert [one.name for one in found] == ["申请表", "汇总表"]


def test_a_good_name_is_kept_and_its_size_dropped() -> None:
    found = find_attachments([PrintedLink("拟立项清单.docx（24KB）", "/a/1.docx")], [], "", PAGE)
    assert found == (Attachment("https://www.cde.org.cn/a/1.docx", "拟立项清单.docx", "docx"),)


def test_the_same_file_twice_is_one_with_the_better_name() -> None:
    links = [("下载", f"{PAGE}/a.pdf"), ("说明书", f"{PAGE}/a.pdf")]
    found = find_attachments([PrintedLink("附件", f"{PAGE}/a.pdf")], links, "", PAGE)
    assert found == (Attachment(f"{PAGE}/a.pdf", "说明书", "pdf"),)


def test_a_download_address_without_an_extension_is_a_file() -> None:
    found = find_attachments(
        [], [("指导原则.pdf", GUIDE), ("首页", "https://x.cn/index.html")], "", PAGE
    )
    assert found == (Attachment(GUIDE, "指导原则.pdf", "pdf"),)


def test_dangerous_addresses_are_no_attachments() -> None:
    named = [PrintedLink("附件", "javascript:alert(1)"), PrintedLink("附件", "data:text/html,x")]
    assert find_attachments(named, [], "", PAGE) == ()


def test_without_any_name_the_file_is_called_by_its_address() -> None:
    found = find_attachments([PrintedLink("", f"{PAGE}/%E8%A1%A8.xls")], [], "", PAGE)
    assert found == (Attachment(f"{PAGE}/%E8%A1%A8.xls", "表.xls", "xls"),)


def test_types_come_from_the_name_before_the_address() -> None:
    assert file_type("https://x.cn/a.pdf", "表格.XLSX") == "xlsx"
    assert file_type("https://x.cn/down?file=%E8%A1%A8.doc&v=1") == "doc"
    assert file_type("https://x.cn/page.html") == ""


def test_the_printed_list() -> None:
    assert printed_names("附件：2025年拟立项项目清单\n2025年11月21日") == {
        "1": "2025年拟立项项目清单"
    }
    assert printed_names("正文。\n附件:1.甲\n2.乙\n\n一、总则") == {"1": "甲", "2": "乙"}
    assert printed_names("没有清单") == {}


@given(st.text(), st.text(), st.text())
def test_no_text_raises(name: str, url: str, text: str) -> None:
    find_attachments([PrintedLink(name, url)], [(name, url)], text, PAGE)
