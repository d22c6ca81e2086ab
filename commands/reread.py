"""`zhengxun reread`: stored pages read again with today's readers, without a request."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from rich.console import Console
from sqlite_utils import Database

from app.context import CommandError, Context
from china_time import SHANGHAI
from commands.terminal import printed
from crawlers.items import LearnedReader
from crawlers.rereader import Rereader
from pipelines.evidence.page_archive import load_answer
from pipelines.evidence.rereading_changes import FIELDS, Change, apply, changes, is_worse
from pipelines.evidence.warc import WarcError
from pipelines.learning.learned_selectors import to_reader
from pipelines.normalise import normalise
from pipelines.template_days import as_decided
from storage.models import Notice
from storage.notices.mended_readings import as_stored, issues_with
from storage.notices.notices import get_notice
from storage.runs.learned_selectors import list_learned
from storage.runs.saved_pages import SavedPage, count_read, rereadable

SHOWN = 80
LONG = {"body_text", "body_html"}
WORDS = {
    "changed": "读法有变",
    "unchanged": "没有变化",
    "worse": "现在读不全，保留原来的",
    "damaged": "存档损坏",
    "unknown_site": "站点已不在目录中",
    "not_kept": "没有存档",
}


@dataclass(slots=True)
class Reread:
    """What became of one page. `outcome` is a key of WORDS."""

    page: SavedPage
    outcome: str
    title: str = ""
    problem: str = ""
    state: Notice | None = None
    changed: tuple[Change, ...] = ()
    weeks: list[str] = field(default_factory=list)


def reread(
    context: Context,
    sites: list[str],
    since: str,
    console: Console,
    *,
    store: bool,
    as_json: bool,
) -> int:
    """Read again, show what changes, and with `store` correct it; 1 when an archive is damaged."""
    for name in sites:
        context.site(name)
    start = instant_of(since)
    counts: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    with context.store() as db:
        learned: defaultdict[str, list[LearnedReader]] = defaultdict(list)
        for one in list_learned(db):
            learned[one.site].append(to_reader(one))
        reader = Rereader(context.config.operator_sources, learned)
        pages = rereadable(db, sites, start)
        counts["not_kept"] = count_read(db, sites, start) - len(pages)
        for page in pages:
            found = look(context, db, reader, page)
            counts[found.outcome] += 1
            if found.outcome == "changed" and store:
                keep(context, db, found)
            if as_json:
                rows.append(values(found))
            elif found.outcome != "unchanged":
                tell(found, console)
    if as_json:
        report = {"applied": store, "counts": dict(counts), "pages": rows}
        console.file.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    else:
        summarise(counts, console, stored=store)
    return int(counts["damaged"] > 0)


def instant_of(since: str) -> datetime:
    """The beginning of a day in Asia/Shanghai; '' = of all time."""
    if not since:
        return datetime(1970, 1, 1, tzinfo=UTC)
    try:
        day = date.fromisoformat(since)
    except ValueError:
        raise CommandError(f"--since {since!r} is not a date; write e.g. 2021-02-05", 2) from None
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def look(context: Context, db: Database, reader: Rereader, page: SavedPage) -> Reread:
    """Read one saved page and compare."""
    stored = get_notice(db, page.notice_id or 0)
    title = stored.notice.title
    try:
        answer = load_answer(db, context.config.data, page)
    except WarcError as error:
        return Reread(page, "damaged", title, str(error))
    item = reader.read(
        page.site,
        url=answer.url,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        asked=page.asked,
    )
    if item is None:
        return Reread(page, "unknown_site", title)
    # As of the instant it came: 昨天, and which deadline is the next one, depend on it.
    new = as_decided(stored.notice, normalise(item, page.fetched_at))
    if is_worse(stored.notice, new):
        return Reread(page, "worse", title, "；".join(new.warnings))
    state = as_stored(stored.notice, new)
    changed = changes(stored.notice, state)
    if not changed:
        return Reread(page, "unchanged", title)
    weeks = issues_with(db, stored.id)
    return Reread(page, "changed", title, state=state, changed=changed, weeks=weeks)


def keep(context: Context, db: Database, found: Reread) -> None:
    """Correct the store."""
    assert found.state is not None  # noqa: S101 # what is changed has a state
    assert found.page.notice_id is not None  # noqa: S101 # only pages of notices are read again
    now = context.config.clock()
    apply(db, found.page.notice_id, found.state, found.changed, page_id=found.page.id, now=now)


def values(found: Reread) -> dict[str, Any]:
    """One page, for machines."""
    return {
        "notice_id": found.page.notice_id,
        "site": found.page.site,
        "url": found.page.url,
        "title": found.title,
        "fetched_at": found.page.fetched_at.isoformat(),
        "outcome": found.outcome,
        "problem": found.problem,
        "issues": found.weeks,
        "changes": {change.field: [change.before, change.after] for change in found.changed},
    }


def tell(found: Reread, console: Console) -> None:
    """One page, for a person."""
    console.print(f"[bold]{printed(found.title)}[/bold] [dim](id {found.page.notice_id})[/dim]")
    if found.outcome != "changed":
        console.print(f"  [yellow]{WORDS[found.outcome]}[/yellow] {printed(found.problem)}")
        return
    for line in lines_of(found):
        console.print(f"  {printed(line)}")


def lines_of(found: Reread) -> Iterator[str]:
    """What changes, a line a field."""
    for change in found.changed:
        name = FIELDS.get(change.field, "版式")
        if change.field in LONG:
            before, after = len(str(change.before)), len(str(change.after))
            yield f"{name}：{before} 字 → {after} 字"
        else:
            yield f"{name}：{shown(change.before)} → {shown(change.after)}"
    if found.weeks:
        yield f"已刊于 {'、'.join(found.weeks)}：已发出的不变，也不作为更新再发"


def shown(value: object) -> str:
    """A value on one line, shortened."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split()) if value not in (None, "", []) else "（无）"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def summarise(counts: Counter[str], console: Console, *, stored: bool) -> None:
    """How many of each, and what to do next."""
    parts = [f"{word} {counts[key]}" for key, word in WORDS.items() if counts[key]]
    console.print("；".join(parts) or "没有可以重读的页面")
    if counts["changed"]:
        console.print("已改正" if stored else "只是查看，没有写入；改正：加上 --apply")
