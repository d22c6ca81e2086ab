"""The `zhengxun` command: parse arguments, call one function, print.

Exit code 0 done, 1 failed, 2 bad usage. Results go to stdout, logs and errors to stderr; an
error is one line that says what to do. Each verb imports what it needs when it is called: a
status that loads Scrapy and Office writers first is not answered within a second.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from commands.arguments import (
    crawling,
    dedupe,
    desk,
    editing,
    issues,
    readers,
    releasing,
    setup,
    sources,
    store,
    subscribers,
)
from config import ui_language
from errors import ZhengxunError
from texts.messages import in_language

INTERRUPTED = 130
"""The exit code after Ctrl-C."""

app = typer.Typer(
    help="政讯周报: watch Chinese regulators' websites, keep every notice, mail a weekly digest.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verbs in (crawling, issues, readers, releasing, store, setup):
    app.add_typer(verbs.app)
app.add_typer(sources.app, name="sources")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(dedupe.app, name="dedupe")
app.add_typer(editing.app, name="edit")
app.add_typer(desk.app, name="desk")


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"zhengxun {version('zhengxun')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """What holds for every verb."""


def main(command: Callable[[], None] = app) -> None:
    """Run a command; our own errors are one line on stderr."""
    try:
        command()
    except ZhengxunError as error:
        fail(str(error), error.code)
    except SystemExit as ended:
        # The prompt never comes back without a word; a crawl has said what it left (above).
        if ended.code == INTERRUPTED:
            fail("已中断", INTERRUPTED)
        raise


def fail(message: str, code: int) -> None:
    """Say it in the operator's language and leave."""
    sys.stderr.write(f"zhengxun: {in_language(message, ui_language())}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
