"""Coming in and going out: the login, the one-time link, the way out."""

from __future__ import annotations

import logging
import threading

from app.context import Context
from app.mail_server import has_mail_server
from desk.accounts import LINK_LASTS, AccountError, TooOftenError
from desk.mails import send_link
from desk.visits import Answer, Go, Page, Visit, anybody, needs
from digest.models.issue import DigestError
from storage.database import StorageError
from storage.desk.people import Person

log = logging.getLogger("zhengxun")


@anybody
def ask(visit: Visit) -> Answer:
    """The login."""
    return Go("/") if visit.person is not None else _login("", "")


@anybody
def log_in(visit: Visit) -> Answer:
    """Let somebody in."""
    address, password = visit.text("address", 300), (visit.form.get("password") or [""])[0]
    now, accounts = visit.context.config.clock(), visit.desk.accounts
    with visit.context.store() as db:
        try:
            _, token = accounts.log_in(db, address, password[:1000], client=visit.client, now=now)
        except TooOftenError as error:
            return _login(address, str(error), 429)
        except AccountError as error:
            return _login(address, str(error), 401)
    return Go("/", begins=token)


@anybody
def ask_forgotten(visit: Visit) -> Answer:
    """The page to ask for another link."""
    del visit
    return Page("forgot.html.jinja", {"told": ""})


@anybody
def forgotten(visit: Visit) -> Answer:
    """Mail another link to somebody who is known; the answer is the same for nobody."""
    address = visit.text("address", 300)
    # Not waited for: how long the answer takes must not tell who is known.
    threading.Thread(target=_mail_link, args=(visit, address), name="link", daemon=True).start()
    told = "如果这个邮箱在名单上，几分钟内会收到一封带链接的邮件。没有收到，请联系管理员。"
    return Page("forgot.html.jinja", {"told": told})


@anybody
def welcome(visit: Visit) -> Answer:
    """The page behind a one-time link; looking at it uses nothing up."""
    token = visit.path["token"]
    with visit.context.store() as db:
        person = visit.desk.accounts.holder(db, token, visit.context.config.clock())
    return _welcome(person, token, "")


@anybody
def accept(visit: Visit) -> Answer:
    """Set the password that the link is for."""
    token, now = visit.path["token"], visit.context.config.clock()
    first, second = ((visit.form.get(name) or [""])[0] for name in ("password", "again"))
    accounts = visit.desk.accounts
    with visit.context.store() as db:
        person = accounts.holder(db, token, now)
        if person is not None and first != second:
            return _welcome(person, token, "两次输入的口令不同。")
        try:
            person, begun = accounts.accept(db, token, first, client=visit.client, now=now)
        except AccountError as error:
            return _welcome(person, token, str(error))
    return Go("/", said=f"{person.name or person.address}，欢迎使用编辑台。", begins=begun)


@needs("look")
def log_out(visit: Visit) -> Answer:
    """The session ends, here and in the store."""
    del visit
    return Go("/login", ends=True)


def _login(address: str, problem: str, status: int = 200) -> Page:
    return Page("login.html.jinja", {"address": address, "problem": problem}, status)


def _welcome(person: Person | None, token: str, problem: str) -> Page:
    values = {"holder": person, "link": token, "problem": problem}
    status = 404 if person is None else 400 if problem else 200
    return Page("welcome.html.jinja", values, status)


def _mail_link(visit: Visit, address: str) -> None:
    """A link for an address, if it is known, has not had enough of them, and there is mail."""
    context, now = visit.context, visit.context.config.clock()
    if not has_mail_server(context):
        log.warning("somebody asks for a link to the desk, and there is no mail server")
        return
    try:
        with context.store() as db:
            found = visit.desk.accounts.new_link(db, address, client=visit.client, now=now)
    except (TooOftenError, StorageError) as error:
        log.warning("no link to the desk was mailed: %s", error)
        return
    if found is not None:
        _mail(context, *found)


def _mail(context: Context, person: Person, token: str) -> None:
    until = context.config.clock() + LINK_LASTS
    try:
        ended = send_link(context, person, token, until)
    except DigestError as error:
        log.warning("the link for %s was not mailed: %s", person.address, error)
        return
    if ended is None or ended.state != "sent":
        reply = "no mail server" if ended is None else ended.reply
        log.warning("the link for %s was not mailed: %s", person.address, reply)
