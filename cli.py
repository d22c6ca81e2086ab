"""The `zhengxun` command: parse arguments, call one function, print.

Exit code 0 done, 1 failed, 2 bad usage. Results go to stdout, logs and errors to stderr; an
error is one line that says what to do. Each verb imports what it needs when it is called: a
status that loads Scrapy and Office writers first is not answered within a second.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from commands.desk import CommandError, Desk
from config import ConfigError, config_path, load_config
from crawlers.catalogue import CatalogueError
from digest.models import DigestError
from storage.database import StorageError

app = typer.Typer(
    help="政讯周报: watch Chinese regulators' websites, keep every notice, mail a weekly digest.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
sources_app = typer.Typer(help="The catalogue.  Example: zhengxun sources check tj_kxjs")
subscribers_app = typer.Typer(
    help="Who gets what.  Example: zhengxun subscribers add li@example.com --sections pharma",
    no_args_is_help=True,
)
app.add_typer(sources_app, name="sources", invoke_without_command=True)
app.add_typer(subscribers_app, name="subscribers")
dedupe_app = typer.Typer(
    help="Which pages are one document.  Example: zhengxun dedupe review", no_args_is_help=True
)
app.add_typer(dedupe_app, name="dedupe")

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on stdout.")]
console = Console()


def desk() -> Desk:
    """The configuration, read once a command has something to do."""
    return Desk(load_config())


def done(code: int) -> None:
    raise typer.Exit(code)


@app.command()
def demo() -> None:
    """The main job on the bundled replica.  Example: zhengxun demo"""
    from commands.demo import demo as run_demo

    done(run_demo(load_config(), console))


@app.command(name="crawl")
def crawl_command(
    sites: Annotated[list[str] | None, typer.Argument(metavar="[SITE]...")] = None,
    days: Annotated[int | None, typer.Option(help="How far back lists are read.")] = None,
) -> None:
    """Crawl now.  Example: zhengxun crawl cde miit --days 60"""
    from commands import crawl

    done(crawl.crawl(desk(), sites or [], days, console))


@app.command()
def digest(
    week: Annotated[str, typer.Option(help="ISO week, e.g. 2021-W05.")] = "",
    from_day: Annotated[str, typer.Option("--from", metavar="DATE")] = "",
    to_day: Annotated[str, typer.Option("--to", metavar="DATE")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the files here.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Record nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Compose and render an issue.  Example: zhengxun digest --week 2021-W05 --preview"""
    from commands import issue

    here = desk()
    span = issue.choose_span(here, week, from_day, to_day)
    done(issue.digest(here, span, out, console, preview=preview, as_json=as_json))


@app.command()
def send(
    week: Annotated[str, typer.Option(help="ISO week, e.g. 2021-W05.")] = "",
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Only this subscriber.")] = "",
) -> None:
    """Deliver what is outstanding.  Example: zhengxun send --week 2021-W05"""
    from commands import issue

    done(issue.send(desk(), week, to, console))


@app.command(name="deliveries")
def deliveries_command(
    week: Annotated[str, typer.Option(help="ISO week; default: the newest issue.")] = "",
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="With --retry: only this one.")] = "",
    retry: Annotated[bool, typer.Option("--retry", help="Try again what did not go.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also what went as planned.")] = False,
    as_json: Json = False,
) -> None:
    """The ledger.  Example: zhengxun deliveries --week 2021-W05 --retry"""
    from commands import deliveries

    if retry:
        done(deliveries.retry(desk(), week, to, console))
    done(deliveries.show(desk(), week, console, every=every, as_json=as_json))


@app.command()
def run() -> None:
    """The daemon (the same as `python scheduler.py`).  Example: zhengxun run"""
    script = Path(__file__).with_name("scheduler.py")
    os.execv(sys.executable, [sys.executable, str(script)])  # noqa: S606 # our own script


@app.command(name="status")
def status_command(as_json: Json = False) -> None:
    """Columns, next jobs, undelivered mail, disk.  Example: zhengxun status --json"""
    from commands import status

    done(status.status(desk(), console, as_json=as_json))


