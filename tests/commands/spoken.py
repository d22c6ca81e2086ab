"""A console whose words a test can read."""

from __future__ import annotations

import io

from rich.console import Console


def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def said(made: Console) -> str:
    assert isinstance(made.file, io.StringIO)
    return made.file.getvalue()
