"""Contacts: names, telephones and addresses, put together as printed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.contacts import find_contacts
from storage.models import Contact


def test_each_person_has_their_own_address() -> None:
    text = (
        "《甲指导原则》，联系人：张亚欣，联系方式：zhangyaxin@cde.org.cn。\n"
        "《乙指导原则》，联系人：安娜，联系方式：anna@cde.org.cn。"
    )
    assert find_contacts(text) == (
        Contact("张亚欣", "", "zhangyaxin@cde.org.cn"),
        Contact("安娜", "", "anna@cde.org.cn"),
    )


def test_an_office_and_its_two_numbers() -> None:
    text = "咨询电话：市科技局基础研究处：022-58832982，022-58832857"
    assert find_contacts(text) == (Contact("市科技局基础研究处", "022-58832982、022-58832857", ""),)


def test_a_contact_spread_over_lines() -> None:
    text = "（联系处室：市工业和信息化局中小企业服务发展处；\n电话：83602785）"
    assert find_contacts(text) == (Contact("市工业和信息化局中小企业服务发展处", "83602785", ""),)


def test_two_people_on_one_line_and_an_extension() -> None:
    text = "联系人：王 磊  010-66001234转801；李四　13800138000"
    assert find_contacts(text) == (
        Contact("王磊", "010-66001234转801", ""),
        Contact("李四", "13800138000", ""),
    )


def test_placeholders_and_instructions_are_no_contacts() -> None:
    assert find_contacts("联系人：(names)\n征求意见邮箱：ztqd@cde.org.cn") == (
        Contact("", "", "ztqd@cde.org.cn"),
    )
    assert find_contacts("应在书面材料上标明联系人、联系电话并加盖公章") == ()
    assert find_contacts("邮编：300051 编号20210205123") == ()


@given(st.text(alphabet="联系人电话邮箱：;，02-5883@abc.cn\n（） "))
def test_no_text_raises(text: str) -> None:
    find_contacts(text)
