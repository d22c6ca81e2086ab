"""How well the choice agrees with a person's: labelled weeks, each without its own labels.

python -m evaluation.curation            the table
python -m evaluation.curation --misses   and every chosen entry that was folded, by its title
"""

from __future__ import annotations

import json
import math
import random
import sys
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from digest.choosing.document import Document
from digest.choosing.folding import Room, unfolded
from digest.choosing.learning import Label, learn
from digest.choosing.relevance import relevances
from digest.choosing.roles import addresses_outsiders, is_objection
from digest.choosing.scoring import Score, Taste, score_all
from digest.choosing.stories import stories_among

WEEKS = Path(__file__).parent.parent / "tests" / "curation"
LABELS = (0, 20, 40, 80, 160)
"""A week teaches twenty: the ten that were chosen, and the ten best placed of the others."""
LEADS = (10, 15, 20, 25, 30, 35)
_A_WEEK = 20
_SHUFFLES = 200

Order = list[int]


@dataclass(frozen=True)
class LabelledWeek:
    """The entries of one week in the order of their sites, and the ten that a person chose."""

    name: str
    today: date
    documents: tuple[Document, ...]
    published: Mapping[int, str]
    chosen: frozenset[int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Means over weeks; `open_recall` is of the chosen among those told in full, `opened` how
    many these are."""

    ndcg: float
    recall10: float
    recall20: float
    open_recall: float = 0.0
    opened: float = 0.0


def load_weeks(folder: Path = WEEKS) -> list[LabelledWeek]:
    """The labelled weeks, the oldest first; copies of a document are joined, as the store does."""
    copies = json.loads((folder / "reposts.json").read_text(encoding="utf-8"))
    paths = sorted(folder.glob("2*-W*.json"))
    return [_week(json.loads(path.read_text(encoding="utf-8")), copies) for path in paths]


def load_taste(folder: Path = WEEKS) -> Taste:
    """The company's profile, written before the weeks were."""
    words = tomllib.loads((folder / "profile.toml").read_text(encoding="utf-8"))
    chapters = {name: table["profile"] for name, table in words["chapters"].items()}
    return Taste(words["profile"], chapters)


def ndcg(order: Sequence[int], chosen: frozenset[int], k: int = 10) -> float:
    """Discounted gain of the first `k`, 1 when all of them were chosen."""
    gain = sum(1 / math.log2(place + 2) for place, one in enumerate(order[:k]) if one in chosen)
    best = sum(1 / math.log2(place + 2) for place in range(min(k, len(chosen))))
    return gain / best


def recall(order: Sequence[int], chosen: frozenset[int], k: int) -> float:
    """Which part of the chosen stands among the first `k`."""
    return len(chosen & set(order[:k])) / len(chosen)


def by_score(week: LabelledWeek, taste: Taste, lead: int = Room().lead) -> tuple[Order, set[int]]:
    """Our order, the best first, and what is told in full; what stands under an entry comes
    right after it."""
    scores = score_all(week.documents, taste)
    under = stories_among(week.documents)
    heads = [one for one in week.documents if one.id not in under]
    full = unfolded(heads, scores, Room(lead), week.today)
    order = _ranked(heads, scores)
    stories: dict[int, list[int]] = {}
    for story, head in under.items():
        stories.setdefault(head, []).append(story)
    listed = [one for head in order for one in (head, *stories.get(head, ()))]
    return listed, full | {story for story, head in under.items() if head in full}


def by_chance(week: LabelledWeek, seed: int) -> Order:
    """The entries shuffled."""
    order = [one.id for one in week.documents]
    random.Random(seed).shuffle(order)  # noqa: S311 - a yardstick, no secret
    return order


def as_issued(week: LabelledWeek) -> Order:
    """As an issue without scores has them: chapters and headings as they come, newest first."""
    newest = sorted(week.documents, key=lambda one: week.published[one.id], reverse=True)
    return [one.id for one in sorted(newest, key=lambda one: one.chapter)]


def by_profile(week: LabelledWeek, taste: Taste) -> Order:
    """By nearness to the profile alone."""
    near = relevances(week.documents, [taste.of(one.chapter) for one in week.documents])
    values = {one.id: Score(value.value) for one, value in zip(week.documents, near, strict=True)}
    return _ranked(week.documents, values)


def taught(weeks: Sequence[LabelledWeek], left_out: int, taste: Taste, labels: int) -> Taste:
    """The taste after so many labels of the weeks that follow the one left out, round the end."""
    learned = taste
    given: list[Label] = []
    for step in range(1, labels // _A_WEEK + 1):
        week = weeks[(left_out + step) % len(weeks)]
        order, _ = by_score(week, learned)
        others = [one for one in order if one not in week.chosen][: _A_WEEK - len(week.chosen)]
        wanted = {*week.chosen, *others}
        given += [
            Label(one.chapter, one.title, one.id in week.chosen)
            for one in week.documents
            if one.id in wanted
        ]
        learned = Taste(taste.profile, taste.chapters, learn(given))
    return learned


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
        if labels // _A_WEEK < len(weeks):
            found[f"score, {labels} labels"] = measure(
                weeks,
                lambda place, week, n=labels: by_score(week, taught(weeks, place, taste, n)),  # type: ignore[misc]
            )
    return found


def by_lead(weeks: Sequence[LabelledWeek], taste: Taste) -> str:
    """How many of the chosen are told in full, cold, by `digest.lead`, as Markdown."""
    lines = ["| digest.lead | told in full | chosen among them |", "| ---: | ---: | ---: |"]
    for lead in LEADS:
        one = measure(weeks, lambda _, week, n=lead: by_score(week, taste, n))  # type: ignore[misc]
        lines.append(f"| {lead} | {one.opened:.0f} | {one.open_recall:.2f} |")
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


def _ranked(documents: Sequence[Document], scores: Mapping[int, Score]) -> Order:
    return [one.id for one in sorted(documents, key=lambda one: -scores[one.id].value)]


def _week(read: dict[str, Any], copies: Mapping[str, str]) -> LabelledWeek:
    today = date.fromisoformat(read["to"])
    entries = [entry for entry in read["entries"] if entry["id"] not in copies]
    numbers = {entry["id"]: number for number, entry in enumerate(entries, start=1)}
    return LabelledWeek(
        read["week"],
        today,
        tuple(_document(entry, numbers[entry["id"]], today) for entry in entries),
        {numbers[entry["id"]]: entry["published_on"] for entry in entries},
        frozenset(numbers[one] for one in read["chosen"]),
    )


def _document(entry: dict[str, Any], number: int, today: date) -> Document:
    deadline, effective = (
        date.fromisoformat(entry[name]) if entry[name] else None
        for name in ("deadline_on", "effective_on")
    )
    asks = deadline is not None and deadline >= today and addresses_outsiders(entry["title"])
    return Document(
        number,
        entry["section"],
        entry["title"],
        entry["body_text"],
        entry["site"],
        entry["doc_number"],
        deadline if asks else None,
        is_objection(entry["title"]),
        effective,
    )


def main(arguments: Sequence[str]) -> int:
    """Print the table; with --misses what was folded by mistake."""
    weeks, taste = load_weeks(), load_taste()
    sys.stdout.write(table(figures(weeks, taste), len(weeks)) + "\n\n")
    sys.stdout.write(by_lead(weeks, taste) + "\n")
    sys.stdout.write(f"\n1,400 entries are judged in {seconds_for(1400, weeks, taste):.2f} s\n")
    if "--misses" in arguments:
        sys.stdout.write("\n".join(folded_by_mistake(weeks, taste)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
