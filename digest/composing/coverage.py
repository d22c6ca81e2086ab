"""How the watched columns stood at the instant of an issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlite_utils import Database

from china_time import SHANGHAI, local_minute
from digest.wording import VERDICT_WORDS
from storage.issues import issues
from storage.models import Coverage
from storage.runs import number_series, runs, witnesses
from storage.runs.witnesses import Witness

MOST_NUMBERS = 5
"""Missing numbers of a column that an issue names."""
UNCONFIRMED = "栏目的地址或版式是推断的，还没有读成功过"
READ = frozenset({"ok", "quiet", "degraded"})


def coverage_of(db: Database, from_on: date, instant: datetime) -> tuple[Coverage, ...]:
    """The columns as of the issue's instant. One that nobody looked at since the week began has
    no verdict: its last one would pass silence for news-free days. An outage that is over is
    told too, once."""
    start = datetime(from_on.year, from_on.month, from_on.day, tzinfo=SHANGHAI)
    earlier = [record.instant for record in issues.list_issues(db) if record.instant < instant]
    over = runs.outages_between(db, max(earlier, default=start), instant)
    rows = []
    for row in runs.latest_coverage(db, instant):
        if row.last_checked_at is None or row.last_checked_at < start:
            since = local_minute(row.last_checked_at)
            reason = f"本期未检查过（最近一次检查：{since}）"
            rows.append(replace(row, verdict=None, reason=reason))
        elif row.verdict in READ and (row.site, row.column) in over:
            began, verdict = over[row.site, row.column]
            told = f"{local_minute(began)} 起曾{VERDICT_WORDS[verdict]}，已恢复"
            rows.append(replace(row, reason="；".join(filter(None, (told, row.reason)))))
        else:
            rows.append(row)
    rows = [_unconfirmed(row) for row in rows]
    unseen = _unseen(db, instant)
    found = witnesses.missed_between(db, max(earlier, default=start), instant)
    return tuple(
        _told(_told_by(row, found), unseen.get((row.site, row.column), ())) for row in rows
    )


def _unseen(db: Database, instant: datetime) -> dict[tuple[str, str], list[str]]:
    """Per column the numbers that its gapless series lack (缺号)."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in number_series.open_missing(db, instant):
        found.setdefault((one.site, one.column), []).append(one.name)
    return found


def _told_by(row: Coverage, missed: Sequence[Witness]) -> Coverage:
    """With what the column missed and other pages told of since the last issue."""
    for one in missed:
        sentence = f"“{one.told_by}”提到的《{one.title}》没有出现在列表中，已直接读取"
        if one.library:
            sentence = f"{one.library}收录的《{one.title}》没有出现在本网站的栏目中"
        if (one.site, one.column) == (row.site, row.column) and one.told_by not in row.reason:
            row = replace(row, reason="；".join(filter(None, (row.reason, sentence))))
    return row


def _unconfirmed(row: Coverage) -> Coverage:
    """With the word that nobody has seen the column: it may list something else, or nothing."""
    if not row.is_unconfirmed:
        return row
    return replace(row, reason="；".join(filter(None, (row.reason, UNCONFIRMED))))


def _told(row: Coverage, numbers: Sequence[str]) -> Coverage:
    if not numbers:
        return row
    shown = "、".join(numbers[:MOST_NUMBERS])
    rest = f"等 {len(numbers)} 个编号" if len(numbers) > MOST_NUMBERS else ""
    return replace(row, reason="；".join(filter(None, (row.reason, f"未见：{shown}{rest}"))))
