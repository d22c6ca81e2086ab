"""How well the choice agrees with a chooser's: labelled weeks, each without its own labels.

python -m evaluation.curation            the table
python -m evaluation.curation --misses   and every chosen entry that was folded, by its title
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from digest.choosing.document import Document
from digest.choosing.folding import Room, unfolded
from digest.choosing.scoring import Taste, score_all
from evaluation.choosers import agreement, by_both, by_second, choosers_table
from evaluation.orders import A_WEEK, Order, as_issued, by_chance, by_profile, by_score, taught
from evaluation.weeks import LabelledWeek, load_taste, load_weeks, ndcg, recall

LABELS = (0, 20, 40, 80, 160)
LEADS = (10, 15, 20, 25, 30, 35)
_SHUFFLES = 200


@dataclass(frozen=True, slots=True)
class Agreement:
    """Means over weeks; `open_recall` is of the chosen among those told in full, `opened` how
    many these are."""

    ndcg: float
    recall10: float
    recall20: float
    open_recall: float = 0.0
    opened: float = 0.0


def measure(
    weeks: Sequence[LabelledWeek], order_of: Callable[[int, LabelledWeek], tuple[Order, set[int]]]
) -> Agreement:
    """The means of an order over the weeks."""
    rows = []
    for place, week in enumerate(weeks):
        order, full = order_of(place, week)
        both = (recall(order, week.chosen, 10), recall(order, week.chosen, 20))
        inside = len(week.chosen & full) / len(week.chosen)
        rows.append((ndcg(order, week.chosen), *both, inside, float(len(full))))
    return Agreement(*(sum(column) / len(rows) for column in zip(*rows, strict=True)))


def figures(weeks: Sequence[LabelledWeek], taste: Taste) -> dict[str, Agreement]:
    """Every order by its name."""
    chance = [
        measure(weeks, lambda _, week, seed=seed: (by_chance(week, seed), set()))  # type: ignore[misc]
        for seed in range(_SHUFFLES)
    ]
    mean = [sum(getattr(one, name) for one in chance) / len(chance) for name in Agreement.__slots__]
    found = {
        "chance": Agreement(*mean),
        "as issued without scores": measure(weeks, lambda _, week: (as_issued(week), set())),
        "profile alone (BM25)": measure(weeks, lambda _, week: (by_profile(week, taste), set())),
    }
    for labels in LABELS:
        if labels // A_WEEK < len(weeks):
            found[f"score, {labels} labels"] = measure(
                weeks,
                lambda place, week, n=labels: by_score(week, taught(weeks, place, taste, n)),  # type: ignore[misc]
            )
    return found


def by_lead(weeks: Sequence[LabelledWeek], taste: Taste) -> str:
    """How many of the chosen are told in full, cold, by `digest.lead`, as Markdown."""
    lines = [
        "| digest.lead | told in full | of the first's ten | of the second's | of both's |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for lead in LEADS:
        found = [
            measure(judged, lambda _, week, n=lead: by_score(week, taste, n))  # type: ignore[misc]
            for judged in (weeks, by_second(weeks), by_both(weeks))
        ]
        parts = " | ".join(f"{one.open_recall:.2f}" for one in found)
        lines.append(f"| {lead} | {found[0].opened:.0f} | {parts} |")
    return "\n".join(lines)


def folded_by_mistake(weeks: Sequence[LabelledWeek], taste: Taste) -> list[str]:
    """What was chosen and is told in a line only, cold: week and title."""
    missed = []
    for week in weeks:
        _, full = by_score(week, taste)
        missed += [
            f"{week.name} {one.title}"
            for one in week.documents
            if one.id in week.chosen and one.id not in full
        ]
    return missed


def table(found: Mapping[str, Agreement], weeks: int) -> str:
    """The figures as Markdown."""
    lines = [
        f"Means over {weeks} weeks, each judged without its own labels.",
        "",
        "| order | nDCG@10 | recall@10 | recall@20 | chosen told in full | told in full |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, one in found.items():
        inside = f"{one.open_recall:.2f} | {one.opened:.0f}" if one.opened else "- | -"
        lines.append(
            f"| {name} | {one.ndcg:.2f} | {one.recall10:.2f} | {one.recall20:.2f} | {inside} |"
        )
    return "\n".join(lines)


def seconds_for(count: int, weeks: Sequence[LabelledWeek], taste: Taste) -> float:
    """Processor time of judging an issue of `count` entries, made of all weeks together."""
    some = [one for week in weeks for one in week.documents]
    many = [_copy(some[place % len(some)], place) for place in range(count)]
    began = time.process_time()
    unfolded(many, score_all(many, taste), Room(), weeks[0].today)
    return time.process_time() - began


def _copy(document: Document, number: int) -> Document:
    facts = {name: getattr(document, name) for name in Document.__dataclass_fields__}
    return Document(**(facts | {"id": number}))


def main(arguments: Sequence[str]) -> int:
    """Print the table; with --misses what was folded by mistake."""
    weeks, taste = load_weeks(), load_taste()
    sys.stdout.write(table(figures(weeks, taste), len(weeks)) + "\n\n")
    sys.stdout.write(f"{agreement(weeks)}\n\n{choosers_table(weeks, taste)}\n\n")
    sys.stdout.write(by_lead(weeks, taste) + "\n")
    sys.stdout.write(f"\n1,400 entries are judged in {seconds_for(1400, weeks, taste):.2f} s\n")
    if "--misses" in arguments:
        sys.stdout.write("\n".join(folded_by_mistake(weeks, taste)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
