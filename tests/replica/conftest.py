"""One replica of a small invented world for each test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from replica.server import Replica, start_replica
from tests.replica.visitor import Visitor

CONTENT = Path(__file__).parent / "content"
SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2021, 2, 5, 17, 0, tzinfo=SHANGHAI)


@pytest.fixture
def replica() -> Iterator[Replica]:
    """The fixture content as it stood on Friday 2021-02-05 at 17:00."""
    with start_replica(CONTENT, as_of=FRIDAY) as running:
        yield running


@pytest.fixture
def visitor(replica: Replica) -> Visitor:
    return Visitor(replica.port)
