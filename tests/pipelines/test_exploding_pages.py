"""A page that hangs or explodes harms its own run only, and every column gets its verdict."""

from __future__ import annotations

import asyncio
import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import supervisor
from app.child_process import Event
from app.context import Context
from app.crawl_runs import Crawl, Outcome
from config import Config
from config_sections import CrawlConfig
from tests.pipelines.hostile_site import hostile_site

NOW = datetime(2021, 2, 5, 9, tzinfo=UTC)
SITE = """\
[{site}]
name = "{site}"
platform = "trs"
section = "projects"
group = "天津市"
crawl = "15 8 * * mon-fri"
"""
COLUMN = """\
[[{site}.columns]]
name = "{name}"
url = "http://www.{site}.example.cn/{name}/"
min_rows = 5
max_quiet_days = 90
"""


def context_of(folder: Path, upstream: str, timeout: float, **sites: tuple[str, ...]) -> Context:
    """These sites only, each with these columns."""
    folder.mkdir(exist_ok=True)
    parts = ["[catalogue]\nbuilt_in = false\n"]
    for site, columns in sites.items():
        parts.append(SITE.format(site=site))
        parts += [COLUMN.format(site=site, name=name) for name in columns]
    (folder / "sources.toml").write_text("\n".join(parts), encoding="utf-8")
    return Context(
        Config(
            data=folder / "data",
            path=folder / "zhengxun.toml",
            now=NOW,
            upstream=upstream,
            crawl=CrawlConfig(timeout=timeout, browser="none", parallel=2),
        )
    )


def crawl(context: Context, *sites: str) -> dict[str, Outcome]:
    """Crawl the sites side by side."""
    (context.config.data.parent / "zhengxun.toml").touch()
    with context.store():
        pass
    ignored: list[Event] = []
    crawls = [Crawl(site) for site in sites]
    outcomes = asyncio.run(context.supervisor().run_all(crawls, ignored.append))
    return {outcome.site: outcome for outcome in outcomes}


def verdicts(context: Context) -> dict[str, tuple[str, str]]:
    """'site column' -> its verdict and reason."""
    with context.store() as db:
        rows = list(db.query("SELECT site, column, verdict, reason FROM checks"))
    return {f"{row['site']} {row['column']}": (row["verdict"], row["reason"]) for row in rows}


TOO_LARGE = ("broken", "页面超过大小限制，未读取")


def test_a_bomb_costs_its_own_column_only(tmp_path: Path) -> None:
    with hostile_site() as upstream:
        context = context_of(tmp_path, upstream, 600, harmful=("bomb", "gigabyte", "good"))
        outcomes = crawl(context, "harmful")
    assert verdicts(context) == {
        "harmful bomb": TOO_LARGE,
        "harmful gigabyte": TOO_LARGE,
        "harmful good": ("ok", ""),
    }
    assert outcomes["harmful"].state == "finished"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whatever_explodes_the_others_are_read_and_memory_keeps_its_limit(tmp_path: Path) -> None:
    harmful = ("bomb", "deep", "long", "gigabyte", "endless", "good")
    with hostile_site() as upstream:
        context = context_of(tmp_path, upstream, 600, harmful=harmful, calm=("good",))
        outcomes = crawl(context, "harmful", "calm")
    assert verdicts(context) == {
        "calm good": ("ok", ""),
        "harmful bomb": TOO_LARGE,
        # Deeper than the parser goes: it reads as empty, and that is no silence.
        "harmful deep": ("broken", "列表只读到 0 条，至少应有 5 条：页面可能已改版"),
        # What a page holds beyond it is no list of a publisher's, and is said.
        "harmful long": ("degraded", "列表一页超过 2000 行，只读了前 2000 行"),
        "harmful gigabyte": TOO_LARGE,
        "harmful endless": TOO_LARGE,
        "harmful good": ("ok", ""),
    }
    assert [outcome.state for outcome in outcomes.values()] == ["finished", "finished"]
    # Of the largest child so far, in KiB on Linux: the limit that Scrapy watches is 1 GiB.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1024 * 1024


@pytest.mark.slow
def test_a_site_that_is_silent_is_stopped_in_time_and_the_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 1.0)
    with hostile_site() as upstream:
        context = context_of(tmp_path, upstream, 30, mute=("silence", "good"), calm=("good",))
        outcomes = crawl(context, "mute", "calm")
    found = verdicts(context)
    assert outcomes["calm"].state == "finished"
    assert outcomes["mute"].state == "killed"
    stopped = ("unreachable", "抓取没有完成：超过时限 30 秒，已停止")
    assert found == {
        "calm good": ("ok", ""),
        "mute silence": stopped,
        # One request at a time: it waited its turn behind the silent one.
        "mute good": stopped,
    }
