"""The choice of entries on labelled weeks stays as good as it was measured (docs/curation.md)."""

from evaluation.choosers import TEN, by_second
from evaluation.curation import measure
from evaluation.orders import by_profile, by_score, taught
from evaluation.weeks import load_taste, load_weeks, ndcg


def test_the_order_is_better_than_chance_the_profile_alone_and_than_before_it_learned() -> None:
    weeks, taste = load_weeks(), load_taste()
    assert len(weeks) >= 8
    assert all(len(week.documents) >= 60 and len(week.chosen) == 10 for week in weeks)
    alone = measure(weeks, lambda _, week: (by_profile(week, taste), set()))
    cold = measure(weeks, lambda _, week: by_score(week, taste))
    warm = measure(weeks, lambda place, week: by_score(week, taught(weeks, place, taste, 160)))
    assert alone.ndcg < cold.ndcg < warm.ndcg
    assert cold.ndcg >= 0.50
    assert warm.ndcg >= 0.57
    assert cold.open_recall >= 0.58


def test_two_choosers_named_the_same_weeks_and_neither_named_an_entry_twice() -> None:
    for week in load_weeks():
        numbers = {one.id for one in week.documents}
        for named in (week.first, week.second):
            assert len(set(named)) == len(named) > TEN
            assert set(named) <= numbers
        assert set(week.first[:TEN]) == week.chosen
        assert len(week.second) == 2 * TEN


def test_what_both_chose_counts_twice() -> None:
    assert ndcg([1, 2], [1, 2, 1]) == 1
    assert ndcg([2, 1], [1, 2, 1]) < 1
    assert ndcg([3, 4], [1, 2, 1]) == 0


def test_the_order_agrees_with_a_chooser_by_whom_nothing_was_mended() -> None:
    weeks, taste = by_second(load_weeks()), load_taste()
    cold = measure(weeks, lambda _, week: by_score(week, taste))
    assert cold.ndcg >= 0.57
    assert cold.open_recall >= 0.70
