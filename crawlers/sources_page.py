"""Writes docs/sources.md and the list of sites in README.md: `python -m crawlers.sources_page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crawlers.catalogue import Column, Site, load_catalogue

PAGE = Path(__file__).parent.parent / "docs" / "sources.md"
README = Path(__file__).parent.parent / "README.md"
BEGIN = "<!-- sites: made by python -m crawlers.sources_page -->\n"
END = "<!-- end of sites -->\n"
_PREFACE = """# The sites that ship

{on} sites are on, {off} are off, {retired} are retired; {columns} columns. A site that is off
starts with `enabled = true` in the `sources.toml` next to `zhengxun.toml`; before that,
`zhengxun sources check SITE` reads one list and one notice.

*Evidence* is when and where address and form of a column were seen (码: in code that was read in
that month), in the words of the catalogue. *Inferred*: nobody saw them; an enabled one says so at
the foot of every issue until its first good reading.

This file is made from `crawlers/sources.toml` by `python -m crawlers.sources_page`.
"""


def written(sites: dict[str, Site] | None = None) -> str:
    """The page, of the built-in catalogue."""
    sites = sites or load_catalogue()
    every = list(sites.values())
    on = [site for site in every if site.enabled]
    retired = [site for site in every if site.retired]
    preface = _PREFACE.format(
        on=len(on),
        off=len(every) - len(on) - len(retired),
        retired=len(retired),
        columns=sum(len(site.columns) for site in every),
    )
    return preface + "".join(line + "\n" for site in every for line in _section(site))


def short_list(sites: dict[str, Site] | None = None) -> str:
    """The sites in a table of a few rows: those that are on, those that are off by their heading,
    those that nobody should watch any more."""
    every = list((sites or load_catalogue()).values())
    rows = {"on": [site for site in every if site.enabled]}
    for site in every:
        if not site.enabled:
            place = "retired" if site.retired else f"off, {site.group}"
            rows.setdefault(place, []).append(site)
    order = sorted(rows, key=lambda place: place == "retired")
    lines = ["| | sites |", "| --- | --- |"]
    for place in order:
        names = ", ".join(f"{site.name} `{site.id}`" for site in rows[place])
        lines.append(f"| {place} ({len(rows[place])}) | {names} |")
    return "\n".join(lines) + "\n"


def with_sites(readme: str) -> str:
    """README.md with the list of today between its two marks."""
    before, _, rest = readme.partition(BEGIN)
    return before + BEGIN + short_list() + END + rest.partition(END)[2]


def _section(site: Site) -> Iterator[str]:
    state = "on" if site.enabled else "retired" if site.retired else "off"
    yield ""
    yield f"## {site.name} (`{site.id}`, {state})"
    yield ""
    walls = f" Walls: {', '.join(site.walls)}." if site.walls else ""
    retired = f" {site.retired}。" if site.retired else ""
    yield f"`{site.platform}`, {site.section}/{site.group}, `{site.crawl}`.{walls}{retired}"
    yield ""
    yield "| column | list | evidence |"
    yield "| --- | --- | --- |"
    for column in site.columns:
        off = "" if column.enabled else " (off)"
        yield f"| {column.name}{off} | <{column.url}> | {_evidence(site, column)} |"


def _evidence(site: Site, column: Column) -> str:
    seen, inferred = site.evidence(column)
    return "; ".join(filter(None, (seen, "inferred" if inferred else "")))


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
    README.write_text(with_sites(README.read_text(encoding="utf-8")), encoding="utf-8")
