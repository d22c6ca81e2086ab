"""Arguments of the verbs that let an issue go, and of what can be done after that."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.arguments.call import Json, console, desk, done

app = typer.Typer()


@app.command()
def release(
    week: Annotated[str, typer.Option(help="ISO week; default: the issue that waits.")] = "",
) -> None:
    """Send an issue that waits for its editor now.  Example: zhengxun release"""
    from commands import release as verb

    done(verb.release(desk(), week, console))


@app.command()
def history(
    week: Annotated[str, typer.Option(help="ISO week; default: all issues.")] = "",
    as_json: Json = False,
) -> None:
    """What was done to issues, by whom.  Example: zhengxun history --week 2021-W05"""
    from commands import history as verb

    done(verb.history(desk(), week, console, as_json=as_json))
