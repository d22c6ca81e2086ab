"""Bad input gets one clear line and the right exit code, and leaves nothing half-written."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from replica.server import start_replica
from tests.installation import FRIDAY, RELAYS, ROOT, Installation


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "house")


def one_line(done: subprocess.CompletedProcess[str], code: int, words: str) -> None:
    assert done.returncode == code, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert words in lines[0]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["crawl", "nmpaa"], 2, "no site 'nmpaa'; known sites: cde, miit"),
        (["crawl", "cde", "--days", "0"], 2, "--days"),
        (["digest", "--week", "2021-05"], 2, "write e.g. 2021-W05"),
        (["digest", "--week", "2021-W54"], 2, "2021 has no week 54"),
        (["digest", "--from", "2021-02-01"], 2, "--from and --to go together"),
        (["digest", "--from", "2021-02-30", "--to", "2021-03-01"], 2, "is not a date"),
        (["digest", "--from", "2021-02-05", "--to", "2021-02-01"], 2, "is before"),
        (["send"], 1, "run: zhengxun digest"),
        (["send", "--week", "2021-W05"], 1, "zhengxun digest --week 2021-W05"),
        (["inspect", "nothing.html"], 2, "nothing.html"),
        (["inspect", "https://example.com/x"], 2, "no site of the catalogue has the host"),
        (["add", "https://example.com/x"], 2, "no site of the catalogue has the host"),
        (["subscribers", "add", "not an address"], 1, "not an address"),
        (["subscribers", "add", "a@b.cn", "--sections", "sport"], 2, "sport is not one of"),
        (["export", "notices.doc"], 2, "name it .csv, .xlsx or .jsonl"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_bad_argument_is_one_line(
    installation: Installation, arguments: list[str], code: int, words: str
) -> None:
    one_line(installation.run(*arguments), code, words)


def test_an_unknown_option_is_bad_usage(installation: Installation) -> None:
    done = installation.run("crawl", "--quickly")
    assert done.returncode == 2
    assert "--quickly" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [("[smtp\n", "not readable as TOML"), ("[smtp]\nhots = 1", "smtp.hots: no such key")],
)
def test_a_broken_configuration_is_one_line(
    installation: Installation, settings: str, words: str
) -> None:
    installation.settings = settings
    one_line(installation.run("status"), 2, words)
    assert not (installation.folder / "data").exists()


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ("[[cde.columns\n", "not readable as TOML"),
        ('[cde]\nplatfrom = "trs"', "platfrom"),
        ('[cde]\ncrawl = "15 8 * * 1"', "write weekdays as names"),
        ('[new]\nname = "新"', "platform"),
    ],
)
def test_a_broken_catalogue_says_file_site_and_key(
    installation: Installation, sources: str, words: str
) -> None:
    installation.sources = sources
    done = installation.run("sources")
    assert done.returncode == 1
    assert words in done.stderr
    assert "sources.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_used_is_one_line(installation: Installation) -> None:
    installation.settings = 'data = "taken/data"'
    installation.folder.mkdir()
    (installation.folder / "taken").write_text("a file", encoding="utf-8")
    one_line(installation.run("crawl", "cde"), 1, "set ZHENGXUN_DATA")


def test_a_file_that_is_no_database_is_left_alone(installation: Installation) -> None:
    database = installation.folder / "data" / "zhengxun.db"
    database.parent.mkdir(parents=True)
    database.write_bytes(b"my thesis" * 1000)
    one_line(installation.run("status"), 1, "zhengxun.db")
    assert database.read_bytes() == b"my thesis" * 1000


def test_a_taken_port_is_one_line(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        one_line(installation.run("serve", "--port", port), 1, port)
        replica = subprocess.run(
            [sys.executable, "-m", "replica", "--port", port],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    one_line(replica, 1, port)


def test_an_upstream_that_dies_in_the_middle_loses_nothing(installation: Installation) -> None:
    installation.sources = RELAYS
    with start_replica(as_of=datetime.fromisoformat(FRIDAY)) as replica:
        installation.upstream = replica.origin
        crawl = subprocess.Popen(
            [sys.executable, "-m", "cli", "crawl", "tj_kxjs"],
            cwd=ROOT,
            env=installation.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        last = time.monotonic() + 60
        while len(replica.requests) < 12 and crawl.poll() is None and time.monotonic() < last:
            time.sleep(0.01)
    _, errors = crawl.communicate(timeout=100)
    assert b"Traceback" not in errors
    rows = [row for (site, _), row in installation.coverage().items() if site == "tj_kxjs"]
    assert any(row["verdict"] in {"degraded", "unreachable"} for row in rows)
    with closing(sqlite3.connect(installation.folder / "data" / "zhengxun.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        titles = db.execute("SELECT title, url FROM notices").fetchall()
    assert titles
    assert all(title and url for title, url in titles)
