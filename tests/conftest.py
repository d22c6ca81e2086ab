"""What holds for every test."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import settings

from replica.server import Replica, start_replica
from tests.installation import FRIDAY

# The default suite gives the same answer every time; `pytest --hypothesis-profile=explore` looks
# for new failures.
settings.register_profile("steady", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("steady")


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    """The stand-ins for the sites, as of the Friday of the demo."""
    with start_replica(as_of=datetime.fromisoformat(FRIDAY)) as started:
        yield started
