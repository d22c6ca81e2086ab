"""Arguments of the verbs for analysts and for copies of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.arguments.invocation import console, context, done

app = typer.Typer()


@app.command()
def search(
    words: list[str],
    site: Annotated[str, typer.Option()] = "",
    section: Annotated[str, typer.Option()] = "",
    since: Annotated[str, typer.Option(metavar="DATE")] = "",
    until: Annotated[str, typer.Option(metavar="DATE")] = "",
    number: Annotated[str, typer.Option(help="A part of the 文号.")] = "",
    due_since: Annotated[str, typer.Option(metavar="DATE", help="Deadline from then on.")] = "",
    due_until: Annotated[str, typer.Option(metavar="DATE", help="Deadline up to then.")] = "",
    in_lists: Annotated[
        bool, typer.Option("--in-lists", help="Rows of lists in attachments, not notices.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1)] = 20,
) -> None:
    """Full-text search.  Example: zhengxun search 中药 --since 2021-01-01"""
    from commands import analysis

    options = {
        "site": site,
        "section": section,
        "since": since,
        "until": until,
        "number": number,
        "due_since": due_since,
        "due_until": due_until,
    }
    if in_lists:
        for name in ("number", "due_since", "due_until"):
            if options[name]:
                raise typer.BadParameter(f"--{name.replace('_', '-')} does not go with --in-lists")
        done(analysis.search_lists(context(), words, options, limit, console))
    done(analysis.search(context(), " ".join(words), options, limit, console))


@app.command()
def export(
    path: Path,
    form: Annotated[str, typer.Option("--format", help="csv, xlsx or jsonl.")] = "",
    site: Annotated[str, typer.Option(help="Only this site.")] = "",
    section: Annotated[str, typer.Option(help="Only this chapter.")] = "",
    since: Annotated[str, typer.Option(metavar="DATE", help="Published from this day.")] = "",
    until: Annotated[str, typer.Option(metavar="DATE", help="Published to this day.")] = "",
) -> None:
    """Notices as CSV, XLSX or JSON lines.  Example: zhengxun export cde.xlsx --site cde"""
    from commands import analysis

    options = {"site": site, "section": section, "since": since, "until": until}
    done(analysis.export(context(), path, form, options, console))


@app.command()
def serve(port: Annotated[int, typer.Option(min=1, max=65535)] = 8001) -> None:
    """Datasette on the database, read-only.  Example: zhengxun serve --port 8001"""
    from commands import analysis

    done(analysis.serve(context(), port))


@app.command()
def backup(
    target: Annotated[Path | None, typer.Argument(metavar="[FOLDER]")] = None,
    keep: Annotated[int, typer.Option(min=1, help="How many copies stay.")] = 14,
) -> None:
    """A consistent copy of the database.  Example: zhengxun backup /mnt/backup --keep 30"""
    from commands import analysis

    done(analysis.backup(context(), target, keep, console))


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE")],
    sent: Annotated[
        bool, typer.Option("--sent", help="Mails of the time since the copy went out.")
    ] = False,
    unsent: Annotated[bool, typer.Option("--unsent", help="None of them did.")] = False,
) -> None:
    """Put a backup in place.  Example: zhengxun restore data/backups/zhengxun-….db"""
    from commands import restore

    done(restore.restore(context(), source, console, sent=sent, unsent=unsent))
