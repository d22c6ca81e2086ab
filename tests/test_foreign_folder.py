"""Started in a folder that holds modules named as ours, everything still runs our own code."""

from __future__ import annotations

import ast
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from replica.server import Replica
from tests.installation import ONLY_ONE_SITE, ROOT, Installation

ZHENGXUN = "import sys; from cli import main; sys.exit(main())"
CHILDREN = ("app", "commands", "crawlers", "desk", "digest", "pipelines", "storage", "texts")


@pytest.fixture
def installation(tmp_path: Path, replica: Replica) -> Installation:
    """A working folder whose every module stops whoever imports it."""
    installation = Installation(tmp_path / "house", upstream=replica.origin, sources=ONLY_ONE_SITE)
    installation.folder.mkdir()
    trap = "raise SystemExit('a foreign module was imported: ' + __name__)\n"
    for name in (
        "china_time",
        "cli",
        "config",
        "config_delivery",
        "config_sections",
        "errors",
        "scheduler",
    ):
        (installation.folder / f"{name}.py").write_text(trap, encoding="utf-8")
    for name in (*CHILDREN, "replica"):
        (installation.folder / name).mkdir()
        (installation.folder / name / "__init__.py").write_text(trap, encoding="utf-8")
    return installation


def run(installation: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As the console script runs it: the folder it is started in is not on the path."""
    return subprocess.run(
        [sys.executable, "-P", "-c", ZHENGXUN, *arguments],
        cwd=installation.folder,
        env=installed(installation),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def installed(installation: Installation) -> dict[str, str]:
    """The environment of somebody who installed the product and set no PYTHONPATH."""
    environment = installation.environment()
    del environment["PYTHONPATH"]
    return environment


def counted(installation: Installation, table: str) -> int:
    with closing(sqlite3.connect(installation.folder / "data" / "zhengxun.db")) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - ours


def test_crawl_issue_and_page_are_read_by_our_own_modules(installation: Installation) -> None:
    crawled = run(installation, "crawl", "tj_kxjs")
    assert crawled.returncode == 0, crawled.stderr
    assert counted(installation, "notices") > 10
    composed = run(installation, "digest", "--week", "2021-W05")
    assert composed.returncode == 0, composed.stderr
    assert (installation.folder / "data/issues/2021-W05/digest.docx").is_file()
    looked = run(installation, "sources", "check", "tj_kxjs")
    assert looked.returncode == 0, looked.stderr


def test_the_daemon_crawls_and_composes_with_our_own_modules(installation: Installation) -> None:
    daemon = subprocess.Popen(
        [sys.executable, str(ROOT / "scheduler.py")],
        cwd=installation.folder,
        env=installed(installation),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert daemon.stderr is not None
    lines = []
    try:
        for line in daemon.stderr:
            lines.append(line)
            if "issue 2021-W05 composed" in line:
                break
        else:
            pytest.fail("".join(lines))
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=35)
    assert counted(installation, "notices") > 10


def strings_of(node: ast.AST) -> list[object]:
    """The constants in a list, a tuple or a call's arguments."""
    if isinstance(node, ast.List | ast.Tuple):
        parts = node.elts
    elif isinstance(node, ast.Call):
        parts = node.args
    else:
        return []
    return [part.value for part in parts if isinstance(part, ast.Constant)]


def test_every_child_of_ours_is_started_without_the_current_folder() -> None:
    """`-m` without `-P` puts the current folder before everything that is installed."""
    found = []
    for room in CHILDREN:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                words = strings_of(node)
                if "-m" in words and "-P" not in words:
                    found.append(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}")
    assert not found


def test_the_current_folder_would_have_been_taken(installation: Installation) -> None:
    """The trap works: without `-P` the same start falls into it."""
    fallen = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=installation.folder,
        env={**installed(installation), "SCRAPY_SETTINGS_MODULE": "crawlers.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "a foreign module was imported" in fallen.stderr + fallen.stdout
