"""What the sites publish: a backlog, two ordinary weeks, and the week of the redesign.

Deterministic from the number of a variant. Beside what is invented here, the replica's own
content of January and February stands on the lists as older rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from china_time import SHANGHAI
from drift.timetable import REDESIGNED, START, WEEKS, crawls_of, week_start
from drift.wording import Writer
from replica.entries import Entry, Revision, load_entries
from replica.invented import invented_path, wechat_ids
from replica.sites import known_columns

CONTENT = Path(__file__).parent.parent / "replica" / "content"
# The backlog reaches back so far; the older part of it is sparse.
OLDEST = timedelta(days=150)


@dataclass(frozen=True, slots=True)
class Column:
    """A watched column: how many notices a week, how many stand in its backlog."""

    site: str
    name: str
    host: str
    issuer: str
    weekly: float
    backlog: int


COLUMNS = (
    Column("cde", "发布通告", "www.cde.org.cn", "国家药监局药审中心", 2, 12),
    Column("cde", "征求意见", "www.cde.org.cn", "国家药监局药审中心", 2, 12),
    Column("cde", "工作动态", "www.cde.org.cn", "国家药监局药审中心", 2, 16),
    Column("miit", "司局动态", "www.miit.gov.cn", "消费品工业司", 3, 12),
    Column("miit", "文件公示", "www.miit.gov.cn", "工业和信息化部", 2, 22),
    Column("miit", "政策文件库", "www.miit.gov.cn", "工业和信息化部办公厅", 2, 10),
    Column("tj_kxjs", "通知公告", "kxjs.tj.gov.cn", "天津市科学技术局", 4, 16),
    Column("tj_kxjs", "项目申报", "kxjs.tj.gov.cn", "天津市科学技术局", 1, 14),
    Column("tj_kxjs", "政策发布", "kxjs.tj.gov.cn", "天津市科学技术局", 1, 12),
    Column("tj_gyxxh", "通知公告", "gyxxh.tj.gov.cn", "天津市工业和信息化局", 3, 16),
    Column("tj_gyxxh", "工信动态", "gyxxh.tj.gov.cn", "天津市工业和信息化局", 2, 18),
    Column("tj_tten", "通知公告", "i.tten.cn", "科服网", 2, 14),
    Column("bj_zscqj", "通知公告", "zscqj.beijing.gov.cn", "北京市知识产权局", 3, 16),
    Column("bj_zscqj", "信息动态", "zscqj.beijing.gov.cn", "北京市知识产权局", 2, 14),
    Column("wechat", "IPRdaily", "mp.weixin.qq.com", "IPRdaily", 3, 8),
)
SITES = tuple(dict.fromkeys(column.site for column in COLUMNS))


class Publisher:
    """Makes the content of one variant."""

    def __init__(self, variant: int) -> None:
        self.random = Random(f"drift content {variant}")  # noqa: S311 # a rehearsal, not a secret
        self.writer = Writer(self.random)
        self.number = 1000 * (variant + 1)

    def publish(self) -> list[Entry]:
        """Everything, the bundled content first."""
        entries = bundled()
        for column in COLUMNS:
            entries += self.backlog(column)
            for week in range(WEEKS):
                entries += self.week(column, week)
        return entries

    def backlog(self, column: Column) -> Iterator[Entry]:
        """Rows of the months before: half of them of the last weeks, half far back."""
        for place in range(column.backlog):
            share = (place + self.random.random()) / column.backlog
            at = START - timedelta(hours=20) - OLDEST * share**2
            yield self.entry(column, at, at)

    def week(self, column: Column, week: int) -> Iterator[Entry]:
        """One week: in the last one always something new, one late and one that changes."""
        count = max(week == REDESIGNED, round(column.weekly + self.random.uniform(-1.4, 1.4)))
        for _ in range(count):
            minutes = self.random.randint(0, 7 * 24 * 60 - 1)
            at = week_start(week) + timedelta(minutes=minutes)
            yield self.entry(column, at, at)
        if week == REDESIGNED and self.random.random() < 0.3:
            yield self.late(column)
        if week == REDESIGNED - 1:
            yield self.to_change(column)

    def late(self, column: Column) -> Entry:
        """Put up in the last week with a day of the week before."""
        appears = week_start(REDESIGNED) + timedelta(hours=self.random.randint(8, 140))
        return self.entry(column, appears - timedelta(days=self.random.randint(7, 10)), appears)

    def to_change(self, column: Column) -> Entry:
        """Of the second week; in half of the cases its words change before the last week's first
        crawl. It is read again in that week, whatever its list shows."""
        at = crawls_of(REDESIGNED - 1)[-1] - timedelta(hours=self.random.randint(2, 26))
        entry = self.entry(column, at, at)
        if self.random.random() < 0.5 or column.name == "政策文件库":
            return entry
        words = self.writer.change(entry.title[2:8], at)
        body = entry.body.replace('<p style="text-align: right">', words + "<p>", 1)
        change = Revision(at=week_start(REDESIGNED) + timedelta(hours=9), body=body)
        return entry.model_copy(update={"revision": change})

    def entry(self, column: Column, published: datetime, appears: datetime) -> Entry:
        """One page, as its site would print it."""
        self.number += 1
        published = published.astimezone(SHANGHAI).replace(second=0, microsecond=0)
        title, subject = self.writer.title(column.issuer, self.number)
        numbered = column.name in {"政策文件库", "政策发布"}
        return Entry.model_validate(
            {
                "site": column.site,
                "column": column.name,
                "url": address(column, self.number, published),
                "title": title,
                "published": published.strftime("%Y-%m-%d %H:%M"),
                "appears": appears.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
                "source": column.issuer,
                "doc_number": f"工信厅函〔2021〕{self.number}号" if numbered else "",
                "template": {"bj_zscqj": "eraC", "wechat": "2026"}.get(column.site, ""),
                "wechat": wechat_ids(self.number) if column.site == "wechat" else None,
                "body": self.writer.body(subject, column.issuer, published),
            }
        )


def bundled() -> list[Entry]:
    """The replica's own content of the watched columns, without what changes or goes."""
    wanted = {(column.site, column.name) for column in COLUMNS}
    return [
        entry
        for entry in load_entries(CONTENT, known_columns())
        if any((entry.site, name) in wanted for name in entry.columns)
        and entry.revision is None
        and entry.vanishes is None
        and not (entry.wechat and entry.wechat.deleted)
        and entry.appears < START
    ]


def address(column: Column, number: int, published: datetime) -> str:
    """Where a site of this kind keeps a page."""
    return f"https://{column.host}{invented_path(column.site, column.name, number, published)}"
