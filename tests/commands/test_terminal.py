"""Words of others on a terminal: markup is text, control sequences never arrive."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from app.context import Context
from commands.analysis import search
from commands.crawl import coverage_table, site_table
from commands.inspecting import inspect
from commands.probe import _rows_table
from commands.status import status
from commands.terminal import printed
from config import Config
from crawlers.items import NoticeItem
from storage.models import Check
from storage.notices.notices import save_notice
from storage.operation.alarms import raise_alarm
from storage.runs.runs import finish_run, save_check, start_run
from tests.storage.samples import page

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
HOSTILE = (
    "中药[/x][bold]公告\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u2066告公[link=http://a.example]x\\"
)
SEQUENCES = ("\x1b]0;", "\x1b[2J", "\x9b", "\x07", "\u202e", "\u2066")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SHOWN = ("[/x]", "[bold]", "[link=http://a.example]")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    made = Context(Config(data=tmp_path / "data", now=NOW))
    with made.store() as db:
        run = start_run(db, "cde", now=NOW, pid=None)
        column = made.catalogue["cde"].columns[0].name
        found = Check(
            run_id=run, site="cde", column=column, checked_at=NOW, verdict="broken", reason=HOSTILE
        )
        save_check(db, found)
        finish_run(db, run, now=NOW, state="finished")
        raise_alarm(db, "column:cde", HOSTILE, "正文", now=NOW)
        save_notice(db, page(title=HOSTILE, body_text=HOSTILE), now=NOW, run_id=None)
    return made


def said_by(act: Callable[[Console], object]) -> str:
    """What an act prints on a terminal with colours, without the colours of our own."""
    console = Console(file=io.StringIO(), width=300, force_terminal=True, color_system="truecolor")
    act(console)
    assert isinstance(console.file, io.StringIO)
    return _COLOURS.sub("", console.file.getvalue())


def is_harmless(said: str) -> bool:
    return "\x1b" not in said and not any(sequence in said for sequence in SEQUENCES)


def store_table(
    context: Context, make: Callable[..., Table], *more: object
) -> Callable[[Console], None]:
    def act(console: Console) -> None:
        with context.store() as db:
            console.print(make(db, context, *more))

    return act


def test_every_verb_that_prints_a_title_or_a_reason_prints_it_as_text(
    context: Context, tmp_path: Path
) -> None:
    saved = tmp_path / "page.html"
    title = HOSTILE.replace("\x1b", "&#27;").replace("\x07", "")
    text = "现将有关事项通知如下，请各单位遵照执行。" * 5
    saved.write_text(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>2021-02-05</p>"
        f"<div class='zw'><p>{text}</p></div></body></html>",
        encoding="utf-8",
    )
    item = NoticeItem("cde", "c", "k", HOSTILE, "s", "g", list_title=HOSTILE, list_date=HOSTILE)
    acts: dict[str, Callable[[Console], object]] = {
        "status": lambda console: status(context, console, as_json=False),
        "crawl": store_table(context, site_table, {"cde"}),
        "coverage": store_table(context, coverage_table),
        "search": lambda console: search(context, "中药", {}, 5, console),
        "probe": lambda console: console.print(_rows_table([item])),
        "inspect": lambda console: inspect(context, str(saved), "", console, as_json=False),
    }
    said = {name: said_by(act) for name, act in acts.items()}
    assert [name for name, words in said.items() if not is_harmless(words)] == []
    assert [name for name, words in said.items() if "[/x]" not in words] == []


@given(st.text())
def test_no_words_raise_or_bring_control_characters(words: str) -> None:
    said = said_by(lambda console: console.print(printed(words), highlight=False))
    left = said.replace("\n", "")
    assert not any((ord(sign) < 32 and sign != "\t") or 0x7F <= ord(sign) <= 0x9F for sign in left)


def test_brackets_are_brackets() -> None:
    said = said_by(lambda console: console.print(printed(HOSTILE), highlight=False))
    assert all(words in said for words in SHOWN)
