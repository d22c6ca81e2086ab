"""Arguments of `zhengxun dedupe`: which pages are one document."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.arguments.invocation import Json, console, context, done

app = typer.Typer(
    help="Which pages are one document.  Example: zhengxun dedupe review", no_args_is_help=True
)


@app.command(name="review")
def review(as_json: Json = False) -> None:
    """Pages that contradict each other.  Example: zhengxun dedupe review"""
    from commands import dedupe

    done(dedupe.review(context(), console, as_json=as_json))


@app.command(name="join")
def join(one: int, other: int) -> None:
    """Two pages are one document.  Example: zhengxun dedupe join 12 34"""
    from commands import dedupe

    done(dedupe.join(context(), one, other, console))


@app.command(name="split")
def split(
    page: int, other: Annotated[int | None, typer.Argument(metavar="[OTHER]")] = None
) -> None:
    """A page is a document of its own.  Example: zhengxun dedupe split 12 34"""
    from commands import dedupe

    done(dedupe.split(context(), page, other, console))
