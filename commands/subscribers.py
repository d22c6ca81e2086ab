"""`zhengxun subscribers`: who gets which chapters, topics and keywords, at which pace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table

from app.context import CommandError, Context
from app.preferences import LISTS, read_choices
from app.state_words import READER_WORDS
from china_time import SHANGHAI
from commands.terminal import printed
from digest.composing.weeks import parse_day
from storage.models import Subscriber
from storage.readers.subscribers import (
    State,
    add_subscriber,
    list_subscribers,
    remove_subscriber,
    update_subscriber,
)

WIDE = 110
TITLES = ("地址", "姓名", "篇章", "分组", "主题", "关键词", "格式", "节奏", "状态", "说明")


def add(context: Context, address: str, texts: Mapping[str, str], console: Console) -> int:
    """Add one subscriber; empty choices mean everything."""
    choices = read_choices(context, texts)
    with context.store() as db:
        add_subscriber(db, address, now=context.config.clock(), **choices)
    console.print(f"已添加 {address}", highlight=False)
    return 0


def show(context: Context, console: Console, *, as_json: bool = False) -> int:
    """All subscribers, ended ones and chat bots too."""
    with context.store() as db:
        people = list_subscribers(db)
    if as_json:
        rows = [person_values(person) for person in people]
        console.file.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    table = Table(box=None, pad_edge=False)
    for title in TITLES:
        table.add_column(title, overflow="fold")
    for person in people:
        cells = person_cells(person)
        if console.width < WIDE:
            # Ten columns side by side are unreadable on a narrow terminal.
            console.print("  ".join(filter(None, (*cells[:2], *cells[-3:]))), soft_wrap=True)
            choices = zip(TITLES[2:-3], cells[2:-3], strict=True)
            console.print("  " + "  ".join(f"{title}：{words}" for title, words in choices))
        table.add_row(*cells)
    if console.width >= WIDE:
        console.print(table)
    return 0


def person_cells(person: Subscriber) -> tuple[str, ...]:
    """One subscriber, a cell for each of TITLES."""
    words = [printed(", ".join(getattr(person, key))) or "全部" for key in LISTS]
    cells = (pace_words(person), state_words(person), printed(person.note))
    return (person.address, printed(person.name), *words, *cells)


def pace_words(person: Subscriber) -> str:
    """每周，即时（截止 7 天内），无内容不发."""
    words = ["每周"]
    if person.pace == "immediate":
        words.append(
            f"即时（截止 {person.deadline_days} 天内）" if person.deadline_days else "即时"
        )
    return "，".join(words + ["无内容不发"] * person.skip_empty)


def state_words(person: Subscriber) -> str:
    """已暂停至 2021-03-01."""
    until = f"至 {person.paused_until}" if person.paused_until else ""
    return READER_WORDS[person.state] + until


def person_values(person: Subscriber) -> dict[str, Any]:
    """One subscriber as plain values; instants in UTC ISO 8601."""
    return {
        "address": person.address,
        "channel": person.channel,
        "name": person.name,
        **{key: list(getattr(person, key)) for key in LISTS},
        "pace": person.pace,
        "deadline_days": person.deadline_days,
        "skip_empty": person.skip_empty,
        "state": person.state,
        "paused_until": person.paused_until.isoformat() if person.paused_until else None,
        "note": person.note,
        "began_at": person.began_at.isoformat() if person.began_at else None,
    }


def remove(context: Context, address: str, console: Console) -> int:
    """End a subscription; its ledger stays."""
    with context.store() as db:
        remove_subscriber(db, address, now=context.config.clock())
    console.print(f"已停止 {address}", highlight=False)
    return 0


def change(
    context: Context, address: str, texts: Mapping[str, str | None], console: Console
) -> int:
    """Change what was given; an empty text means everything again. What is None stays."""
    given = {key: text for key, text in texts.items() if text is not None}
    if not given:
        raise CommandError("nothing to change; give --name, --sections, --keywords, …", 2)
    if "formats" in given and not given["formats"].strip():
        raise CommandError("--formats: give at least one of html, docx, full, ics", 2)
    choices = read_choices(context, given)
    with context.store() as db:
        update_subscriber(db, address, now=context.config.clock(), **choices)
    console.print(f"已更改 {address}", highlight=False)
    return 0


def pause(context: Context, address: str, until: str, console: Console) -> int:
    """Send nothing until resumed, or until a day comes (Asia/Shanghai)."""
    day = parse_day(until, name="--until") if until else None
    if day is not None and day <= today(context):
        raise CommandError(f"--until {until} is not after today", 2)
    return set_state(context, address, "paused", console, day)


def today(context: Context) -> date:
    """The day in Asia/Shanghai."""
    return context.config.clock().astimezone(SHANGHAI).date()


def set_state(
    context: Context, address: str, state: State, console: Console, until: date | None = None
) -> int:
    """Pause, or resume a subscription that was paused or suspended."""
    with context.store() as db:
        person = update_subscriber(
            db, address, now=context.config.clock(), state=state, paused_until=until
        )
    console.print(f"{person.address} {state_words(person)}", highlight=False)
    return 0
