"""`zhengxun restore`: a copy goes back only while nobody uses the store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands import archive
from commands.desk import CommandError, Desk
from config import Config
from pipelines.instance import only_one
from storage.database import StorageError
from tests.commands.spoken import console, said

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


def test_a_backup_can_be_put_back_when_the_daemon_is_stopped(tmp_path: Path) -> None:
    desk = Desk(Config(data=tmp_path / "data", now=NOW))
    archive.backup(desk, None, 3, console())
    (copy,) = desk.config.backups.iterdir()
    with only_one(desk.config.data), pytest.raises(CommandError, match="stop it"):
        archive.restore(desk, copy, console())
    out = console()
    assert archive.restore(desk, copy, out) == 0
    assert "zhengxun-replaced-20210205T090000Z.db" in said(out).replace("\n", "")
    with pytest.raises(StorageError, match="does not exist"):
        archive.restore(desk, tmp_path / "nothing.db", console())
