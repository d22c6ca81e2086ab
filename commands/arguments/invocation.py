"""What the parsers share: the configuration when it is needed, and how a verb ends."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from app.context import Context
from app.data_folder import restrict
from config import load_config

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on stdout.")]
console = Console()


def context() -> Context:
    """The configuration, read once a command has something to do."""
    config = load_config()
    restrict(config)
    return Context(config)


def done(code: int) -> None:
    """End with this exit code."""
    raise typer.Exit(code)
