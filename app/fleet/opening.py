"""Puts a fleet together for the machine that has the store."""

from __future__ import annotations

from app.context import CommandError, Context
from app.fleet.briefing import brief_for
from app.fleet.envelope import LEAST_KEY
from app.fleet.home import Fleet
from app.fleet.tasks import Sender
from app.fleet.worker import link_of
from app.supervisor import Supervisor

FOLDER = "fleet"


def check(context: Context) -> None:
    """Raises CommandError when the configuration makes no fleet."""
    if not context.config.fleet.broker:
        raise CommandError("fleet.broker is not set; name a Valkey or Redis in zhengxun.toml", 2)
    if len(context.config.fleet_key.get_secret_value()) < LEAST_KEY:
        raise CommandError(
            f"ZHENGXUN_FLEET_KEY needs {LEAST_KEY} characters or more, the same on every machine", 2
        )


def open_fleet(context: Context, supervisor: Supervisor) -> Fleet:
    """The fleet of this process' supervisor. Raises CommandError."""
    check(context)
    config, leases = context.config, supervisor.leases
    if leases is None:
        raise CommandError("there is no fleet without leases of hosts")
    sites = context.catalogue.values()
    return Fleet(
        link_of(context),
        Sender(config),
        leases,
        folder=config.data / FOLDER,
        clock=config.clock,
        brief=lambda crawl, run_id: brief_for(context, crawl, run_id, supervisor.grace),
        queues={
            site.id: config.fleet.queue_of(site.id, needs_browser="browser" in site.walls)
            for site in sites
        },
        take_in=supervisor.take_in,
        lasting=config.crawl.timeout + supervisor.grace + config.fleet.slack,
        hold=config.fleet.hold,
        patience=config.fleet.patience,
    )
