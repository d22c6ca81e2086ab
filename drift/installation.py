"""One installation under test, inside this process: real spiders, pipelines, store and issue.

What differs from life is only where a crawl runs: the supervisor starts no child process, but the
same spider with the same arguments and settings in this one, several sites side by side. Starting
seven interpreters a crawl would cost more than all the crawling.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.project import get_project_settings

from app.child_process import OnEvent
from app.context import Context
from app.crawl_runs import Crawl
from app.supervisor import Supervisor
from config import load_config
from digest.publish import preview_issue, publish_issue, span_of
from digest.rendering.render_json import render_json

SETTINGS = """\
[digest]
company = "盈科瑞"
[crawl]
browser = "none"
attachments = false
parallel = 7
timeout = 90
"""
RELAY = "http://relay.example.net/feeds/IPRdaily.xml"
PROJECT = "crawlers.settings"


class InstallationError(Exception):
    """The installation itself cannot go on; one line."""


class InProcess(Supervisor):
    """Runs a crawl where it stands instead of in a child."""

    async def _run_child(self, crawl: Crawl, run_id: int, on_event: OnEvent) -> str:
        arguments = spider_arguments(crawl.command(run_id, self.logs / "unused"))
        settings = get_project_settings()
        settings.set("LOG_ENABLED", value=False)
        runner = AsyncCrawlerRunner(settings)
        await runner.crawl(crawl.site, **arguments)
        return ""


def spider_arguments(command: list[str]) -> dict[str, str]:
    """What follows each `-a` of the child's command line."""
    pairs = (command[at + 1] for at, word in enumerate(command) if word == "-a")
    return dict(pair.split("=", 1) for pair in pairs)


class Installation:
    """A data folder with its configuration; `origin` is the replica's."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.folder = folder
        self.origin = origin
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def data(self) -> Path:
        """Where the store and the issues are."""
        return self.folder / "data"

    @property
    def database(self) -> Path:
        """The store."""
        return self.data / "zhengxun.db"

    def configure(self, sources: str) -> None:
        """Write what an operator would write."""
        (self.folder / "zhengxun.toml").write_text(SETTINGS, encoding="utf-8")
        (self.folder / "sources.toml").write_text(sources, encoding="utf-8")

    def context(self, now: datetime) -> Context:
        """The configuration as of an instant, also for settings that are read from now on."""
        plain = {key: value for key, value in os.environ.items() if "ZHENGXUN" not in key}
        os.environ.clear()
        os.environ.update(plain)
        os.environ |= {
            "ZHENGXUN_CONFIG": str(self.folder / "zhengxun.toml"),
            "ZHENGXUN_DATA": str(self.data),
            "ZHENGXUN_UPSTREAM": self.origin,
            "ZHENGXUN_NOW": now.isoformat(),
            "SCRAPY_SETTINGS_MODULE": PROJECT,
        }
        # Scrapy runs this module as configuration: each crawl gets it anew, as a child would.
        sys.modules.pop(PROJECT, None)
        return Context(load_config())

    async def crawl(self, now: datetime, sites: tuple[str, ...]) -> None:
        """Crawl these sites as of `now`. Raises HouseError when a crawl does not finish."""
        context = self.context(now)
        with context.store():
            pass
        config = context.config
        supervisor = InProcess(
            config.database,
            config.data / "logs",
            environment={},
            clock=config.clock,
            timeout=config.crawl.timeout,
            parallel=config.crawl.parallel,
        )
        crawls = [Crawl(site) for site in sites]
        outcomes = await supervisor.run_all(crawls, lambda event: None)
        killed = [one for one in outcomes if one.state == "killed"]
        if killed:
            raise InstallationError(f"crawl of {killed[0].site}: {killed[0].reason}")

    def preview(self, now: datetime, week: str) -> dict[str, Any]:
        """The issue of a week as it would go, as digest.json; nothing is recorded or written."""
        context = self.context(now)
        settings = context.config.digest
        with context.store() as db:
            names = context.site_names()
            digest = preview_issue(
                db, settings, span=span_of(settings, week), now=now, site_names=names
            )
        issue: dict[str, Any] = json.loads(render_json(digest))
        return issue

    def compose(self, now: datetime, week: str) -> dict[str, Any]:
        """Compose and record the issue of a week and write its files; digest.json as written."""
        context = self.context(now)
        settings = context.config.digest
        folder = context.config.data / "issues" / week
        with context.store() as db:
            publish_issue(
                db,
                settings,
                span=span_of(settings, week),
                now=now,
                site_names=context.site_names(),
                folder=folder,
                record=True,
            )
        issue: dict[str, Any] = json.loads((folder / "digest.json").read_text(encoding="utf-8"))
        return issue


def keep_log(path: Path) -> None:
    """Warnings of everything that runs in this process, into a file."""
    logging.basicConfig(filename=path, level=logging.WARNING, force=True)


def sources(watched: dict[str, list[str]], built_in: dict[str, list[str]]) -> str:
    """The operator's sources.toml: only the watched columns, and the relay of the trade press.

    Both map a site to the names of its columns.
    """
    parts = []
    for site, names in built_in.items():
        if site not in watched:
            parts.append(f"[{site}]\nenabled = false\n")
            continue
        for name in names:
            line = f'[[{site}.columns]]\nname = "{name}"\n'
            line += f'relay = "{RELAY}"\n' if site == "wechat" else ""
            parts.append(line if name in watched[site] else f"{line}enabled = false\n")
    return "\n".join(parts)
