"""What a child is told to read, before it starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.crawl_runs import Crawl, over_gaps
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
