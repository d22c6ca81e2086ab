"""Arguments of the verbs that let an issue go, and of what can be done after that."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.arguments.invocation import Json, console, context, done

app = typer.Typer()


@app.command()
def release(
    week: Annotated[str, typer.Option(help="ISO week; default: the issue that waits.")] = "",
    skip: Annotated[
        bool, typer.Option("--skip", help="Leave it out; its entries come in the next one.")
    ] = False,
    take_back: Annotated[
        bool,
        typer.Option("--take-back", help="Let one that was skipped wait again."),
    ] = False,
) -> None:
    """Send an issue that waits for its editor now.  Example: zhengxun release"""
    from commands import release as verb

    if skip and take_back:
        raise typer.BadParameter("--skip and --take-back exclude each other")
    act = verb.skip if skip else verb.take_back if take_back else verb.release
    done(act(context(), week, console))


@app.command()
def history(
    week: Annotated[str, typer.Option(help="ISO week; default: all issues.")] = "",
    as_json: Json = False,
) -> None:
    """What was done to issues, by whom.  Example: zhengxun history --week 2021-W05"""
    from commands import history as verb

    done(verb.history(context(), week, console, as_json=as_json))


@app.command()
def learn(as_json: Json = False) -> None:
    """What the editor's acts taught.  Example: zhengxun learn"""
    from commands import learn as verb

    done(verb.learn(context(), console, as_json=as_json))


@app.command()
def forget(
    chapter: Annotated[str, typer.Argument(help="Its id or title; default: all chapters.")] = "",
) -> None:
    """Use nothing of what was learned so far.  Example: zhengxun forget pharma"""
    from commands import learn as verb

    done(verb.forget(context(), chapter, console))


@app.command()
def correct(
    week: Annotated[str, typer.Option(help="ISO week of the issue, e.g. 2021-W05.")],
    text: Annotated[str, typer.Option(help="What is corrected, for all readers.")],
    entry: Annotated[
        list[str] | None,
        typer.Option(metavar="ENTRY", help="An entry concerned: number, link or title words."),
    ] = None,
    wrong: Annotated[list[str] | None, typer.Option(help="What was wrong there.")] = None,
    right: Annotated[list[str] | None, typer.Option(help="What is right.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Print it, record nothing.")] = False,
) -> None:
    """Send a numbered correction to everybody who got an issue; the issue itself stays.

    Example: zhengxun correct --week 2021-W05 --text 日期有误 --entry 17 --wrong 8日 --right 18日
    """
    from commands import correct as verb

    lists = (entry or [], wrong or [], right or [])
    done(verb.correct(context(), week, text, *lists, console, preview=preview))
