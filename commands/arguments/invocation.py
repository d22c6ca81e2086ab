"""What the parsers share: the configuration when it is needed, and how a verb ends."""

from __future__ import annotations

from typing import Annotated

import typer

from app.context import Context
from app.data_folder import restrict
from commands.terminal import Terminal
from config import load_config

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on stdout.")]
console = Terminal()


def context() -> Context:
    """The configuration, read once a command has something to do."""
    config = load_config()
    restrict(config)
    return Context(config)


def done(code: int) -> None:
    """End with this exit code."""
    raise typer.Exit(code)
