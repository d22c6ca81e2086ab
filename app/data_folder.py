"""Who may read the data folder: its owner alone, or a group named by `[data] group` as well.

Readers' addresses, the key of their tokens and every mail are in it, so nothing in it may be
open to all users of a machine, whatever umask it was started with.
"""

from __future__ import annotations

import grp
import os
import stat
from contextlib import suppress
from pathlib import Path

from config import Config, ConfigError

ALONE, SHARED = 0o077, 0o027
_OTHERS = 0o007
_GROUP = 0o070


def restrict(config: Config) -> None:
    """Let this process and its children make files that others cannot read; close the folder.

    A folder that belongs to somebody else stays as it is (`doctor` says so). Raises ConfigError
    for a group that does not exist or that this user is not in.
    """
    group = _group_id(config.data_group)
    os.umask(ALONE if group is None else SHARED)
    if not config.data.is_dir() or config.data.stat().st_uid != os.geteuid():
        return
    if group is None:
        config.data.chmod(0o700)
        return
    _share(config.data, group)
    for path in config.data.glob("*.db*"):
        with suppress(FileNotFoundError):  # the write-ahead log comes and goes
            _give(path, group, 0o640)


def make_folder(config: Config) -> None:
    """The data folder, closed to others. Raises OSError, ConfigError."""
    if not config.data.is_dir():
        config.data.mkdir(parents=True, exist_ok=True)
        restrict(config)


def open_to(path: Path, group: str) -> str:
    """In Chinese who may read what is in `path` and should not; '' when nobody may."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        return "本机所有用户"
    if mode & _GROUP and not group:
        return f"用户组 {_name_of(path.stat().st_gid)} 的成员"
    return ""


def _share(folder: Path, group: int) -> None:
    # With the set-group-id bit what is made inside belongs to the group too.
    _give(folder, group, 0o2750)


def _give(path: Path, group: int, mode: int) -> None:
    try:
        if path.stat().st_gid != group:
            os.chown(path, -1, group)
    except PermissionError as error:
        name = _name_of(group)
        raise ConfigError(
            f"data.group: this user is not in the group {name}; add it, or leave data.group out"
        ) from error
    path.chmod(mode)


def _group_id(name: str) -> int | None:
    if not name:
        return None
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise ConfigError(f"data.group: there is no group {name!r} on this machine") from None


def _name_of(group: int) -> str:
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)
