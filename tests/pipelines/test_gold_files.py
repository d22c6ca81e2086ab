"""The gold set of files (`tests.gold_files`): how well each is read. The floors are a gate."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz.distance import Indel, Levenshtein

from pipelines.downloads.file_kinds import kind_of
from pipelines.downloads.file_text import FileText, assembled, records
from pipelines.downloads.table_rows import table_rows
from pipelines.pictures.picture_reader import PictureReader, is_installed
from texts.width import fold_width

GOLD = Path(__file__).parents[1] / "files" / "gold"
_KEPT = json.loads((GOLD / "truth.json").read_text(encoding="utf-8"))
TRUTH: dict[str, dict[str, Any]] = {
    name: one | {"text": _KEPT["texts"][one["text"]]} for name, one in _KEPT["files"].items()
}
PRINTED = [name for name, one in TRUTH.items() if one["look"] == "printed"]
SIMILAR = 0.99
HEADERS = 0.95
ERRORS = {"clean": 0.03, "noisy": 0.08}
needs_ocr = pytest.mark.skipif(not is_installed(), reason="zhengxun[ocr] is not installed")


def letters(text: str) -> str:
    """What is compared: without white space and the bars between cells, one width of signs."""
    return "".join(fold_width(text).replace("|", "").split())


def read(name: str) -> FileText:
    data = (GOLD / name).read_bytes()
    kind = kind_of(data, name.rpartition(".")[2], name)
    return assembled(records(GOLD / name, kind))


def test_the_set_is_large_enough_and_small_enough() -> None:
    files = [path for path in GOLD.iterdir() if path.suffix != ".json"]
    assert {path.name for path in files} == set(TRUTH)
    assert len(files) >= 60
    assert sum(path.stat().st_size for path in GOLD.iterdir()) < 6 * 1024 * 1024


def test_what_is_printed_is_read_as_it_was_written() -> None:
    found = {
        name: Indel.normalized_similarity(letters(read(name).text or ""), letters(one["text"]))
        for name, one in TRUTH.items()
        if one["look"] == "printed"
    }
    assert {name: round(share, 4) for name, share in found.items() if share < SIMILAR} == {}


def test_headers_of_tables_are_found() -> None:
    right, wrong = 0, []
    for name in PRINTED:
        labels = TRUTH[name]["labels"]
        found = labels_of(name) if labels else []
        for index, wanted in enumerate(labels):
            if index < len(found) and found[index] == wanted:
                right += 1
            else:
                wrong.append((name, found[index : index + 1]))
    assert right / (right + len(wrong)) >= HEADERS, wrong


def labels_of(name: str) -> list[list[str]]:
    """The labels of each table's rows, in their order, as they came with the most cells."""
    tables: dict[str, list[str]] = defaultdict(list)
    for row in table_rows(read(name).rows):
        if len(row.cells) > len(tables[row.sheet]):
            tables[row.sheet] = list(row.cells)
    return list(tables.values())


@needs_ocr
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_scans_are_recognised() -> None:
    found = asyncio.run(recognise([n for n, one in TRUTH.items() if one["look"] != "printed"]))
    shares = {}
    for look, floor in ERRORS.items():
        pairs = [
            (letters(found[n]), letters(TRUTH[n]["text"]))
            for n in found
            if TRUTH[n]["look"] == look
        ]
        wrong = sum(Levenshtein.distance(got, wanted) for got, wanted in pairs)
        shares[look] = wrong / sum(len(wanted) for _, wanted in pairs)
        assert shares[look] <= floor, shares


async def recognise(names: list[str]) -> dict[str, str]:
    reader, found = PictureReader(), {}
    try:
        for name in names:
            pages, number, lines = 1, 0, []
            while number < pages:
                page = await reader.read(GOLD / name, name.rpartition(".")[2], number)
                assert not page.note, (name, page.note)
                pages, number = page.pages, number + 1
                lines += [text for text, _ in page.lines]
            found[name] = "\n".join(lines)
    finally:
        await reader.close()
    return found
