"""What the parsers share: the configuration when it is needed, and how a verb ends."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from commands.data_folder import restrict
from commands.desk import Desk
from config import load_config

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on stdout.")]
console = Console()


def desk() -> Desk:
    """The configuration, read once a command has something to do."""
    config = load_config()
    restrict(config)
    return Desk(config)


def done(code: int) -> None:
    """End with this exit code."""
    raise typer.Exit(code)
