"""Arguments of the verbs that set up and check."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from commands.arguments.invocation import console, context, done
from config import config_path

app = typer.Typer()


@app.command()
def doctor(
    sites: Annotated[bool, typer.Option("--sites", help="Ask each site's robots.txt too.")] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="Ask the model of [summary] once; it counts.")
    ] = False,
) -> None:
    """Check the set-up.  Example: zhengxun doctor --sites"""
    from commands import doctor as check

    done(check.doctor(context(), console, sites=sites, summary=summary))


@app.command()
def init(
    company: Annotated[str, typer.Option()] = "",
    profile: Annotated[str, typer.Option(help="What the company does, in words.")] = "",
    host: Annotated[str, typer.Option(help="SMTP server.")] = "",
    port: Annotated[str, typer.Option(help="SMTP port.")] = "",
    security: Annotated[str, typer.Option(help="starttls, tls or none.")] = "",
    username: Annotated[str, typer.Option(help="SMTP user name.")] = "",
    sender: Annotated[str, typer.Option(help="From address.")] = "",
    contact: Annotated[str, typer.Option(help="Your address.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
) -> None:
    """Write a commented zhengxun.toml.  Example: zhengxun init --yes --host smtp.example.com"""
    from commands import init

    given = {
        "company": company,
        "profile": profile,
        "host": host,
        "port": port,
        "security": security,
        "username": username,
        "sender": sender,
        "contact": contact,
    }
    done(init.init(config_path(), given, console, ask=not yes and sys.stdin.isatty()))
