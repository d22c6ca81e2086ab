"""What readers get beside the issue, and what comes back from them, as configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Database

from commands.desk import CommandError, Desk
from commands.mail_server import has_mail_server, mail_seal, smtp_settings
from commands.ways import ways_of
from config import SHANGHAI
from digest.delivery.bulletins import BulletinReport, Press, deliver_bulletins, enter_news
from digest.replies.imap import ImapSettings
from digest.replies.mailbox import MailboxReport, read_mailbox
from storage.models import Subscriber
from storage.subscribers import wake_paused

if TYPE_CHECKING:
    # The daemon calls this too and prints nothing: it is spared the terminal library.
    from rich.console import Console


def press_of(desk: Desk) -> Press:
    """What every bulletin needs to know."""
    config = desk.config
    return Press(
        title=config.digest.title,
        company=config.digest.company,
        sender=config.smtp.sender,
        reply_to=config.smtp.reply_to,
        ways=ways_of(desk),
        site_names=desk.site_names(),
        seal=mail_seal(desk),
    )


def bulletins(desk: Desk, console: Console) -> int:
    """Tell what is new now; 1 when a mail could not be sent."""
    smtp_settings(desk)  # says what to do when there is no server
    with desk.store() as db:
        report = tell_news(desk, db)
    console.print(bulletin_line(report) or "没有要发的快讯")
    for note in report.notes:
        console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
    return int(bool(report.deferred or report.refused))


def wake(desk: Desk, db: Database) -> list[Subscriber]:
    """Let go on whoever was paused until today."""
    now = desk.config.clock()
    return wake_paused(db, today=now.astimezone(SHANGHAI).date(), now=now)


def has_mailbox(desk: Desk) -> bool:
    """Whether there is a mailbox to read."""
    return bool(desk.config.mailbox.host)


def imap_settings(desk: Desk) -> ImapSettings:
    """The mailbox as configured."""
    box = desk.config.mailbox
    if not box.host:
        raise CommandError("no mailbox: set mailbox.host and mailbox.username in zhengxun.toml")
    return ImapSettings(
        host=box.host,
        port=box.port,
        security=box.security,
        username=box.username,
        password=desk.config.imap_password.get_secret_value(),
        folder=box.folder,
        after=box.after,
        move_to=box.move_to,
        timeout=box.timeout,
    )


def read_returned(desk: Desk, db: Database) -> MailboxReport:
    """Bounces and wishes to leave, from the mailbox."""
    return read_mailbox(db, imap_settings(desk), press_of(desk), desk.config.clock())


def mailbox(desk: Desk, console: Console) -> int:
    """Read the mailbox now, and send the confirmations."""
    with desk.store() as db:
        report = read_returned(desk, db)
        answers = tell_news(desk, db)
    console.print(mailbox_line(report), highlight=False)
    for note in (*report.notes, *answers.notes):
        console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
    return 0


def mailbox_line(report: MailboxReport) -> str:
    """What was found, in one line."""
    line = f"退信 {report.bounces}，退订 {report.unsubscribes}，其他 {report.others}"
    return line + (f"，无法读取 {report.unreadable}" if report.unreadable else "")


def tell_news(desk: Desk, db: Database) -> BulletinReport:
    """New notices to who asked for them at once, and confirmations; nothing without a server."""
    if not has_mail_server(desk):
        return BulletinReport()
    press, clock = press_of(desk), desk.config.clock
    enter_news(db, press, chapters=desk.config.digest.chapters, now=clock())
    return deliver_bulletins(db, press, smtp_settings(desk), clock)


def bulletin_line(report: BulletinReport) -> str:
    """What happened to the bulletins, in one line; '' when there were none."""
    words = [f"快讯：已发 {report.sent}"]
    words += [f"稍后再试 {report.deferred}"] * bool(report.deferred)
    words += [f"被拒 {report.refused}"] * bool(report.refused)
    return "，".join(words) if report.sent or report.deferred or report.refused else ""
