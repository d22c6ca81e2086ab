"""A visit is a worker's only as long as the store's machine has said so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from app.fleet.envelope import Message
from app.fleet.hold import Hold
from app.fleet.link import Link, LinkError
from crawlers.permission import clock, is_over, write_permission

LASTING = 0.2
Answers = Callable[[Message], list[Message]]


class Answering:
    """A link whose other end answers every question with these."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[float] = []

    def ask(
        self, message: Message, token: str, seconds: int, is_it: Callable[[Message], bool]
    ) -> None:
        self.asked.append(message.said["at"])
        for answer in self.answers(message):
            if is_it(answer):
                return


def held(answers: Answers, file: Path, *, words: int = 3) -> tuple[Hold, Answering]:
    """A hold after so many words, or after it was over."""
    link = Answering(answers)
    said = {"key": "k", "token": "t"}
    hold = Hold(cast(Link, link), said, lasting=LASTING, until=clock() + LASTING)
    hold.tell(file)
    with hold:
        while len(link.asked) < words and not hold.is_over:
            hold.thread.join(0.01)
    hold.thread.join()
    return hold, link


def answer(message: Message, kind: str = "until", at: Any = None, seconds: float = 5.0) -> Message:
    return Message(
        {"kind": kind, "at": message.said["at"] if at is None else at, "seconds": seconds}
    )


def test_what_is_answered_counts_from_when_it_was_asked(tmp_path: Path) -> None:
    hold, link = held(lambda word: [answer(word)], tmp_path / "until")
    assert hold.until in [at + 5.0 for at in link.asked]
    assert not hold.is_over
    assert not is_over(tmp_path / "until")


def test_without_an_answer_it_is_over(tmp_path: Path) -> None:
    def away(word: Message) -> list[Message]:
        raise LinkError("连不上消息代理")

    for answers in (lambda word: [], away):
        hold, link = held(answers, tmp_path / "until", words=1000)
        assert link.asked
        assert hold.is_over
        assert is_over(tmp_path / "until")


def test_a_visit_that_was_taken_away_is_over_at_once(tmp_path: Path) -> None:
    hold, link = held(lambda word: [answer(word, "over", seconds=-3.0)], tmp_path / "until")
    assert hold.is_over
    assert len(link.asked) == 1
    assert is_over(tmp_path / "until")


def test_answers_to_other_questions_give_no_more_than_they_may(tmp_path: Path) -> None:
    begun = clock()

    def strange(word: Message) -> list[Message]:
        early = answer(word, at=begun - 100.0, seconds=60.0)
        later = answer(word, at=clock() + 100.0)
        return [Message({"kind": "no"}), later, early, answer(word, at="x"), answer(word)]

    hold, link = held(strange, tmp_path / "until")
    assert hold.until in [at + 5.0 for at in link.asked]


def test_a_crawl_that_may_not_ask_any_more_ends_before_it_does(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from crawlers.permission import end_when_over;"
        "end_when_over(Path(sys.argv[1])); print('asked')"
    )

    def ask() -> tuple[int, bytes]:
        words = [sys.executable, "-c", program, str(tmp_path / "until")]
        done = subprocess.run(words, capture_output=True, check=False)
        return done.returncode, done.stdout.strip()

    assert ask() == (1, b"")
    write_permission(tmp_path / "until", clock() + 60)
    assert ask() == (0, b"asked")
    write_permission(tmp_path / "until", clock())
    assert ask() == (1, b"")