@sources_app.callback()
def sources(context: typer.Context, as_json: Json = False) -> None:
    """The catalogue as resolved.  Example: zhengxun sources --json"""
    from commands import status

    if context.invoked_subcommand is None:
        done(status.sources(desk(), console, as_json=as_json))


@sources_app.command(name="check")
def sources_check(site: str) -> None:
    """Fetch a list and one notice, store nothing.  Example: zhengxun sources check cde"""
    from commands import pages

    done(pages.check_source(desk(), site, console))


@sources_app.command(name="probe")
def sources_probe(url: str) -> None:
    """Look at a list page nobody described, print its TOML.  Example: zhengxun sources probe URL"""
    from commands import probe

    done(probe.probe(desk(), url, console))


@app.command()
def inspect(
    target: Annotated[str, typer.Argument(metavar="URL-or-FILE")],
    url: Annotated[str, typer.Option(help="The address a saved file came from.")] = "",
    as_json: Json = False,
) -> None:
    """What would be read from one page.  Example: zhengxun inspect page.html --url https://…"""
    from commands import pages

    done(pages.inspect(desk(), target, url, console, as_json=as_json))


@app.command()
def add(url: str) -> None:
    """Put one page into the store.  Example: zhengxun add https://mp.weixin.qq.com/s/…"""
    from commands import pages

    done(pages.add(desk(), url, console))


@subscribers_app.command(name="add")
def subscribers_add(
    address: str,
    name: Annotated[str, typer.Option()] = "",
    sections: Annotated[str, typer.Option(help="ip,pharma,projects; empty: all.")] = "",
    groups: Annotated[str, typer.Option(help="国家级,天津市…; empty: all.")] = "",
    keywords: Annotated[str, typer.Option(help="中药,专精特新…; empty: all.")] = "",
    formats: Annotated[str, typer.Option(help="html,docx,ics.")] = "html,docx",
) -> None:
    """Add a subscriber.  Example: zhengxun subscribers add li@example.com --keywords 中药"""
    from commands import people

    choices = {"sections": sections, "groups": groups, "keywords": keywords, "formats": formats}
    done(people.add(desk(), address, name, choices, console))


@subscribers_app.command(name="list")
def subscribers_list() -> None:
    """All subscribers.  Example: zhengxun subscribers list"""
    from commands import people

    done(people.show(desk(), console))


@subscribers_app.command(name="change")
def subscribers_change(
    address: str,
    name: Annotated[str | None, typer.Option()] = None,
    sections: Annotated[str | None, typer.Option(help="'' means all.")] = None,
    groups: Annotated[str | None, typer.Option(help="'' means all.")] = None,
    keywords: Annotated[str | None, typer.Option(help="中药,不含兽药; '' means all.")] = None,
    formats: Annotated[str | None, typer.Option(help="html,docx,ics.")] = None,
) -> None:
    """Change a choice.  Example: zhengxun subscribers change li@example.com --keywords 不含兽药"""
    from commands import people

    choices = {"sections": sections, "groups": groups, "keywords": keywords, "formats": formats}
    done(people.change(desk(), address, name, choices, console))


@subscribers_app.command(name="pause")
def subscribers_pause(address: str) -> None:
    """Send nothing until resumed.  Example: zhengxun subscribers pause li@example.com"""
    from commands import people

    done(people.set_state(desk(), address, "paused", console))


@subscribers_app.command(name="resume")
def subscribers_resume(address: str) -> None:
    """Send again, after pausing or bounces.  Example: zhengxun subscribers resume li@example.com"""
    from commands import people

    done(people.set_state(desk(), address, "active", console))


@subscribers_app.command(name="export")
def subscribers_export(path: Path) -> None:
    """Write a CSV that import reads.  Example: zhengxun subscribers export who.csv"""
    from commands import people

    done(people.save(desk(), path, console))


@subscribers_app.command(name="remove")
def subscribers_remove(address: str) -> None:
    """End a subscription.  Example: zhengxun subscribers remove li@example.com"""
    from commands import people

    done(people.remove(desk(), address, console))


@subscribers_app.command(name="import")
def subscribers_import(path: Path) -> None:
    """Import a CSV (address,name,sections,…).  Example: zhengxun subscribers import who.csv"""
    from commands import people

    done(people.load(desk(), path, console))


