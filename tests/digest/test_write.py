"""Files are whole or absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from digest.rendering.write import write_bytes, write_issue
from tests.digest.samples import make_digest, week_digest

FILES = ["deadlines.ics", "digest.docx", "digest.html", "digest.json", "digest.txt"]


def test_an_issue_is_five_files_readable_as_the_umask_says(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2021-W05"
    former = os.umask(0o027)
    try:
        write_issue(week_digest(), folder)
    finally:
        os.umask(former)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o640}


def test_writing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in write_issue(week_digest(), tmp_path / "a")}
    again = {path.name: path.read_bytes() for path in write_issue(week_digest(), tmp_path / "b")}
    assert first == again


def test_an_empty_issue_can_be_written(tmp_path: Path) -> None:
    assert len(write_issue(make_digest(coverage=()), tmp_path)) == 5


def test_a_failed_write_leaves_the_old_file_and_no_debris(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "digest.txt"
    write_bytes(path, b"old")

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["digest.txt"]
