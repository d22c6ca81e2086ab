"""Arguments of `zhengxun subscribers`: who gets what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.arguments.call import console, desk, done

app = typer.Typer(
    help="Who gets what.  Example: zhengxun subscribers add li@example.com --sections pharma",
    no_args_is_help=True,
)


@app.command(name="add")
def add(
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


@app.command(name="list")
def list_command() -> None:
    """All subscribers.  Example: zhengxun subscribers list"""
    from commands import people

    done(people.show(desk(), console))


@app.command(name="change")
def change(
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


@app.command(name="pause")
def pause(address: str) -> None:
    """Send nothing until resumed.  Example: zhengxun subscribers pause li@example.com"""
    from commands import people

    done(people.set_state(desk(), address, "paused", console))


@app.command(name="resume")
def resume(address: str) -> None:
    """Send again, after pausing or bounces.  Example: zhengxun subscribers resume li@example.com"""
    from commands import people

    done(people.set_state(desk(), address, "active", console))


@app.command(name="export")
def export(path: Path) -> None:
    """Write a CSV that import reads.  Example: zhengxun subscribers export who.csv"""
    from commands import people

    done(people.save(desk(), path, console))


@app.command(name="remove")
def remove(address: str) -> None:
    """End a subscription.  Example: zhengxun subscribers remove li@example.com"""
    from commands import people

    done(people.remove(desk(), address, console))


@app.command(name="import")
def import_command(path: Path) -> None:
    """Import a CSV (address,name,sections,…).  Example: zhengxun subscribers import who.csv"""
    from commands import people

    done(people.load(desk(), path, console))
