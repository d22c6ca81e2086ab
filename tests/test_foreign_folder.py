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
from tests.house import ONLY_ONE_SITE, ROOT, House

ZHENGXUN = "import sys; from cli import main; sys.exit(main())"
CHILDREN = ("commands", "crawlers", "digest", "pipelines", "storage", "texts")


@pytest.fixture
def house(tmp_path: Path, replica: Replica) -> House:
    """A working folder whose every module stops whoever imports it."""
    house = House(tmp_path / "house", upstream=replica.origin, sources=ONLY_ONE_SITE)
    house.folder.mkdir()
    trap = "raise SystemExit('a foreign module was imported: ' + __name__)\n"
    for name in ("config", "config_sections", "cli", "scheduler"):
        (house.folder / f"{name}.py").write_text(trap, encoding="utf-8")
    for name in ("commands", "crawlers", "digest", "pipelines", "replica", "storage", "texts"):
        (house.folder / name).mkdir()
        (house.folder / name / "__init__.py").write_text(trap, encoding="utf-8")
    return house


def run(house: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As the console script runs it: the folder it is started in is not on the path."""
    return subprocess.run(
        [sys.executable, "-P", "-c", ZHENGXUN, *arguments],
        cwd=house.folder,
        env=installed(house),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def installed(house: House) -> dict[str, str]:
    """The environment of somebody who installed the product and set no PYTHONPATH."""
    environment = house.environment()
    del environment["PYTHONPATH"]
    return environment


def counted(house: House, table: str) -> int:
    with closing(sqlite3.connect(house.folder / "data" / "zhengxun.db")) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - ours


def test_crawl_issue_and_page_are_read_by_our_own_modules(house: House) -> None:
    crawled = run(house, "crawl", "tj_kxjs")
    assert crawled.returncode == 0, crawled.stderr
    assert counted(house, "notices") > 10
    composed = run(house, "digest", "--week", "2021-W05")
    assert composed.returncode == 0, composed.stderr
    assert (house.folder / "data/issues/2021-W05/digest.docx").is_file()
    looked = run(house, "sources", "check", "tj_kxjs")
    assert looked.returncode == 0, looked.stderr


def test_the_daemon_crawls_and_composes_with_our_own_modules(house: House) -> None:
    daemon = subprocess.Popen(
        [sys.executable, str(ROOT / "scheduler.py")],
        cwd=house.folder,
        env=installed(house),
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
    assert counted(house, "notices") > 10


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


def test_the_current_folder_would_have_been_taken(house: House) -> None:
    """The trap works: without `-P` the same start falls into it."""
    fallen = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=house.folder,
        env={**installed(house), "SCRAPY_SETTINGS_MODULE": "crawlers.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "a foreign module was imported" in fallen.stderr + fallen.stdout
