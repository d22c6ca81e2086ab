"""Arguments of `zhengxun subscribers`: who gets what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.arguments.invocation import Json, console, context, done

app = typer.Typer(
    help="Who gets what.  Example: zhengxun subscribers add li@example.com --sections pharma",
    no_args_is_help=True,
)

Name = Annotated[str | None, typer.Option()]
Sections = Annotated[str | None, typer.Option(help="ip,pharma,projects; '' or none: all.")]
Groups = Annotated[str | None, typer.Option(help="国家级,天津市…; '' or none: all.")]
Topics = Annotated[str | None, typer.Option(help="中药,药品注册…: names of the vocabulary.")]
Keywords = Annotated[str | None, typer.Option(help="中药,不含兽药…; '' or none: all.")]
Formats = Annotated[str | None, typer.Option(help="html,docx,ics; html,docx if not given.")]
Pace = Annotated[
    str | None,
    typer.Option(help="weekly, or immediate: also a mail as soon as a new notice fits."),
]
DeadlineDays = Annotated[
    str | None,
    typer.Option(help="Immediate: a deadline at most so many days ahead fits too; 0: off."),
]
SkipEmpty = Annotated[
    bool | None,
    typer.Option("--skip-empty/--send-empty", help="No mail when nothing of an issue fits."),
]


def chosen(**values: str | bool | None) -> dict[str, str | None]:
    """The options as texts; what was not given is None."""
    words = {True: "yes", False: "no", None: None}
    return {
        key: words[value] if value is None or isinstance(value, bool) else value
        for key, value in values.items()
    }


@app.command(name="add")
def add(
    address: str,
    name: Name = None,
    sections: Sections = None,
    groups: Groups = None,
    topics: Topics = None,
    keywords: Keywords = None,
    formats: Formats = None,
    pace: Pace = None,
    deadline_days: DeadlineDays = None,
    skip_empty: SkipEmpty = None,
) -> None:
    """Add a subscriber.  Example: zhengxun subscribers add li@example.com --keywords 中药"""
    from commands import subscribers

    given = chosen(
        name=name,
        sections=sections,
        groups=groups,
        topics=topics,
        keywords=keywords,
        formats=formats,
        pace=pace,
        deadline_days=deadline_days,
        skip_empty=skip_empty,
    )
    texts = {key: text for key, text in given.items() if text is not None}
    done(subscribers.add(context(), address, texts, console))


@app.command(name="list")
def list_command(as_json: Json = False) -> None:
    """All subscribers.  Example: zhengxun subscribers list --json"""
    from commands import subscribers

    done(subscribers.show(context(), console, as_json=as_json))


@app.command(name="change")
def change(
    address: str,
    name: Name = None,
    sections: Sections = None,
    groups: Groups = None,
    topics: Topics = None,
    keywords: Keywords = None,
    formats: Formats = None,
    pace: Pace = None,
    deadline_days: DeadlineDays = None,
    skip_empty: SkipEmpty = None,
) -> None:
    """Change a choice.  Example: zhengxun subscribers change li@example.com --keywords 不含兽药"""
    from commands import subscribers

    texts = chosen(
        name=name,
        sections=sections,
        groups=groups,
        topics=topics,
        keywords=keywords,
        formats=formats,
        pace=pace,
        deadline_days=deadline_days,
        skip_empty=skip_empty,
    )
    done(subscribers.change(context(), address, texts, console))


@app.command(name="pause")
def pause(
    address: str,
    until: Annotated[str, typer.Option(metavar="DATE", help="Goes on by itself that day.")] = "",
) -> None:
    """Send nothing until resumed.  Example: subscribers pause li@example.com --until 2021-03-01"""
    from commands import subscribers

    done(subscribers.pause(context(), address, until, console))


@app.command(name="resume")
def resume(address: str) -> None:
    """Send again, after pausing or bounces.  Example: zhengxun subscribers resume li@example.com"""
    from commands import subscribers

    done(subscribers.set_state(context(), address, "active", console))


@app.command(name="export")
def export(path: Path) -> None:
    """Write a CSV that import reads.  Example: zhengxun subscribers export who.csv"""
    from commands import subscribers_csv

    done(subscribers_csv.save(context(), path, console))


@app.command(name="remove")
def remove(address: str) -> None:
    """End a subscription.  Example: zhengxun subscribers remove li@example.com"""
    from commands import subscribers

    done(subscribers.remove(context(), address, console))


@app.command(name="import")
def import_command(path: Path) -> None:
    """Import a CSV (address,name,sections,…).  Example: zhengxun subscribers import who.csv"""
    from commands import subscribers_csv

    done(subscribers_csv.load(context(), path, console))
