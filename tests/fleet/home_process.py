"""The machine that has the store, in a process of its own: visits every site until each was read
well once, as the daemon does. `python -m tests.fleet.home_process`; killed, it is started again."""

from __future__ import annotations

import asyncio
import logging
from contextlib import closing
from datetime import UTC, datetime

from app.context import Context
from app.crawl_runs import Crawl, close_abandoned_runs
from app.fleet.opening import open_fleet
from config import load_config
from storage.database import open_database
from storage.runs.away_visits import open_visits
from storage.values import select

UNREAD = """
SELECT DISTINCT c.site FROM columns c WHERE NOT EXISTS (
    SELECT 1 FROM checks k WHERE k.site = c.site AND k.column = c.name
    AND k.verdict IN ('ok', 'quiet'))
"""


async def watch(context: Context) -> None:
    supervisor = context.supervisor(grace=1)
    with closing(open_database(context.config.database)) as db:
        close_abandoned_runs(db, datetime.now(UTC))
        fleet = open_fleet(context, supervisor)
        supervisor.fleet = fleet
        serving = asyncio.create_task(fleet.serve())
        while sites := [row["site"] for row in select(db, UNREAD)]:
            await supervisor.run_all([Crawl(site) for site in sites], lambda event: None)
        while open_visits(db):
            await asyncio.sleep(0.2)
        serving.cancel()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(watch(Context(load_config())))
