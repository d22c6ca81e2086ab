"""信息来源状况: how every watched column answered, the same rows in every format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from china_time import SHANGHAI, local_minute
from digest.models.issue import Digest
from digest.safe_text import clean_line, shorten
from digest.wording import VERDICT_WORDS
from storage.models import Coverage

HEADINGS = ("来源", "栏目", "状况", "上次读到", "说明")
ALL_WELL = "全部栏目读取正常。"
Tone = Literal["good", "quiet", "bad"]
UNREAD = frozenset({"blocked", "broken", "unreachable"})
CARE = "以后每次读取都会往回补读，补上之前请到原网页核对"


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One printed row; `tone` is good (正常), quiet (安静) or bad (anything else).

    `plain`: there is nothing to say about it but its numbers.
    """

    site: str
    column: str
    word: str
    tone: Tone
    last_good: str
    reason: str
    new: int = 0
    plain: bool = False

    def cells(self) -> tuple[str, str, str, str, str]:
        """In the order of HEADINGS."""
        return (self.site, self.column, self.word, self.last_good, self.reason)


def coverage_rows(digest: Digest, *, reason_limit: int = 300) -> list[CoverageRow]:
    """One row a column: troubled ones first, catalogue order within."""
    rows = [_row(item, reason_limit) for item in digest.coverage]
    return sorted(rows, key=lambda row: row.tone != "bad")


def merged_rows(
    digest: Digest, *, reason_limit: int = 300, names_limit: int = 400
) -> list[CoverageRow]:
    """As `coverage_rows`, the columns of a site that were read well merged into one row."""
    merged: list[CoverageRow] = []
    rows = coverage_rows(digest, reason_limit=reason_limit)
    for (_, plain), group in groupby(rows, key=lambda row: (row.site, row.plain)):
        same = list(group)
        merged += [_merge(same, names_limit)] if plain else same
    return merged


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
        new=item.new,
        plain=_is_plain(item),
    )


def _is_plain(item: Coverage) -> bool:
    return item.verdict == "ok" and not item.reason and not item.gaps


def _reason(item: Coverage) -> str:
    """What readers can expect: what is not right, which days may be incomplete, what is done."""
    if _is_plain(item):
        return f"列出 {item.rows} 条，新增 {item.new} 条"
    words = [item.reason, *(gap.words for gap in item.gaps if gap.words not in item.reason)]
    if item.gaps:
        words.append(CARE)
    elif item.verdict in UNREAD and item.last_good_at is not None:
        day = item.last_good_at.astimezone(SHANGHAI)
        words.append(f"{day.month}月{day.day}日以来发布的通知可能没有收到，恢复后自动补读")
    return "；".join(filter(None, words))


def _merge(same: Sequence[CoverageRow], names_limit: int) -> CoverageRow:
    first = same[0]
    if len(same) == 1:
        return first
    return CoverageRow(
        site=first.site,
        column=shorten("、".join(row.column for row in same), names_limit),
        word=first.word,
        tone=first.tone,
        last_good=min(row.last_good for row in same),
        reason=f"{len(same)} 个栏目，新增 {sum(row.new for row in same)} 条",
    )
