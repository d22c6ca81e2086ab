"""The Word file of the demo as a word processor sees it: LibreOffice opens it and prints it.

Where fonts as wide as Times New Roman and Arial are installed (Debian: fonts-liberation), 95 of
the 100 numbers in the contents agree with LibreOffice; with DejaVu, which is wider, 88 do.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import docx
import pypdf
import pytest

ROOT = Path(__file__).parent.parent.parent
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice") or ""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        not SOFFICE, reason="no LibreOffice here: apt-get install libreoffice-writer"
    ),
]


@pytest.fixture(scope="module")
def word(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    environment = {key: value for key, value in os.environ.items() if "ZHENGXUN" not in key}
    subprocess.run(
        [sys.executable, "-m", "cli", "demo"],
        cwd=ROOT,
        env={**environment, "ZHENGXUN_DATA": str(data)},
        capture_output=True,
        timeout=180,
        check=True,
    )
    return data / "demo" / "issues" / "2021-W05" / "digest.docx"


@pytest.fixture(scope="module")
def printed(word: Path, tmp_path_factory: pytest.TempPathFactory) -> pypdf.PdfReader:
    folder = tmp_path_factory.mktemp("office")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [SOFFICE, "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, str(word)], capture_output=True, timeout=180, check=True)
    return pypdf.PdfReader(folder / "digest.pdf")


def _contents(word: Path) -> list[tuple[str, int]]:
    """Title and page number of each line of the contents, as stored."""
    lines = [
        line.text.rsplit("\t", 1)
        for line in docx.Document(str(word)).paragraphs
        if line.style is not None and (line.style.name or "").startswith("toc ")
    ]
    return [(title, int(number)) for title, number in lines]


def _outline(printed: pypdf.PdfReader, items: Sequence[object]) -> Iterator[tuple[str, int]]:
    for item in items:
        if isinstance(item, list):
            yield from _outline(printed, item)
        elif isinstance(item, pypdf.generic.Destination):
            yield str(item.title), (printed.get_destination_page_number(item) or 0) + 1


def _plain(title: str) -> str:
    return re.sub(r"\s|（2021/.*|［.*", "", title)


def test_every_heading_can_be_jumped_to_and_stands_in_the_contents(
    word: Path, printed: pypdf.PdfReader
) -> None:
    headings = [_plain(title) for title, _ in _outline(printed, printed.outline)]
    assert headings == [_plain(title) for title, _ in _contents(word)]
    assert len(headings) > 20


def test_the_contents_name_the_page_or_the_next_one(word: Path, printed: pypdf.PdfReader) -> None:
    found = [page for _, page in _outline(printed, printed.outline)]
    named = [number for _, number in _contents(word)]
    distances = [abs(one - other) for one, other in zip(found, named, strict=True)]
    assert max(distances) <= 1
    assert distances.count(0) >= 0.8 * len(distances)


def test_pages_are_as_many_as_were_counted_and_numbered(
    word: Path, printed: pypdf.PdfReader
) -> None:
    last = max(number for _, number in _contents(word))
    assert last <= len(printed.pages) <= last + 2
    for place, page in enumerate(printed.pages, start=1):
        foot = re.sub(r"\s", "", page.extract_text())
        assert f"第{place}页/共{len(printed.pages)}页" in foot


def test_no_page_is_empty(printed: pypdf.PdfReader) -> None:
    for place, page in enumerate(printed.pages, start=1):
        assert len(page.extract_text()) > 80, f"page {place}"
