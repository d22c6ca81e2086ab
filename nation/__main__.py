"""`python -m nation --sites 2000`: a day of watching so many offices, and the line to a nation."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nation.day import Day, Figure, NationError, say
from nation.offices import offices

SIZES = (100, 500, 1000)
# Government sites counted at the end of 2019.
NATION = 14_474


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(prog="nation", description=__doc__)
    parser.add_argument("--sites", type=int, default=2000, help="of the largest catalogue")
    options = parser.parse_args()
    sizes = [size for size in SIZES if size < options.sites] + [options.sites]
    columns = []
    with tempfile.TemporaryDirectory(prefix="zhengxun-nation-") as folder, offices() as country:
        for size in sizes:
            figures = []
            for figure in Day(Path(folder) / str(size), country, size).measured():
                say(f"{size:6,} sites  {figure.what:34} {figure.value:10.3f} {figure.unit}")
                figures.append(figure)
            columns.append(figures)
    say("\n" + table(sizes, columns))


def table(sizes: Sequence[int], columns: Sequence[Sequence[Figure]]) -> str:
    """Markdown: a line a figure, a column a size, and where the line of the last two leads."""
    lines = ["| | " + " | ".join(f"{size:,}" for size in sizes) + f" | line to {NATION:,} |"]
    lines.append("| --- |" + " ---: |" * (len(sizes) + 1))
    for figures in zip(*columns, strict=True):
        cells = [f"{figure.value:.3g}" for figure in figures]
        drawn = line([*sizes], [figure.value for figure in figures])
        name = f"{figures[0].what}{f' ({figures[0].unit})' if figures[0].unit else ''}"
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {drawn} |")
    return "\n".join(lines)


def line(sizes: Sequence[int], values: Sequence[float]) -> str:
    """The straight line through the last two sizes, at the size of the nation."""
    if len(sizes) < 2:
        return ""
    slope = (values[-1] - values[-2]) / (sizes[-1] - sizes[-2])
    return f"{values[-1] + slope * (NATION - sizes[-1]):.3g}"


if __name__ == "__main__":
    try:
        main()
    except NationError as error:
        sys.exit(f"nation: {error}")
