"""The choice of entries on labelled weeks stays as good as it was measured (docs/curation.md)."""

from evaluation.curation import by_profile, by_score, load_taste, load_weeks, measure, taught


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
