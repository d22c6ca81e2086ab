"""The forecast: pages of invented publishers, written by someone who had not read the readers.

They were tried once on 29 November 2026 and the figures kept; what they taught was mended
afterwards and is told apart (docs/reading.md): a set that was mended on does not say any more how
pages are read that nobody has seen.

    python -m evaluation.forecast            # the figures
    python -m evaluation.forecast --misses   # and each page that was read otherwise
"""

from __future__ import annotations

import sys
import time
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.list_page import read_rows
from crawlers.reading.notice import fill_from_page
from crawlers.reading.platform import NO_PLATFORM
from crawlers.reading.printed_dates import day_of
from crawlers.reading.wechat_page import fill_from_article
from evaluation.ours import NOW, decode
from evaluation.score import same_text
from pipelines.normalise import normalise
from storage.models import Notice

_TESTS = Path(__file__).parent.parent / "tests"
SETS = tuple(_TESTS / f"forecast{number}" for number in ("", 2, 3, 4, 5, 6, 7))
FORECAST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH = SETS
LOST = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one page was read. `body` is the Dice of character trigrams; `claimed`: as complete."""

    name: str
    is_notice: bool
    title: bool
    day: bool
    body: float
    claimed: bool
    seconds: float
    words: str = ""

    @property
    def all_three(self) -> bool:
        """Whether title, day and nearly the whole body are right."""
        return self.title and self.day and self.body >= 0.9

    @property
    def is_lost_unsaid(self) -> bool:
        """A text that is not the notice's, called complete."""
        return self.claimed and self.body < LOST


def dice(one: str, other: str) -> float:
    """How alike two texts are, by their character trigrams (0 to 1): white space does not count,
    nor the | that we write between the cells of a row, where others write a tab."""
    first, second = (_trigrams(text) for text in (one, other))
    if not first or not second:
        return float(first == second)
    return 2 * sum((first & second).values()) / (first.total() + second.total())


def _trigrams(text: str) -> Counter[str]:
    plain = "".join(unicodedata.normalize("NFKC", text).replace("|", " ").split())
    return Counter(plain[at : at + 3] for at in range(max(len(plain) - 2, min(len(plain), 1))))


def cases(kind: str, folder: Path = FORECAST) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Name, expected values and the page's text, of `notices`, `lists` or `wechat`."""
    for path in sorted((folder / kind).glob("*/expected.toml")):
        facts = tomllib.loads(path.read_text("utf-8"))
        page = path.with_name("page.html").read_bytes()
        yield path.parent.name, facts, decode(page, "")


def read(facts: dict[str, Any], text: str, kind: str) -> Notice:
    """The notice as a crawl would store it, with what its list row says."""
    item = NoticeItem(
        "forecast", "栏目", facts["url"], facts["url"], "ip", "地方级", "",
        facts.get("list_title", ""), facts.get("list_date", ""),
    )  # fmt: skip
    if kind == "wechat":
        fill_from_article(item, text)
    else:
        fill_from_page(item, text, Selectors(), NO_PLATFORM)
    return normalise(item, NOW)


def judged(name: str, facts: dict[str, Any], text: str, kind: str) -> Outcome:
    """One page, read and compared."""
    began = time.process_time()
    notice = read(facts, text, kind)
    seconds = time.process_time() - began
    day = notice.published_on.isoformat() if notice.published_on else ""
    return Outcome(
        name,
        facts["complete"],
        same_text(notice.title, facts["title"]),
        day == facts["published_on"],
        dice(notice.body_text, facts["body"]),
        notice.complete,
        seconds,
        f"{notice.title!r} {day} {notice.read_by} {notice.warnings}",
    )


@dataclass(frozen=True, slots=True)
class ListOutcome:
    """How one list was read: right rows (address, title, day) of those wanted, and rows found."""

    name: str
    wanted: int
    found: int
    right: int
    is_list: bool
    words: str = ""


