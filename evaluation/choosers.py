"""How far two choosers of the labelled weeks agree: no order can be expected to do much better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from digest.choosing.scoring import Taste
from evaluation.orders import Order, by_chance, by_profile, by_score, taught
from evaluation.weeks import LabelledWeek, ndcg

TEN = 10
_LABELS = 80

Named = tuple[str, Callable[[int, LabelledWeek], Order]]


def by_second(weeks: Sequence[LabelledWeek]) -> list[LabelledWeek]:
    """The same weeks, judged by the second chooser."""
    return [replace(week, chosen=frozenset(week.second[:TEN])) for week in weeks]


def by_both(weeks: Sequence[LabelledWeek]) -> list[LabelledWeek]:
    """The same weeks, judged by what is among the ten of both: five to seven entries."""
    return [replace(week, chosen=week.chosen & set(week.second[:TEN])) for week in weeks]


def agreement(weeks: Sequence[LabelledWeek]) -> str:
    """How many of one's ten the other has, in a sentence each."""
    shared = sum(len(set(week.first[:TEN]) & set(week.second[:TEN])) for week in weeks)
    wide = sum(len(set(week.first[:TEN]) & set(week.second)) for week in weeks)
    back = sum(len(set(week.second[:TEN]) & set(week.first)) for week in weeks)
    named = sum(len(week.first) for week in weeks) / len(weeks)
    return (
        f"Of the first chooser's {TEN * len(weeks)} the second has {shared} among the ten and "
        f"{wide} among the twenty; of the second's the first has {shared} among the ten and "
        f"{back} among the {named:.0f} that were named."
    )


def choosers_table(weeks: Sequence[LabelledWeek], taste: Taste) -> str:
    """nDCG@10 of each order by who judges it, as Markdown.

    The last column counts an entry that both chose twice. A chooser's own order is only judged by
    the other.
    """
    second = by_second(weeks)
    lines = [
        "| nDCG@10 of | judged by the first | by the second | by both |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, order_of in (*_yardsticks(taste), *_ours(weeks, second, taste)):
        orders = [order_of(place, week) for place, week in enumerate(weeks)]
        figures = " | ".join(f"{value:.2f}" for value in _judged(weeks, orders))
        lines.append(f"| {name} | {figures} |")
    first_order, second_order = (
        [list(one) for one in named]
        for named in ([week.first for week in weeks], [week.second for week in weeks])
    )
    lines.append(f"| the first chooser | - | {_judged(weeks, first_order)[1]:.2f} | - |")
    lines.append(f"| the second chooser | {_judged(weeks, second_order)[0]:.2f} | - | - |")
    return "\n".join(lines)


def _yardsticks(taste: Taste) -> tuple[Named, ...]:
    return (
        ("chance, one shuffle", lambda place, week: by_chance(week, place)),
        ("profile alone (BM25)", lambda _, week: by_profile(week, taste)),
    )


def _ours(
    first: Sequence[LabelledWeek], second: Sequence[LabelledWeek], taste: Taste
) -> tuple[Named, ...]:
    return (
        ("score, 0 labels", lambda _, week: by_score(week, taste)[0]),
        (
            f"score, {_LABELS} labels of the first",
            lambda place, week: by_score(week, taught(first, place, taste, _LABELS))[0],
        ),
        (
            f"score, {_LABELS} labels of the second",
            lambda place, week: by_score(week, taught(second, place, taste, _LABELS))[0],
        ),
    )


def _judged(weeks: Sequence[LabelledWeek], orders: Sequence[Order]) -> tuple[float, float, float]:
    """Means by the first, by the second, and by both together."""
    rows = [
        (
            ndcg(order, week.first[:TEN]),
            ndcg(order, week.second[:TEN]),
            ndcg(order, (*week.first[:TEN], *week.second[:TEN])),
        )
        for week, order in zip(weeks, orders, strict=True)
    ]
    one, two, both = (sum(column) / len(rows) for column in zip(*rows, strict=True))
    return one, two, both
