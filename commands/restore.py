"""`zhengxun restore`: a copy in the place of the store, and no mail twice."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console

from app.context import CommandError, Context
from app.data_folder import make_folder
from app.instance import lock_owner
from china_time import local_minute
from digest.composing.closing import closing_instant, latest_due
from digest.composing.weeks import week_ending
from storage.operation.backup import open_copy
from storage.operation.backup import restore as put_back
from storage.operation.restorations import Unknown, knows, last_word_of, unknown_without

# A copy is asked about for so many weeks back.
_MOST_WEEKS = 60


def restore(
    context: Context, source: Path, console: Console, *, sent: bool = False, unsent: bool = False
) -> int:
    """Put a copy in the place of the store; the present one is kept beside it.

    What the present store knows of mails is kept. When it cannot be read, the operator says once,
    with `sent` or `unsent`, whether any went out since the copy was made.
    """
    config = context.config
    if sent and unsent:
        raise CommandError("give --sent or --unsent, not both", 2)
    owner = lock_owner(config.data)
    if owner:
        raise CommandError(f"the daemon runs ({owner}); stop it, then restore")
    make_folder(config)
    now = config.clock()
    weeks: list[str] = []
    if source.is_file() and not knows(config.database, source):
        unknown = _unknown(source, now)
        weeks = _weeks_between(context, unknown, now)
        _ask(unknown, weeks, console, answered=sent or unsent)
    answer = "sent" if sent else "unsent"
    former = put_back(source, config.database, now, answer=answer, weeks=weeks)  # type: ignore[arg-type] # an Answer
    console.print(f"{source} 已恢复到 {config.database}", soft_wrap=True)
    if former is not None:
        console.print(f"原数据库保留为 {former}", soft_wrap=True)
    return 0


def _unknown(source: Path, now: datetime) -> Unknown:
    with closing(open_copy(source)) as db:
        return unknown_without(db, last_word_of(db) or now)


def _weeks_between(context: Context, unknown: Unknown, now: datetime) -> list[str]:
    """The issues whose hour came between the copy and now, the oldest first."""
    settings = context.config.digest
    names: list[str] = []
    span = latest_due(settings, now)
    while closing_instant(settings, span.to_on) > unknown.copied_at and len(names) < _MOST_WEEKS:
        names.append(span.name)
        span = week_ending(span.to_on - timedelta(days=7), settings.weekday)
    return names[::-1]


def _ask(unknown: Unknown, weeks: list[str], console: Console, *, answered: bool) -> None:
    """Say what cannot be known, with the list; raise until it is answered, once."""
    possible = bool(unknown.readers) and bool(weeks or unknown.owed or unknown.immediate)
    if not (possible or unknown.tasks):
        return
    lines = [f"原数据库无法读取：{local_minute(unknown.copied_at)} 之后发出过什么无从得知。"]
    lines += [f"其间的周报：{'、'.join(weeks)}"] * bool(weeks)
    lines += [f"备份时待发的邮件：{unknown.owed} 封"] * bool(unknown.owed)
    lines += [f"可能已收到快讯：{'、'.join(unknown.immediate)}"] * bool(unknown.immediate)
    lines += [f"负责人可能已收到提醒的事项：{unknown.tasks} 项"] * bool(unknown.tasks)
    if unknown.readers:
        lines += _to_look_through(unknown)
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if not answered:
        raise CommandError(
            "say once whether these went out: --sent (none of them is sent again) or --unsent"
        )


def _to_look_through(unknown: Unknown) -> list[str]:
    return [
        "其间退订的人，备份中仍是订户。请核对名单，已退订的请用 zhengxun subscribers remove 删去：",
        *(f"  {address}" for address in unknown.readers),
    ]
