"""A worker's hold of a visit: the store's machine renews it, and it is over by itself.

Whoever has the store lets go of a visit, and of its hosts, when it has heard nothing of it for so
long. So the worker asks for more time again and again, and believes only what was answered: counted
from when it asked, which was before it was heard. Both ends come to an end without each other.
"""

from __future__ import annotations

import logging
import threading
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from app.fleet.envelope import EnvelopeError, Message
from app.fleet.link import Link, LinkError
from crawlers.permission import clock, write_permission

log = logging.getLogger("zhengxun")

# So many words may be lost before the hold is.
WORDS = 4


class Hold:
    """Renewed inside of `with`, in a thread of its own."""

    def __init__(self, link: Link, said: dict[str, str], *, lasting: float, until: float) -> None:
        """`said`: which visit, and whose; `lasting` (seconds) between two words at most, `until`
        (by `crawlers.permission.clock`) as it is now."""
        self.link = link
        self.said = said
        self.every = lasting / WORDS
        self.until = until
        self.file: Path | None = None
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ending.set()

    @property
    def is_over(self) -> bool:
        """Whether the visit, and its hosts, may be another's by now."""
        return clock() >= self.until

    def tell(self, file: Path) -> None:
        """Keep it in this file for the crawl (`crawlers.permission`)."""
        self.file = file
        write_permission(file, self.until)

    def _renew(self) -> None:
        while not self.ending.wait(self.every) and not self.is_over:
            asked_at = clock()
            word = Message({"kind": "alive", "at": asked_at, **self.said})
            try:
                self.link.ask(
                    word, self.said["token"], max(1, int(self.every)), partial(self._hear, asked_at)
                )
            except (LinkError, EnvelopeError, OSError) as error:
                # It is over then, if that goes on.
                log.warning("the hold of a visit was not renewed: %s", error)

    def _hear(self, asked_at: float, answer: Message) -> bool:
        """Whether it answers this question. One to an earlier question counts from that one's time;
        what is none (a claim that was told twice is answered twice) says nothing."""
        at, seconds = answer.said.get("at"), answer.said.get("seconds")
        if not isinstance(at, float) or not isinstance(seconds, float) or at > asked_at:
            return False
        if answer.kind == "over":
            self.until = 0.0
        elif answer.kind == "until":
            self.until = max(self.until, at + seconds)
        if self.file is not None and not self.ending.is_set():
            write_permission(self.file, self.until)
        return at == asked_at
