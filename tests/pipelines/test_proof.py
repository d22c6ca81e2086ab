"""Whether a page is the notice it should be, and its text a body."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipelines.proof import is_it, sharer, without_body
from pipelines.sibling_notices import SiblingNotices
from storage.models import Attachment, Notice
from tests.pipelines.test_change_detection import OLD, TEXT

GONE = "对不起，您访问的页面不存在或已被删除！系统将在5秒后自动返回首页。"
LOGIN = "统一身份认证平台。请输入用户名和密码登录，忘记密码请联系管理员。" * 3


@pytest.mark.parametrize(
    ("text", "over"),
    [
        (GONE, {"title": "某市科学技术局"}),
        (GONE, {"read_by": {"title": "list"}}),
        (LOGIN, {"title": "登录"}),
        (LOGIN * 3, {"read_by": {"title": "list"}}),
        (GONE, {}),
    ],
)
def test_another_page_in_its_place_is_not_the_notice(text: str, over: dict[str, object]) -> None:
    page = replace(OLD, body_text=text, attachments=(), **over)  # type: ignore[arg-type]

    assert not is_it(OLD, page)


@pytest.mark.parametrize(
    "over",
    [
        {"body_text": f"首页\n{TEXT}"},
        {"title": "天津市科学技术局", "body_text": TEXT},
        {"body_text": TEXT.replace("2021", "2022"), "published_on": date(2021, 2, 9)},
        {"body_text": "全文重写：" + "申报条件另行规定，请各单位知悉。" * 6},
        {"body_text": "", "attachments": OLD.attachments},
    ],
)
def test_the_notice_after_a_change_is_the_notice(over: dict[str, object]) -> None:
    assert is_it(OLD, replace(OLD, **over))  # type: ignore[arg-type]


def template(drug: str, number: str) -> str:
    return (
        f"根据《中华人民共和国药品管理法》第八十三条规定，应持有人申请，注销{drug}的药品注册证书，"
        f"批准文号{number}。自公告之日起，上述药品不得生产、进口和销售，已上市的由持有人负责召回。"
        "各省、自治区、直辖市药品监督管理部门要加强监督检查，发现问题依法处理，并及时报告。特此公告。"
    ) * 2


def notice(number: int, title: str, text: str) -> Notice:
    return replace(OLD, key=f"k{number}", title=title, body_text=text, attachments=())


def siblings(*notices: Notice) -> SiblingNotices:
    found = SiblingNotices()
    for number, one in enumerate(notices, 1):
        found.add(number, one)
    return found


def test_a_text_that_another_notice_has_too_is_no_body() -> None:
    others = siblings(notice(1, "关于征集专家的通知", GONE + LOGIN))
    found = notice(2, "关于发放补贴的公告", GONE + LOGIN)

    assert sharer(found, others) == 1


def test_notices_after_one_template_that_name_what_they_are_about_are_bodies() -> None:
    others = siblings(notice(1, "关于注销阿司匹林片证书的公告", template("阿司匹林片", "H1001")))
    found = notice(2, "关于注销布洛芬胶囊证书的公告", template("布洛芬胶囊", "H2002"))

    assert sharer(found, others) is None


def test_a_text_with_files_of_its_own_or_under_the_same_title_is_a_body() -> None:
    others = siblings(notice(1, "关于征集专家的通知", "详见附件。请各单位按照要求认真组织实施。"))
    same = notice(2, "关于征集专家的通知", "详见附件。请各单位按照要求认真组织实施。")
    file = Attachment("https://k.gov.cn/2.pdf", "名单.pdf")

    assert sharer(same, others) is None
    assert sharer(replace(same, title="公示名单", attachments=(file,)), others) is None


def test_what_is_left_of_a_notice_without_a_body_is_to_be_read_again() -> None:
    left = without_body(OLD, "不是正文")

    assert (left.complete, left.body_text, left.deadline_on) == (False, "", None)
    assert (left.title, left.published_on) == (OLD.title, OLD.published_on)
    assert left.warnings == ("不是正文",)
