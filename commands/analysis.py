"""`zhengxun search`, `export`, `backup` and `serve`: the store in analysts' hands."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from app.connections import Bounded, Connections
from app.context import CommandError, Context
from app.log_rate import RateLimit
from china_time import SHANGHAI
from commands.restore import restore as restore
from commands.terminal import printed
from digest.composing.weeks import parse_day
from storage.export.export import export_notices
from storage.notices.table_rows import search_lists as in_lists
from storage.operation.backup import backup as back_up
from storage.search.search import search as find


def search(
    context: Context, words: str, options: dict[str, str], most: int, console: Console
) -> int:
    """Full-text search, best first; 1 when nothing matches."""
    limits = limits_of(options)
    limits |= {
        name: parse_day(options[name], name=f"--{name.replace('_', '-')}")
        for name in ("due_since", "due_until")
        if options.get(name)
    }
    with context.store() as db:
        hits = find(db, words, limit=most, number=options.get("number") or None, **limits)
    # What another program reads is not folded: an address in two lines is none.
    whole = not console.is_terminal
    for hit in hits:
        line = f"[bold]{printed(hit.title)}[/bold]  {hit.published_on or ''}  {hit.site}"
        console.print(line, soft_wrap=whole)
        console.print(f"  {printed(hit.excerpt)}", soft_wrap=whole)
        console.print(f"  [dim]{printed(hit.url)}[/dim]", soft_wrap=True)
    if not hits:
        console.print(f"没有找到“{printed(words)}”")
    return 0 if hits else 1


def search_lists(
    context: Context, words: list[str], options: dict[str, str], most: int, console: Console
) -> int:
    """Rows of published lists that hold every word, the newest first; 1 when none does."""
    with context.store() as db:
        hits = in_lists(db, " ".join(words).split(), limit=most, **limits_of(options))
    for hit in hits:
        place = f"{printed(hit.file)}  {printed(hit.sheet)} 第 {hit.row} 行"
        console.print(f"[bold]{printed(hit.title)}[/bold]  {hit.published_on}  {hit.site}")
        console.print(
            "  " + printed("  ".join(f"{key}：{value}" for key, value in hit.cells.items()))
        )
        console.print(f"  [dim]{place}  {printed(hit.url)}[/dim]")
    if not hits:
        console.print(f"各名单中没有“{printed(' '.join(words))}”")
    return 0 if hits else 1


def limits_of(options: dict[str, str]) -> dict[str, Any]:
    """`--site`, `--section`, `--since` and `--until` as the store takes them; empty is no limit.

    Raises DigestError for a day that is none, and CommandError when the days are crossed.
    """
    since, until = (
        parse_day(options[name], name=f"--{name}") if options.get(name) else None
        for name in ("since", "until")
    )
    if since and until and since > until:
        raise CommandError(f"--since {since} is after --until {until}", 2)
    site, section = options.get("site") or None, options.get("section") or None
    return {"site": site, "section": section, "since": since, "until": until}


def export(
    context: Context, path: Path, form: str, options: dict[str, str], console: Console
) -> int:
    """Notices as CSV, XLSX or JSON lines; the form follows the file's ending unless given."""
    form = form or path.suffix.lstrip(".").lower()
    if form not in {"csv", "xlsx", "jsonl"}:
        raise CommandError(f"{path}: name it .csv, .xlsx or .jsonl, or give --format", 2)
    limits = limits_of(options)
    try:
        with context.store() as db:
            titles = {chapter.id: chapter.title for chapter in context.config.digest.chapters}
            count = export_notices(db, path, form, section_titles=titles, **limits)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    if not count and limits["site"]:
        context.site(limits["site"])  # mistyped, unless it is a site without notices
    console.print(f"{count} 条通知写入 {path}")
    return 0


def backup(context: Context, target: Path | None, keep: int, console: Console) -> int:
    """A consistent, checked copy, also while the daemon writes."""
    with context.store() as db:
        copy = back_up(
            db, target or context.config.data / "backups", context.config.clock(), keep=keep
        )
    console.print(f"备份写入 {copy}")
    return 0


# Of `zhengxun serve`: connections, of which the oldest makes room for the next; and as long as one
# of them may take, for whoever fetches a large table.
_MOST_AT_ONCE = 100
_LONGEST_SECONDS = 900.0


def serve(context: Context, port: int) -> int:
    """The store in a browser of this machine, read-only; until Ctrl+C."""
    import rich
    import uvicorn

    from storage.datasette.app import build, close

    # Datasette would print a traceback with all variables for every mistyped address.
    rich.get_console().quiet = True
    with context.store():
        pass  # made and migrated if need be: the server itself never writes
    config = context.config
    datasette = build(
        config.database,
        today=config.now.astimezone(SHANGHAI).date() if config.now else None,
        sections={chapter.id: chapter.title for chapter in config.digest.chapters},
    )
    application = datasette.app()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(f"cannot use port {port}: {error.strerror}; give --port") from error
        sys.stderr.write(f"http://127.0.0.1:{port}/ 只读；按 Ctrl+C 停止\n")
        # A line for each request that is one too many: whoever makes them would fill the journal.
        limit = RateLimit([logging.StreamHandler()])
        logging.getLogger("uvicorn").addHandler(limit)
        server = uvicorn.Server(
            uvicorn.Config(
                application,
                log_config=None,
                log_level="warning",
                lifespan="on",
                http=_bounded(),
            )
        )
        try:
            with suppress(KeyboardInterrupt):
                server.run(sockets=[listener])
        finally:
            logging.getLogger("uvicorn").removeHandler(limit)
            limit.close()
            close(datasette)
    return 0


def _bounded() -> type[asyncio.Protocol]:
    """Uvicorn's protocol within our bounds: its own limit sends honest visitors away while those
    who say nothing keep their connections."""
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    bounds = Connections(most=_MOST_AT_ONCE, most_of_one=_MOST_AT_ONCE, seconds=_LONGEST_SECONDS)

    class BoundedProtocol(Bounded):
        def __init__(self, **given: Any) -> None:
            super().__init__(AutoHTTPProtocol(**given), bounds)

    return BoundedProtocol
