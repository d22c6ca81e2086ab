"""What readers get beside the issue, and what comes back from them, as configured."""

from __future__ import annotations

from sqlite_utils import Database

from app.context import CommandError, Context
from app.issues import chat_bots
from app.mail_server import has_mail_server, mail_signer, smtp_settings
from app.unsubscribe_links import unsubscribe_links
from china_time import SHANGHAI
from digest.delivery.bulletins import (
    BulletinReport,
    BulletinSettings,
    deliver_bulletins,
    enter_news,
)
from digest.inbound.imap import ImapSettings
from digest.inbound.mailbox import MailboxReport, read_mailbox
from storage.models import Subscriber
from storage.readers.subscribers import wake_paused


def bulletin_settings_of(context: Context) -> BulletinSettings:
    """What every bulletin needs to know."""
    config = context.config
    return BulletinSettings(
        title=config.digest.title,
        company=config.digest.company,
        sender=config.smtp.sender,
        reply_to=config.smtp.reply_to,
        links=unsubscribe_links(context),
        site_names=context.site_names(),
        signer=mail_signer(context),
    )


def wake(context: Context, db: Database) -> list[Subscriber]:
    """Let go on whoever was paused until today."""
    now = context.config.clock()
    return wake_paused(db, today=now.astimezone(SHANGHAI).date(), now=now)


def has_mailbox(context: Context) -> bool:
    """Whether there is a mailbox to read."""
    return bool(context.config.mailbox.host)


def imap_settings(context: Context) -> ImapSettings:
    """The mailbox as configured."""
    box = context.config.mailbox
    if not box.host:
        raise CommandError("no mailbox: set mailbox.host and mailbox.username in zhengxun.toml")
    return ImapSettings(
        host=box.host,
        port=box.port,
        security=box.security,
        username=box.username,
        password=context.config.imap_password.get_secret_value(),
        folder=box.folder,
        after=box.after,
        move_to=box.move_to,
        timeout=box.timeout,
    )


def read_inbound(context: Context, db: Database) -> MailboxReport:
    """Bounces and wishes to leave, from the mailbox."""
    return read_mailbox(
        db, imap_settings(context), bulletin_settings_of(context), context.config.clock()
    )


def mailbox_line(report: MailboxReport) -> str:
    """What was found, in one line."""
    line = f"退信 {report.bounces}，退订 {report.unsubscribes}，其他 {report.others}"
    return line + (f"，无法读取 {report.unreadable}" if report.unreadable else "")


def tell_news(context: Context, db: Database) -> BulletinReport:
    """New notices to who asked for them at once, and confirmations; nothing without a server."""
    if not has_mail_server(context):
        return BulletinReport()
    bulletin_settings, clock = bulletin_settings_of(context), context.config.clock
    enter_news(db, bulletin_settings, chapters=context.config.digest.chapters, now=clock())
    bots = chat_bots(context)
    return deliver_bulletins(db, bulletin_settings, smtp_settings(context), clock, bots)


def bulletin_line(report: BulletinReport, what: str = "快讯") -> str:
    """What happened to the bulletins, in one line; '' when there were none."""
    words = [f"{what}：已发 {report.sent}"]
    words += [f"稍后再试 {report.deferred}"] * bool(report.deferred)
    words += [f"被拒 {report.refused}"] * bool(report.refused)
    return "，".join(words) if report.sent or report.deferred or report.refused else ""
