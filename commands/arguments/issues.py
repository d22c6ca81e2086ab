"""Arguments of the verbs that compose and deliver issues."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.arguments.invocation import Json, console, context, done

app = typer.Typer()


@app.command()
def digest(
    week: Annotated[str, typer.Option(help="ISO week, e.g. 2021-W05.")] = "",
    from_day: Annotated[str, typer.Option("--from", metavar="DATE")] = "",
    to_day: Annotated[str, typer.Option("--to", metavar="DATE")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the files here.")] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Record nothing, open it in a browser.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compose and render an issue.  Example: zhengxun digest --week 2021-W05 --preview"""
    from commands import issue

    here = context()
    span = issue.choose_span(here, week, from_day, to_day, preview=preview)
    done(issue.digest(here, span, out, console, preview=preview, as_json=as_json))


@app.command()
def send(
    week: Annotated[str, typer.Option(help="ISO week, e.g. 2021-W05.")] = "",
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Only this subscriber.")] = "",
) -> None:
    """Deliver what is outstanding.  Example: zhengxun send --week 2021-W05"""
    from commands import correct

    done(correct.send(context(), week, to, console))


@app.command(name="deliveries")
def deliveries_command(
    week: Annotated[str, typer.Option(help="ISO week; default: the newest issue.")] = "",
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Only this one, each attempt.")] = "",
    retry: Annotated[bool, typer.Option("--retry", help="Try again what did not go.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also what went as planned.")] = False,
    as_json: Json = False,
) -> None:
    """The ledger.  Example: zhengxun deliveries --week 2021-W05 --retry"""
    from commands import deliveries

    if retry:
        done(deliveries.retry(context(), week, to, console))
    done(deliveries.show(context(), week, to, console, every=every, as_json=as_json))
