"""`zhengxun demo`: the main job on the bundled replica, from the first request to the mail."""

from __future__ import annotations

import fcntl
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console

from app.context import CommandError, Context
from app.crawl_runs import Crawl
from app.issues import make, report_line, send_issue
from commands.crawl import run_crawls, site_table
from commands.issue import summary_table
from config import Config, load_config
from digest.choosing.pairs import EXAMPLE
from digest.delivery.sink import Sink
from digest.publish import span_of
from replica.server import start_replica
from storage.issues.issues import find_issue
from storage.readers.subscribers import add_subscriber

WEEK = "2021-W05"
NOW = "2021-02-05T17:00:00+08:00"
MARKER = ".zhengxun-demo"
LOCK = ".demo.lock"

# The trade press is found through a relay that the operator names; the replica plays one.
SOURCES = """\
[[wechat.columns]]
name = "IPRdaily"
relay = "http://relay.example.net/feeds/IPRdaily.xml"

[[wechat.columns]]
name = "知产热点"
relay = "http://relay.example.net/feeds/zhichanredian.xml"
"""
SETTINGS = """\
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "政讯周报 <zhengxun@example.com>"
"""
READERS = (
    ("ip@example.com", "知识产权部", ("html", "docx")),
    ("pharma@example.com", "医药信息部", ("html", "docx", "ics")),
    ("projects@example.com", "科技项目部", ("html",)),
)


def demo(config: Config, console: Console) -> int:
    """Crawl, store, compose, mail; prints where everything is. Starts from nothing each time."""
    folder = config.data / "demo"
    with alone(folder):
        fresh_folder(folder)
        ended_well, sent_well = main_job(folder, console)
    issue = folder / "issues" / WEEK
    console.print("\n[bold]看结果[/bold]")
    for path, what in (
        (issue / "digest.html", "周报，浏览器打开"),
        (issue / "digest.docx", "周报，Word"),
        (issue / "digest-full.docx", "全部正文，Word"),
        (issue / "digest.txt", "周报，纯文本"),
        (issue / "digest.json", "周报，机器可读"),
        (issue / "deadlines.ics", "截止日期，日历"),
        (folder / "site" / "index.html", "历期存档，可搜索"),
        (folder / "outbox", "发出的邮件 .eml"),
        (folder / "zhengxun.db", "数据库"),
    ):
        console.print(f"  {path}  [dim]{what}[/dim]", soft_wrap=True)
    look = f"ZHENGXUN_DATA={folder} ZHENGXUN_NOW={NOW} {sys.executable} -m cli serve"
    console.print(f"\n查询数据库（Datasette，http://127.0.0.1:8001）：\n  {look}", soft_wrap=True)
    return 0 if ended_well and sent_well else 1


def main_job(folder: Path, console: Console) -> tuple[bool, bool]:
    """The week from the first request to the mail; whether all crawls and all mails went well."""
    with (
        start_replica(as_of=datetime.fromisoformat(NOW)) as replica,
        Sink(folder / "outbox") as sink,
    ):
        context = demo_context(folder, replica.origin, sink.port)
        console.print(f"复制站点 {replica.origin}，时间 {NOW[:16].replace('T', ' ')}（北京时间）\n")
        return crawl_everything(context, console), publish(context, folder, console)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder against a second demo at once; the lock falls with the process."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = folder.with_name(LOCK).open("a")
    except OSError as error:
        raise CommandError(f"cannot use {folder.parent}: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"{folder} 里正在运行另一个演示，请等它结束") from None
        yield


def fresh_folder(folder: Path) -> None:
    """An empty folder for the demo. Only a folder that an earlier demo made is emptied.

    It has its mark from its first to its last moment, whenever this is interrupted.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise CommandError(f"{folder} was not made by the demo; move it away first")
    old, new = (folder.with_name(f".{folder.name}-{word}") for word in ("old", "new"))
    try:
        for path in (old, new):
            if path.exists():
                shutil.rmtree(path)
        new.mkdir(parents=True)
        (new / MARKER).touch()
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        if old.exists():
            shutil.rmtree(old)
    except OSError as error:
        raise CommandError(f"cannot use {folder}: {error.strerror}") from error


def demo_context(folder: Path, upstream: str, smtp_port: int) -> Context:
    """A configuration of the demo's own, as an operator would write it."""
    path = folder / "zhengxun.toml"
    profile = EXAMPLE.read_text(encoding="utf-8")
    path.write_text(f"{SETTINGS.format(port=smtp_port)}\n{profile}", encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    environment = {
        "ZHENGXUN_CONFIG": str(path),
        "ZHENGXUN_DATA": str(folder),
        "ZHENGXUN_NOW": NOW,
        "ZHENGXUN_UPSTREAM": upstream,
    }
    return Context(load_config(environment))


def crawl_everything(context: Context, console: Console) -> bool:
    """All enabled sites, with the display; whether every crawl finished."""
    sites = [site for site in context.catalogue.values() if site.enabled]
    names = {site.id: site.name for site in sites}
    with context.store():
        pass
    outcomes = run_crawls(context, [Crawl(site.id) for site in sites], names, console)
    for outcome in outcomes:
        if outcome.reason:
            console.print(f"[red]{outcome.site}: {outcome.reason}[/red]")
    with context.store() as db:
        console.print(site_table(db, context, set(names)))
    return all(outcome.state == "finished" for outcome in outcomes)


def publish(context: Context, folder: Path, console: Console) -> bool:
    """Compose the demo week and mail it; whether every mail was accepted."""
    with context.store() as db:
        for address, name, formats in READERS:
            add_subscriber(db, address, name=name, formats=formats, now=context.config.clock())
        span = span_of(context.config.digest, WEEK)
        issue = make(context, db, span, folder / "issues" / WEEK, record=True)
        record = find_issue(db, WEEK)
        if record is None:
            raise CommandError(f"issue {WEEK} was not recorded")
        report = send_issue(context, db, record, None)
    console.print(summary_table(issue))
    console.print(report_line(WEEK, report))
    return not report.deferred and not report.refused
