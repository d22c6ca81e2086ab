"""Corrections (更正) of issues that have gone out: their files, and their way to the readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from app.context import CommandError, Context
from app.drafts import Draft, find_entry
from app.issues import chat_bots
from app.mail_server import has_mail_server, mail_server, smtp_settings
from app.unsubscribe_links import unsubscribe_links
from digest.delivery.deliver import DeliveryReport, deliver, enrol
from digest.folders import issue_folder
from digest.models.correction import Correction
from digest.publish import recompose, write_feed
from digest.publish_correction import (
    corrections_of,
    finish_correction,
    last_file,
    with_addresses,
    write_correction,
)
from digest.safe_text import clean_text
from storage.database import transaction
from storage.issues import corrections
from storage.issues.edits import record_edit
from storage.models import CorrectedItem, CorrectionRecord, IssueRecord
from storage.readers import deliveries

TEXT_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong with an entry, named by number, link or title words, and what is right."""

    entry: str
    wrong: str
    right: str


def draft_correction(
    context: Context, db: Database, issue: IssueRecord, words: str, faults: Sequence[Fault]
) -> CorrectionRecord:
    """The next correction of an issue, not recorded yet. Raises CommandError for words that are
    none or too many, and for an entry that the issue has not."""
    text = clean_text(words).strip()
    if not text or len(text) > TEXT_LENGTH:
        raise CommandError(f"say in 1 to {TEXT_LENGTH} characters what is corrected: --text", 2)
    items = _items(context, db, issue, faults)
    number = len(corrections.list_corrections(db, issue)) + 1
    now = context.config.clock()
    draft = replace(issue, corrects=issue.id, number=number, composed_at=now)
    return CorrectionRecord(draft, issue, text, tuple(items))


def record_correction(
    context: Context, db: Database, draft: CorrectionRecord, *, who: str
) -> CorrectionRecord:
    """Record a correction for good, with its trace in the history."""
    with transaction(db):
        record = corrections.record_correction(
            db, draft.corrects, words=draft.words, items=draft.items, now=context.config.clock()
        )
        record_edit(
            db,
            week=record.corrects.week,
            act="correct",
            before={"items": [{"number": one.notice_id, "is": one.wrong} for one in record.items]},
            after={
                "number": record.record.number,
                "words": record.words,
                "items": [{"number": one.notice_id, "is": one.fixed} for one in record.items],
            },
            who=who,
            now=context.config.clock(),
        )
    return record


def _items(
    context: Context, db: Database, issue: IssueRecord, faults: Sequence[Fault]
) -> list[CorrectedItem]:
    if not faults:
        return []
    now = context.config.clock()
    digest = recompose(db, context.config.digest, issue.week, now, context.site_names())
    found = []
    for fault in faults:
        entry = find_entry(db, Draft(digest, {}, issue), fault.entry)
        issued = corrections.issued_entry(db, issue.id, entry.id)
        title, url = issued or (entry.title, entry.url)
        wrong, right = clean_text(fault.wrong).strip(), clean_text(fault.right).strip()
        found.append(CorrectedItem(entry.id, title, url, wrong, right))
    return found


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
