"""What the night tells the operator."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.context import Context
from app.jobs import tell_of_the_log
from config import Config
from storage.operation.alarms import open_alarms

NIGHT = datetime(2021, 2, 5, 19, 0, tzinfo=UTC)


def test_a_log_that_cannot_be_emptied_is_told_once_with_its_file_and_once_when_it_is(
    tmp_path: Path,
) -> None:
    context = Context(Config(data=tmp_path / "data", now=NIGHT))
    with context.store() as db:
        tell_of_the_log(context, db, emptied=False)
        tell_of_the_log(context, db, emptied=False)
        (alarm,) = open_alarms(db)
        assert "zhengxun.db-wal" in alarm.title
        assert str(context.config.database) in alarm.text
        tell_of_the_log(context, db, emptied=True)
        assert not open_alarms(db)
