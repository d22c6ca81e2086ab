"""One desk for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk.running import RunningDesk, context_at, fill, running


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    context = context_at(tmp_path_factory.mktemp("desk"))
    fill(context)
    with running(context) as started:
        yield started
