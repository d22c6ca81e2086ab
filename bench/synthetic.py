"""Seeded notices of realistic length and vocabulary, as many as wanted.

Texts are clauses of a character model (each character follows the two before it as in the
replica's pages), so that common and rare words are as common and rare as in real notices. A
notice begins with clauses of its own and goes on with paragraphs that others have too.
Notice number 0 is of today, and each day before it holds `PER_DAY`: a store that grows reaches
further into the past, and its last week stays as large.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from storage.models import Deadline, Notice
from texts.normal_forms import content_hash

PER_DAY = 200
CLAUSES = 30_000
PARAGRAPHS = 30_000
# Characters that a notice has for itself, and of a paragraph.
OWN_LENGTH = 150
PARAGRAPH_LENGTHS = (60, 260)
# Characters a text: the median and the spread of a log-normal distribution; mean about 1,850.
MEDIAN_LENGTH = 1200
SPREAD = 0.93
LONGEST = 30_000
SITES = 40
_CHINESE = re.compile("[\u4e00-\u9fff]{6,}")


class Author:
    """Writes notices; the same seed and number give the same notice."""

    def __init__(self, corpus: Path, today: date, seed: int = 1) -> None:
        self.today = today
        self.seed = seed
        chance = random.Random(seed)  # noqa: S311 - not a secret
        self.clauses = _clauses(corpus, chance)
        self.paragraphs = [
            _paragraph(chance, self.clauses, chance.randrange(*PARAGRAPH_LENGTHS))
            for _ in range(PARAGRAPHS)
        ]

    def notice(self, number: int) -> Notice:
        """Notice `number`, published `number // PER_DAY` days before today."""
        return self.draft(number)[0]

    def draft(self, number: int) -> tuple[Notice, str, list[int]]:
        """Notice `number`, its own beginning, and the paragraphs that follow."""
        chance = random.Random(f"{self.seed}-{number}")  # noqa: S311 - not a secret
        length = min(LONGEST, int(MEDIAN_LENGTH * math.exp(chance.gauss(0, SPREAD))))
        own = _paragraph(chance, self.clauses, min(OWN_LENGTH, length))
        chosen, written = [], len(own)
        while written + PARAGRAPH_LENGTHS[0] < length:
            chosen.append(chance.randrange(PARAGRAPHS))
            written += len(self.paragraphs[chosen[-1]])
        return self._notice(chance, number, self._text(own, chosen)), own, chosen

    def _text(self, own: str, chosen: list[int]) -> str:
        return own + "".join(self.paragraphs[index] for index in chosen)

    def _notice(self, chance: random.Random, number: int, text: str) -> Notice:
        day = self.today - timedelta(days=number // PER_DAY)
        title = f"关于{chance.choice(self.clauses)}{chance.choice(self.clauses)}的通知"
        site = chance.randrange(SITES)
        due = day + timedelta(days=chance.randrange(10, 60)) if chance.random() < 0.2 else None
        return Notice(
            site=f"site{site}",
            column="通知公告",
            key=f"k{number}",
            url=f"https://site{site}.example.cn/tzgg/t{day:%Y%m%d}_{number}.html",
            title=title,
            section=chance.choice(("pharma", "ip", "projects")),
            grp="国家级",
            doc_number=f"津科规〔{day.year}〕{number}号" if chance.random() < 0.3 else "",
            source="市科技局",
            published_on=day,
            deadline_on=due,
            deadlines=(Deadline(due, "申报截止", f"{due.month}月{due.day}日"),) if due else (),
            body_text=text,
            body_html="".join(f"<p>{line}</p>" for line in text.split("\n")),
            summary=text[:120],
            content_hash=content_hash(title, text),
        )

    def first_seen(self, notice: Notice) -> datetime:
        """Two hours after noon of the day of publication, UTC."""
        return datetime.combine(notice.published_on or self.today, time(2), UTC)


def _paragraph(chance: random.Random, clauses: list[str], length: int) -> str:
    parts: list[str] = []
    written = 0
    while written < length:
        clause = chance.choice(clauses)
        if chance.random() < 0.1:
            clause += f"{chance.randrange(1, 5000)}万元"
        parts.append(clause)
        written += len(clause) + 1
    return "，".join(parts) + "。\n"


def _clauses(corpus: Path, chance: random.Random) -> list[str]:
    """Clauses of 6 to 24 characters by a second-order model of the corpus."""
    runs = [run for text in _texts(corpus) for run in _CHINESE.findall(text)]
    follows: dict[str, list[str]] = {}
    for run in runs:
        for at in range(len(run) - 2):
            follows.setdefault(run[at : at + 2], []).append(run[at + 2])
    clauses = []
    for _ in range(CLAUSES):
        clause = chance.choice(runs)[:2]
        for _ in range(chance.randrange(4, 23)):
            following = follows.get(clause[-2:])
            clause += chance.choice(following) if following else chance.choice(runs)[:2]
        clauses.append(clause)
    return clauses


def _texts(corpus: Path) -> Iterator[str]:
    for path in sorted(corpus.glob("*.toml")):
        yield path.read_text(encoding="utf-8")
