"""What a hostile list page costs grows no faster than the page: each input doubled and doubled
again may cost little more than twice and four times as much."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from parsel import Selector

from crawlers import platforms
from crawlers.catalogue import Selectors
from crawlers.reading.list_page import read_list
from crawlers.reading.pager import read_pager

URL = "https://kjj.example.gov.cn/tzgg/"
ROUNDS = 3
LEAST = 0.15  # seconds of the processor below which nothing can be told
WORST = 3.0  # times as much for twice the input; a square would be four


def script(source: str) -> str:
    return f"<script>{source}</script>"


INPUTS: dict[str, Callable[[int], str]] = {
    "rows": lambda n: "".join(
        f"<li><a href='{k}.html'>关于第{k}个事项的通知</a>2021-02-04</li>" for k in range(n)
    ),
    "nested links": lambda n: "".join(
        f"<div><a href='{k}.html'>关于第{k}个事项的通知</a>" for k in range(n // 4)
    ),
    "records without end": lambda n: "<record><![CDATA[x" * (10 * n),
    "assignments without end": lambda n: "urls[i]='a" * (10 * n),
    "digits": lambda n: f"<li><a href='1.html'>{'1' * 50 * n}</a>2021-02-04</li>",
    "dates": lambda n: f"<li><a href='1.html'>关于{'2021-02-04 ' * n}</a></li>" * 3,
    "page numbers": lambda n: "".join(f"<a href='?p={k}'>{k}</a>" for k in range(n)),
    "counts": lambda n: "".join(f"<span>共{k}页</span>" for k in range(n)),
    "strings to join": lambda n: script("'a'+" * (20 * n)) + "<a onclick='go(2)'>2</a>",
    "variables to join": lambda n: script("".join(f"var v{k}='a/{k}';x=v{k}+" for k in range(n))),
    "functions": lambda n: (
        script("function go" * (5 * n)) + "<a onclick='go(2)'>关于某事</a>" * 200
    ),
    "calls that draw pagers": lambda n: script("createPageHTML(1,2," * (5 * n)),
}


def cost(markup: str) -> float:
    started = time.process_time()
    read_list(markup, URL, Selectors(), platforms.platform("hanweb"))
    read_pager(Selector(text=markup), URL)
    return time.process_time() - started


@pytest.mark.parametrize("name", INPUTS)
def test_twice_the_input_costs_about_twice(name: str) -> None:
    """A busy machine can spoil one measurement; a cost that grows too fast spoils each."""
    measured = []
    for _ in range(ROUNDS):
        once, twice, four = (
            min(cost(INPUTS[name](n)) for _ in range(2)) for n in (500, 1000, 2000)
        )
        measured.append((once, twice, four))
        if twice <= max(WORST * once, LEAST) and four <= max(WORST * twice, LEAST):
            return
    raise AssertionError(measured)
