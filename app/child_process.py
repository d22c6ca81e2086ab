"""A program of ours in a process of its own: what it reports, what it complains of, its end.

The wait for it has an end whatever it does, and whatever it leaves behind.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from subprocess import TimeoutExpired
from typing import Any

# After its end nobody has more to say but what it started, which may hold its pipes for ever.
PIPE_SECONDS = 5.0
LOOK_SECONDS = 0.05
REAP_SECONDS = 1.0
TAIL_BYTES = 64 * 1024
PROGRESS_LINE_LIMIT = 1024 * 1024

Event = dict[str, Any]
OnEvent = Callable[[Event], None]


async def start(
    arguments: Sequence[str], environment: Mapping[str, str], told: bytes = b""
) -> Process:
    """Start it in a group of its own, with a pipe for what it reports and one for complaints.

    `told`: what it finds on its standard input.
    """
    process = await asyncio.create_subprocess_exec(
        *arguments,
        env=environment,
        stdout=PIPE,
        stderr=PIPE,
        stdin=PIPE if told else DEVNULL,
        limit=PROGRESS_LINE_LIMIT,
        start_new_session=True,
    )
    if process.stdin is not None:
        process.stdin.write(told)
        process.stdin.close()
    return process


async def follow(process: Process, on_event: OnEvent) -> str:
    """Hand on what it reports until it ends; the end of what it complained of."""
    assert process.stdout is not None  # noqa: S101 # both were asked for as pipes
    assert process.stderr is not None  # noqa: S101 # same
    errors = asyncio.create_task(read_tail(process.stderr))
    events = asyncio.create_task(read_events(process.stdout, on_event))
    ending = asyncio.create_task(ended(process))
    try:
        # Not the pipes' ends but the process' own: a browser that outlives it holds them open.
        await asyncio.wait([events, ending], return_when=asyncio.FIRST_COMPLETED)
        if events.done():
            events.result()
        await ending
        await asyncio.wait([events, errors], timeout=PIPE_SECONDS)
        if not (events.done() and errors.done()):
            kill_group(process)
            await asyncio.wait([events, errors], timeout=PIPE_SECONDS)
        if events.done():
            events.result()
        return errors.result().decode("utf-8", "replace") if errors.done() else ""
    finally:
        for task in (events, errors, ending):
            task.cancel()
        await asyncio.gather(events, errors, ending, return_exceptions=True)
        if process.returncode is not None:
            _let_go(process)


def parse_event(line: bytes) -> Event | None:
    """One progress line of a child; None for anything that is not one."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None


async def read_events(stream: asyncio.StreamReader, on_event: OnEvent) -> None:
    """Hand on what a child reports; a line longer than any of ours is passed over."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            continue
        if not line:
            return
        event = parse_event(line)
        if event is not None:
            on_event(event)


async def read_tail(stream: asyncio.StreamReader) -> bytes:
    """The end of what a child complains of: on a full disk its log complains without end."""
    tail = b""
    while chunk := await stream.read(TAIL_BYTES):
        tail = (tail + chunk)[-TAIL_BYTES:]
    return tail


def last_words(process: Process, errors: str) -> str:
    """Why a process that failed did, in a line: its last complaint, or else its exit code."""
    last = errors.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
    return last[0][:300]


async def ended(process: Process) -> None:
    """Wait for the process itself: `Process.wait` waits for all who hold its pipes, too."""
    while process.returncode is None:
        await asyncio.sleep(LOOK_SECONDS)


def kill_group(process: Process) -> None:
    """SIGKILL to the process and to all it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def stop(process: Process, grace: float) -> None:
    """SIGTERM lets the crawl finish the page in flight and write its verdicts; then SIGKILL."""
    try:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await ended(process)
        kill_group(process)
        with suppress(TimeoutError):
            async with asyncio.timeout(PIPE_SECONDS):
                # A pipe that nobody reads never ends, and with it the wait, though all are dead.
                for stream in filter(None, (process.stdout, process.stderr)):
                    await read_tail(stream)
                await process.wait()
    finally:  # also for whoever cannot wait
        kill_group(process)
        _let_go(process)


def _let_go(process: Process) -> None:
    """Close our ends of its pipes: what it left behind may hold the others for ever. One that was
    killed a moment ago is waited for, so that no child stays which nobody asks after."""
    transport = process._transport  # type: ignore[attr-defined] # no public way
    transport.close()
    if process.returncode is None:
        with suppress(TimeoutExpired):
            transport.get_extra_info("subprocess").wait(REAP_SECONDS)
