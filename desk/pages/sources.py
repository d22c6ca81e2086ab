"""Where notices come from: how each column is doing, and what can be done about it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.child_process import Event
from app.context import Context
from app.crawl_runs import Crawl
from china_time import SHANGHAI
from crawlers.items import NoticeItem
from desk.background import Work
from desk.page_words import words_of
from desk.visits import Answer, Desk, Go, Page, RefusedError, Visit, needs
from digest.safe_text import clean_line, safe_link, shorten
from digest.wording import VERDICT_WORDS
from storage.desk.acts import note_act
from storage.issues.trends import notices_by_week
from storage.models import Coverage
from storage.runs.learned_selectors import accept_learned, list_learned
from storage.runs.runs import latest_coverage
from storage.runs.saved_pages import told_by

if TYPE_CHECKING:
    from app.probing import Probed

log = logging.getLogger("zhengxun")

GOOD = frozenset({"ok", "quiet"})
BAD = frozenset({"blocked", "broken", "unreachable"})
KINDS = {"list": "列表", "page": "公告页"}
BAR, GAP, HEIGHT = 10, 3, 26
SHOWN_ROWS, SHOWN_WORDS = 10, 800


@dataclass(frozen=True)
class Bar:
    """One week of the small chart, in units of the picture; `is_known`: somebody looked."""

    x: int
    y: int
    height: int
    is_known: bool


@dataclass(frozen=True)
class ShownSite:
    """A site with its columns: each with its verdict in words and whether that is good."""

    id: str
    name: str
    rows: list[tuple[Coverage, str, bool]]
    fine: int
    bars: list[Bar]
    total: int
    work: Work | None
    kept: frozenset[str]


@needs("look")
def show(visit: Visit) -> Answer:
    """Every site with its columns, the troubled ones first."""
    context, now = visit.context, visit.context.config.clock()
    with context.store() as db:
        coverage = latest_coverage(db, now)
        trends = notices_by_week(db, to_on=now.astimezone(SHANGHAI).date(), instant=now)
        learned = [one for one in list_learned(db) if one.accepted_at is None]
        bad = [row for row in coverage if row.verdict in BAD]
        kept = {(row.site, row.column) for row in bad if told_by(db, row.site, row.column)}
    counts = {one.site: one.counts for one in trends}
    sites: dict[str, list[Coverage]] = {}
    for row in coverage:
        sites.setdefault(row.site, []).append(row)
    shown = [
        ShownSite(
            site,
            rows[0].site_name,
            [(row, word_of(row), row.verdict in GOOD) for row in rows],
            sum(row.verdict in GOOD for row in rows),
            bars(counts.get(site, ())),
            sum(one or 0 for one in counts.get(site, ())),
            visit.desk.background.of(f"crawl:{site}"),
            frozenset(row.column for row in rows if (site, row.column) in kept),
        )
        for site, rows in sites.items()
    ]
    shown.sort(key=lambda one: one.fine == len(one.rows))
    works = any(one.work is not None and one.work.is_on for one in shown)
    values = {"sites": shown, "learned": learned, "kinds": KINDS, "works": works}
    return Page("sources.html.jinja", values)


@needs("run")
def read_now(visit: Visit) -> Answer:
    """Read one site now; how it went is on the page."""
    context, site = visit.context, visit.context.site(visit.path["site"])
    begun = visit.desk.background.start(
        f"crawl:{site.id}", "正在读取", lambda: _crawl(visit.desk, context, site.id)
    )
    if not begun:
        raise RefusedError(f"{site.name} 正在读取，请稍候。", 409)
    with context.store() as db:
        words = f"立即读取 {site.name}"
        note_act(db, words, who=visit.signature, now=context.config.clock())
    return Go("/sources", said=f"开始读取 {site.name}。")


@needs("run")
def accept(visit: Visit) -> Answer:
    """Take what was learned of a redesigned column as it is."""
    context, site = visit.context, visit.context.site(visit.path["site"])
    now, column = context.config.clock(), visit.text("column", 200)
    with context.store() as db:
        accepted = accept_learned(db, site.id, column or None, now)
        if not accepted:
            raise RefusedError("没有等待确认的选择器。", 409)
        words = f"确认 {site.name} {column} 改版后的读法"
        note_act(db, words, who=visit.signature, now=now)
    return Go("/sources", said=f"{words}。")


@needs("run")
def ask_new(visit: Visit) -> Answer:
    """Add a site: what was probed last, and the form to take it."""
    work = visit.desk.background.of("probe")
    probed = visit.desk.probed.get("last")
    values = {
        "work": work,
        "probed": probed if work is not None and not work.is_on and not work.failed else None,
        "rows": [] if probed is None else probed.rows[:SHOWN_ROWS],
        "words": "" if probed is None or probed.notice is None else _body_words(probed.notice),
        "chapters": visit.context.config.digest.chapters,
    }
    return Page("new_site.html.jinja", values)


@needs("run")
def probe(visit: Visit) -> Answer:
    """Look at an address, in the background."""
    # What reads pages takes a third of the desk's memory; few visits need it.
    from app.probing import probe_site

    url = safe_link(visit.text("url", 2000))
    if not url:
        raise RefusedError("请写完整的网址，以 https:// 或 http:// 开头。")
    desk, context = visit.desk, visit.context

    def look() -> str:
        desk.probed["last"] = probe_site(context, url)
        return "读到了，请核对。"

    if not desk.background.start("probe", url, look):
        raise RefusedError("正在试读另一个网址，请稍候。", 409)
    return Go("/sources/new")


@needs("run")
def add(visit: Visit) -> Answer:
    """Write what was probed into the operator's sources.toml."""
    from app.probing import write_site

    probed: Probed | None = visit.desk.probed.get("last")
    if probed is None or probed.url != visit.text("url", 2000):
        raise RefusedError("请先试读这个网址。", 409)
    chapter, _, group = visit.text("place", 200).partition("/")
    chapters = {one.id: one for one in visit.context.config.digest.chapters}
    if chapter not in chapters or (
        chapters[chapter].groups and group not in chapters[chapter].groups
    ):
        raise RefusedError("没有这个篇章或分组。")
    name, column = visit.text("name", 100), visit.text("column", 100)
    if not (name and column):
        raise RefusedError("网站和栏目都要有名称。")
    path = write_site(
        visit.context, probed, site_name=name, column_name=column, place=(chapter, group)
    )
    visit.desk.probed.clear()
    context = visit.desk.renew()
    with context.store() as db:
        words = f"添加来源 {name} {probed.url}"
        note_act(db, words, who=visit.signature, now=context.config.clock())
    return Go(
        "/sources",
        said=f"已写入 {path.name}。可在下面立即读取；守护进程重新读取配置（SIGHUP）后按时读取。",
    )


