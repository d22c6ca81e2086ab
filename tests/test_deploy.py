"""What is written for the person who installs: commands that exist, files that are there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer

from cli import app
from tests.installation import ROOT

PAGES = ("README.md", "docs/operating.md")
# Words of a sentence around a command, and placeholders that stand for one argument.
SPAN = re.compile(r"`(zhengxun [^`]+|zx [^`]+)`")
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def commands_of(page: str) -> list[str]:
    """Every `zhengxun …` and `zx …` that a page tells people to type."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = SPAN.findall(text)
    for block in BLOCK.findall(text):
        for line in block.splitlines():
            for part in re.split(r"&&|;|#", line):
                match = re.search(r"(?:^|.*[\s/])(?:zhengxun|zx) ([a-z].*)", part)
                if match and "alias" not in line and "useradd" not in line:
                    found.append(f"zhengxun {match[1].strip()}")
    return [f"zhengxun {command.split(' ', 1)[1]}" for command in found]


COMMAND = typer.main.get_command(app)
ALL = sorted({(page, command) for page in PAGES for command in commands_of(page)})


@pytest.mark.parametrize(("page", "command"), ALL, ids=lambda value: value)
def test_every_command_that_the_pages_name_exists_with_its_options(page: str, command: str) -> None:
    verb: Any = COMMAND
    words = shlex.split(command)[1:]
    while getattr(verb, "commands", None) and words and not words[0].startswith("-"):
        assert words[0] in verb.commands, f"{page}: {command}"
        verb = verb.commands[words.pop(0)]
    known = {option for parameter in verb.params for option in parameter.opts} | {"--help"}
    given = {word.partition("=")[0] for word in words if word.startswith("-")}
    assert given <= known, f"{page}: {command}"


def test_the_pages_name_enough_commands_for_this_to_mean_something() -> None:
    assert len(ALL) >= 25


def copied() -> list[str]:
    """The sources of the Containerfile's COPY lines."""
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    return [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]


def test_the_container_gets_every_module_and_package_and_nothing_that_is_not_there() -> None:
    assert [name for name in copied() if not (ROOT / name).exists()] == []
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    modules = {f"{name}.py" for name in setup["setuptools"]["py-modules"]}
    packages = {name.rstrip("*") for name in setup["setuptools"]["packages"]["find"]["include"]}
    assert modules | packages <= set(copied())


IMPORT_ALL = """
import importlib, os, pathlib, sys
here = pathlib.Path.cwd()
names = [path.stem for path in here.glob("*.py")]
names += [
    ".".join(path.relative_to(here).with_suffix("").parts)
    for room in ("app", "commands", "crawlers", "pipelines", "storage", "digest", "replica",
                 "texts", "desk")
    for path in sorted((here / room).rglob("*.py")) if not path.name.startswith("__")
]
# What an extra brings along is not in the container.
names.remove("pipelines.pictures.rapid_engine")
ours = {name.split(".")[0] for name in names}
for name in names:
    if not name.startswith("storage.datasette.plugins"):
        importlib.import_module(name)
stray = [
    name for name, module in sys.modules.items()
    if name.split(".")[0] in ours | {"evaluation", "bench", "tests"}
    and getattr(module, "__file__", None) and not module.__file__.startswith(str(here))
]
print(len(names), stray)
"""


def test_what_the_container_gets_imports_nothing_that_it_does_not_get(tmp_path: Path) -> None:
    for name in copied():
        source, target = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    plain = {key: value for key, value in os.environ.items() if "ZHENGXUN" not in key}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        cwd=tmp_path,
        env={**plain, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    count, stray = done.stdout.split(" ", 1)
    assert int(count) > 150
    assert stray.strip() == "[]"


def test_the_unit_starts_and_writes_where_the_page_says() -> None:
    unit = (ROOT / "deploy" / "zhengxun.service").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    values = dict(line.split("=", 1) for line in unit.splitlines() if re.match(r"[A-Z]\w+=", line))
    assert values["ExecStart"] == "/opt/zhengxun/.venv/bin/python /opt/zhengxun/scheduler.py"
    assert (ROOT / "scheduler.py").is_file()
    assert f"useradd --system --home-dir /var/lib/{values['StateDirectory']}" in page
    assert "ZHENGXUN_CONFIG=/etc/zhengxun/zhengxun.toml" in unit
    assert "ZHENGXUN_DATA=/var/lib/zhengxun" in page
    # The daemon parks what runs within 28 s by itself.
    assert int(values["TimeoutStopSec"]) > 28


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = (ROOT / "deploy" / "zhengxun.service").read_text(encoding="utf-8")
    # The program is not installed at that place here; everything else is looked at as it is.
    here = unit.replace("/opt/zhengxun/.venv/bin/python", sys.executable)
    (tmp_path / "zhengxun.service").write_text(here, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "zhengxun.service")],  # noqa: S607 # as found
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
