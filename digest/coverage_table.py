"""信息来源状况: how every watched column answered, the same rows in every format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from digest.models import Digest
from digest.safe_text import clean_line, shorten
from digest.wording import VERDICT_WORDS, local_minute
from storage.models import Coverage

HEADINGS = ("来源", "栏目", "状况", "上次正常", "说明")
ALL_WELL = "全部栏目读取正常。"
Tone = Literal["good", "quiet", "bad"]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One printed row; `tone` is good (正常), quiet (安静) or bad (anything else)."""

    site: str
    column: str
    word: str
    tone: Tone
    last_good: str
    reason: str

    def cells(self) -> tuple[str, str, str, str, str]:
        """In the order of HEADINGS."""
        return (self.site, self.column, self.word, self.last_good, self.reason)


def coverage_rows(digest: Digest, *, reason_limit: int = 200) -> list[CoverageRow]:
    """One row a column: troubled ones first, catalogue order within."""
    rows = [_row(item, reason_limit) for item in digest.coverage]
    return sorted(rows, key=lambda row: row.tone != "bad")


def merged_rows(digest: Digest, *, reason_limit: int = 60) -> list[CoverageRow]:
    """As `coverage_rows`, the well-read columns of a site merged into one row."""
    rows = coverage_rows(digest, reason_limit=reason_limit)
    troubled = [row for row in rows if row.tone == "bad"]
    well = (row for row in rows if row.tone != "bad")
    merged = [_merge(list(same)) for _, same in groupby(well, key=lambda row: (row.site, row.word))]
    return troubled + merged


def _row(item: Coverage, reason_limit: int) -> CoverageRow:
    tone: Tone = "bad"
    if item.verdict in {"ok", "quiet"}:
        tone = "good" if item.verdict == "ok" else "quiet"
    return CoverageRow(
        site=clean_line(item.site_name) or clean_line(item.site),
        column=clean_line(item.column),
        word=VERDICT_WORDS[item.verdict],
        tone=tone,
        last_good=local_minute(item.last_good_at),
        reason=shorten(_reason(item), reason_limit),
    )


def _reason(item: Coverage) -> str:
    if item.verdict == "ok" and not item.reason:
        return f"列出 {item.rows} 条，新增 {item.new} 条"
    return item.reason


def _merge(rows: Iterable[CoverageRow]) -> CoverageRow:
    same = list(rows)
    first = same[0]
    if len(same) == 1:
        return first
    return CoverageRow(
        site=first.site,
        column=shorten("、".join(row.column for row in same), 60),
        word=first.word,
        tone=first.tone,
        last_good=min(row.last_good for row in same),
        reason=f"{len(same)} 个栏目",
    )
