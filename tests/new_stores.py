"""New stores as copies of one that all migrations have made.

Thousands of tests begin with an empty store, and forty migrations take longer than most of them.
`storage.database` itself is at work in every one of them: only the file it opens first is there
already, byte for byte as it left one before. What is said of migrations themselves is tried on
stores that are made by them: the fixture `made_by_migrations`.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import get_ident

from sqlite_utils import Database

from storage import database

_connect = database._connect


@cache
def template() -> Path:
    """An empty store of this version; one for each process that makes stores, and its forks."""
    folder = Path(tempfile.mkdtemp(prefix="zhengxun-template-"))
    atexit.register(_remove, folder, os.getpid())
    with made_by_migrations():
        database.open_database(folder / "zhengxun.db").close()
    return folder / "zhengxun.db"


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # no fork of it
        shutil.rmtree(folder)


def copy_when_new(path: Path, *, read_only: bool) -> Database:
    """`storage.database._connect`, with a copy where there was nothing."""
    if not (read_only or path.exists()):
        whole = template()
        # Nobody may see half of it, and the first of several who make a store is the one.
        own = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}")
        shutil.copyfile(whole, own)
        try:
            os.link(own, path)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return _connect(path, read_only=read_only)


@contextmanager
def made_by_migrations() -> Iterator[None]:
    """Stores begin with nothing for as long as it lasts."""
    usual, database._connect = database._connect, _connect
    try:
        yield
    finally:
        database._connect = usual


def begin_with_copies() -> None:
    database._connect = copy_when_new
