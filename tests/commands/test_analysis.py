"""`zhengxun restore` and `export`: copies go back while nobody uses the store, and rows go out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.context import CommandError, Context
from app.instance import only_one
from commands import analysis
from config import Config
from digest.models.issue import DigestError
from storage.database import StorageError
from tests.commands.spoken import console, said
from tests.storage.samples import page, saved

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


def test_a_backup_can_be_put_back_when_the_daemon_is_stopped(tmp_path: Path) -> None:
    context = Context(Config(data=tmp_path / "data", now=NOW))
    analysis.backup(context, None, 3, console())
    (copy,) = context.config.backups.iterdir()
    with only_one(context.config.data), pytest.raises(CommandError, match="stop it"):
        analysis.restore(context, copy, console())
    out = console()
    assert analysis.restore(context, copy, out) == 0
    assert "zhengxun-replaced-20210205T090000Z.db" in said(out).replace("\n", "")
    with pytest.raises(StorageError, match="does not exist"):
        analysis.restore(context, tmp_path / "nothing.db", console())


def test_what_is_exported_can_be_limited(tmp_path: Path) -> None:
    context = Context(Config(data=tmp_path / "data", now=NOW))
    with context.store() as db:
        saved(db, page("a", published_on=date(2021, 1, 4)))
        saved(db, page("b", site="miit", section="projects", published_on=date(2021, 2, 4)))
    none = {"site": "", "section": "", "since": "", "until": ""}
    path = tmp_path / "out.csv"

    for options, count in (
        (none, 2),
        (none | {"site": "miit"}, 1),
        (none | {"section": "pharma"}, 1),
        (none | {"since": "2021-02-01", "until": "2021-02-28"}, 1),
        (none | {"site": "cde", "since": "2021-02-01"}, 0),
    ):
        out = console()
        assert analysis.export(context, path, "", options, out) == 0
        assert said(out).startswith(f"{count} 条通知写入")

    for options, message in (
        (none | {"site": "nobody"}, "no site 'nobody'"),
        (none | {"since": "2021-03-01", "until": "2021-02-28"}, "is after --until"),
    ):
        with pytest.raises(CommandError, match=message):
            analysis.export(context, path, "", options, console())
    with pytest.raises(DigestError, match="is not a date"):
        analysis.export(context, path, "", none | {"since": "1.2."}, console())
