"""Issues as the configuration wants them: composed into files, and sent to whom they owe."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from app.context import CommandError, Context, os_user
from app.mail_server import has_mail_server, mail_server, smtp_settings
from app.unsubscribe_links import unsubscribe_links
from china_time import local_minute
from digest.composing.weeks import Week
from digest.delivery.chat_bot import ChatBot
from digest.delivery.deliver import DeliveryReport, deliver, enrol, issues_to_enter
from digest.models.issue import Digest
from digest.publish import publish_issue, recompose, span_of, write_feed, write_site
from storage.issues.issues import find_issue, list_issues
from storage.models import IssueRecord
from storage.readers import deliveries


def make(context: Context, db: Database, span: Week, folder: Path, *, record: bool) -> Digest:
    """Compose, write the files, and feed and archive when the issue is recorded and released.

    One that waits for its editor is written beside `folder`, as a preview is.
    """
    settings, now, names = context.config.digest, context.config.clock(), context.site_names()
    try:
        issue = publish_issue(
            db,
            settings,
            span=span,
            now=now,
            site_names=names,
            folder=folder,
            record=record,
            who=os_user(),
        )
        if record and not issue.draft:
            data = context.config.data
            write_feed(db, settings, data, now=now, site_names=names)
            write_site(db, settings, data / "site", now=now, site_names=names)
    except OSError as error:
        raise CommandError(f"cannot write to {folder}: {error.strerror}") from error
    return issue


def send_due(context: Context, db: Database) -> list[tuple[IssueRecord, DeliveryReport]]:
    """What the daemon does every few minutes: deliver what is due now, of any issue.

    The ledger is asked first; an issue that owes nobody anything is not composed again. Nothing
    to do without a mail server and without bots.
    """
    bots, now = chat_bots(context), context.config.clock()
    records = list_issues(db)
    if not records or not (bots or has_mail_server(context)):
        return []
    for record in issues_to_enter(db, now):
        smtp, links = mail_server(context), unsubscribe_links(context)
        enrol(db, record, smtp=smtp, now=now, bots=bots, links=links, missed_too=True)
    rows = deliveries.outstanding(db, due_at=now)
    mail = has_mail_server(context)
    bots_at = {bot.address for bot in bots}
    due = {row.issue_id for row in rows if mail or row.address in bots_at}
    return [
        (record, send_issue(context, db, record, None)) for record in records if record.id in due
    ]


def find_recorded(context: Context, db: Database, week: str) -> IssueRecord:
    """A recorded issue by its week, which has been released."""
    name = span_of(context.config.digest, week).name
    record = find_issue(db, name)
    if record is None:
        raise CommandError(f"issue {name} is not recorded; run: zhengxun digest --week {name}")
    if record.skipped_at is not None:
        raise CommandError(f"issue {name} was skipped; its entries stand in the next one")
    if record.waits:
        raise CommandError(
            f"issue {name} waits for its editor until {local_minute(record.release_at)}; "
            f"send it now: zhengxun release --week {name}"
        )
    return record


def send_issue(
    context: Context, db: Database, record: IssueRecord, address: str | None
) -> DeliveryReport:
    """One issue to whom it still has to go; composed again only when somebody is due."""
    config = context.config
    bots = chat_bots(context)

    def composed() -> Digest:
        return recompose(db, config.digest, record.week, config.clock(), context.site_names())

    return deliver(
        db,
        record,
        composed,
        smtp=mail_server(context) if bots else smtp_settings(context),
        now=config.clock,
        only_address=address,
        bots=bots,
        links=unsubscribe_links(context),
    )


def chat_bots(context: Context) -> list[ChatBot]:
    """The chat bots of `[[channels]]`."""
    return [
        ChatBot(
            kind=channel.kind,
            name=channel.name,
            url=channel.url.get_secret_value(),
            secret=channel.secret.get_secret_value(),
            sections=channel.sections,
            groups=channel.groups,
            keywords=channel.keywords,
            private=channel.private,
            pace=channel.pace,
        )
        for channel in context.config.channels
    ]


def report_line(week: str, report: DeliveryReport) -> str:
    """What happened to one issue's mails, in one line."""
    words = [f"{week}：已发 {report.sent}"]
    for count, word in (
        (report.deferred, "稍后再试"),
        (report.refused, "被拒"),
        (report.repeated, "中断后重发"),
        (report.suspended, "退信暂停"),
        (report.skipped, "此前已发或无关"),
    ):
        if count:
            words.append(f"{word} {count}")
    return "，".join(words)
