"""Corrections (更正) of issues that have gone out: their files, and their way to the readers."""

from __future__ import annotations

from sqlite_utils import Database

from app.context import CommandError, Context
from app.issues import chat_bots
from app.mail_server import has_mail_server, mail_server, smtp_settings
from app.unsubscribe_links import unsubscribe_links
from digest.delivery.deliver import DeliveryReport, deliver, enrol
from digest.folders import issue_folder
from digest.models.correction import Correction
from digest.publish import write_feed
from digest.publish_correction import (
    corrections_of,
    finish_correction,
    last_file,
    with_addresses,
    write_correction,
)
from storage.issues import corrections
from storage.models import CorrectionRecord, IssueRecord
from storage.readers import deliveries


def publish_due(context: Context, db: Database) -> None:
    """Write what is missing of any correction's files: a crash may have come between."""
    for record in corrections.all_corrections(db):
        write_missing(context, db, record)


def send_corrections(
    context: Context, db: Database, week: str = "", address: str | None = None
) -> list[tuple[IssueRecord, DeliveryReport]]:
    """Every correction, or those of one issue, to whom it still has to go."""
    bots, now = chat_bots(context), context.config.clock()
    if not (bots or has_mail_server(context)):
        return []
    sent = []
    for record in corrections.all_corrections(db):
        if week and record.corrects.week != week:
            continue
        enrol(
            db,
            record.record,
            smtp=mail_server(context),
            now=now,
            bots=bots,
            links=unsubscribe_links(context),
        )
        if address is None and not deliveries.outstanding(db, record.record.id, due_at=now):
            continue
        sent.append((record.record, send_correction(context, db, record, address)))
    return sent


def write_missing(context: Context, db: Database, record: CorrectionRecord) -> None:
    data, settings = context.config.data, context.config.digest
    folder = issue_folder(data, record.corrects.week)
    if last_file(folder, record.record.number).is_file():
        return
    correction = Correction(record, settings.company)
    told = corrections_of(db, record.corrects, settings.company)
    try:
        write_correction(correction, folder, data / "site", told)
        now, names = context.config.clock(), context.site_names()
        write_feed(db, settings, data, now=now, site_names=names)
        finish_correction(correction, folder)
    except OSError as error:
        raise CommandError(f"cannot write to {folder}: {error.strerror}") from error


def send_correction(
    context: Context, db: Database, record: CorrectionRecord, address: str | None
) -> DeliveryReport:
    bots = chat_bots(context)
    return deliver(
        db,
        record.record,
        lambda: with_addresses(db, record, context.config.digest.company),
        smtp=mail_server(context) if bots else smtp_settings(context),
        now=context.config.clock,
        only_address=address,
        bots=bots,
        links=unsubscribe_links(context),
    )
