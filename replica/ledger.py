"""The requests that reached the replica, for tests to count. Safe to read from other threads."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `status` 0 = the connection was closed without an answer; `at` is UTC."""

    method: str
    host: str
    path: str
    query: str
    referer: str
    user_agent: str
    status: int
    at: datetime


class Ledger:
    """Collects requests in the order they were answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    def add(self, request: Request) -> None:
        """Record one request."""
        with self._lock:
            self._requests.append(request)

    def all(self) -> list[Request]:
        """A copy of what was recorded so far."""
        with self._lock:
            return list(self._requests)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._requests.clear()
