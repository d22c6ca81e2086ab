"""What the verbs' functions refuse is said in Chinese at the desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from app.context import Context
from app.drafts import open_draft
from app.editing import Hand
from app.preferences import read_choices
from app.subscribers_csv import read_people
from desk.chinese import chinese
from digest.models.issue import Entry
from errors import ZhengxunError
from storage.desk.people import end_person
from storage.readers.subscribers import add_subscriber, update_subscriber
from tests.desk.running import NOON, RunningDesk

Act = Callable[[Context, Hand], object]
REFUSED: dict[str, Act] = {
    "编号 1 没有置顶。": lambda _, hand: hand.pin(entry(hand), up=False),
    "写了 2001 字，至多 2000 字。": lambda _, hand: hand.annotate(entry(hand), "按" * 2001),
    "写了 61 字，至多 60 字。": lambda _, hand: hand.retitle("题" * 61),
    "写了 201 字，至多 200 字。": lambda _, hand: hand.drop([entry(hand)], "因" * 201),
    "没有这个篇章。": lambda _, hand: hand.move(entry(hand), "nowhere", "x", None),
    "没有这个分组。": lambda _, hand: hand.move(entry(hand), "ip", "x", None),
    "请写要移到哪里。": lambda _, hand: hand.move(entry(hand), "", "", None),
    "“x”不是邮箱地址。": lambda _, hand: add_subscriber(hand.db, "x", now=NOON),
    "x@example.com 不是读者。": lambda _, hand: update_subscriber(
        hand.db, "x@example.com", now=NOON, state="paused"
    ),
    "sections：没有“x”，可用 ip, pharma, projects。": lambda context, _: read_choices(
        context, {"sections": "x"}
    ),
    "第一行要写列名：address,name,…": lambda context, _: read_people(context, b"a,b\n", "CSV"),
    "没有来源“x”。": lambda context, _: context.site("x"),
    "boss@example.com 是最后一位管理，不能停用；请先邀请另一位。": lambda _, hand: end_person(
        hand.db, "boss@example.com", NOON
    ),
}


def entry(hand: Hand) -> Entry:
    return next(one for one in hand.draft.digest.entries() if one.id == 1)


@pytest.mark.parametrize("words", REFUSED)
def test_a_refusal_is_in_chinese(desk: RunningDesk, words: str) -> None:
    desk.invited("boss@example.com", "operator")
    with desk.context.store() as db:
        hand = Hand(desk.context, db, open_draft(desk.context, db, ""), "tests", NOON)
        with pytest.raises(ZhengxunError) as refused:
            REFUSED[words](desk.context, hand)
    assert chinese(str(refused.value)) == words


def test_what_is_not_known_is_shown_as_it_is() -> None:
    assert chinese("the disk is full") == "没有做成：the disk is full"
    assert chinese("没有收录") == "没有收录"
    assert chinese("line 3: 'x' is not a mail address; write one") == "第 3 行：“x”不是邮箱地址。"


def test_a_list_of_lines_says_each_in_chinese(desk: RunningDesk) -> None:
    content = "address,name\nnot an address,乙\na@example.com,甲\nA@example.com,丙\n"
    _, problems = read_people(desk.context, content.encode(), "CSV")
    said = [chinese(one) for one in problems]
    assert len(said) == 2
    assert not re.search("[a-z]{5} [a-z]", " ".join(said).replace("not an address", ""))
    assert said[1].startswith("第 4 行：A@example.com 在第 3 行已有")
