"""What takes longer than a page may: done in a thread, told of on the pages that ask."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from desk.chinese import chinese
from errors import ZhengxunError

log = logging.getLogger("zhengxun")
MOST, MOST_ON = 50, 4


@dataclass(frozen=True, slots=True)
class Work:
    """Something that goes on or is over: what it says in Chinese, and whether it is still on."""

    what: str
    is_on: bool
    said: str = ""
    failed: bool = False


@dataclass
class Background:
    """The works of one desk by their names; the last word of each is kept."""

    _works: dict[str, Work] = field(default_factory=dict)
    _threads: dict[str, threading.Thread] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, name: str, what: str, do: Callable[[], str]) -> bool:
        """Begin it in a thread; False when it goes on already, or too much does.

        `do` returns what to tell.
        """
        with self._lock:
            known = self._works.get(name)
            if known is not None and known.is_on:
                return False
            if sum(work.is_on for work in self._works.values()) >= MOST_ON:
                return False
            while len(self._works) >= MOST:
                over = [key for key, work in self._works.items() if not work.is_on]
                if not over:
                    return False
                del self._works[over[0]]
                del self._threads[over[0]]
            self._works[name] = Work(what, is_on=True)
            thread = threading.Thread(target=self._run, args=(name, what, do), daemon=True)
            self._threads[name] = thread
        thread.start()
        return True

    def tell(self, name: str, words: str) -> None:
        """Say how far a work is that goes on."""
        with self._lock:
            known = self._works.get(name)
            if known is not None and known.is_on:
                self._works[name] = replace(known, said=words)

    @property
    def is_busy(self) -> bool:
        """Whether anything goes on."""
        with self._lock:
            return any(work.is_on for work in self._works.values())

    def of(self, name: str) -> Work | None:
        """How it stands."""
        with self._lock:
            return self._works.get(name)

    def ended(self, name: str, within: float) -> Work | None:
        """How it ended, waiting for it so many seconds; None when it was never begun."""
        with self._lock:
            thread = self._threads.get(name)
        if thread is not None:
            thread.join(within)
        return self.of(name)

    def _run(self, name: str, what: str, do: Callable[[], str]) -> None:
        try:
            done = Work(what, is_on=False, said=do())
        except ZhengxunError as error:
            done = Work(what, is_on=False, said=chinese(str(error)), failed=True)
        except Exception:
            log.exception("%s failed", name)
            done = Work(what, is_on=False, said="出了意外的错误，见日志。", failed=True)
        with self._lock:
            self._works[name] = done
