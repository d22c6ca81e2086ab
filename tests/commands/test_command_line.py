"""What every command line answers: its version, and its help by either option."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from cli import app


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_version_is_that_of_the_installed_package() -> None:
    assert said("--version") == f"zhengxun {version('zhengxun')}\n"


@pytest.mark.parametrize("verb", [(), ("edit",), ("edit", "drop"), ("crawl",), ("subscribers",)])
def test_the_short_option_shows_the_same_help(verb: tuple[str, ...]) -> None:
    assert said(*verb, "-h") == said(*verb, "--help")
