"""Arguments of the verbs that crawl, watch and read pages."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.arguments.invocation import Json, console, context, done
from config import load_config

app = typer.Typer()


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

    done(crawl.crawl(context(), sites or [], days, console))


@app.command()
def run() -> None:
    """The daemon (the same as `python scheduler.py`).  Example: zhengxun run"""
    script = Path(__file__).parents[2] / "scheduler.py"
    os.execv(sys.executable, [sys.executable, str(script)])  # noqa: S606 # our own script


@app.command()
def worker(
    queues: Annotated[str, typer.Option(help="Whose sites to visit, by commas.")] = "crawl",
    processes: Annotated[int, typer.Option(help="Visits at a time.", min=1, max=16)] = 1,
    folder: Annotated[Path, typer.Option(help="Where it works; no store.")] = Path("worker"),
) -> None:
    """Visit sites for another machine's store.  Example: zhengxun worker --queues browser,cn"""
    from commands.worker import worker as work

    done(work(context(), queues, processes, folder))


@app.command(name="status")
def status_command(as_json: Json = False) -> None:
    """Columns, next jobs, undelivered mail, disk.  Example: zhengxun status --json"""
    from commands import status

    done(status.status(context(), console, as_json=as_json))


@app.command()
def inspect(
    target: Annotated[str, typer.Argument(metavar="URL-or-FILE")],
    url: Annotated[str, typer.Option(help="The address a saved file came from.")] = "",
    as_json: Json = False,
) -> None:
    """What would be read from one page.  Example: zhengxun inspect page.html --url https://…"""
    from commands import inspecting

    done(inspecting.inspect(context(), target, url, console, as_json=as_json))


@app.command()
def add(url: str) -> None:
    """Put one page into the store.  Example: zhengxun add https://mp.weixin.qq.com/s/…"""
    from commands import inspecting

    done(inspecting.add(context(), url, console))


@app.command()
def remove(
    number: Annotated[int, typer.Argument(metavar="ID", help="As `add` and previews show it.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the history.")] = "",
) -> None:
    """Take back what was put in by hand.  Example: zhengxun remove 311 --reason 误加"""
    from commands import inspecting

    done(inspecting.remove(context(), number, reason, console))


@app.command()
def reread(
    sites: Annotated[list[str] | None, typer.Argument(metavar="[SITE]...")] = None,
    since: Annotated[str, typer.Option(metavar="DATE", help="Only what was read since.")] = "",
    store: Annotated[bool, typer.Option("--apply", help="Correct the store.")] = False,
    as_json: Json = False,
) -> None:
    """Read saved pages again after a selector was mended.  Example: zhengxun reread cde --apply"""
    from commands import reread as again

    done(again.reread(context(), sites or [], since, console, store=store, as_json=as_json))
