"""The real scheduler.py with a clock that its driver moves: `python -m soak.daemon`.

Lines on standard input: `go N` takes over the clock file, lets everything that is then due run to
its end and answers `N` on standard output; `die MOMENT` kills the process there and then, -9.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import scheduler
from app import workers
from app.clock_jumps import Wallclock
from config import Config
from soak.clock import clock
from soak.crash_points import ENVIRONMENT, Deadly

# Tasks that live as long as the daemon; everything else is work that ends.
LASTING = frozenset({"serve", "watch_clock", "paced", "obey"})
LOOK_EVERY_SECONDS = 0.02


Serve = Callable[[Config], Coroutine[Any, Any, None]]


class Pacer:
    """Moves the clock of the daemon's loop and says when the daemon has nothing left to do."""

    def __init__(self, loop: asyncio.AbstractEventLoop, deadly: Deadly) -> None:
        self.loop = loop
        self.deadly = deadly
        self.passed = clock().setting.passed
        loop.time = self.time  # type: ignore[method-assign] # timers follow the clock
        self.obeying: set[asyncio.Task[None]] = set()

    def time(self) -> float:
        """The loop's clock, in seconds: the real one and what the driver let pass."""
        return time.monotonic() + self.passed

    def listen(self) -> None:
        """Read the driver's lines, in a thread of its own."""
        for line in sys.stdin:
            word, _, rest = line.strip().partition(" ")
            if word == "die":
                self.deadly.crash_point = os.environ[ENVIRONMENT] = rest
            else:
                self.loop.call_soon_threadsafe(self.start, rest)

    def start(self, number: str) -> None:
        """Obey in the loop."""
        task = self.loop.create_task(self.obey(number))
        self.obeying.add(task)
        task.add_done_callback(self.obeying.discard)

    async def obey(self, number: str) -> None:
        """Move the clock, wait for what is due, answer."""
        clock().move()
        self.passed = clock().setting.passed
        quiet = 0
        while quiet < 3:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            quiet = 0 if self.working() else quiet + 1
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()

    def working(self) -> bool:
        """Whether a job or a crawl runs."""
        return any(name_of(task) not in LASTING for task in asyncio.all_tasks(self.loop))


def name_of(task: asyncio.Task[Any]) -> str:
    """The name of the coroutine function that a task runs."""
    return str(getattr(task.get_coro(), "__name__", ""))


def paced(serve: Serve) -> Serve:
    """The daemon's main coroutine, with a driver."""

    async def paced(config: Config) -> None:
        pacer = Pacer(asyncio.get_running_loop(), Deadly(in_worker=False))
        # Its timers' clock: so time that passes is no jump, and a clock that is set is one.
        wallclock = partial(Wallclock, time.time, pacer.time)
        setattr(scheduler, "Wallclock", wallclock)  # noqa: B010 # a class by its annotation
        threading.Thread(target=pacer.listen, name="driver", daemon=True).start()
        await serve(config)

    return paced


def main() -> int:
    """Run the daemon until it is told to stop."""
    setattr(workers, "CHILD", "soak.worker")  # noqa: B010 # a constant of its module
    setattr(scheduler, "serve", paced(scheduler.serve))  # noqa: B010 # the name it is called by
    return scheduler.main()


if __name__ == "__main__":
    sys.exit(main())
