"""Arguments of `zhengxun edit`: what an editor does to the coming issue."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.arguments.invocation import Json, console, context, done

app = typer.Typer(
    help="Change the coming issue before it goes out.  Example: zhengxun edit list",
    no_args_is_help=True,
)

Entry = Annotated[
    str,
    typer.Argument(
        metavar="ENTRY", help="Its number in `edit list` or the preview, its link, or title words."
    ),
]
IssueWeek = Annotated[
    str, typer.Option(help="ISO week; default: the issue that waits, else the next one.")
]


@app.command(name="list")
def list_entries(week: IssueWeek = "", as_json: Json = False) -> None:
    """The coming issue with numbers.  Example: zhengxun edit list"""
    from commands import edit

    done(edit.show(context(), week, console, as_json=as_json))


@app.command()
def drop(
    entries: Annotated[
        list[str] | None,
        typer.Argument(metavar="ENTRY...", help="Numbers, ranges (17-25), links or title words."),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="ENTRY", help="Drop all but these: numbers and ranges, by commas."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; kept in the history.")] = "",
    week: IssueWeek = "",
) -> None:
    """Leave entries out, for good.

    Example: zhengxun edit drop 17 20-25 --reason 与本公司无关
    Example: zhengxun edit drop --keep 3,8,12-14
    """
    from commands import edit

    done(edit.drop(context(), entries or [], keep or [], reason, week, console))


@app.command()
def restore(entry: Entry, week: IssueWeek = "") -> None:
    """Take a drop back, also one of an earlier issue.  Example: zhengxun edit restore 17"""
    from commands import edit

    done(edit.restore(context(), entry, week, console))


@app.command()
def pin(entry: Entry, week: IssueWeek = "") -> None:
    """Put an entry at the top of its group.  Example: zhengxun edit pin 17"""
    from commands import edit

    done(edit.pin(context(), entry, week, console, up=True))


@app.command()
def unpin(entry: Entry, week: IssueWeek = "") -> None:
    """Take a pin back.  Example: zhengxun edit unpin 17"""
    from commands import edit

    done(edit.pin(context(), entry, week, console, up=False))


@app.command()
def keep(entry: Entry, week: IssueWeek = "") -> None:
    """It is rightly where it is; later issues learn from it.  Example: zhengxun edit keep 17"""
    from commands import edit

    done(edit.judge(context(), entry, "keep", week, console))


@app.command()
def promote(entry: Entry, week: IssueWeek = "") -> None:
    """Tell an entry in full (重点).  Example: zhengxun edit promote 17"""
    from commands import edit

    done(edit.judge(context(), entry, "promote", week, console))


@app.command()
def fold(entry: Entry, week: IssueWeek = "") -> None:
    """Tell an entry in a line (其余).  Example: zhengxun edit fold 17"""
    from commands import edit

    done(edit.judge(context(), entry, "fold", week, console))


@app.command()
def extract(entry: Entry, week: IssueWeek = "") -> None:
    """No 机器摘要 for an entry: our sentences of the page.  Example: zhengxun edit extract 17"""
    from commands import edit

    done(edit.sum_up(context(), entry, week, console, by_model=False))


@app.command()
def sum_up(entry: Entry, week: IssueWeek = "") -> None:
    """Its 机器摘要 again, after extract.  Example: zhengxun edit sum-up 17"""
    from commands import edit

    done(edit.sum_up(context(), entry, week, console, by_model=True))


@app.command()
def move(
    entry: Entry,
    chapter: Annotated[str, typer.Option(help="Its id or title: pharma or 医药信息篇.")] = "",
    group: Annotated[str, typer.Option(help="A heading of the chapter: 国家级.")] = "",
    position: Annotated[
        int | None, typer.Option(min=1, max=9999, help="Place in the group, from 1.")
    ] = None,
    week: IssueWeek = "",
) -> None:
    """Move an entry.  Example: zhengxun edit move 17 --chapter ip --group 国家级 --position 2"""
    from commands import edit

    done(edit.move(context(), entry, chapter, group, position, week, console))


@app.command()
def annotate(
    entry: Entry,
    note: Annotated[str, typer.Argument(help="The 编者按; '' takes it away, - reads stdin.")],
    week: IssueWeek = "",
) -> None:
    """Write a 编者按 to an entry.  Example: zhengxun edit annotate 17 请注册部月底前反馈"""
    from commands import edit

    done(edit.annotate(context(), entry, note, week, console))


@app.command()
def retitle(
    title: Annotated[str, typer.Argument(help="The issue's own title; '' takes it back.")],
    week: IssueWeek = "",
) -> None:
    """Give the issue a title of its own.  Example: zhengxun edit retitle 政讯周报·两会专刊"""
    from commands import edit

    done(edit.retitle(context(), title, week, console))
