"""Who may do what at the desk. It is asked by the function that acts, not by the button."""

from __future__ import annotations

from typing import Literal

from errors import ZhengxunError
from storage.desk.people import Person, Role

Right = Literal["look", "edit", "release", "run"]
RIGHTS: dict[Role, frozenset[Right]] = {
    "reader": frozenset({"look"}),
    "editor": frozenset({"look", "edit"}),
    "releaser": frozenset({"look", "edit", "release"}),
    "operator": frozenset({"look", "edit", "release", "run"}),
}
ROLE_WORDS: dict[Role, str] = {
    "reader": "查看",
    "editor": "编辑",
    "releaser": "签发",
    "operator": "管理",
}


class NotAllowedError(ZhengxunError):
    """Somebody asks for what their role has no right to; a line in Chinese."""


def may(person: Person, right: Right) -> bool:
    """Whether somebody has a right; nobody has after they were ended."""
    return person.ended_at is None and right in RIGHTS[person.role]


def require(person: Person, right: Right) -> None:
    """Raise NotAllowedError unless the person has the right."""
    if not may(person, right):
        raise NotAllowedError(
            f"您的角色是“{ROLE_WORDS[person.role]}”，不能做这件事；请联系管理员。"
        )
