"""What a person sees of a crawl that was asked for by hand."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.context import CommandError, Context
from app.reading_now import run_child
from config import Config

SAYS = """\
import logging, sys
logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
try:
    {}["x"]
except KeyError:
    logging.exception("the page could not be read")
sys.exit(int(sys.argv[1]))
"""


def said(tmp_path: Path, code: int) -> None:
    context = Context(Config(data=tmp_path, now=datetime(2021, 2, 5, 9, tzinfo=UTC)))
    # The crawl's own last arguments, -L WARNING, follow and are not looked at.
    run_child(context, [sys.executable, "-c", SAYS, str(code)])


def test_the_log_of_a_crawl_is_shown_without_tracebacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(tmp_path, 0)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("ERROR the page could not be read")


def test_what_ended_a_crawl_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="exit code 3"):
        said(tmp_path, 3)
    assert capsys.readouterr().err.splitlines()[-1] == "KeyError: 'x'"
