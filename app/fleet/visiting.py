"""On the machine that visits: one site, from what it is told in a brief to what it brings back."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.child_process import PROGRESS_LINE_LIMIT, follow, kill_group, last_words, stop
from crawlers.catalogue import Site
from errors import ZhengxunError
from storage import migrations
from storage.database import open_database
from storage.runs.site_slice import Slice, fill

BUNDLE = "bundle.json"
PERMISSION = "until"
# What the machine that has the store decides; all else is of the machine that visits.
SETTINGS = frozenset(
    {
        *("ZX_NOW", "ZX_DAYS", "ZX_ATTACHMENTS", "ZX_ATTACHMENT_MB", "ZX_EVIDENCE_MIB", "ZX_OCR"),
        *("ZX_PICTURES", "DOWNLOAD_DELAY", "AUTOTHROTTLE_START_DELAY", "ZX_AWAY_MIB"),
    }
)


LOOK_SECONDS = 0.2


class Holds(Protocol):
    """Whether the visit is still the worker's (`app.fleet.hold`)."""

    @property
    def is_over(self) -> bool: ...

    def tell(self, file: Path) -> None: ...


class BriefError(ZhengxunError):
    """The visit cannot be made here."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a visit is told. `seconds` it may take, `asked` are the spider's arguments, `hosts` the
    platforms of the hosts of the whole catalogue, `known` what the store knows of the site.
    `grace`: seconds for a crawl that is stopped; `slack`: after both, for what is on the way;
    `hold`: seconds that a worker has the visit after each word of it."""

    site: dict[str, Any]
    asked: dict[str, str]
    known: Slice
    settings: dict[str, str]
    seconds: float
    grace: float
    slack: float
    hold: float
    hosts: dict[str, str]
    schema: str = ""

    def values(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {name: getattr(self, name) for name in self.__slots__}


def brief_of(values: Mapping[str, Any]) -> Brief:
    """Raises BriefError for what is none, or of another version."""
    try:
        brief = Brief(**values)
        Site.model_validate(brief.site)
    except (TypeError, ValueError) as error:
        raise BriefError(f"a brief of another version: {error}") from error
    if brief.schema != migrations.newest():
        raise BriefError(f"a brief of schema {brief.schema}, this is {migrations.newest()}")
    if not set(brief.settings) <= SETTINGS:
        raise BriefError(f"a brief with settings {sorted(set(brief.settings) - SETTINGS)}")
    return brief


def prepare(brief: Brief, folder: Path) -> None:
    """Put into an empty folder what the crawl reads."""
    table = {name: value for name, value in brief.site.items() if name != "id"}
    sources = {brief.site["id"]: table}
    (folder / "sources.json").write_text(json.dumps(sources, ensure_ascii=False), "utf-8")
    (folder / "hosts.json").write_text(json.dumps(brief.hosts), "utf-8")
    with closing(open_database(folder / "zhengxun.db")) as db:
        fill(db, brief.known)


def command(brief: Brief, folder: Path, pages: Path) -> list[str]:
    """The crawl's argument vector; `pages` is where pages are kept for conditional requests."""
    settings: dict[str, Any] = {
        **brief.settings,
        "ZX_AWAY": folder / BUNDLE,
        "ZX_HELD": 1,
        "ZX_PERMISSION": folder / PERMISSION,
        "ZX_DATA": folder,
        "ZX_DATABASE": folder / "zhengxun.db",
        "ZX_OPERATOR_SOURCES": folder / "sources.json",
        "ZX_HOSTS": folder / "hosts.json",
        "HTTPCACHE_DIR": pages,
        "LOG_FILE": folder / "log",
    }
    words = [sys.executable, "-P", "-m", "scrapy", "crawl", brief.site["id"]]
    for name, value in brief.asked.items():
        words += ["-a", f"{name}={value}"]
    for name, value in settings.items():
        words += ["-s", f"{name}={value}"]
    return words


async def visit(
    brief: Brief, folder: Path, pages: Path, hold: Holds, *, environment: Mapping[str, str]
) -> tuple[bytes, str]:
    """What the crawl brings, and why it did not end by itself ('': it did). Its process ends with
    this one, whatever ends this one, and with the hold."""
    prepare(brief, folder)
    hold.tell(folder / PERMISSION)
    process = await asyncio.create_subprocess_exec(
        *command(brief, folder, pages),
        env={**environment, "SCRAPY_SETTINGS_MODULE": "crawlers.settings"},
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        limit=PROGRESS_LINE_LIMIT,
        start_new_session=True,
    )
    reason = ""
    watching = asyncio.create_task(end_with(hold, process))
    try:
        async with asyncio.timeout(brief.seconds):
            errors = await follow(process, lambda event: None)
        if process.returncode:
            reason = f"抓取进程异常结束：{last_words(process, errors)}"
    except TimeoutError:
        await stop(process, brief.grace)
        reason = f"超过时限 {brief.seconds:.0f} 秒，已停止"
    except BaseException:
        await stop(process, brief.grace)
        raise
    finally:
        watching.cancel()
    bundle = folder / BUNDLE
    return (bundle.read_bytes() if bundle.is_file() else b""), reason


async def end_with(hold: Holds, process: Process) -> None:
    """End a crawl whose site may be another's: also one that asks nothing just now."""
    while not hold.is_over:
        await asyncio.sleep(LOOK_SECONDS)
    kill_group(process)
