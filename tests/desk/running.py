"""A desk that runs, and visitors who bring what a browser brings."""

from __future__ import annotations

import asyncio
import http.client
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.context import Context
from config import Config
from config_delivery import DeskConfig
from config_sections import DigestConfig
from desk.server import DeskServer
from desk.static_files import HTMX, HTMX_HASH
from storage.desk.people import Person, Role
from storage.notices.notices import save_notice
from tests.digest.samples import SEEN, make_notice

NOON = datetime(2021, 2, 5, 3, 0, tzinfo=UTC)
SCRIPT = f'<script src="/static/{HTMX}" integrity="{HTMX_HASH}" defer></script>'
PASSWORD = "一共十二个字符的口令呀"


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def context_at(folder: Path, *, desk: Mapping[str, Any] | None = None, **over: Any) -> Context:
    listen = f"127.0.0.1:{free_port()}"
    settings = DeskConfig(listen=listen, **(desk or {}))
    digest = DigestConfig(time="12:00", hold="until fri 17:00")
    values: dict[str, Any] = {"data": folder, "now": NOON, "digest": digest, **over}
    return Context(Config(desk=settings, **values))


def fill(context: Context, count: int = 6) -> None:
    """So many notices of the week."""
    with context.store() as db:
        for number in range(1, count + 1):
            facts = {
                "key": f"k{number}",
                "url": f"https://www.cde.org.cn/{number}",
                "title": f"第{number}号通知",
                "content_hash": f"h{number}",
            }
            save_notice(db, make_notice(**facts), now=SEEN, run_id=None)


@dataclass
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def to(self) -> str:
        return self.headers.get("Location", "")


@dataclass
class Visitor:
    """Keeps cookies as a browser does."""

    origin: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        host, _, port = self.origin.removeprefix("http://").rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        sent = {**self.headers, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        found = SimpleCookie()
        for line in response.headers.get_all("Set-Cookie") or []:
            found.load(line)
        for name, morsel in found.items():
            self.cookies[name] = morsel.value
            if not morsel.value:
                del self.cookies[name]
        return Answer(response.status, text, response.headers)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def token(self, path: str = "/login") -> str:
        match = re.search(r'name="form_token" value="([0-9a-f]+)"', self.get(path).text)
        return match[1] if match else ""

    def post(self, path: str, form: Mapping[str, Any], *, page: str = "") -> Answer:
        """As the form of `page` would: with its token, from the same origin."""
        own = "/people" if "zhengxun_desk" in self.cookies else "/login"
        fields = {"form_token": self.token(page or own), **form}
        headers = {
            "Origin": self.origin,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self.ask("POST", path, urlencode(fields, doseq=True).encode(), headers)

    def follow(self, answer: Answer) -> Answer:
        assert answer.status == 303, answer.text
        return self.get(answer.to)


@dataclass
class RunningDesk:
    context: Context
    server: DeskServer

    @property
    def origin(self) -> str:
        return self.context.config.desk.origin

    def visitor(self) -> Visitor:
        return Visitor(self.origin)

    def invited(self, address: str, role: Role = "editor", name: str = "") -> tuple[Person, str]:
        with self.context.store() as db:
            return self.server.desk.accounts.invite(
                db, address, name=name, role=role, who="tests", now=self.context.config.clock()
            )

    def person(self, role: Role, address: str = "") -> Visitor:
        """Somebody who is in, without the work of a password."""
        person, _ = self.invited(address or f"{role}@example.com", role, f"某{role}")
        with self.context.store() as db:
            token = self.server.desk.accounts.begin(db, person, self.context.config.clock())
        return Visitor(self.origin, {"zhengxun_desk": token})

    def at(self, now: datetime) -> None:
        """The clock of the desk says something else."""
        config = self.context.config.model_copy(update={"now": now})
        self.context = Context(config)
        self.server.desk.context = self.context


@contextmanager
def running(context: Context) -> Iterator[RunningDesk]:
    """The desk of a context, in a thread of its own."""
    with context.store():
        server = DeskServer(context)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.begin(), loop).result(10)
        try:
            yield RunningDesk(context, server)
        finally:
            asyncio.run_coroutine_threadsafe(server.end(), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(_cancel_rest(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _cancel_rest() -> None:
    """What waits on connections that were cut."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()


__all__ = ["NOON", "PASSWORD", "SCRIPT", "RunningDesk", "Visitor", "context_at", "fill", "running"]
