"""快讯: new notices told at once to who asked for them, and the confirmation of an end.

The weekly issue goes on beside them. The ledger keeps the rules of the issue's: a row before the
attempt, one Message-ID for good, retried after a crash; what it tells is recorded with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from china_time import SHANGHAI
from digest.composing.profile import Profile, covers, reason
from digest.delivery.channel import Channel, Handover
from digest.delivery.chat_bot import ChatBot
from digest.delivery.dkim_signer import DkimSigner
from digest.delivery.header_address import address_of
from digest.delivery.open_channels import OpenChannels
from digest.delivery.outcome import write_down
from digest.delivery.retry_times import outcome_of
from digest.delivery.smtp_client import Attempt, SmtpSettings
from digest.delivery.unsubscribe_links import UnsubscribeLinks, signed_id
from digest.models.entry import Entry
from digest.models.issue import Chapter, DigestError
from storage.database import StorageError, transaction
from storage.models import Bulletin, StoredNotice, Subscriber
from storage.readers import bulletins
from storage.readers.attempts import CapReachedError
from storage.readers.bulletins import Told
from storage.readers.subscribers import get_subscriber, list_subscribers

# A crawl of many sites takes a while: what it finds comes in a few mails, not in dozens.
GAP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class BulletinSettings:
    """What every bulletin needs to know: names, where answers go, how to leave."""

    title: str
    company: str
    sender: str
    reply_to: str
    links: UnsubscribeLinks
    site_names: Mapping[str, str]
    signer: DkimSigner | None = None


@dataclass(frozen=True, slots=True)
class BulletinReport:
    """What one pass did; `notes` are lines for the operator."""

    sent: int = 0
    deferred: int = 0
    refused: int = 0
    notes: tuple[str, ...] = ()


def enter_news(
    db: Database, bulletin_settings: BulletinSettings, *, chapters: Sequence[Chapter], now: datetime
) -> list[Bulletin]:
    """One bulletin for each subscriber of the immediate pace for whom there is something new.

    Each notice is told to a subscriber once, whatever crashes and whoever looks at the same time.
    """
    people = [
        person
        for person in list_subscribers(db, "active")
        if person.pace == "immediate" and person.looked_at is not None
    ]
    if not people:
        return []
    oldest = min(person.looked_at for person in people if person.looked_at is not None)
    fresh = bulletins.fresh_notices(db, since=oldest, now=now)
    titles = {chapter.id: chapter.title for chapter in chapters}
    made = []
    for person in people:
        with transaction(db):
            entered = _enter_for(db, bulletin_settings, person, fresh, titles, now)
        if entered is not None:
            made.append(entered)
    return made


def enter_ended(
    db: Database, bulletin_settings: BulletinSettings, person: Subscriber, now: datetime
) -> Bulletin:
    """The one confirmation that a subscription has ended; call it where it ends."""
    make = _message_id(bulletin_settings, person, f"ended {person.began_at}", now)
    return bulletins.enter_bulletin(db, person, "ended", make, now=now)


def deliver_bulletins(
    db: Database,
    bulletin_settings: BulletinSettings,
    smtp: SmtpSettings,
    now: Callable[[], datetime],
    bots: Sequence[ChatBot] = (),
) -> BulletinReport:
    """Send what is due. One that cannot be sent waits, as an issue does, for 48 hours."""
    bulletins.reclaim_sending(db, now())
    report = BulletinReport()
    due = bulletins.outstanding(db, due_at=now())
    if not due:
        return report
    with OpenChannels(smtp, bots) as channels:
        for row in due:
            person = get_subscriber(db, row.subscriber_id)
            if person is None:  # the ledger points to it
                raise StorageError(f"bulletin {row.id} is for nobody")
            channel, route = channels.of(person)
            hand_over = _written(db, bulletin_settings, channel, person, row, now())
            caps = () if channel.outage else channel.caps
            try:
                if not bulletins.claim(db, row.id, now(), route=route, caps=caps):
                    continue
            except CapReachedError:
                # The rest waits for a later pass, like the mails of an issue.
                left = len(bulletins.outstanding(db, due_at=now()))
                return replace(report, deferred=report.deferred + left)
            report = _settled(db, row, hand_over(now()), now(), report)
    return report


def matches(person: Subscriber, entry: Entry, chapters: Sequence[str], today: date) -> str:
    """Why a new notice is told to a subscriber (Chinese); '' when it is not.

    It must be in a chosen chapter, under a chosen heading and without an unwanted word; and have
    a wanted word or topic, or a deadline at most `deadline_days` ahead.
    """
    profile = Profile.of(person)
    if not covers(entry, chapters, profile):
        return ""
    parts = [reason(entry, profile)]
    if person.deadline_days:
        near = [item.on for item in entry.deadlines if (item.on - today).days >= 0]
        if near and (near[0] - today).days <= person.deadline_days:
            parts.append(f"截止：{near[0].isoformat()}")
    return "；".join(part for part in parts if part)


def _enter_for(
    db: Database,
    bulletin_settings: BulletinSettings,
    person: Subscriber,
    fresh: Sequence[StoredNotice],
    titles: Mapping[str, str],
    now: datetime,
) -> Bulletin | None:
    last = bulletins.last_news_at(db, person.id)
    if person.looked_at is None or (last is not None and now - last < GAP):
        return None
    new = [stored for stored in fresh if stored.first_seen_at > person.looked_at]
    told = bulletins.told_to(db, person.id, [stored.id for stored in new])
    today = now.astimezone(SHANGHAI).date()
    found = []
    for stored in new:
        section = stored.notice.section
        names = (section, titles.get(section, section))
        why = matches(person, _entry(bulletin_settings, stored), names, today)
        if why and stored.id not in told:
            found.append(Told(stored.id, why))
    bulletins.mark_looked(db, person.id, now)
    if not found:
        return None
    content = "\n".join(
        f"{stored.notice.site} {stored.notice.key} {stored.notice.content_hash}"
        for stored in new
        if stored.id in {told.notice_id for told in found}
    )
    make = _message_id(bulletin_settings, person, content, now)
    return bulletins.enter_bulletin(db, person, "news", make, now=now, told=found)


def _message_id(
    bulletin_settings: BulletinSettings, person: Subscriber, content: str, now: datetime
) -> Callable[[int], str]:
    """From the number of the row, and from what it tells and when: after a copy of the store was
    put back the number comes again, with other content."""
    made = f"{now.isoformat()}\n{content}"
    domain = address_of(bulletin_settings.sender, what="smtp.sender").domain
    key = bulletin_settings.links.key
    return lambda number: (
        f"<{signed_id(key, f'zhengxun.bulletin{number}.to{person.id}', made)}@{domain}>"
    )


def _written(
    db: Database,
    bulletin_settings: BulletinSettings,
    channel: Channel[Any],
    person: Subscriber,
    row: Bulletin,
    now: datetime,
) -> Handover:
    """The message, made from what the ledger says; a refusal when it cannot be made."""
    items = bulletins.bulletin_items(db, row.id)
    entries = [replace(_entry(bulletin_settings, stored), why=why) for stored, why in items]
    try:
        return channel.bulletin(bulletin_settings, person, entries, row.message_id, now)
    except DigestError as error:
        problem = Attempt("refused", str(error))
        return lambda _now: problem


def _settled(
    db: Database, row: Bulletin, result: Attempt, now: datetime, report: BulletinReport
) -> BulletinReport:
    state, reply, next_at = outcome_of(result, row.attempts + 1, now)
    asked = not result.no_server
    write_down(lambda: bulletins.settle(db, row.id, state, reply, now, next_at, asked=asked))
    notes = report.notes
    if state != "sent":
        notes = (*notes, f"{row.address}: {reply}")
    elif row.interruptions:
        notes = (*notes, f"{row.address}: 曾在发送中断，可能收到两次；Message-ID {row.message_id}")
    return replace(
        report,
        sent=report.sent + (state == "sent"),
        refused=report.refused + (state == "refused"),
        deferred=report.deferred + (state in {"deferred", "unknown"}),
        notes=notes,
    )


def _entry(bulletin_settings: BulletinSettings, stored: StoredNotice) -> Entry:
    site = stored.notice.site
    return Entry(stored, site_name=bulletin_settings.site_names.get(site, site))
