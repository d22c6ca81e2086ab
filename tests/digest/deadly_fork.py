"""Work in a forked child that is killed at a step, or after a while: SIGKILL is real."""

from __future__ import annotations

import json
import os
import select
import signal
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

# A name, and the owner and attribute of the function whose call it is.
Steps = Mapping[str, tuple[Any, str]]


def arm(steps: Steps, step: str, nth: int) -> None:
    """Arm a step in this process: '>claim' before the nth claim, '<claim' after it."""
    owner, name = steps[step[1:]]
    setattr(owner, name, armed(getattr(owner, name), before=step[0] == ">", nth=nth))


def armed(step: Callable[..., Any], *, before: bool, nth: int) -> Callable[..., Any]:
    calls = 0

    @wraps(step)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if before and calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        result = step(*args, **kwargs)
        if not before and calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapper


def in_child(
    work: Callable[[], dict[str, Any]], kill: Mapping[str, Any], steps: Steps
) -> dict[str, Any]:
    """Fork, work, and kill in time: what the work said, {"killed": True} when a signal ended it.

    `kill`: {"step", "nth"}, {"after"} in seconds, or {}. Whose work fails by itself ends, too.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        if "step" in kill:
            arm(steps, kill["step"], kill["nth"])
        os.write(writing, json.dumps(work()).encode())
        os._exit(0)
    os.close(writing)
    if "after" in kill:
        select.select([reading], [], [], kill["after"])
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    assert said or os.WIFSIGNALED(status), "the work failed by itself"
    return dict(json.loads(said)) if said else {"killed": True}
