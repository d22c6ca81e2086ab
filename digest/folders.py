"""Where the files of an issue lie, and whether they are all there."""

from __future__ import annotations

from pathlib import Path

# The issue is recorded before its files are written, this one last: with it they are complete.
LAST_FILE = "deadlines.ics"


def issue_folder(data: Path, week: str) -> Path:
    """Where the files of an issue go, below the data folder."""
    return data / "issues" / week


def is_written(folder: Path) -> bool:
    """Whether all the files of an issue are there."""
    return (folder / LAST_FILE).is_file()


def preview_folder(folder: Path) -> Path:
    """Where an issue that has not gone out is shown: preview-2021-W05 beside 2021-W05."""
    return folder.with_name(f"preview-{folder.name}")
