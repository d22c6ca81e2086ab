"""Asks a model for the summaries of texts, one after the other. Nothing waits for it: whoever stops
it loses the question in hand."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from pipelines.summaries.answer import printed, read_answer
from pipelines.summaries.endpoint import Answer, Endpoint, ServiceError
from pipelines.summaries.fidelity import UnfaithfulError, check
from pipelines.summaries.pauses import ALARM, failed
from pipelines.summaries.request import messages
from pipelines.summaries.sentences import Numbered, numbered_sentences
from storage.operation.alarms import clear_alarm
from storage.summaries.cache import MachineSummary, save_summary, settled, summary_key
from storage.summaries.requests import attempts, begin_request, end_request, failing

SHORTEST = 120
"""Characters of a body; of a shorter one its own words are told."""
MOST_ATTEMPTS = 5
TRY_OUT = "doctor"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text whose summary is wanted."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Worked:
    """How many requests were made, how many texts got a summary, and whether more wait."""

    asked: int = 0
    made: int = 0
    more: bool = False


async def work_off(
    db: Database,
    endpoint: Endpoint,
    wanted: Sequence[Wanted],
    clock: Callable[[], datetime],
    *,
    most: int,
    seconds: float,
) -> Worked:
    """Ask for what is not known yet, in this order, until `most` requests are made or `seconds` are
    over. A service that fails ends it, and is left alone for a while."""
    waiting = waiting_for(db, endpoint.model, wanted)
    asked, made, until = 0, 0, time.monotonic() + seconds
    for key, text in waiting:
        if asked >= most or time.monotonic() >= until:
            break
        asked += 1
        found = await _ask(db, endpoint, key, text, clock)
        if found is None:
            break
        made += not found.refused
    return Worked(asked, made, len(waiting) > asked)


def waiting_for(db: Database, model: str, wanted: Sequence[Wanted]) -> list[tuple[str, Wanted]]:
    """The texts that are still to be asked for, by their keys; what failed before comes last, and
    what failed every time not at all."""
    texts = {summary_key(one.body, model): one for one in wanted if len(one.body) >= SHORTEST}
    done, tried = settled(db, texts), attempts(db, texts)
    left = [key for key in texts if key not in done and tried.get(key, 0) < MOST_ATTEMPTS]
    return [(key, texts[key]) for key in sorted(left, key=lambda key: tried.get(key, 0))]


@dataclass(frozen=True, slots=True)
class TryOut:
    """What became of a question that is asked to see whether the model answers: its summary, why
    that is refused, or why there is none."""

    text: str = ""
    refused: str = ""
    failed: str = ""


async def try_out(
    db: Database, endpoint: Endpoint, text: Wanted, clock: Callable[[], datetime]
) -> TryOut:
    """Ask once, at once; counted as every request. An answer ends the pause after failures."""
    found = await _ask(db, endpoint, TRY_OUT, text, clock)
    if found is None:
        return TryOut(failed=failing(db).reason)
    return TryOut(found.text, found.refused)


async def _ask(
    db: Database, endpoint: Endpoint, key: str, text: Wanted, clock: Callable[[], datetime]
) -> MachineSummary | None:
    """One request, counted and kept by its key; None when the service failed."""
    page = numbered_sentences(text.body)
    number = begin_request(db, key, clock())
    try:
        answer = await endpoint.ask(messages(text.title, page, secrets.token_hex(12)))
    except ServiceError as error:
        failed(db, number, str(error), error.wait, clock())
        return None
    found = judged(answer, page)
    if key != TRY_OUT:
        save_summary(db, key, endpoint.model, found, clock())
    end_request(db, number, "refused" if found.refused else "accepted", found.refused)
    clear_alarm(db, ALARM, "机器摘要的服务已恢复", now=clock())
    return found


def judged(answer: Answer, page: Sequence[Numbered]) -> MachineSummary:
    """What may be printed of an answer: all of it, or nothing."""
    text, refused = "", answer.cut
    if not refused:
        try:
            said = read_answer(answer.content)
            check(said, page)
            text = printed(said)
        except UnfaithfulError as error:
            refused = str(error)
    return MachineSummary(text, refused, answer.content, answer.tokens_in, answer.tokens_out)
