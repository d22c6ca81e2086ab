"""`zhengxun subscribers`: who gets which chapters, groups and keywords, in which formats."""

from __future__ import annotations

import csv
from pathlib import Path

from rich.console import Console
from rich.table import Table

from commands.desk import CommandError, Desk
from storage.models import Subscriber
from storage.subscribers import (
    State,
    add_subscriber,
    list_subscribers,
    remove_subscriber,
    update_subscriber,
)

FIELDS = ("sections", "groups", "keywords", "formats")
CSV_COLUMNS = ("address", "name", *FIELDS, "state", "note")
STATE_WORDS = {"active": "正常", "paused": "已暂停", "suspended": "退信停发", "ended": "已停止"}


def split(text: str) -> tuple[str, ...]:
    """'中药,专利' or '中药，专利' as words."""
    words = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(word.strip() for word in words if word.strip())


def add(desk: Desk, address: str, name: str, choices: dict[str, str], console: Console) -> int:
    """Add one subscriber; empty choices mean everything."""
    check_choices(desk, choices)
    with desk.store() as db:
        chosen = {key: split(choices.get(key, "")) for key in FIELDS}
        formats = chosen.pop("formats") or ("html", "docx")
        add_subscriber(db, address, name=name, formats=formats, now=desk.config.clock(), **chosen)
    console.print(f"已添加 {address}")
    return 0


def check_choices(desk: Desk, choices: dict[str, str]) -> None:
    """Refuse a chapter or format that does not exist."""
    known = {"sections": {chapter.id for chapter in desk.config.digest.chapters}}
    known["formats"] = {"html", "docx", "ics"}
    for key, allowed in known.items():
        wrong = set(split(choices.get(key, ""))) - allowed
        if wrong:
            raise CommandError(
                f"--{key}: {', '.join(sorted(wrong))} is not one of {', '.join(sorted(allowed))}", 2
            )


def show(desk: Desk, console: Console) -> int:
    """All subscribers, ended ones too."""
    table = Table(box=None, pad_edge=False)
    for title in ("地址", "姓名", "篇章", "分组", "关键词", "格式", "状态", "说明"):
        table.add_column(title, overflow="fold")
    with desk.store() as db:
        for person in list_subscribers(db):
            lists = (getattr(person, key) for key in FIELDS)
            words = [", ".join(values) or "全部" for values in lists]
            state = STATE_WORDS[person.state]
            table.add_row(person.address, person.name, *words, state, person.note)
    console.print(table)
    return 0


def remove(desk: Desk, address: str, console: Console) -> int:
    """End a subscription; its ledger stays."""
    with desk.store() as db:
        remove_subscriber(db, address, now=desk.config.clock())
    console.print(f"已停止 {address}")
    return 0


def change(
    desk: Desk, address: str, name: str | None, choices: dict[str, str | None], console: Console
) -> int:
    """Change what was given; an empty text means everything again. What is None stays."""
    given = {key: text for key, text in choices.items() if text is not None}
    if name is None and not given:
        raise CommandError("nothing to change; give --name, --sections, --keywords, …", 2)
    check_choices(desk, given)
    words = {key: split(text) for key, text in given.items()}
    if not words.get("formats", ("html",)):
        raise CommandError("--formats: give at least one of html, docx, ics", 2)
    now = desk.config.clock()
    with desk.store() as db:
        update_subscriber(
            db,
            address,
            now=now,
            name=name,
            sections=words.get("sections"),
            groups=words.get("groups"),
            keywords=words.get("keywords"),
            formats=words.get("formats"),
        )
    console.print(f"已更改 {address}", highlight=False)
    return 0


def set_state(desk: Desk, address: str, state: State, console: Console) -> int:
    """Pause, or resume a subscription that was paused or suspended."""
    with desk.store() as db:
        person = update_subscriber(db, address, now=desk.config.clock(), state=state)
    console.print(f"{person.address} {STATE_WORDS[person.state]}", highlight=False)
    return 0


def save(desk: Desk, path: Path, console: Console) -> int:
    """Export a CSV that `import` reads and Excel opens; ended subscriptions are left out.

    The file is replaced whole or not at all, and only its owner may read it.
    """
    with desk.store() as db:
        people = [
            person
            for person in list_subscribers(db)
            if person.channel == "mail" and person.state != "ended"
        ]
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("w", encoding="utf-8-sig", newline="") as file:
            partial.chmod(0o600)
            writer = csv.writer(file)
            writer.writerow(CSV_COLUMNS)
            writer.writerows(csv_row(person) for person in people)
        partial.replace(path)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    console.print(f"写入 {path}（{len(people)} 人）", highlight=False)
    return 0


def csv_row(person: Subscriber) -> list[str]:
    """One line of the export."""
    lists = [",".join(getattr(person, key)) for key in FIELDS]
    return [person.address, person.name, *lists, person.state, person.note]


def load(desk: Desk, path: Path, console: Console) -> int:
    """Import a CSV with the columns address, name, sections, groups, keywords, formats.

    Whoever was paused or suspended in an export comes back paused. Every line is
    checked before the first one is stored.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}", 2) from error
    if not rows or "address" not in rows[0]:
        raise CommandError(f"{path}: the first line must name the columns: address,name,…", 2)
    for row in rows:
        check_choices(desk, {key: row.get(key) or "" for key in FIELDS})
    for row in rows:
        choices = {key: row.get(key) or "" for key in FIELDS}
        address = (row["address"] or "").strip()
        add(desk, address, row.get("name") or "", choices, console)
        if row.get("state") in {"paused", "suspended"}:
            set_state(desk, address, "paused", console)
    return 0
