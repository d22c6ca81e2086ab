"""What a server has said is written down, however long the store is locked."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from storage.errors import PassingError

log = logging.getLogger("zhengxun")

# Between two tries; each of them waits for the lock itself, too.
BETWEEN_TRIES = 1.0


def write_down(write: Callable[[], object], pause: Callable[[float], None] = time.sleep) -> None:
    """Write an outcome as soon as the store can be written; `pause` takes seconds.

    A mail that was taken must not go out again because somebody has an edit open or the disk is
    full at that moment: the outcome stands in this process alone until it is in the store, so
    the process waits for as long as that takes. Any other StorageError is raised.
    """
    told = False
    while True:
        try:
            write()
        except PassingError as error:
            if not told:
                log.warning("an outcome waits to be written: %s", error)
            told = True
            pause(BETWEEN_TRIES)
        else:
            return
