"""Which queues nobody works off, by what workers say and by what they take."""

from __future__ import annotations

from collections.abc import Collection

# So many times the patience until workers that took nothing are asked again.
AGAIN_AFTER = 10


class Queues:
    """Seen by who has the store; instants are of a clock that only goes forward (seconds)."""

    def __init__(self, patience: float) -> None:
        """`patience`: how long (seconds) a queue may be nobody's."""
        self.patience = patience
        self.idle: set[str] = set()
        self.unserved_since: dict[str, float] = {}
        self.untaken_since: dict[str, float] = {}

    def look(
        self, now: float, *, wanted: Collection[str], served: set[str], moving: set[str]
    ) -> None:
        """Queues with visits that wait; those a worker says it works off; those of which one makes
        a visit. A worker may say that it is there and take nothing: Celery's does, at times, after
        its broker was away."""
        for queue in served:
            self.unserved_since.pop(queue, None)
        for queue in set(wanted) - served:
            self.unserved_since.setdefault(queue, now)
        for queue, since in [*self.untaken_since.items()]:
            is_asked_again = now - since >= self.patience * AGAIN_AFTER
            if queue in moving or is_asked_again or not ({queue} & {*wanted, *self.idle}):
                del self.untaken_since[queue]
        for queue in (set(wanted) & served) - moving:
            self.untaken_since.setdefault(queue, now)
        both = [*self.unserved_since.items(), *self.untaken_since.items()]
        self.idle = {queue for queue, since in both if now - since >= self.patience}
