"""What is judged of an entry: what its page says, and what the reader's own company knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from digest.choosing.roles import Role, role_of

READ = 800
"""Characters of a body that are read: what a document is about stands at its beginning."""


@dataclass(frozen=True)
class Document:
    """One entry to be judged. `id` is its notice's; days are Asia/Shanghai.

    `due_on`: the nearest day by which somebody outside the office must act, from the issue's day
    on; with `objection` nobody must, it is the last day to object to what is announced.
    `effective_on`: from when it holds; `replaces`: the name of a document we issued before and
    that it replaces or amends, '' for none.
    """

    id: int
    chapter: str
    title: str
    text: str = ""
    site: str = ""
    doc_number: str = ""
    due_on: date | None = None
    objection: bool = False
    effective_on: date | None = None
    replaces: str = ""
    late: bool = False
    revised: bool = False

    @cached_property
    def role(self) -> Role:
        """What the document does, by its title."""
        return role_of(self.title)
