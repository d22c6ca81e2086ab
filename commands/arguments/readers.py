"""Arguments of the verbs for what readers get beside the issue."""

from __future__ import annotations

import typer

from commands.arguments.invocation import console, context, done

app = typer.Typer()


@app.command()
def bulletins() -> None:
    """Tell new notices to who asked for them at once.  Example: zhengxun bulletins"""
    from commands import readers

    done(readers.bulletins(context(), console))


@app.command()
def mailbox() -> None:
    """Read bounces and unsubscribing from the mailbox now.  Example: zhengxun mailbox"""
    from commands import readers

    done(readers.mailbox(context(), console))
