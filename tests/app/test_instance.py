"""One daemon per data folder, wherever the other one runs."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.instance import LOCK, WATCH_SIGNS, InstanceError, beat, lock_owner, only_one
from storage.processes import home, place
from tests.installation import ROOT, Installation

NOW = datetime(2021, 2, 5, 9, tzinfo=UTC)
HOLDER = """
import sys
from pathlib import Path
from app.instance import only_one
with only_one(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        yield child


def test_a_second_daemon_ends_with_a_line_that_names_the_first(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    with holder(tmp_path / "data") as child:
        second = installation.run("run")
        assert second.returncode == 1
        assert second.stderr.startswith(f"a daemon runs on {tmp_path / 'data'} already (process ")
        assert f"process {child.pid} on " in second.stderr
        assert second.stderr.count("\n") == 1
        assert f"process {child.pid} on " in lock_owner(tmp_path / "data")
        owner = json.loads(installation.run("status", "--json").stdout)["daemon"]["owner"]
        assert f"process {child.pid} on " in owner
        assert child.stdin is not None
        child.stdin.close()
    assert lock_owner(tmp_path / "data") == ""


def test_a_killed_daemon_leaves_the_folder_free_at_once(tmp_path: Path) -> None:
    waited: list[float] = []
    with holder(tmp_path) as child:
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert str(child.pid) in (tmp_path / LOCK).read_text()
        assert lock_owner(tmp_path) == ""
        with only_one(tmp_path, pause=waited.append):
            assert f"process {os.getpid()} on " in lock_owner(tmp_path)
    assert waited == []


def test_an_owner_elsewhere_that_still_signs_keeps_the_folder(tmp_path: Path) -> None:
    lock = tmp_path / LOCK
    lock.write_text("7 farhost farhost/boot-9/4026531836 41\n")
    assert lock_owner(tmp_path) == "process 7 on farhost"

    def other_machine_signs(_seconds: float) -> None:
        lock.write_text("7 farhost farhost/boot-9/4026531836 42\n")

    with (
        pytest.raises(InstanceError, match=r"already \(process 7 on farhost\)"),
        only_one(tmp_path, pause=other_machine_signs),
    ):
        pass
    assert lock.read_text().startswith("7 farhost")


def test_an_owner_elsewhere_that_signs_no_more_is_succeeded(tmp_path: Path) -> None:
    lock = tmp_path / LOCK
    lock.write_text("7 farhost farhost/boot-9/4026531836 41\n")
    waited: list[float] = []
    with only_one(tmp_path, pause=waited.append, sign_every=5.0):
        assert f"process {os.getpid()} on " in lock_owner(tmp_path)
    assert waited == [5.0] * WATCH_SIGNS
    assert lock.read_text() == ""


@pytest.mark.parametrize(
    "left",
    ["{host}/boot-before/4026531836", "box-9/{boot}/4026539999"],
    ids=["the same machine, started anew", "another container: the kernel knows that it is gone"],
)
def test_who_cannot_be_alive_is_not_waited_for(tmp_path: Path, left: str) -> None:
    host, boot, _ = home().split("/")
    (tmp_path / LOCK).write_text(f"7 {host} {left.format(host=host, boot=boot)} 41\n")
    waited: list[float] = []
    with only_one(tmp_path, pause=waited.append):
        pass
    assert waited == []


def test_the_owner_signs_again_and_again(tmp_path: Path) -> None:
    lock = tmp_path / LOCK
    with only_one(tmp_path, sign_every=0.001):
        while int(lock.read_text().split()[-1]) < 3:
            pass


@pytest.mark.parametrize(
    ("left", "found"),
    [
        ("", "here"),
        ("a/boot-1/11", "here"),
        ("a/boot-1/12", "elsewhere"),  # another container of this machine
        ("b/boot-1/12", "elsewhere"),
        ("b/boot-2/11", "elsewhere"),
        ("a/boot-0/11", "gone"),
    ],
)
def test_where_a_process_runs(left: str, found: str) -> None:
    assert place(left, "a/boot-1/11") == found


def test_a_sign_of_life_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: the file can be made, and nothing written into it."""

    def full(path: Path, *_arguments: object, **_options: object) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    beat(tmp_path, NOW, healthy=True)
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        beat(tmp_path, NOW, healthy=True)
    assert [path.name for path in tmp_path.iterdir()] == ["heartbeat"]
