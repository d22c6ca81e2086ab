"""A real store, a real mail server, a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpSettings
from storage.database import open_database
from tests.digest.samples import INSTANT


@dataclass
class Clock:
    """Stands still until it is moved."""

    instant: datetime = INSTANT

    def __call__(self) -> datetime:
        return self.instant

    def advance(self, **span: float) -> None:
        self.instant += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_database(tmp_path / "zhengxun.db")
    yield store
    store.close()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "outbox") as running:
        yield running


@pytest.fixture
def smtp(sink: Sink) -> SmtpSettings:
    return SmtpSettings(
        host="127.0.0.1",
        port=sink.port,
        security="none",
        sender="政讯周报 <news@example.com>",
        timeout=10,
    )
