"""A worker: makes the visits of some queues, one site at a time in each of its processes."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from celery import signals

from app.context import Context
from app.fleet.envelope import EnvelopeError, Message
from app.fleet.hold import Hold
from app.fleet.link import HERE_EVERY, Link, LinkError
from app.fleet.tasks import VISIT, fleet_app
from app.fleet.visiting import Brief, BriefError, brief_of, visit
from crawlers.permission import clock
from errors import ZhengxunError

log = logging.getLogger("zhengxun")

ANSWER_SECONDS = 15
RETRY_SECONDS = 2.0


class Worker:
    """What one process of a worker does with one message after the other."""

    def __init__(self, context: Context, link: Link, folder: Path) -> None:
        self.context = context
        self.link = link
        self.folder = folder

    def make(self, key: str) -> None:
        """Claim a visit, make it, and bring back what it brought; nothing, when it is not to be
        had. Raises nothing that would send the message again: the store's machine decides that."""
        token, claimed_at = secrets.token_hex(16), clock()
        said = {"key": key, "token": token}
        try:
            answer = self.link.ask(Message({"kind": "claim", **said}), token, ANSWER_SECONDS)
        except (LinkError, EnvelopeError) as error:
            log.warning("a visit is not made: %s", error)
            return
        if answer is None:
            self._tell(Message({"kind": "release", **said}), clock)
            return
        if answer.kind != "brief":
            return
        try:
            brief = brief_of(answer.said["brief"])
        except (BriefError, KeyError) as error:
            log.error("a visit cannot be made: %s", error)  # noqa: TRY400 # one line
            why = {"why": str(error)[:300]}
            self._tell(Message({"kind": "release", **said, **why}), clock)
            return
        if clock() - claimed_at > min(brief.slack, brief.hold) / 2:
            # Too late to be over in time.
            self._tell(Message({"kind": "release", **said}), clock)
            return
        until = claimed_at + brief.hold
        with Hold(self.link, said, lasting=brief.hold, until=until) as hold:
            body, reason = self._visit(brief, hold)
            if hold.is_over:
                log.warning("visit %s: it was taken from this worker", brief.site["id"])
                return
            self._tell(
                Message({"kind": "bundle", "reason": reason, **said}, body), lambda: hold.until
            )

    def _visit(self, brief: Brief, hold: Hold) -> tuple[bytes, str]:
        site = brief.site["id"]
        log.info("visit %s", site)
        with tempfile.TemporaryDirectory(prefix=f"{site}-", dir=self.folder) as folder:
            try:
                return asyncio.run(
                    visit(
                        brief,
                        Path(folder),
                        self.folder / "pages",
                        hold,
                        environment=self.context.environment(),
                    )
                )
            except (ZhengxunError, OSError) as error:
                log.exception("visit %s", site)
                return b"", f"抓取没有开始：{error}"

    def _tell(self, message: Message, until: Callable[[], float]) -> None:
        """As often as it takes, until an instant (by `clock`): then nobody waits for it."""
        while True:
            try:
                self.link.tell(message)
            except LinkError as error:
                log.warning("%s is kept back: %s", message.kind, error)
            else:
                return
            if clock() >= until():
                log.warning("%s is given up", message.kind)
                return
            time.sleep(RETRY_SECONDS)


def link_of(context: Context) -> Link:
    """The broker that the configuration names."""
    config = context.config
    key = config.fleet_key.get_secret_value()
    return Link(config.fleet.broker, key, most_mib=config.fleet.max_mib)


def work(context: Context, queues: Sequence[str], processes: int, folder: Path) -> None:
    """Work off these queues until stopped; what is under way then is finished."""
    folder.mkdir(parents=True, exist_ok=True)
    link = link_of(context)
    app = fleet_app(context.config)
    worker = Worker(context, link, folder)

    @app.task(name=VISIT)  # type: ignore[untyped-decorator] # Celery has no types
    def make(key: str) -> None:
        worker.make(key)

    name = f"{socket.gethostname()}-{secrets.token_hex(4)}"
    beating = threading.Thread(target=partial(be_here, link, name, list(queues)), daemon=True)
    signals.worker_ready.connect(lambda **_: beating.start(), weak=False)
    app.worker_main(
        [
            *("worker", "--pool", "prefork", "--concurrency", str(processes)),
            *("--queues", ",".join(queues), "--hostname", f"{name}@%h", "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]
    )


def be_here(link: Link, name: str, queues: list[str]) -> None:
    """Say that the worker is at work, as long as it is."""
    was_told = False
    while True:
        try:
            link.here(name, queues)
            was_told = False
        except LinkError as error:
            if not was_told:
                log.warning("%s", error)
            was_told = True
        time.sleep(HERE_EVERY)
