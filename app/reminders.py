"""Owners of tasks are reminded by mail, as configured."""

from __future__ import annotations

from sqlite_utils import Database

from app.context import Context
from app.mail_server import mail_server
from digest.delivery.bulletins import BulletinReport
from digest.delivery.reminders import ReminderSettings, deliver_reminders, enter_reminders
from digest.delivery.unsubscribe_links import load_key


def remind(context: Context, db: Database) -> BulletinReport:
    """Mail what is due to the owners of tasks; nothing without a server."""
    smtp = mail_server(context)
    if smtp is None:
        return BulletinReport()
    config = context.config
    page = f"{config.desk.origin}/tasks" if config.desk.origin else ""
    settings = ReminderSettings(config.digest.title, smtp, load_key(config.data), page)
    enter_reminders(db, settings, config.clock())
    return deliver_reminders(db, settings, config.clock)
