"""What a glance at a site (`crawlers.glance`) brought, column by column, and how it is judged."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from china_time import SHANGHAI
from crawlers import platforms
from crawlers.catalogue import Column, Site
from crawlers.items import (
    ColumnReport,
    Failure,
    LearnedReader,
    ListedRow,
    NoticeItem,
    Verdict,
    item_of,
)
from pipelines.facts.dates import parse_date
from pipelines.monitor import judge
from pipelines.normalise import normalise
from storage.models import Notice

_FINE = frozenset({"ok", "quiet"})
NOT_ASKED = "没有轮到这个网站，或者它的抓取没有结束"
SURE = 2
"""Signs that agree on where a text stands; a general reader with fewer is doubtful."""
NO_RELAY = "没有配置订阅中继，未检查"


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer of a column's list: what was asked for, where it led (`url`), how it came
    (`via`: http or browser) and its text."""

    asked: str
    method: str
    url: str
    status: int
    bytes: int
    type: str
    via: str
    text: str


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """What was read of one column, judged as a crawl is. `faults`: what else looks wrong
    (Chinese). `was_asked`: False for a column that lacks something of the operator's."""

    site: Site
    column: Column
    verdict: Verdict
    reason: str
    report: ColumnReport
    rows: tuple[ListedRow, ...] = ()
    answer: Answered | None = None
    item: NoticeItem | None = None
    notice: Notice | None = None
    learned: tuple[LearnedReader, ...] = ()
    faults: tuple[str, ...] = ()
    was_asked: bool = True

    @property
    def is_good(self) -> bool:
        return self.verdict in _FINE and not self.faults

    @property
    def why(self) -> str:
        """Why somebody should look at it (Chinese)."""
        return "；".join([*([] if self.verdict in _FINE else [self.reason]), *self.faults])


@dataclass(frozen=True, slots=True)
class SiteLook:
    """A site. `requests` were made for it; `why`: why there is less to see (Chinese)."""

    site: Site
    columns: tuple[ColumnLook, ...]
    requests: int = 0
    why: str = ""
    raw: dict[str, Any] = field(default_factory=dict)


def look_of(site: Site, folder: Path, now: datetime, why: str = "") -> SiteLook:
    """What was seen of a site; every enabled column has its place, read or not."""
    file = folder / f"{site.id}.json"
    seen: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    columns = tuple(
        _column(site, one, seen.get("columns", {}).get(one.name), folder, now, why)
        for one in site.columns
        if one.enabled
    )
    return SiteLook(site, columns, int(seen.get("requests", 0)), why, seen)


def _column(
    site: Site, column: Column, seen: dict[str, Any] | None, folder: Path, now: datetime, why: str
) -> ColumnLook:
    if not platforms.platform(site.platform).has_lists and not column.relay:
        return _unread(site, column, NO_RELAY)
    if seen is None:
        return _unread(site, column, why or NOT_ASKED)
    report = _report(seen["report"])
    today = now.astimezone(SHANGHAI).date()
    errors, item = list(seen["errors"]), item_of(seen["item"]) if seen["item"] else None
    newest = parse_date(report.newest) if report.newest else None
    verdict, reason = judge(
        report, newest_on=newest, today=today, errors=len(errors), finished=True
    )
    notice = normalise(item, now) if item is not None else None
    return ColumnLook(
        site=site,
        column=column,
        verdict=verdict,
        reason=reason,
        report=report,
        rows=tuple(ListedRow(**row) for row in seen["rows"]),
        answer=_answer(seen["answer"], folder),
        item=item,
        notice=notice,
        learned=tuple(_learned(one) for one in seen["learned"]),
        faults=tuple(_faults(report, item, notice, errors, newest, today)),
    )


def _unread(site: Site, column: Column, why: str) -> ColumnLook:
    report = ColumnReport(column.name, column.url, failure=Failure("unreachable", why, column.url))
    return ColumnLook(site, column, "unreachable", why, report, was_asked=why != NO_RELAY)


def _report(values: dict[str, Any]) -> ColumnReport:
    failure = Failure(**values["failure"]) if values["failure"] else None
    gap = tuple(values["gap"]) if values["gap"] else None
    made = {**values, "failure": failure, "gap": gap, "waiting": set(), "listed": []}
    return ColumnReport(**made)


def _learned(values: dict[str, Any]) -> LearnedReader:
    css = {name: tuple(every) for name, every in values["selectors"].items()}
    return LearnedReader(**{**values, "selectors": css})


def _answer(values: dict[str, Any] | None, folder: Path) -> Answered | None:
    if values is None:
        return None
    file = values.pop("file")
    text = (folder / file).read_text("utf-8") if file else ""
    return Answered(**values, text=text)


def _faults(
    report: ColumnReport,
    item: NoticeItem | None,
    notice: Notice | None,
    errors: list[str],
    newest: date | None,
    today: date,
) -> list[str]:
    """What a person should look at, though the verdict may be good."""
    found = list(errors)
    if newest is not None and newest > today:
        found.append(f"列表里有晚于今天的日期：{newest}")
    if report.rows and item is None:
        found.append("没有读到任何一篇公告")
    if item is None or notice is None:
        return found
    if not item.complete:
        found.append(f"公告没有读全：{item.problem or '没有正文'}")
    elif not notice.body_text and not notice.attachments:
        found.append("公告读完没有正文，也没有附件")
    if item.complete and notice.published_on is None:
        found.append("公告没有读出日期")
    if item.read_by.get("body_html") == "general" and len(item.borne_out_by) < SURE:
        found.append("公告正文由通用阅读器读出，没有别的依据")
    return [*found, *item.disagreements]
