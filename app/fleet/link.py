"""The broker: a Valkey or Redis through which workers and the machine that has the store talk.

What workers say lies in one list until it has been worked off; answers lie in a list of whoever
asked. Nothing of it is needed afterwards: an empty broker costs time, no notice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis

from app.fleet.envelope import Message, name_of, opened, sealed
from errors import ZhengxunError

MIB = 1024 * 1024
ANSWER_SECONDS = 60
# A worker says so often that it is there, and is gone when it has not for so long.
HERE_EVERY = 5.0
HERE_SECONDS = 20
# What Celery's lists of one queue are called, by priority (kombu's separator and steps).
PRIORITIES = (0, 3, 6, 9)
_SEPARATOR = "\x06\x16"


class LinkError(ZhengxunError):
    """The broker cannot be used; the message (Chinese) says how it is."""


class Link:
    """One end. `seconds`: how long an answer of the broker itself is waited for."""

    def __init__(self, url: str, key: str, *, most_mib: int, seconds: float = 5.0) -> None:
        self.key = key
        self.most = (2 * most_mib + 8) * MIB
        self.prefix = f"zx:{name_of(key)}:"
        self.broker = redis.Redis.from_url(
            url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=None
        )

    # --- the machine that has the store

    def receive(self, seconds: int) -> bytes | None:
        """The next word of a worker; it stays in the broker until `done`. What a process before
        this one did not work off comes first. Raises LinkError."""
        with told():
            found: bytes | None = self.broker.lindex(f"{self.prefix}taking", 0)
            if found is None:
                found = self.broker.blmove(
                    f"{self.prefix}home", f"{self.prefix}taking", seconds, "LEFT", "RIGHT"
                )
            return found

    def done(self) -> None:
        """The last word received has been worked off. Raises LinkError."""
        with told():
            self.broker.lpop(f"{self.prefix}taking")

    def answer(self, token: str, message: Message) -> None:
        """To who asked with this token. Raises LinkError."""
        name = f"{self.prefix}reply:{token}"
        with told(), self.broker.pipeline() as both:
            both.rpush(name, sealed(self.key, message))
            both.expire(name, ANSWER_SECONDS)
            both.execute()

    def served(self) -> set[str]:
        """Queues that some worker works off now. Raises LinkError."""
        queues: set[str] = set()
        with told():
            for name in self.broker.scan_iter(f"{self.prefix}here:*", count=1000):
                text = self.broker.get(name)
                queues |= set(json.loads(text)) if text else set()
        return queues

    def waiting(self, queue: str) -> int:
        """How many visits lie in a queue. Raises LinkError."""
        name = f"{self.prefix}{queue}"
        with told():
            lists = (f"{name}{_SEPARATOR}{step}" if step else name for step in PRIORITIES)
            return sum(int(self.broker.llen(one)) for one in lists)

    def read(self, data: bytes) -> Message:
        """Raises EnvelopeError."""
        return opened(self.key, data, most=self.most)

    # --- a worker

    def tell(self, message: Message) -> None:
        """To the machine that has the store. Raises LinkError."""
        with told():
            self.broker.rpush(f"{self.prefix}home", sealed(self.key, message))

    def ask(
        self,
        message: Message,
        token: str,
        seconds: int,
        is_it: Callable[[Message], bool] = lambda answer: True,
    ) -> Message | None:
        """Tell, and wait for the answer that `is_it`; None when none comes. Raises LinkError,
        EnvelopeError."""
        self.tell(message)
        name, waited = f"{self.prefix}reply:{token}", 0
        while waited < seconds:
            with told():
                found = self.broker.blpop([name], timeout=1)
            if not found:
                waited += 1
            elif is_it(answer := self.read(found[1])):
                return answer
        return None

    def here(self, name: str, queues: list[str]) -> None:
        """A worker of these queues is at work. Raises LinkError."""
        with told():
            self.broker.set(f"{self.prefix}here:{name}", json.dumps(queues), ex=HERE_SECONDS)


@contextmanager
def told() -> Iterator[None]:
    """What the broker cannot do is raised as LinkError."""
    try:
        yield
    except redis.exceptions.AuthenticationError as error:
        raise LinkError("消息代理不接受口令") from error
    except redis.exceptions.OutOfMemoryError as error:
        raise LinkError("消息代理已满") from error
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, OSError) as error:
        raise LinkError("连不上消息代理") from error
    except redis.exceptions.RedisError as error:
        raise LinkError(f"消息代理出错：{str(error)[:100]}") from error