@dedupe_app.command(name="review")
def dedupe_review(as_json: Json = False) -> None:
    """Pages that contradict each other.  Example: zhengxun dedupe review"""
    from commands import dedupe

    done(dedupe.review(desk(), console, as_json=as_json))


@dedupe_app.command(name="join")
def dedupe_join(one: int, other: int) -> None:
    """Two pages are one document.  Example: zhengxun dedupe join 12 34"""
    from commands import dedupe

    done(dedupe.join(desk(), one, other, console))


@dedupe_app.command(name="split")
def dedupe_split(
    page: int, other: Annotated[int | None, typer.Argument(metavar="[OTHER]")] = None
) -> None:
    """A page is a document of its own.  Example: zhengxun dedupe split 12 34"""
    from commands import dedupe

    done(dedupe.split(desk(), page, other, console))


@app.command()
def search(
    words: list[str],
    site: Annotated[str, typer.Option()] = "",
    section: Annotated[str, typer.Option()] = "",
    since: Annotated[str, typer.Option(metavar="DATE")] = "",
    until: Annotated[str, typer.Option(metavar="DATE")] = "",
    limit: Annotated[int, typer.Option(min=1)] = 20,
) -> None:
    """Full-text search.  Example: zhengxun search 中药 --since 2021-01-01"""
    from commands import archive

    options = {"site": site, "section": section, "since": since, "until": until}
    done(archive.search(desk(), " ".join(words), options, limit, console))


@app.command()
def export(
    path: Path,
    form: Annotated[str, typer.Option("--format", help="csv, xlsx or jsonl.")] = "",
) -> None:
    """Notices as CSV, XLSX or JSON lines.  Example: zhengxun export notices.xlsx"""
    from commands import archive

    done(archive.export(desk(), path, form, console))


@app.command()
def serve(port: Annotated[int, typer.Option(min=1, max=65535)] = 8001) -> None:
    """Datasette on the database, read-only.  Example: zhengxun serve --port 8001"""
    from commands import archive

    done(archive.serve(desk(), port))


@app.command()
def backup(
    target: Annotated[Path | None, typer.Argument(metavar="[FOLDER]")] = None,
    keep: Annotated[int, typer.Option(min=1, help="How many copies stay.")] = 14,
) -> None:
    """A consistent copy of the database.  Example: zhengxun backup /mnt/backup --keep 30"""
    from commands import archive

    done(archive.backup(desk(), target, keep, console))


@app.command()
def restore(source: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Put a backup in place.  Example: zhengxun restore data/backups/zhengxun-….db"""
    from commands import archive

    done(archive.restore(desk(), source, console))


@app.command()
def doctor(
    sites: Annotated[bool, typer.Option("--sites", help="Ask each site's robots.txt too.")] = False,
) -> None:
    """Check the set-up.  Example: zhengxun doctor --sites"""
    from commands import setup

    done(setup.doctor(desk(), console, sites=sites))


@app.command()
def init(
    company: Annotated[str, typer.Option()] = "",
    host: Annotated[str, typer.Option(help="SMTP server.")] = "",
    port: Annotated[str, typer.Option(help="SMTP port.")] = "",
    sender: Annotated[str, typer.Option(help="From address.")] = "",
    contact: Annotated[str, typer.Option(help="Your address.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
) -> None:
    """Write a commented zhengxun.toml.  Example: zhengxun init --yes --host smtp.example.com"""
    from commands import setup

    given = {"company": company, "host": host, "port": port, "sender": sender, "contact": contact}
    done(setup.init(config_path(), given, console, ask=not yes and sys.stdin.isatty()))


def main(command: Callable[[], None] = app) -> None:
    """Run a command; our own errors are one line on stderr."""
    try:
        command()
    except CommandError as error:
        fail(str(error), error.code)
    except (ConfigError, DigestError) as error:
        fail(str(error), 2)
    except (CatalogueError, StorageError) as error:
        fail(str(error), 1)


def fail(message: str, code: int) -> None:
    """Say it and leave."""
    sys.stderr.write(f"zhengxun: {message}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