def judged_list(name: str, facts: dict[str, Any], text: str) -> ListOutcome:
    """One list page, read and compared."""
    rows, reader = read_rows(text, facts["url"], Selectors(), NO_PLATFORM)
    found = Counter((row.url, _plain(row.title), _iso(row.date)) for row in rows)
    wanted = Counter(
        (row["url"], _plain(row["title"]), row.get("day", "")) for row in facts.get("rows", [])
    )
    return ListOutcome(
        name,
        wanted.total(),
        found.total(),
        (wanted & found).total(),
        not facts.get("problem", False),
        f"{reader}; missing {list(wanted - found)[:3]}; more {list(found - wanted)[:3]}",
    )


def _plain(title: str) -> str:
    return "".join(unicodedata.normalize("NFKC", title).split())


def _iso(date: str) -> str:
    day = day_of(date)
    return day.isoformat() if day else ""


def summary(kind: str, outcomes: Sequence[Outcome]) -> list[str]:
    """The figures in percent, a line each."""
    real = [one for one in outcomes if one.is_notice]
    other = [one for one in outcomes if not one.is_notice]

    def share(values: Sequence[float]) -> str:
        return f"{100 * sum(values) / max(len(values), 1):.1f}"

    return [
        f"{kind}: {len(real)} notices, {len(other)} pages that are none",
        f"  title {share([one.title for one in real])}  day {share([one.day for one in real])}"
        f"  body {sum(one.body for one in real) / max(len(real), 1):.3f}"
        f"  all three {share([one.all_three for one in real])}",
        f"  bodies lost and called complete: {sum(one.is_lost_unsaid for one in real)}"
        f"  notices called incomplete: {sum(not one.claimed for one in real)}",
        f"  no notice, and called complete: {sum(one.claimed for one in other)} of {len(other)}",
        f"  {1000 * sum(one.seconds for one in outcomes) / max(len(outcomes), 1):.1f} ms a page",
    ]


def list_summary(outcomes: Sequence[ListOutcome]) -> str:
    """The figures of lists in percent."""
    real = [one for one in outcomes if one.is_list]
    wanted, right = sum(one.wanted for one in real), sum(one.right for one in real)
    found = sum(one.found for one in real)
    others = [one for one in outcomes if not one.is_list]
    return (
        f"lists: recall {100 * right / max(wanted, 1):.1f}"
        f"  precision {100 * right / max(found, 1):.1f}"
        f"  no list, and rows: {sum(one.found > 0 for one in others)} of {len(others)}"
    )


def misses(outcomes: Sequence[Outcome]) -> list[str]:
    """A line for each page that was read otherwise than a person reads it."""
    wrong = [one for one in outcomes if (not one.all_three if one.is_notice else one.claimed)]
    return [
        f"    {one.name}: title {one.title}, day {one.day}, body {one.body:.2f}; {one.words}"
        for one in wrong
    ]


def list_misses(outcomes: Sequence[ListOutcome]) -> list[str]:
    """A line for each list of which a row is missing or too much."""
    return [
        f"    {one.name}: {one.right} of {one.wanted}, found {one.found}; {one.words}"
        for one in outcomes
        if not one.right == one.wanted == one.found
    ]


def report(folder: Path, *, each: bool = False) -> list[str]:
    """The figures of all three kinds; with `each`, every page that was read otherwise too."""
    lines = [f"{folder.name}:"]
    for kind in ("notices", "wechat"):
        outcomes = [judged(*case, kind) for case in cases(kind, folder)]
        lines += summary(kind, outcomes) + (misses(outcomes) if each else [])
    lists = [judged_list(*case) for case in cases("lists", folder)]
    return [*lines, list_summary(lists), *(list_misses(lists) if each else [])]


if __name__ == "__main__":
    for one in SETS:
        sys.stdout.write("\n".join(report(one, each="--misses" in sys.argv)) + "\n")
