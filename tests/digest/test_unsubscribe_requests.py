"""Wishes to leave, in the forms that the foot of a mail suggests and that people write."""

from __future__ import annotations

import time

import pytest

from digest.inbound.incoming_mail import UnsubscribeRequest, read_message, unclear_request
from tests.digest.test_incoming_mail import ID, letter

SUBJECTS = [
    *(
        "退订",
        "“退订”",
        "「退订」",
        '"退订"',
        "'退订'",
        "《退订》",
        "【退订】",
        "（退订）",
        "*退订*",
    ),
    *(
        "退订。",
        "退订！",
        "退订～",
        "退订，谢谢！",
        "退订 谢谢",
        "请退订",
        "请帮忙退订",
        "麻烦退订一下，谢谢",
    ),
    *(
        "我要退订",
        "我想退订周报",
        "本人申请退订",
        "退订政讯周报",
        "退订此邮件",
        "请将我退订",
        "请予退订".replace("予", "帮"),
    ),
    *(
        "退訂",
        "請退訂",
        "取消訂閱",
        "取消订阅",
        "停止订阅",
        "请停止发送",
        "不再订阅",
        "请不要再发了",
        "请勿再发",
    ),
    *(
        "不要再给我发邮件了",
        "不想再收到此邮件",
        "停发",
        "退订 退订",
        "退订TD",
        "TD",
        "ｔｄ",
        "td。",
    ),
    *(
        "Re: 退订",
        "RE：退订",
        "Re[2]: 退订",
        "Re(3): 退订",
        "回复：退订",
        "答复: 退订",
        "回覆: 退訂",
        "Re: 回复: Re: 退订",
    ),
    *(
        "转发：退订",
        "Fw: 退订",
        "FWD: 退订",
        "[External] 退订",
        "【外部邮件】退订",
        "退 订",
        "退\u200b订",
    ),
    *("unsubscribe", "Unsubscribe", "UNSUBSCRIBE!", "Please unsubscribe me", "unsubscribe, thanks"),
    *(
        "Please unsubscribe me from this mailing list.",
        "stop",
        "Remove me from your list",
        "opt-out",
    ),
]
NO_SUBJECTS = [
    *(
        "关于退订的问题",
        "回复: 政讯周报",
        "如何退订",
        "怎么退订？",
        "退订？",
        "不要退订",
        "取消退订",
        "误退订了，请恢复",
    ),
    *(
        "退订后还能再订吗",
        "为什么要退订",
        "请勿退订",
        "恢复订阅",
        "订阅",
        "会议通知",
        "退订流程说明文档",
        "Re: digest",
    ),
    *(
        "How do I unsubscribe?",
        "don't unsubscribe me",
        "stopover in Beijing",
        "",
        "tdd",
        "退订率统计表",
    ),
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_that_wishes_to_leave(subject: str) -> None:
    assert read_message(letter(subject)) == UnsubscribeRequest(
        "", "li@example.com", automatic=False
    )


@pytest.mark.parametrize("subject", NO_SUBJECTS)
def test_a_subject_that_does_not(subject: str) -> None:
    assert read_message(letter(subject)) is None


QUOTED = [
    '\n\n------------------ 原始邮件 ------------------\n发件人: "政讯周报"\n退订：发送主题',
    "\n\n> 政讯周报\n> 退订",
    "\n\n在 2021年2月5日，17:00，政讯周报 <news@example.com> 写道：\n\n周报",
    "\n\nOn Fri, Feb 5, 2021 at 5:00 PM 政讯周报 <news@example.com> wrote:\n\n> x",
    '\n\nAt 2021-02-05 17:00:00, "政讯周报" <news@example.com> wrote:\n周报',
    "\n\n发件人：政讯周报 <news@example.com>\n发送时间：2021年2月5日\n周报",
    "\n\n-----Original Message-----\nFrom: x\n",
    "\n\n发自我的iPhone",
    "\n\n________________________________\nFrom: x",
    "\n\n张三\n某某药业有限公司",
    "",
]


@pytest.mark.parametrize("rest", QUOTED)
@pytest.mark.parametrize(
    "said", ["退订", "您好：\n请退订，谢谢！", "“退订”", "Please unsubscribe me."]
)
@pytest.mark.parametrize(
    "subject", ["回复: 政讯周报 2021-W05（01/30~02/05）：公告", "Re: digest", ""]
)
def test_an_answer_that_says_so_first(subject: str, said: str, rest: str) -> None:
    found = read_message(letter(subject, said + rest, In_Reply_To=ID))
    assert isinstance(found, UnsubscribeRequest)
    assert found.sender == "li@example.com"


def test_an_answer_in_html_alone() -> None:
    body = "<html><div>请退订</div><div>谢谢</div><blockquote>&gt; 周报</blockquote></html>"
    raw = letter("回复: 政讯周报", body).replace(b"text/plain", b"text/html")
    assert isinstance(read_message(raw), UnsubscribeRequest)


@pytest.mark.parametrize(
    "body",
    [
        "收到，谢谢。\n\n> 退订：发送主题为“退订”的邮件",
        "请把上期的附件发给我。\n退订",
        "这个能退订吗？",
        "我不退订，只想换个地址。",
        "\n\n------------------ 原始邮件 ------------------\n退订",
    ],
)
def test_an_answer_that_only_quotes_it_or_speaks_of_it(body: str) -> None:
    assert read_message(letter("回复: 政讯周报", body, In_Reply_To=ID)) is None


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("退订", "", False),
        ("退订", "请退订，谢谢！\n张三", False),
        ("退订", "另外想请教一下，上周关于药审中心的那份通知还能再发一遍吗？", True),
        ("回复: 政讯周报", "退订\n下周起由王芳接替我，请把她加进名单。wang@corp.example", True),
    ],
)
def test_a_wish_that_says_more_is_a_letter(subject: str, body: str, expected: bool) -> None:
    found = read_message(letter(subject, body))
    assert isinstance(found, UnsubscribeRequest)
    assert found.letter is expected


@pytest.mark.parametrize(
    ("subject", "body", "spoken"),
    [
        ("关于退订的问题", "", True),
        ("怎么退订？", "", True),
        ("回复: 政讯周报", "我已调岗，以后不需要收到了，请从名单中移除", True),
        ("", "请不要再往这个地址发邮件", True),
        ("How do I unsubscribe?", "", True),
        ("回复: 政讯周报", "收到，谢谢。\n> 退订：发送主题", False),
        ("会议通知", "周五下午三点", False),
    ],
)
def test_what_speaks_of_leaving_and_is_no_plain_wish_is_noticed(
    subject: str, body: str, spoken: bool
) -> None:
    raw = letter(subject, body)
    assert read_message(raw) is None
    assert unclear_request(raw) == ("li@example.com" if spoken else "")
    assert unclear_request(letter(subject, body, Auto_Submitted="auto-replied")) == ""


@pytest.mark.parametrize(
    "piece", ["谢", "谢谢", "退订", "re:", "[x] ", "在", "> ", "<", "请不要", "\n"]
)
def test_a_hostile_wish_takes_no_time(piece: str) -> None:
    began = time.process_time()
    for raw in (letter(piece * 50_000), letter("x", piece * 50_000)):
        read_message(raw)
        unclear_request(raw)
    assert time.process_time() - began < 3
