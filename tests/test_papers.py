"""The papers for developers say what is there: paths, the picture, and what lint runs."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAPERS = ("docs/developing.md", "CONTRIBUTING.md", "SECURITY.md", "replica/README.md")
# `storage/notices/notices.py`, `matching/`, `.ci/pythons`; neither a command nor what a run writes.
_PATH = re.compile(r"`([\w.-]*/?[\w./*-]*(?:/|\.(?:py|md|toml|json|in|lock|svg))|\.ci/\w+)`")
_MADE = ("data/", "zhengxun.toml")


def named_paths(paper: str) -> list[str]:
    text = (ROOT / paper).read_text(encoding="utf-8")
    return [path for path in _PATH.findall(text) if not path.startswith((*_MADE, "/"))]


def is_there(path: str) -> bool:
    """From the root, or below a room, as `platforms/` in the room's own line."""
    return any(ROOT.glob(path)) or any(ROOT.glob(f"*/{path}")) or any(ROOT.glob(f"*/*/{path}"))


@pytest.mark.parametrize("paper", PAPERS)
def test_every_path_that_a_paper_names_exists(paper: str) -> None:
    named = named_paths(paper)
    assert named, f"{paper} names no path: has its form changed?"
    assert [path for path in named if not is_there(path)] == []


def test_links_between_papers_lead_somewhere() -> None:
    for paper in (*PAPERS, "CHANGELOG.md", "README.md"):
        place = ROOT / paper
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", place.read_text(encoding="utf-8"))
        assert [link for link in links if not (place.parent / link).exists()] == [], paper


def test_the_picture_shows_the_rooms_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "docs")
    sys.modules.pop("picture", None)
    import picture

    drawn = (ROOT / "docs" / "rooms.svg").read_text(encoding="utf-8")
    assert drawn == picture.svg(picture.arrows()), "run: python docs/picture.py"


def test_pre_commit_runs_what_lint_runs() -> None:
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe is not None
    lint = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"entry: (.+)", hooks) == lint
