"""What is told in full: the best, and what is certain."""

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
    assert is_certain(Document(1, "ip", "关于发布某办法的公告", effective_on=begins), TODAY)
    assert not is_certain(Document(1, "ip", "某办法解读", effective_on=begins), TODAY)


def test_at_most_three_near_the_fold_are_put_to_the_editor() -> None:
    some = documents(30)
    chosen = unfolded(some, scores(*some), Room(lead=10), TODAY)
    assert set(uncertain(some, scores(*some), chosen, TODAY)) < {9, 10, 11, 12}
    few = documents(4)
    assert uncertain(few, scores(*few), {1, 2, 3, 4}, TODAY) == []
