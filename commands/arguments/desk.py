"""Arguments of `zhengxun desk`: the editors' desk and who may use it."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.arguments.invocation import console, context, done

app = typer.Typer(
    help="The editors' desk in a browser.  Example: zhengxun desk invite li@example.com",
    invoke_without_command=True,
)

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="A mail address.")]


@app.callback()
def serve(asked: typer.Context) -> None:
    """Serve the desk where [desk] says, until Ctrl-C.  Example: zhengxun desk"""
    if asked.invoked_subcommand is None:
        from commands import desk

        done(desk.serve(context(), console))


@app.command()
def invite(
    address: Address,
    role: Annotated[str, typer.Option(help="reader, editor, releaser or operator.")] = "editor",
    name: Annotated[str, typer.Option(help="As the history names them.")] = "",
) -> None:
    """Let somebody in, or in another role.

    Example: zhengxun desk invite li@example.com --role editor --name 李工
    """
    from commands import desk

    done(desk.invite(context(), address, name, role, console))


@app.command()
def unlock(address: Address) -> None:
    """A new link for who is locked out.  Example: zhengxun desk unlock li@example.com"""
    from commands import desk

    done(desk.unlock(context(), address, console))


@app.command()
def end(address: Address) -> None:
    """Let somebody in no more.  Example: zhengxun desk end li@example.com"""
    from commands import desk

    done(desk.end(context(), address, console))


@app.command()
def people() -> None:
    """Who may use the desk.  Example: zhengxun desk people"""
    from commands import desk

    done(desk.people(context(), console))
