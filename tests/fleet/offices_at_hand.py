"""An installation that watches invented offices, and visits of it that are made elsewhere."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from app.context import Context
from app.crawl_runs import Crawl, Outcome
from app.fleet.briefing import brief_for
from app.fleet.visiting import brief_of, visit
from app.supervisor import Supervisor
from config import load_config
from crawlers.permission import clock, write_permission
from nation.day import catalogue
from tests.installation import Installation

SETTINGS = '[crawl]\nbrowser = "none"\n'


def installed(folder: Path, origin: str, offices: int, settings: str = SETTINGS) -> Context:
    """The context of an installation that watches so many offices."""
    home = Installation(folder, upstream=origin, sources=catalogue(offices), settings=settings)
    environment = home.environment()
    context = Context(load_config(environment, cwd=folder))
    with context.store():
        pass
    return context


def crawled(context: Context, *crawls: Crawl) -> list[Outcome]:
    """Visits made here."""
    supervisor: Supervisor = context.supervisor()
    return asyncio.run(supervisor.run_all(crawls, lambda event: None))


def elsewhere(context: Context, site: str, run_id: int, folder: Path) -> tuple[bytes, str]:
    """What a visit to a site brings that is made in an empty folder, with what goes over a wire."""
    told = json.loads(json.dumps(brief_for(context, Crawl(site), run_id, 5).values()))
    folder.mkdir(parents=True)
    environment = context.environment() | {"ZHENGXUN_DATA": str(folder / "nowhere")}
    pages = folder.parent / "pages"
    held = ForEver()
    return asyncio.run(visit(brief_of(told), folder, pages, held, environment=environment))


class ForEver:
    """A visit that nobody takes away."""

    is_over = False

    def tell(self, file: Path) -> None:
        write_permission(file, clock() + 3600)


def rows(context: Context, sql: str) -> list[tuple[Any, ...]]:
    """What a query finds in the store."""
    with closing(sqlite3.connect(context.config.database)) as db:
        return db.execute(sql).fetchall()


def installed_at(folder: Path, origin: str) -> Context:
    """The context of an installation that watches what everyone does."""
    environment = Installation(folder, upstream=origin, settings=SETTINGS).environment()
    context = Context(load_config(environment, cwd=folder))
    with context.store():
        pass
    return context
