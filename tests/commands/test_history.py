"""`zhengxun history`: what was done by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.context import Context
from commands.history import history
from config import Config
from tests.commands.spoken import console, said


def test_a_history_of_nothing_says_so(tmp_path: Path) -> None:
    out = console()
    now = datetime(2021, 2, 5, 9, tzinfo=UTC)
    assert history(Context(Config(data=tmp_path, now=now)), "", out, as_json=False) == 0
    assert said(out) == "还没有编辑记录\n"
