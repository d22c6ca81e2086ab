"""Relative links of a second page that were meant from the list's own address. Pure.

A site that gives its second page a folder of its own (page/2/) and prints the links of its rows as
on the first leads every visitor nowhere. Where the known notices are tells what was meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from crawlers.reading.rows import Row

ENOUGH = 2
"""Rows whose known notices lie in the other folder before the page's links are read from there."""


def as_meant(
    rows: Sequence[Row], page_url: str, known: Iterable[str], listed: Iterable[str]
) -> list[Row]:
    """The rows with their links from the folder in which those are that were `listed` before in
    this reading, where that makes ENOUGH of them addresses of `known` notices; else as they are.

    For a page none of whose rows leads to a known notice.
    """
    folder = page_url.partition("?")[0].rpartition("/")[0] + "/"
    rests = [row.url[len(folder) :] for row in rows if row.url.startswith(folder)]
    known = list(known)
    bases = Counter(
        url[: -len(rest)] for rest in rests for url in known if url.endswith(f"/{rest}") and rest
    )
    for base, number in bases.most_common(1):
        if number >= ENOUGH and base != folder and any(url.startswith(base) for url in listed):
            return [
                replace(row, url=base + row.url[len(folder) :])
                if row.url.startswith(folder)
                else row
                for row in rows
            ]
    return list(rows)
