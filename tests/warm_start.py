"""Runs `python -m cli` in forks of a process that has loaded it already.

Hundreds of tests call the command, and most of what a call takes is the start of Python and the
import of the libraries. A fork is a process of its own as any other: with its own folder,
environment, output and end. What a verb must not load is tried elsewhere, in processes started as
people start them.

`python -m tests.warm_start` reads a call a line on standard input (JSON: `arguments`, `folder`,
`environment`, `out`, `err`: files) and answers with two: the process id, then the exit code.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.new_stores import begin_with_copies, template

ROOT = Path(__file__).parent.parent
# What most verbs load, none of which does anything when it is imported.
LOADED = ("cli", "app.context", "app.issues", "commands.terminal", "storage.models", "rich.live")


class WarmStart:
    """The process that is forked; one call at a time."""

    def __init__(self) -> None:
        environment = {name: text for name, text in os.environ.items() if "ZHENGXUN" not in name}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_start"],
            cwd=ROOT,
            env={**environment, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.busy = threading.Lock()
        atexit.register(self.end)

    def end(self) -> None:
        self.process.communicate()

    def run(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """As `subprocess.run` with captured text. Raises TimeoutExpired."""
        with tempfile.TemporaryDirectory() as kept:
            out, err = Path(kept) / "out", Path(kept) / "err"
            call = {
                "arguments": list(arguments),
                "folder": str(folder),
                "environment": dict(environment),
                "out": str(out),
                "err": str(err),
            }
            code = self._call(call, timeout)
            said = [path.read_text("utf-8", errors="replace") for path in (out, err)]
        if code is None:
            raise subprocess.TimeoutExpired(list(arguments), timeout, *said)
        return subprocess.CompletedProcess(list(arguments), code, *said)

    def _call(self, call: dict[str, Any], timeout: float) -> int | None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(call) + "\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        late = threading.Event()

        def kill() -> None:
            late.set()
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

        timer = threading.Timer(timeout, kill)
        timer.start()
        code = int(self.process.stdout.readline())
        timer.cancel()
        return None if late.is_set() else code


@cache
def warm_start() -> WarmStart:
    """The one of this test process."""
    return WarmStart()


def serve() -> None:
    """Fork for every call, until nobody calls any more."""
    for name in LOADED:
        import_module(name)
    begin_with_copies()
    template()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            answers.close()
            be(json.loads(line))
        answers.write(f"{pid}\n")
        answers.flush()
        status = os.waitpid(pid, 0)[1]
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


def be(call: dict[str, Any]) -> None:
    """Become the command: what an interpreter does from its start to its end."""
    os.setsid()
    redirect(os.devnull, 0, os.O_RDONLY)
    redirect(call["out"], 1, os.O_WRONLY | os.O_CREAT)
    redirect(call["err"], 2, os.O_WRONLY | os.O_CREAT)
    os.environ.clear()
    os.environ.update(call["environment"])
    os.chdir(call["folder"])
    sys.argv = ["cli", *call["arguments"]]
    code = 0
    try:
        runpy.run_module("cli", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 # as an interpreter at its top
        traceback.print_exc()
        code = 1
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def redirect(path: str, number: int, flags: int) -> None:
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, number)
    os.close(opened)


if __name__ == "__main__":
    serve()
