"""`zhengxun desk`: serve the editors' desk, and let people in from the machine itself."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from app.context import CommandError, Context, os_user
from china_time import local_minute
from commands.terminal import printed
from digest.delivery.unsubscribe_links import load_key
from digest.models.issue import DigestError
from storage.desk.acts import note_act
from storage.desk.people import ROLES, Person, end_person, find_person, list_people

if TYPE_CHECKING:
    from desk.server import DeskServer


def serve(context: Context, console: Console) -> int:
    """Serve until Ctrl-C or SIGTERM. Raises CommandError when the desk is off, or its address is
    taken."""
    from desk.server import DeskServer

    config = context.config.desk
    if not config.listen:
        raise CommandError('the desk is off; set listen = "127.0.0.1:8010" under [desk]', 2)
    with context.store():
        server = DeskServer(context)
    try:
        asyncio.run(_until_stopped(server, console, config.origin))
    except OSError as error:
        raise CommandError(f"cannot listen on {config.listen}: {error.strerror}") from error
    return 0


async def _until_stopped(server: DeskServer, console: Console, origin: str) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await server.begin()
    console.print(f"编辑台：{origin}", highlight=False)
    await stopping.wait()
    await server.end()


def invite(context: Context, address: str, name: str, role: str, console: Console) -> int:
    """Let somebody in; the one-time link is mailed where mail is configured, and printed."""
    from desk.accounts import Accounts

    if role not in ROLES:
        raise CommandError(f"--role: {role} is not one of {', '.join(ROLES)}", 2)
    with context.store() as db:
        person, token = Accounts(load_key(context.config.data)).invite(
            db,
            address,
            name=name,
            role=role,
            who=os_user(),
            now=context.config.clock(),
        )
    return _tell(context, person, token, console)


def unlock(context: Context, address: str, console: Console) -> int:
    """Another link for somebody who is locked out; what was tried is forgotten."""
    from desk.accounts import Accounts

    with context.store() as db:
        person = find_person(db, address)
        if person is None or person.ended_at is not None:
            raise CommandError(
                f"{address} is nobody's at the desk; let them in: zhengxun desk invite {address}"
            )
        now = context.config.clock()
        token = Accounts(load_key(context.config.data)).unlock(db, person, who=os_user(), now=now)
    return _tell(context, person, token, console)


def end(context: Context, address: str, console: Console) -> int:
    """Let somebody in no more, at once."""
    with context.store() as db:
        now = context.config.clock()
        person = end_person(db, address, now)
        note_act(db, f"停用 {person.address}", who=os_user(), now=now)
    console.print(f"已停用 {person.address}", highlight=False)
    return 0


def people(context: Context, console: Console) -> int:
    """Everybody, with their roles."""
    with context.store() as db:
        found = list_people(db)
    table = Table(box=None, pad_edge=False)
    for title in ("地址", "姓名", "角色", "状态"):
        table.add_column(title, overflow="fold")
    for one in found:
        state = "可登录" if one.password else "尚未设口令"
        state = f"{local_minute(one.ended_at)} 停用" if one.ended_at else state
        table.add_row(printed(one.address), printed(one.name), one.role, state)
    console.print(table if found else "还没有人；邀请：zhengxun desk invite ADDRESS")
    return 0


def _tell(context: Context, person: Person, token: str, console: Console) -> int:
    """Mail the link and print it; 1 when there is a mail server that did not take it."""
    from desk.accounts import LINK_LASTS
    from desk.mails import link_of, send_link

    until = context.config.clock() + LINK_LASTS
    problem = ""
    try:
        ended = send_link(context, person, token, until)
    except DigestError as error:
        ended, problem = None, str(error)
    if ended is not None and ended.state != "sent":
        problem = ended.reply
    if ended is not None and not problem:
        console.print(f"链接已寄给 {person.address}", highlight=False)
    elif problem:
        console.print(f"没有寄出：{printed(problem)}", highlight=False, soft_wrap=True)
    where = link_of(context, token)
    if not context.config.desk.listen:
        where = f"（先在 zhengxun.toml 的 [desk] 写 listen）/welcome/{token}"
    told = f"{person.address}（{person.role}）用一次性链接设置口令，{local_minute(until)} 前有效："
    console.print(told, highlight=False, markup=False, soft_wrap=True)
    console.print(where, highlight=False, markup=False, soft_wrap=True)
    return int(bool(problem))
