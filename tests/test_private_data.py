"""What the data folder lets others read, whatever umask the product was started with."""

from __future__ import annotations

import grp
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from replica.server import Replica
from tests.installation import ONLY_ONE_SITE, ROOT, Installation


def run(installation: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    """With the umask most systems have, under which everybody may read."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=installation.folder if installation.folder.exists() else None,
        env=installation.environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        umask=0o022,
    )


def modes(folder: Path) -> dict[str, int]:
    """Every file and folder inside, and the folder itself as '.', with its permissions."""
    found = [folder, *folder.rglob("*")]
    return {
        str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode)
        for path in found
        if not path.is_symlink()
    }


def test_nothing_in_the_data_folder_is_open_to_others(tmp_path: Path, replica: Replica) -> None:
    installation = Installation(tmp_path / "house", upstream=replica.origin, sources=ONLY_ONE_SITE)
    assert run(installation, "crawl", "tj_kxjs").returncode == 0
    assert run(installation, "subscribers", "add", "li@example.com").returncode == 0
    assert run(installation, "digest", "--week", "2021-W05").returncode == 0
    assert run(installation, "backup").returncode == 0
    found = modes(installation.folder / "data")
    assert len(found) > 30
    assert found["."] == 0o700
    assert {name: oct(mode) for name, mode in found.items() if mode & 0o077} == {}


def test_an_older_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "house", sources=ONLY_ONE_SITE)
    data = installation.folder / "data"
    data.mkdir(parents=True)
    data.chmod(0o755)
    assert run(installation, "subscribers", "add", "li@example.com").returncode == 0
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_a_group_of_analysts_reads_and_nobody_else(tmp_path: Path, replica: Replica) -> None:
    group = grp.getgrgid(os.getgid()).gr_name
    installation = Installation(tmp_path / "house", upstream=replica.origin, sources=ONLY_ONE_SITE)
    installation.settings = f'[data]\ngroup = "{group}"\n'
    assert run(installation, "crawl", "tj_kxjs").returncode == 0
    data = installation.folder / "data"
    found = modes(data)
    assert found["."] == 0o2750
    assert found["zhengxun.db"] == 0o640
    assert {name: oct(mode) for name, mode in found.items() if mode & 0o007} == {}
    assert (data / "zhengxun.db").stat().st_gid == os.getgid()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('[data]\ngroup = "no-such-group-here"\n', "there is no group 'no-such-group-here'"),
        ('[data]\ngruop = "staff"\n', "data.gruop: no such key"),
    ],
)
def test_a_group_that_cannot_be_used_is_one_clear_line(
    tmp_path: Path, settings: str, words: str
) -> None:
    installation = Installation(tmp_path / "house", settings=settings)
    refused = run(installation, "status")
    assert refused.returncode == 2
    assert words in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_doctor_says_what_is_open(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "house", sources=ONLY_ONE_SITE)
    assert "data folder" in run(installation, "doctor").stdout
    # A folder of somebody else's cannot be closed by us, only told of.
    from app.data_folder import open_to

    data = installation.folder / "data"
    data.chmod(0o755)
    assert open_to(data, "") == "本机所有用户"
    data.chmod(0o750)
    assert open_to(data, "").startswith("用户组")
    assert open_to(data, "analysts") == ""


def test_at_rest_the_daemon_leaves_what_a_reader_of_another_account_needs(tmp_path: Path) -> None:
    """With the last connection SQLite removes the -wal and -shm; who may not make them anew cannot
    read the store then."""
    installation = Installation(tmp_path / "house", sources=ONLY_ONE_SITE)
    assert run(installation, "status").returncode in {0, 1}
    data = installation.folder / "data"
    with subprocess.Popen(
        [sys.executable, "-P", str(ROOT / "scheduler.py")],
        env=installation.environment() | {"ZHENGXUN_UPSTREAM": "http://127.0.0.1:9"},
        stderr=subprocess.PIPE,
        text=True,
    ) as daemon:
        assert daemon.stderr is not None
        for line in daemon.stderr:
            if "watching" in line:
                break
        # Another process opens it and closes it again.
        assert run(installation, "subscribers", "list").returncode == 0
        left = {path.name for path in data.glob("zhengxun.db-*")}
        with closing(sqlite3.connect(f"file:{data / 'zhengxun.db'}?mode=ro", uri=True)) as reader:
            assert reader.execute("SELECT count(*) FROM notices").fetchone() == (0,)
        daemon.kill()
        daemon.communicate()
    assert left == {"zhengxun.db-wal", "zhengxun.db-shm"}
