"""chat bots as recipients: they stand among the subscribers, so that one ledger serves all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from storage.database import transaction
from storage.models import Subscriber
from storage.values import from_instant, from_texts, select, select_one


def sync_chat_bots(db: Database, bots: Sequence[Subscriber], *, now: datetime) -> None:
    """Make the chat bots of the configuration recipients; those gone from it are ended.

    A bot's address is CHANNEL:NAME, so it never collides with a mail address.
    """
    wanted = {bot.address: bot for bot in bots}
    with transaction(db):
        for row in select(db, "SELECT * FROM subscribers WHERE channel <> 'mail'"):
            if row["address"] not in wanted and row["state"] != "ended":
                changes = {"state": "ended", "updated_at": from_instant(now)}
                db.table("subscribers").update(row["id"], changes)
        for bot in wanted.values():
            _save_robot(db, bot, from_instant(now))


def _save_robot(db: Database, bot: Subscriber, now: str) -> None:
    choices = {
        "name": bot.name,
        "sections": from_texts(bot.sections),
        "groups": from_texts(bot.groups),
        "keywords": from_texts(bot.keywords),
        "formats": from_texts(()),
        "channel": bot.channel,
        "pace": bot.pace,
    }
    old = select_one(db, "SELECT * FROM subscribers WHERE address = ?", [bot.address])
    if old is None:
        times = {"added_at": now, "updated_at": now, "began_at": now, "looked_at": now}
        row = {"address": bot.address, "state": "active"} | choices | times
        db.table("subscribers").insert(row)
        return
    if old["state"] == "ended":
        choices["state"] = "active"
    if bot.pace == "immediate" and (old["state"], old["pace"]) != ("active", bot.pace):
        # Notices seen before now are nobody's news.
        choices["looked_at"] = now
    if any(old[key] != value for key, value in choices.items()):
        db.table("subscribers").update(old["id"], choices | {"updated_at": now})
