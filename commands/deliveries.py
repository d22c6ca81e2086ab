"""`zhengxun deliveries`: the ledger of what went to whom, and another try for what did not."""

from __future__ import annotations

import json
from collections import Counter

from rich.console import Console
from rich.table import Table
from sqlite_utils import Database

from app.context import Context
from app.issues import find_recorded
from app.state_words import DELIVERY_WORDS, OMITTED, RETURNED, state_word
from china_time import local_minute
from commands.terminal import printed
from storage.issues.corrections import list_corrections
from storage.issues.issues import list_issues
from storage.models import Delivery
from storage.readers.attempts import PastAttempt, history
from storage.readers.deliveries import list_deliveries, requeue

WORDS = (*DELIVERY_WORDS.values(), RETURNED, OMITTED)


def show(
    context: Context, week: str, address: str, console: Console, *, every: bool, as_json: bool
) -> int:
    """The newest issue's ledger, or that of `week`: counts, and the rows that need a look.

    With `address` its row alone, and each attempt at it.
    """
    with context.store() as db:
        rows = ledger(context, db, week)
        if address:
            rows = [row for row in rows if row.address.casefold() == address.casefold()]
        past = {row.id: history(db, row.id) for row in rows} if address else {}
    if as_json:
        documents = [document(row, past.get(row.id)) for row in rows]
        console.file.write(json.dumps(documents, ensure_ascii=False) + "\n")
        return 0
    counts: Counter[str] = Counter(state_word(row) for row in rows)
    words = [f"{word} {counts[word]}" for word in WORDS if counts[word]]
    console.print("，".join(words) or "没有投递记录", highlight=False)
    looked_at = every or bool(address)
    shown = [row for row in rows if looked_at or needs_a_look(row)]
    if shown:
        console.print(table(shown))
    for attempt in (item for row in shown for item in past.get(row.id, ())):
        line = f"  {local_minute(attempt.began_at)} {DELIVERY_WORDS[attempt.state]} {attempt.reply}"
        console.print(line.rstrip(), markup=False, highlight=False, soft_wrap=True)
    return 0


def needs_a_look(row: Delivery) -> bool:
    """Whether a row is more than a mail that was sent once, or not wanted."""
    return state_word(row) not in {"已发", "不发"} or row.interruptions > 0


def retry(context: Context, week: str, address: str, console: Console) -> int:
    """Queue again what was refused or waits; the next `send` or the daemon tries it at once."""
    with context.store() as db:
        issue = find_recorded(context, db, week).id if week else None
        count = requeue(db, context.config.clock(), address=address or None, issue_id=issue)
    console.print(f"已重新排队 {count} 封；现在发送：zhengxun send", highlight=False)
    return 0


def ledger(context: Context, db: Database, week: str) -> list[Delivery]:
    """The rows of one issue and of its corrections; none when there is no issue yet."""
    issues = [find_recorded(context, db, week)] if week else list_issues(db)[-1:]
    made = [item.record for issue in issues for item in list_corrections(db, issue)]
    return [row for issue in (*issues, *made) for row in list_deliveries(db, issue.id)]


def table(rows: list[Delivery]) -> Table:
    """One line a row; a mail that was cut off while being sent may have arrived twice."""
    found = Table(box=None, pad_edge=False)
    # An address is copied: never in two parts.
    found.add_column("地址", no_wrap=True, overflow="ignore")
    for title in ("状态", "次数", "下次", "可能重复", "服务器答复"):
        found.add_column(title, overflow="fold")
    for row in rows:
        again = local_minute(row.next_attempt_at) if row.next_attempt_at else ""
        repeats = f"至多 {row.interruptions} 次" if row.interruptions else ""
        reply = row.omitted or row.bounce_reply or row.last_reply
        found.add_row(
            row.address, state_word(row), str(row.attempts), again, repeats, printed(reply)
        )
    return found


def document(row: Delivery, past: list[PastAttempt] | None = None) -> dict[str, object]:
    """A row for programs; with `past`, each attempt."""
    tried = {} if past is None else {"history": [attempt_document(item) for item in past]}
    return tried | {
        "address": row.address,
        "state": row.state,
        "message_id": row.message_id,
        "attempts": row.attempts,
        "interruptions": row.interruptions,
        "bounced": row.bounced,
        "bounce": row.bounce,
        "bounce_reply": row.bounce_reply,
        "omitted": row.omitted,
        "last_reply": row.last_reply,
        "updated_at": row.updated_at.isoformat() if row.updated_at else None,
        "next_attempt_at": row.next_attempt_at.isoformat() if row.next_attempt_at else None,
    }


def attempt_document(attempt: PastAttempt) -> dict[str, object]:
    """One attempt for programs."""
    return {
        "began_at": attempt.began_at.isoformat(),
        "ended_at": attempt.ended_at.isoformat() if attempt.ended_at else None,
        "state": attempt.state,
        "reply": attempt.reply,
    }
