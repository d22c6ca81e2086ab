"""What is told in full: the best, and what is certain."""

from dataclasses import replace
from datetime import date

from digest.choosing.document import Document
from digest.choosing.folding import LEAST, Room, is_certain, uncertain, unfolded
from digest.choosing.scoring import Score

TODAY = date(2021, 2, 5)


def documents(count: int, chapter: str = "pharma", first: int = 1) -> list[Document]:
    return [Document(n, chapter, f"第{n}号消息") for n in range(first, first + count)]


def scores(*some: Document) -> dict[int, Score]:
    return {one.id: Score(100.0 - one.id) for one in some}


def test_the_best_are_told_in_full_and_the_others_in_a_line() -> None:
    some = documents(30)
    assert unfolded(some, scores(*some), Room(lead=10), TODAY) == set(range(1, 11))


def test_a_small_chapter_is_not_crowded_out() -> None:
    some = [*documents(30), *documents(5, "ip", first=50)]
    full = unfolded(some, scores(*some), Room(lead=10), TODAY)
    assert {one for one in full if one >= 50} == set(range(50, 50 + LEAST))
    assert len(full) == 10


def test_a_chapter_may_have_a_number_of_its_own() -> None:
    some = [*documents(30), *documents(10, "ip", first=50)]
    full = unfolded(some, scores(*some), Room(lead=4, chapters={"ip": 7}), TODAY)
    assert len([one for one in full if one >= 50]) == 7
    assert len(full) == 11


def test_a_near_deadline_of_outsiders_is_never_folded() -> None:
    last = Document(99, "pharma", "关于申报某项目的通知", due_on=date(2021, 2, 19))
    later = Document(98, "pharma", "关于申报某项目的通知", due_on=date(2021, 2, 20))
    some = [*documents(30), last, later]
    full = unfolded(some, scores(*some), Room(lead=3), TODAY)
    assert 99 in full
    assert 98 not in full


def test_an_announcement_with_its_day_of_effect_is_never_folded() -> None:
    begins = date(2021, 3, 1)
    for title in (
        "关于发布某办法的公告",
        "关于印发某办法的通知",
        "关于进一步完善加计扣除政策的公告（2021年第13号）",
    ):
        assert is_certain(Document(1, "ip", title, effective_on=begins), TODAY), title
    for title in ("某办法解读", "关于启用电子签章功能的通知", "关于系统停机维护的公告"):
        assert not is_certain(Document(1, "ip", title, effective_on=begins), TODAY), title


def test_a_day_to_object_is_no_day_to_act() -> None:
    soon = date(2021, 2, 8)
    asks = Document(1, "ip", "关于征集建设单位的通知", due_on=soon)
    listed = Document(2, "ip", "拟资助名单的公示", due_on=soon, objection=True)
    assert is_certain(asks, TODAY)
    assert not is_certain(listed, TODAY)


def test_what_is_certain_takes_the_place_of_none_that_is_better() -> None:
    certain = [
        Document(n, "pharma", f"关于申报第{n}号项目的通知", due_on=TODAY) for n in range(90, 95)
    ]
    some = [*documents(30), *certain]
    assert unfolded(some, scores(*some), Room(lead=10), TODAY) == {*range(1, 11), *range(90, 95)}
    best = [Document(n, "pharma", f"关于申报第{n}号项目的通知", due_on=TODAY) for n in range(1, 6)]
    some = [*best, *documents(30, first=6)]
    assert unfolded(some, scores(*some), Room(lead=10), TODAY) == set(range(1, 11))


def test_at_most_three_near_the_fold_are_put_to_the_editor() -> None:
    some = documents(30)
    chosen = unfolded(some, scores(*some), Room(lead=10), TODAY)
    asked = asked_of(some, chosen)
    assert len(asked) == 3
    assert set(asked) < {9, 10, 11, 12}
    assert asked_of(documents(4), {1, 2, 3, 4}) == []


def test_what_is_certain_is_not_put_to_the_editor_and_moves_the_fold() -> None:
    some = [
        replace(one, due_on=TODAY, title="关于申报项目的通知") if one.id in {10, 11} else one
        for one in documents(30)
    ]
    asked = asked_of(some, set(range(1, 11)))
    assert len(asked) == 3
    assert set(asked) < {8, 9, 12, 13}


def asked_of(some: list[Document], chosen: set[int]) -> list[int]:
    values = {key: one.value for key, one in scores(*some).items()}
    by_id = {one.id: one for one in some}
    return uncertain(values, chosen, lambda one: is_certain(by_id[one], TODAY))
