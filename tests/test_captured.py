"""The captured pages outside the repository, where they are; see evaluation/captured.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation import captured
from evaluation.captured import captured_figures, load_captured


def test_every_expected_value_is_written_down() -> None:
    pages = load_captured()
    assert len({page.file for page in pages}) == len(pages) >= 7
    assert all(page.url and page.title and page.date for page in pages)


def test_without_the_folder_there_is_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captured, "PAGES", tmp_path / "absent")
    assert captured_figures("", []) == {}


@pytest.mark.skipif(not captured.PAGES.is_dir(), reason="the captured pages are not here")
def test_every_captured_page_is_read_right() -> None:
    misses: list[str] = []
    figures = captured_figures("", misses)
    assert not misses
    assert figures == {"Zhengxun": {"title": 1.0, "date": 1.0, "source": 1.0}}
