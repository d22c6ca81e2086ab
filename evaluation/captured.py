"""Pages captured from the real sites: title, day and source, ours beside the other extractors.

They lie outside the repository and are no gate: where the folder is absent there is no table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.catalogue import Site, load_catalogue
from crawlers.saved_page import read_saved_page
from evaluation.ours import NOW, decode
from evaluation.peers import ask_peers
from evaluation.score import same_text
from pipelines.normalise import normalise

PAGES = Path(__file__).parents[2] / "shared" / "pages"
LIST = Path(__file__).with_name("captured.toml")
Readings = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """One page and what a person reads on it; an empty `source` means that none is printed."""

    file: str
    url: str
    title: str
    date: str
    source: str


def load_captured() -> list[CapturedPage]:
    """The pages with their expected values, whether the files are here or not."""
    return [CapturedPage(**facts) for facts in tomllib.loads(LIST.read_text("utf-8"))["page"]]


def read_captured(page: CapturedPage, site: Site | None) -> tuple[str, str, str]:
    """Title, ISO day and printed source, as `zhengxun inspect FILE` reads them."""
    (item,) = read_saved_page((PAGES / page.file).read_bytes(), url=page.url, site=site)
    notice = normalise(item, NOW)
    # A source that only the catalogue knows is not one that the page prints.
    source = "" if notice.read_by.get("source") == "catalogue" else notice.source
    day = notice.published_on.isoformat() if notice.published_on else ""
    return notice.title, day, source


def captured_figures(python: str, misses: list[str]) -> dict[str, dict[str, float]]:
    """Share of pages with the field right, by reader; empty where the folder is absent.

    `python` is the interpreter of the other extractors, or "" to leave them out.
    """
    if not PAGES.is_dir():
        return {}
    pages = load_captured()
    sites = {host: site for site in load_catalogue(None).values() for host in site.named_hosts}
    ours = [read_captured(page, sites.get(urlsplit(page.url).hostname or "")) for page in pages]
    for page, reading in zip(pages, ours, strict=True):
        if not _all_right(page, reading):
            misses.append(f"captured {page.file}: {reading}")
    figures = {"Zhengxun": _rates(pages, ours)}
    figures["Zhengxun"]["source"] = sum(
        same_text(page.source, source) for page, (_, _, source) in zip(pages, ours, strict=True)
    ) / len(pages)
    if python:
        asked = [
            {"url": page.url, "text": decode((PAGES / page.file).read_bytes(), "")}
            for page in pages
        ]
        answers = ask_peers(python, asked)
        figures |= {name: _rates(pages, answer["pages"]) for name, answer in answers.items()}
    return figures


def _all_right(page: CapturedPage, reading: Sequence[str]) -> bool:
    expected = (page.title, page.date, page.source)
    return all(same_text(one, other) for one, other in zip(expected, reading, strict=True))


def _rates(pages: Sequence[CapturedPage], readings: Readings) -> dict[str, float]:
    both = list(zip(pages, readings, strict=True))
    return {
        "title": sum(same_text(page.title, reading[0]) for page, reading in both) / len(pages),
        "date": sum(page.date == reading[1] for page, reading in both) / len(pages),
    }
