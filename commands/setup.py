"""`zhengxun init` and `doctor`: a commented configuration file, and a check of the set-up."""

from __future__ import annotations

import shutil
import smtplib
import sqlite3
import ssl
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from commands.desk import CommandError, Desk
from crawlers.catalogue import CatalogueError
from storage.database import StorageError

TEMPLATE = """\
# Zhengxun 政讯周报: configuration. Every key is optional; what is commented out is the default.
# The environment wins: ZHENGXUN_DATA, ZHENGXUN_NOW, ZHENGXUN_UPSTREAM, ZHENGXUN_SMTP_PASSWORD.

# data = "data"              # the database, issues, logs; relative to this file

[digest]
company = "{company}"        # signs each chapter
# title = "政讯周报"
# weekday = "fri"            # the day of the issue, and its time in Asia/Shanghai
# time = "17:00"
# last_workday = false       # true: a holiday in China moves it to the last working day before

[smtp]
host = "{host}"              # your outgoing mail server
port = {port}
security = "{security}"      # starttls | tls | none
username = "{username}"
sender = "{sender}"          # e.g. 政讯周报 <zhengxun@example.com>
# The password: ZHENGXUN_SMTP_PASSWORD in the environment, or a file that only you may read:
# password_file = "smtp.password"

[crawl]
contact = "{contact}"        # an address the websites can write to; it stands in our User-Agent
# days = 14                  # how far back lists are read
# delay = 2.0                # seconds between two requests to one site
# browser = "bundled"        # bundled | chromium (with browser_path) | cdp (browser_cdp_url) | none

[operator]
email = "{contact}"          # hears about outages: once when something breaks, once when it is well
# webhook = ""               # gets the same as a JSON POST (WeCom and DingTalk robots can read it)
# ping_url = ""              # asked after each healthy round; a watcher there notices silence

[upkeep]
# time = "03:10"             # nightly copy and check of the database (Asia/Shanghai)
# backup_folder = ""         # default: data/backups; better a folder on another disk
# keep_backups = 14
# log_days = 60
# min_free_mib = 500         # less free disk space than this is an alarm
"""

QUESTIONS = (
    ("company", "公司名称 (company)", "盈科瑞"),
    ("host", "SMTP server", ""),
    ("port", "SMTP port", "587"),
    ("security", "starttls, tls or none", "starttls"),
    ("username", "SMTP user name", ""),
    ("sender", "From address", ""),
    ("contact", "Your address, for websites and alarms", ""),
)
MIN_FREE_MIB = 500


def init(path: Path, answers: dict[str, str], console: Console, *, ask: bool) -> int:
    """Write a commented zhengxun.toml; an existing file is never overwritten."""
    if path.exists():
        raise CommandError(f"{path} exists already; move it away first")
    values = {}
    for key, question, default in QUESTIONS:
        given = answers.get(key) or (console.input(f"{question} [{default}]: ") if ask else "")
        values[key] = (given.strip() or default).replace("\\", "\\\\").replace('"', '\\"')
    if not values["port"].isdigit():
        raise CommandError(f"port {values['port']!r} is not a number", 2)
    try:
        path.write_text(TEMPLATE.format(**values), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    console.print(f"写入 {path}；下一步：zhengxun doctor")
    return 0


def doctor(desk: Desk, console: Console) -> int:
    """Check the set-up without crawling or sending; 1 when something must be done."""
    failed = False
    for fine, what, advice in findings(desk):
        mark = "[green]好[/green]" if fine else "[bold red]差[/bold red]"
        console.print(f"{mark}  {what}" + ("" if fine else f"：{advice}"))
        failed = failed or not fine
    return int(failed)


def findings(desk: Desk) -> Iterator[tuple[bool, str, str]]:
    """(is fine, what was looked at, what to do), one by one."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield (3, 11) <= sys.version_info[:2] < (3, 14), f"Python {version}", "use 3.11, 3.12 or 3.13"
    fine = sqlite3.sqlite_version_info >= (3, 37, 0)
    yield fine, f"SQLite {sqlite3.sqlite_version}", "STRICT tables need 3.37"
    yield from catalogue_finding(desk)
    yield from store_findings(desk)
    yield browser_finding(desk)
    yield smtp_finding(desk)


def catalogue_finding(desk: Desk) -> Iterator[tuple[bool, str, str]]:
    """Whether the catalogue can be read."""
    try:
        yield True, f"catalogue: {len(desk.catalogue)} sites", ""
    except CatalogueError as error:
        yield False, "catalogue", str(error)


def store_findings(desk: Desk) -> Iterator[tuple[bool, str, str]]:
    """Whether the data folder can be written and has room."""
    data = desk.config.data
    try:
        with desk.store():
            pass
    except (StorageError, CatalogueError) as error:
        yield False, f"data folder {data}", str(error)
        return
    yield True, f"data folder {data}", ""
    free = shutil.disk_usage(data).free // (1024 * 1024)
    yield (
        free >= MIN_FREE_MIB,
        f"disk: {free} MiB free",
        f"make room; {MIN_FREE_MIB} MiB are needed",
    )


def browser_finding(desk: Desk) -> tuple[bool, str, str]:
    """Whether the configured browser is there."""
    crawl = desk.config.crawl
    what = f"browser: {crawl.browser}"
    if crawl.browser == "bundled":
        return find_spec("lightpanda") is not None, what, "pip install lightpanda, or use chromium"
    if crawl.browser == "chromium":
        there = shutil.which(crawl.browser_path or "chromium") is not None
        return there, what, "set crawl.browser_path to the program"
    if crawl.browser == "cdp":
        return bool(crawl.browser_cdp_url), what, "set crawl.browser_cdp_url"
    return True, what, ""


def smtp_finding(desk: Desk) -> tuple[bool, str, str]:
    """Whether the mail server takes our login; nothing is sent."""
    smtp = desk.config.smtp
    if not smtp.host or not smtp.sender:
        return False, "mail", "set smtp.host and smtp.sender in zhengxun.toml"
    what = f"mail: {smtp.host}:{smtp.port}"
    context = ssl.create_default_context()
    try:
        if smtp.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                smtp.host, smtp.port, timeout=smtp.timeout, context=context
            )
        else:
            server = smtplib.SMTP(smtp.host, smtp.port, timeout=smtp.timeout)
        with server:
            if smtp.security == "starttls":
                server.starttls(context=context)
            if smtp.username:
                server.login(smtp.username, desk.config.smtp_password.get_secret_value())
            server.noop()
    except smtplib.SMTPAuthenticationError:
        return False, what, "the server refuses user name or password"
    except (OSError, smtplib.SMTPException) as error:
        return False, what, str(error)
    return True, what, ""
