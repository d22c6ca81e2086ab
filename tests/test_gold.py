"""The gold set: every fact of every page, as a person reads it. See tests/gold/README.md."""

from __future__ import annotations

import pytest

from evaluation.gold import GoldList, GoldNotice, load_lists, load_notices
from evaluation.ours import general, read_list, read_notice
from evaluation.score import body_f1, right_fields, rows_right

NOTICES = load_notices()
LISTS = load_lists()
BODY_FLOOR = 0.9  # one page alone; the mean has its floor in evaluation/floors.toml


def test_the_set_is_as_large_as_it_must_be() -> None:
    assert len(NOTICES) >= 60
    assert len(LISTS) >= 25


@pytest.mark.parametrize("gold", [g for g in NOTICES if g.described], ids=lambda g: g.name)
def test_every_fact_of_a_described_page_is_read(gold: GoldNotice) -> None:
    notice = read_notice(gold)
    wrong = [field for field, right in right_fields(gold, notice).items() if not right]
    assert not wrong, f"{gold.what}: {wrong}"
    assert body_f1(gold.body, notice.body_text) >= BODY_FLOOR
    assert bool(notice.body_text) is not gold.image_only


@pytest.mark.parametrize("gold", NOTICES, ids=lambda g: g.name)
def test_title_date_number_and_body_are_read_without_knowing_the_platform(gold: GoldNotice) -> None:
    notice = read_notice(general(gold))
    right = right_fields(gold, notice)
    wrong = [field for field in ("title", "date", "doc_number") if not right[field]]
    assert not wrong, f"{gold.what}: {wrong}"
    assert body_f1(gold.body, notice.body_text) >= BODY_FLOOR


@pytest.mark.parametrize("gold", LISTS, ids=lambda g: g.name)
def test_every_row_of_a_list_is_read_and_no_other(gold: GoldList) -> None:
    rows = read_list(gold)
    assert rows_right(gold.rows, rows) == len(gold.rows) == len(rows), gold.what


@pytest.mark.parametrize("gold", [g for g in LISTS if g.kind == "html"], ids=lambda g: g.name)
def test_every_row_is_read_without_knowing_the_platform(gold: GoldList) -> None:
    rows = read_list(gold, "listing")
    assert rows_right(gold.rows, rows) == len(gold.rows) == len(rows), gold.what
