"""The forecast set: what was mended on it stays mended (docs/reading.md has the first try)."""

from __future__ import annotations

import pytest

from evaluation.forecast import cases, dice, judged, judged_list


def test_alike_texts_are_alike_whatever_stands_between_cells() -> None:
    assert dice("序号\t名称", "序号 | 名称") == 1
    assert dice("关于开展申报工作的通知", "关于开展申报工作的公告") < 1
    assert dice("甲乙丙丁", "子丑寅卯") == 0
    assert dice("", "") == 1
    assert dice("正文", "") == 0


@pytest.mark.parametrize("kind", ["notices", "wechat"])
def test_titles_days_and_bodies_are_as_good_as_they_were(kind: str) -> None:
    outcomes = [judged(*case, kind) for case in cases(kind)]
    real = [one for one in outcomes if one.is_notice]
    assert len(real) > 5
    assert [one.name for one in real if not (one.title and one.day)] == []
    assert sum(one.body for one in real) / len(real) > 0.97
    assert sum(one.all_three for one in real) / len(real) > 0.9


@pytest.mark.parametrize("kind", ["notices", "wechat"])
def test_no_lost_body_and_no_other_page_is_called_complete(kind: str) -> None:
    outcomes = [judged(*case, kind) for case in cases(kind)]
    assert [one.name for one in outcomes if one.is_notice and one.is_lost_unsaid] == []
    assert [one.name for one in outcomes if not one.is_notice and one.claimed] == []


def test_every_row_of_every_list_is_read_and_nothing_else() -> None:
    outcomes = [judged_list(*case) for case in cases("lists")]
    assert len(outcomes) == 25
    assert [one.name for one in outcomes if not one.right == one.wanted == one.found] == []
