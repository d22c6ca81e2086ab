"""The log stays small whatever strangers provoke, and says what it left out."""

from __future__ import annotations

import errno
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.journal import CRAWL, close_journal, keep_journal
from app.log_rate import OF_A_KIND, OF_ALL

BEGAN = 1_612_515_600.0


class FullDisk(io.StringIO):
    """A file that nothing fits into."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handlers = keep_journal(tmp_path, stream)
    yield stream
    close_journal(handlers)


def write(at: float, message: str, *values: object, logger: str = "zhengxun") -> None:
    record = logging.LogRecord(logger, logging.ERROR, "x", 1, message, values, None)
    record.created = BEGAN + at
    logging.getLogger(logger).handle(record)


def test_one_line_again_and_again_is_written_a_hundred_times_a_minute(
    printed: io.StringIO, tmp_path: Path
) -> None:
    for number in range(100_000):
        write(number / 10_000, "accept: [Errno 24] of %s", number)
    write(20, "the issue went out")
    lines = printed.getvalue().splitlines()
    assert len(lines) == OF_A_KIND + 1
    assert lines[-1].endswith("the issue went out")
    write(61, "accept: [Errno 24] of %s", "again")
    *_, told, again = printed.getvalue().splitlines()
    assert told.endswith(
        "99900 log records were left out in a minute, most of them like: accept: [Errno 24] of %s"
    )
    assert again.endswith("of again")
    kept = (tmp_path / "daemon.log").read_text(encoding="utf-8").splitlines()
    assert len(kept) == OF_A_KIND + 3
    assert json.loads(kept[-1])["message"] == "accept: [Errno 24] of again"


def test_messages_that_differ_every_time_have_an_end_too(printed: io.StringIO) -> None:
    for number in range(20_000):
        write(number / 1000, f"no such page {number}")
    assert len(printed.getvalue().splitlines()) == OF_ALL


def test_what_crawls_report_leaves_room_for_all_others(
    printed: io.StringIO, tmp_path: Path
) -> None:
    for number in range(5000):
        write(number / 1000, "notice", logger=CRAWL)
    write(6, "the issue went out")
    assert len(printed.getvalue().splitlines()) == 1
    assert len((tmp_path / "daemon.log").read_text(encoding="utf-8").splitlines()) == OF_ALL + 1


def test_a_clock_that_was_set_back_begins_a_new_minute(printed: io.StringIO) -> None:
    for _ in range(OF_A_KIND + 5):
        write(0, "one")
    write(-4000, "one")
    assert len(printed.getvalue().splitlines()) == OF_A_KIND + 2


def test_the_last_words_tell_what_was_left_out(tmp_path: Path) -> None:
    stream = io.StringIO()
    handlers = keep_journal(tmp_path, stream)
    for _ in range(OF_A_KIND + 5):
        write(0, "one")
    close_journal(handlers)
    assert "5 log records were left out" in stream.getvalue()


def test_a_full_disk_is_no_matter_of_the_log_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.StringIO()
    handlers = keep_journal(tmp_path, stream)
    file = next(one for one in handlers if isinstance(one, logging.FileHandler))
    kept, file.stream = file.stream, FullDisk()
    write(0, "the disk is full")
    file.stream = kept
    close_journal(handlers)
    assert stream.getvalue().endswith("the disk is full\n")
    assert "Logging error" not in capsys.readouterr().err
