"""Arguments of `zhengxun sources`: the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.arguments.invocation import Json, console, context, done

app = typer.Typer(
    help="The catalogue.  Example: zhengxun sources check tj_kxjs", invoke_without_command=True
)


@app.callback()
def sources(invoked: typer.Context, as_json: Json = False) -> None:
    """The catalogue as resolved.  Example: zhengxun sources --json"""
    from commands import status

    if invoked.invoked_subcommand is None:
        done(status.sources(context(), console, as_json=as_json))


@app.command(name="check")
def check(
    site: str = typer.Argument(""),
    every: bool = typer.Option(False, "--all", help="every enabled site; writes one page"),
    off: bool = typer.Option(False, "--off", help="with --all: also the sites that are off"),
    record: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="keep requests and answers, to be read again offline"),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="where the page goes")] = None,
) -> None:
    """Read a list and one notice, store nothing.  Example: zhengxun sources check --all"""
    from commands import checking, inspecting

    if bool(site) == every:
        raise typer.BadParameter("name one site, or --all")
    if every or record or out:
        done(checking.check_sources(context(), site, console, off=off, out=out, record=record))
    done(inspecting.check_source(context(), site, console))


@app.command(name="accept")
def accept(site: str, column: str = typer.Argument("")) -> None:
    """Trust what a redesign taught us.  Example: zhengxun sources accept tj_kxjs 通知公告"""
    from commands import learned_selectors

    done(learned_selectors.accept(context(), site, column, console))


@app.command(name="missing")
def missing_numbers(as_json: Json = False) -> None:
    """Numbers that gapless series lack (缺号).  Example: zhengxun sources missing --json"""
    from commands import missing_numbers

    done(missing_numbers.missing(context(), console, as_json=as_json))


@app.command(name="dismiss")
def dismiss(
    number: int, reason: str = typer.Option("", help="why there is no such notice")
) -> None:
    """No longer list a missing number.  Example: zhengxun sources dismiss 3 --reason 未公开"""
    from commands import missing_numbers

    done(missing_numbers.dismiss(context(), number, reason, console))


@app.command(name="gaps")
def gaps(
    dismiss: int = typer.Option(0, metavar="ID", help="nothing is missing in these days"),
    reason: str = typer.Option("", help="how you know"),
    every: bool = typer.Option(False, "--all", help="also those closed or dismissed"),
    as_json: Json = False,
) -> None:
    """Days that may be incomplete (漏读).  Example: zhengxun sources gaps --all"""
    from commands import gaps

    if dismiss:
        done(gaps.dismiss(context(), dismiss, reason, console))
    done(gaps.gaps(context(), console, every=every, as_json=as_json))


@app.command(name="probe")
def probe(url: str) -> None:
    """Look at a list page nobody described, print its TOML.  Example: zhengxun sources probe URL"""
    from commands import probe

    done(probe.probe(context(), url, console))
