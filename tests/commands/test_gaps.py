"""`zhengxun sources gaps`: which days may be incomplete, and an operator's word on them."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from commands.desk import CommandError, Desk
from commands.gaps import dismiss, gaps
from config import Config
from storage.gaps import record_gap

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(Config(data=tmp_path / "data", now=NOW))
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


def shown(desk: Desk, *, every: bool = False) -> str:
    out = io.StringIO()
    gaps(desk, Console(file=out, width=160), every=every, as_json=False)
    return out.getvalue()


def test_open_gaps_are_listed_with_their_days_and_what_can_be_done(desk: Desk) -> None:
    words = shown(desk)
    assert "2021年2月1日至2月4日" in words
    assert "第 2 页没有读到" in words
    assert "--dismiss" in words


def test_a_dismissed_gap_leaves_the_list_and_stays_in_the_history(desk: Desk) -> None:
    dismiss(desk, 1, "已在网站上[逐条]核对", Console(file=io.StringIO()))
    assert "2月1日" not in shown(desk)
    assert "人工排除：已在网站上[逐条]核对" in shown(desk, every=True)
    out = io.StringIO()
    gaps(desk, Console(file=out), every=True, as_json=True)
    (row,) = json.loads(out.getvalue())
    assert (row["dismissed_why"], row["closed_at"]) == ("已在网站上[逐条]核对", None)


def test_a_gap_is_not_dismissed_without_a_reason(desk: Desk) -> None:
    with pytest.raises(CommandError, match="reason"):
        dismiss(desk, 1, "  ", Console(file=io.StringIO()))
    assert "2月1日" in shown(desk)
