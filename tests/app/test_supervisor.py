"""What a child is told to read, before it starts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.crawl_runs import Crawl, Outcome, over_gaps
from app.supervisor import Supervisor
from app.visit_queue import Visit
from storage.database import open_database
from storage.models import Check
from storage.runs.catalogue import ColumnRow, SiteRow, sync_catalogue
from storage.runs.runs import save_check, start_run

NOW = datetime(2021, 2, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("unread", "crawl", "gaps"),
    [
        (4, Crawl("cde"), {}),
        (5, Crawl("cde"), {"新闻": 5}),
        (900, Crawl("cde"), {"新闻": 366}),
        (40, Crawl("cde", days=3), {}),
        (40, Crawl("cde", url="https://www.cde.org.cn/a"), {}),
    ],
)
def test_a_crawl_reads_back_over_the_days_in_which_nobody_could(
    tmp_path: Path, unread: int, crawl: Crawl, gaps: dict[str, int]
) -> None:
    db = open_database(tmp_path / "zhengxun.db")
    column = ColumnRow("cde", "新闻", "https://www.cde.org.cn/news")
    new = ColumnRow("cde", "从未读过", "https://www.cde.org.cn/new")
    sync_catalogue(
        db, [SiteRow("cde", "药审", "cde", "pharma", "国家级", columns=(column, new))], NOW
    )
    run = start_run(db, "cde", now=NOW - timedelta(days=unread), pid=None)
    save_check(db, Check(run, "cde", "新闻", NOW - timedelta(days=unread), "ok", rows=20))

    assert over_gaps(db, crawl, NOW).gaps == gaps
    db.close()
    command = Crawl("cde", gaps=gaps).command(7, tmp_path / "log")
    assert any(word.startswith("gaps=") for word in command) is bool(gaps)


def test_no_process_is_left_behind_when_all_visits_have_their_outcome(tmp_path: Path) -> None:
    """Else the event loop ends before the process, and one crawl in four printed a traceback."""
    left: list[str] = []

    async def carry_out(visits: Sequence[Visit]) -> None:
        for visit in visits:
            visit.end(Outcome(visit.crawl.site, 1, "finished", ""))
        left.append("process")
        await asyncio.sleep(0.05)
        left.clear()

    async def crawl() -> int:
        supervisor = Supervisor(
            tmp_path / "db", tmp_path, environment={}, clock=lambda: NOW, timeout=9, parallel=1
        )
        supervisor.queue.carry_out = carry_out
        return len(await supervisor.run_all([Crawl("cde"), Crawl("miit")], lambda _: None))

    assert asyncio.run(crawl()) == 2
    assert left == []
