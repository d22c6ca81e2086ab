"""`zhengxun sources gaps`: which days may be incomplete, and an operator's word on them."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from app.context import CommandError, Context
from commands.gaps import dismiss, gaps
from config import Config
from storage.runs.gaps import record_gap

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    made = Context(Config(data=tmp_path / "data", now=NOW))
    with made.store() as db:
        record_gap(
            db,
            site="cde",
            column="发布通告",
            from_on=date(2021, 2, 1),
            to_on=date(2021, 2, 4),
            reason="第 2 页没有读到",
            now=NOW,
        )
    return made


def shown(context: Context, *, every: bool = False) -> str:
    out = io.StringIO()
    gaps(context, Console(file=out, width=160), every=every, as_json=False)
    return out.getvalue()


def test_open_gaps_are_listed_with_their_days_and_what_can_be_done(context: Context) -> None:
    words = shown(context)
    assert "2021年2月1日至2月4日" in words
    assert "第 2 页没有读到" in words
    assert "--dismiss" in words


def test_a_dismissed_gap_leaves_the_list_and_stays_in_the_history(context: Context) -> None:
    dismiss(context, 1, "已在网站上[逐条]核对", Console(file=io.StringIO()))
    assert "2月1日" not in shown(context)
    assert "人工排除：已在网站上[逐条]核对" in shown(context, every=True)
    out = io.StringIO()
    gaps(context, Console(file=out), every=True, as_json=True)
    (row,) = json.loads(out.getvalue())
    assert (row["dismissed_why"], row["closed_at"]) == ("已在网站上[逐条]核对", None)


def test_a_gap_is_not_dismissed_without_a_reason(context: Context) -> None:
    with pytest.raises(CommandError, match="reason"):
        dismiss(context, 1, "  ", Console(file=io.StringIO()))
    assert "2月1日" in shown(context)
