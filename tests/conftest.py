"""What holds for every test."""

import os
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import settings

from replica.server import Replica, start_replica
from tests import new_stores
from tests.installation import FRIDAY

# The default suite gives the same answer every time; `pytest --hypothesis-profile=explore` looks
# for new failures.
settings.register_profile("steady", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("steady")

# Hundreds of tests start the program. Where Python may keep no bytecode, each of them compiles a
# thousand modules first, which is most of what it takes.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

new_stores.begin_with_copies()


@pytest.fixture
def made_by_migrations() -> Iterator[None]:
    """New stores are no copies: every migration makes them."""
    with new_stores.made_by_migrations():
        yield


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    """The stand-ins for the sites, as of the Friday of the demo."""
    with start_replica(as_of=datetime.fromisoformat(FRIDAY)) as started:
        yield started
