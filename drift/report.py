"""The table: what happened on sites with each change, and over all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from drift.changes import REGISTER
from drift.judge import KINDS

PRECISION = 0.99
LIKENESS = 0.97
NONE = "(unchanged)"
HEADS = {
    "silent miss": "silent",
    "miss without days": "no days",
    "named miss": "named",
    "old as new": "old:new",
    "old as late": "old:late",
    "old as changed": "old:chg",
    "repeated": "repeat",
    "no notice": "stray",
    "verdict wrong": "verdict",
    "false alarm": "alarm",
    "title wrong": "title",
    "day wrong": "day",
    "body bad": "body<.5",
    "change untold": "untold",
}


@dataclass
class Line:
    """Figures of the sites with one change, or of all."""

    sites: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    right: int = 0
    due: int = 0
    texts: list[float] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Entries that belong into the issue, of all entries."""
        return self.right / self.entries if self.entries else 1.0

    @property
    def likeness(self) -> float:
        """Mean F1 of the texts that are called complete."""
        return fmean(self.texts) if self.texts else 1.0

    def cells(self) -> list[str]:
        """The line as printed."""
        kinds = [str(self.kinds[kind] or "·") for kind in HEADS]
        return [
            str(self.sites),
            str(self.due),
            *kinds,
            f"{self.precision:.3f}",
            f"{self.likeness:.3f}",
        ]


def tabulate(outcomes: Sequence[dict[str, Any]]) -> tuple[dict[str, Line], Line]:
    """Lines by change, and the line over all."""
    lines: dict[str, Line] = defaultdict(Line)
    whole = Line()
    for outcome in outcomes:
        if "failed" in outcome:
            continue
        judged = outcome["judgement"]
        for site, names in outcome["changes"].items():
            for line in [whole, *(lines[name] for name in names or [NONE])]:
                add_site(line, judged, site)
        for finding in judged["findings"]:
            names = outcome["changes"].get(finding["site"], [])
            for line in [whole, *(lines[name] for name in names or [NONE])]:
                line.kinds[finding["kind"]] += 1
        stray = judged["counts"].get("elsewhere", {})
        whole.entries += stray.get("entries", 0)
    return dict(lines), whole


def add_site(line: Line, judged: dict[str, Any], site: str) -> None:
    """The figures of one site of one seed."""
    counts = judged["counts"].get(site, {})
    line.sites += 1
    line.entries += counts.get("entries", 0)
    line.right += counts.get("right", 0)
    line.due += counts.get("due", 0)
    line.texts += judged["texts"].get(site, [])


def unmet(outcomes: Sequence[dict[str, Any]]) -> list[str]:
    """The aims that were missed, one line each."""
    _, whole = tabulate(outcomes)
    lines = [
        f"{whole.kinds[kind]} × {kind}"
        for kind, is_aim in KINDS.items()
        if is_aim and whole.kinds[kind]
    ]
    if whole.precision < PRECISION:
        lines.append(f"precision {whole.precision:.4f} < {PRECISION}")
    if whole.likeness < LIKENESS:
        lines.append(f"texts F1 {whole.likeness:.4f} < {LIKENESS}")
    lines += [
        f"seed {one['seed']} failed: {one['failed'].strip().splitlines()[-1]}"
        for one in outcomes
        if "failed" in one
    ]
    return lines


def figures(outcomes: Sequence[dict[str, Any]]) -> str:
    """What the whole comes to, as a Markdown table of names and numbers."""
    _, whole = tabulate(outcomes)
    ran = [one for one in outcomes if "failed" not in one]
    alone = sum(not names for one in ran for names in one["changes"].values())
    rows = [
        ("seeds, of them ended", f"{len(outcomes)}, {len(ran)}"),
        ("sites, of them left as they were", f"{whole.sites}, {alone}"),
        ("notices that the issues owe", str(whole.due)),
        *((kind, str(whole.kinds[kind])) for kind in HEADS),
        ("precision", f"{whole.precision:.4f}"),
        ("texts, mean F1", f"{whole.likeness:.4f}"),
        ("processor seconds a seed", f"{fmean([one['seconds'] for one in ran] or [0]):.0f}"),
    ]
    lines = ["| | |", "| --- | --: |", *(f"| {name} | {number} |" for name, number in rows)]
    return "\n".join(lines)


def table(outcomes: Sequence[dict[str, Any]]) -> str:
    """The table as Markdown."""
    lines, whole = tabulate(outcomes)
    heads = ["change", "sites", "due", *HEADS.values(), "prec", "F1"]
    rows = [heads, ["---", *["--:"] * (len(heads) - 1)], ["**all**", *whole.cells()]]
    rows.append([NONE, *lines.get(NONE, Line()).cells()])
    names = sorted(REGISTER, key=lambda one: (REGISTER[one].family, one))
    rows += [
        [f"{REGISTER[name].family}: {name}", *lines[name].cells()]
        for name in names
        if name in lines
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def told(outcome: dict[str, Any]) -> Iterator[str]:
    """One seed in words: its changes and what came of them."""
    yield f"seed {outcome['seed']}"
    if "failed" in outcome:
        yield outcome["failed"]
        return
    for site, names in outcome["changes"].items():
        words = [f"{n} ({t})" for n, t in zip(names, outcome["told"][site], strict=True)]
        yield f"  {site}: {'; '.join(words) or 'unchanged'}"
    for finding in outcome["judgement"]["findings"]:
        where = f"{finding['site']} {finding['column']}"
        yield f"    {finding['kind']}: {where}: {finding['what']}"
