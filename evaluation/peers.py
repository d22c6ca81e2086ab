"""Other extractors on the same pages. Runs by itself in .venv-eval, where nothing of ours is.

Reads a JSON list of {"url", "text"} from stdin; writes reader -> {"seconds", "pages": [[title,
day, body] …]} to stdout. Every extractor gets text already decoded rightly, and a warm start.
"""

from __future__ import annotations

import gc
import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

ROUNDS = 3
Reading = tuple[str, str, str]
_DAY = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_EXPECTED = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RuntimeError)


def trafilatura_reader() -> Callable[[str, str], Reading]:
    """trafilatura with tables and metadata, as its documentation recommends for articles."""
    trafilatura = import_module("trafilatura")

    def read(text: str, url: str) -> Reading:
        found: Any = trafilatura.bare_extraction(
            text, url=url, with_metadata=True, include_comments=False, include_tables=True
        )
        if found is None:
            return "", "", ""
        return found.title or "", _day(found.date or ""), found.text or ""

    return read


def readability_reader() -> Callable[[str, str], Reading]:
    """readability-lxml; it reads no date."""
    document = import_module("readability").Document
    lxml_html = import_module("lxml.html")

    def read(text: str, url: str) -> Reading:
        page = document(text, url=url)
        root = lxml_html.fromstring(page.summary(html_partial=True))
        body = "\n".join(part.strip() for part in root.itertext() if part.strip())
        return page.short_title() or "", "", body

    return read


def gne_reader() -> Callable[[str, str], Reading]:
    """GeneralNewsExtractor with its defaults."""
    extractor = import_module("gne").GeneralNewsExtractor()

    def read(text: str, _url: str) -> Reading:
        found = extractor.extract(text)
        return found["title"], _day(found["publish_time"]), found["content"]

    return read


READERS = {
    "trafilatura": trafilatura_reader,
    "readability": readability_reader,
    "GNE": gne_reader,
}


def measure(read: Callable[[str, str], Reading], pages: list[dict[str, str]]) -> dict[str, Any]:
    """Read all pages once to warm up, then ROUNDS times; the quickest round counts."""
    readings = [_safely(read, page) for page in pages]
    seconds = []
    gc.freeze()  # as for ours, which are timed as a crawl runs
    for _ in range(ROUNDS):
        started = time.process_time()
        for page in pages:
            _safely(read, page)
        seconds.append(time.process_time() - started)
    return {"seconds": min(seconds), "pages": readings}


def _safely(read: Callable[[str, str], Reading], page: dict[str, str]) -> Reading:
    try:
        return read(page["text"], page["url"])
    except _EXPECTED as error:
        sys.stderr.write(f"{page['url']}: {type(error).__name__}: {error}\n")
        return "", "", ""


def _day(text: str) -> str:
    match = _DAY.search(text)
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else ""


def ask_peers(python: str, pages: Sequence[dict[str, str]]) -> dict[str, Any]:
    """What this file, run by the other extractors' interpreter, answers for pages of url, text."""
    done = subprocess.run(
        [python, __file__],
        input=json.dumps(list(pages)), capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def main() -> None:
    """Measure every extractor on the pages from stdin."""
    logging.disable(logging.CRITICAL)
    pages = json.load(sys.stdin)
    json.dump({name: measure(make(), pages) for name, make in READERS.items()}, sys.stdout)


if __name__ == "__main__":
    main()
