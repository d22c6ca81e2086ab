"""The time of pages of real size: the invented pages of 50 to 200 KB, ours beside the others' in
one run, since a machine's speed swings from one run to the next."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from crawlers.catalogue import Selectors
from crawlers.items import NoticeItem
from crawlers.reading.notice import fill_from_page
from crawlers.reading.platform import NO_PLATFORM
from crawlers.reading.printed_dates import day_of
from evaluation.forecast import SETS, cases
from evaluation.peers import ROUNDS, ask_peers
from pipelines.facts.body import read_body
from pipelines.facts.titles import clean_title

LEAST, MOST = 50_000, 200_000
"""Bytes (UTF-8) of a page of real size."""

_NO_SELECTORS = Selectors()


@dataclass(frozen=True, slots=True)
class RealPage:
    """A notice page's text and address, with what its list row says."""

    url: str
    text: str
    list_title: str
    list_date: str


def real_pages() -> list[RealPage]:
    """The notices of the invented sets whose pages are as large as real ones."""
    told: list[tuple[dict[str, Any], str]] = [
        (facts, text) for folder in SETS for _, facts, text in cases("notices", folder)
    ]
    return [
        RealPage(facts["url"], text, facts.get("list_title", ""), facts.get("list_date", ""))
        for facts, text in told
        if facts["complete"] and LEAST <= len(text.encode("utf-8", "replace")) <= MOST
    ]


def read_three(page: RealPage) -> tuple[str, str, str]:
    """Title, ISO day and text of one page: what the others are timed for."""
    item = NoticeItem("real", "栏目", page.url, page.url, "ip", "地方级")
    item.list_title, item.list_date = page.list_title, page.list_date
    fill_from_page(item, page.text, _NO_SELECTORS, NO_PLATFORM)
    day = day_of(item.published)
    text = read_body(item.body_html, item.url).text
    return clean_title(item.title, ""), day.isoformat() if day else "", text


def quickest(read: Callable[[RealPage], object], pages: Sequence[RealPage]) -> float:
    """Seconds of processor time for all pages, the quickest of the rounds."""
    rounds = []
    gc.freeze()  # as a crawl's process and the others' measure do
    for _ in range(ROUNDS + 1):
        started = time.process_time()
        for page in pages:
            read(page)
        rounds.append(time.process_time() - started)
    return min(rounds[1:])


def real_size_figures(python: str) -> dict[str, dict[str, float]]:
    """Milliseconds a page and how many times ours that is, by reader. Ours is timed before and
    after the others. `python` is the others' interpreter, or "" to leave them out."""
    pages = real_pages()
    ours = quickest(read_three, pages)
    seconds = {}
    if python:
        answers = ask_peers(python, [{"url": page.url, "text": page.text} for page in pages])
        seconds = {name: answer["seconds"] for name, answer in answers.items()}
        ours = min(ours, quickest(read_three, pages))
    every = {"Zhengxun": ours} | seconds
    return {
        name: {"ms": 1000 * one / len(pages), "times ours": one / ours}
        for name, one in every.items()
    }
