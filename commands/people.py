"""`zhengxun subscribers`: who gets which chapters, groups and keywords, in which formats."""

from __future__ import annotations

import csv
from pathlib import Path

from rich.console import Console
from rich.table import Table

from commands.desk import CommandError, Desk
from storage.subscribers import add_subscriber, list_subscribers, remove_subscriber

FIELDS = ("sections", "groups", "keywords", "formats")


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
    for title in ("地址", "姓名", "篇章", "分组", "关键词", "格式", "状态"):
        table.add_column(title, overflow="fold")
    with desk.store() as db:
        for person in list_subscribers(db):
            lists = (getattr(person, key) for key in FIELDS)
            words = [", ".join(values) or "全部" for values in lists]
            table.add_row(person.address, person.name, *words, person.state)
    console.print(table)
    return 0


def remove(desk: Desk, address: str, console: Console) -> int:
    """End a subscription; its ledger stays."""
    with desk.store() as db:
        remove_subscriber(db, address, now=desk.config.clock())
    console.print(f"已停止 {address}")
    return 0


def load(desk: Desk, path: Path, console: Console) -> int:
    """Import a CSV with the columns address, name, sections, groups, keywords, formats.

    Every line is checked before the first one is stored.
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
        add(desk, (row["address"] or "").strip(), row.get("name") or "", choices, console)
    return 0
