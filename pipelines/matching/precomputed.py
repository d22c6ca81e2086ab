"""What was worked out about texts before the store is locked, so that nobody waits for it.

Comparing two texts can take seconds, and hostile ones far longer. So a transaction only looks up
what is known already; where it meets a pair nobody has compared, it ends, the pair is compared,
and it begins anew. It ends for good when others have stopped adding pages of the same document.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.models import Notice

T = TypeVar("T")
# Each round adds what the one before was missing; a document has few pages.
_MOST_ROUNDS = 40


class NotPrecomputedError(Exception):
    """A transaction needs something that was not worked out before it."""


class Precomputed:
    """Answers by question, worked out between transactions. `at_once`: also inside of one."""

    def __init__(self, *, at_once: bool = False) -> None:
        self._answers: dict[Hashable, Any] = {}
        self._open: dict[Hashable, Callable[[], Any]] = {}
        self._at_once = at_once

    def answer(self, question: Hashable, work: Callable[[], T]) -> T:
        """What `work` says. Raises NotPrecomputedError when it has not been asked yet."""
        if question not in self._answers:
            if not self._at_once:
                self._open[question] = work
                raise NotPrecomputedError
            self._answers[question] = work()
        found: T = self._answers[question]
        return found

    def known(self, question: Hashable) -> Any:
        """What was worked out, or None."""
        return self._answers.get(question)

    def expect(self, questions: Iterable[tuple[Hashable, Callable[[], Any]]]) -> None:
        """All of these will be asked. Raises NotPrecomputedError when any has not been yet: what is
        missing is worked out together, and not a transaction for each."""
        if self._at_once:
            return
        missing = {one: work for one, work in questions if one not in self._answers}
        if missing:
            self._open |= missing
            raise NotPrecomputedError

    def work_out(self, question: Hashable, work: Callable[[], Any]) -> None:
        """Something that will be asked. Call it outside of any transaction."""
        self._answers[question] = work()

    def catch_up(self) -> None:
        """Work out what was missing. Call it outside of any transaction."""
        for question, work in self._open.items():
            self._answers[question] = work()
        self._open.clear()


def in_transaction(
    db: Database, write: Callable[[Precomputed], T], precomputed: Precomputed | None = None
) -> T:
    """Do `write` in one transaction, what it needs to know worked out before it (`precomputed`:
    some of it already).

    `write` may be called several times; all but the last are undone. Raises StorageError when
    other processes keep adding to what it compares.
    """
    precomputed = precomputed or Precomputed()
    for _ in range(_MOST_ROUNDS):
        try:
            with transaction(db):
                return write(precomputed)
        except NotPrecomputedError:
            precomputed.catch_up()
    raise StorageError("others keep changing the same document; crawl this site again later")


def fingerprint(notice: Notice) -> Hashable:
    """Tells two readings apart for whoever compares them with others."""
    return (
        notice.site,
        notice.url,
        notice.title,
        notice.doc_number,
        notice.issuers,
        notice.published_on,
        notice.original_url,
        notice.complete,
        notice.warnings,
        notice.body_text,
        tuple(file.name for file in notice.attachments),
    )