def _body_words(item: NoticeItem) -> str:
    """The beginning of a notice that was read, as words."""
    return shorten(words_of(item.body_html), SHOWN_WORDS)


def word_of(row: Coverage) -> str:
    """The verdict in words."""
    return VERDICT_WORDS[row.verdict] if row.verdict else "尚未检查"


def bars(counts: Sequence[int | None]) -> list[Bar]:
    """A row of weeks, the highest as high as the picture."""
    most = max((one or 0 for one in counts), default=0) or 1
    made = []
    for place, count in enumerate(counts):
        height = max(2, round((count or 0) / most * HEIGHT))
        made.append(Bar(place * (BAR + GAP), HEIGHT - height, height, count is not None))
    return made


def _crawl(desk: Desk, context: Context, site: str) -> str:
    """Read a site; what is done so far is told while it goes on."""
    rows, notices = Counter[str](), 0

    def heard(event: Event) -> None:
        nonlocal notices
        if event["event"] == "list":
            rows[str(event["column"])] += int(event["rows"])
        notices += event["event"] == "notice"
        lists = "；".join(f"{clean_line(name)} {count} 行" for name, count in rows.items())
        desk.background.tell(f"crawl:{site}", f"{lists or '已开始'}，通知 {notices} 条")

    outcome = asyncio.run(context.supervisor().run(Crawl(site), heard))
    return f"读取{'完成' if outcome.state == 'finished' else '没有完成'}。{outcome.reason}"
