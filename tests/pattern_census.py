"""Every regular expression of the rooms: what it is, where it stands, how it is asked."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ROOMS = (
    "crawlers",
    "pipelines",
    "digest",
    "storage",
    "texts",
    "app",
    "commands",
    "desk",
    "config.py",
    "scheduler.py",
)
# Asked of a message of at most 400 characters.
BOUNDED = {"desk/chinese.py"}
# What only an extra brings along: without it the file cannot be imported.
EXTRAS = {"pipelines/pictures/rapid_engine.py"}
_ASKED = {"match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split"}


@dataclass(frozen=True)
class Found:
    """One pattern: `place` is file and name, `anchored` whether it is only asked from a start."""

    place: str
    pattern: re.Pattern[Any]
    anchored: bool


def all_patterns() -> list[Found]:
    """Module-level patterns, alone or in tuples, lists and dicts, and patterns written in calls."""
    found: dict[tuple[str, object, int], Found] = {}
    for path in _files():
        place = path.relative_to(ROOT).as_posix()
        for name, pattern in (*_of_module(place), *_of_calls(path)):
            key = (place, pattern.pattern, pattern.flags)
            owner = path if name.startswith("_") else None
            asked = _methods().get((owner, name)) or {name.partition(" ")[0]}
            anchored = asked <= {"match", "fullmatch"}
            found.setdefault(key, Found(f"{place}:{name}", pattern, anchored))
    return list(found.values())


def _files() -> Iterator[Path]:
    for room in ROOMS:
        path = ROOT / room
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def _of_module(place: str) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if place.endswith("__main__.py"):  # starts something when it is imported
        return
    if place in BOUNDED or (place in EXTRAS and not find_spec("rapidocr")):
        return
    name = place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    module = importlib.import_module(name)
    for name, value in vars(module).items():
        for pattern in _inside(value, 3):
            yield name, pattern


def _inside(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, (tuple, list, set, frozenset)):
        for part in value:
            yield from _inside(part, depth - 1)
    elif depth and isinstance(value, dict):
        for part in value.values():
            yield from _inside(part, depth - 1)


def _of_calls(path: Path) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """re.sub(r"…", …) and the like, and re.compile(r"…") inside functions."""
    compiled = {id(node) for outer in _tree(path).body for node in _outside_functions(outer)}
    for node in ast.walk(_tree(path)):
        if id(node) in compiled or not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        ):
            continue
        of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
        literal = node.args and isinstance(node.args[0], ast.Constant)
        if of_re and literal and node.func.attr in (_ASKED | {"compile"}):
            written = node.args[0].value  # type: ignore[attr-defined]
            if isinstance(written, (str, bytes)):
                yield f"{node.func.attr} in line {node.lineno}", re.compile(written)


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield from ast.walk(node)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _methods() -> dict[tuple[Path | None, str], set[str]]:
    """(file, name) of a pattern -> the methods it is asked by; a public name, in any file."""
    asked: defaultdict[tuple[Path | None, str], set[str]] = defaultdict(set)
    for path in _files():
        for node in ast.walk(_tree(path)):
            if not (isinstance(node, ast.Attribute) and node.attr in _ASKED):
                continue
            if isinstance(node.value, ast.Name):
                name = node.value.id
                asked[path if name.startswith("_") else None, name].add(node.attr)
    return asked
