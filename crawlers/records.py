"""How a list that comes as data (JSON) is asked for and read, as a column of the catalogue says it.

A path names a value inside the answer: names joined by dots, `*` for every entry of an array or
every value of an object; an empty path is the answer itself. Several paths are tried in order.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Send = Literal["query", "form", "json"]
DateForm = Literal["", "printed", "compact", "seconds", "milliseconds"]
_HOLE = re.compile(r"\{([^{}]*)\}")


def _as_tuple(value: object) -> object:
    if isinstance(value, str):
        return (value,) if value else ()
    return value


def _real_holes(template: str) -> str:
    if "{" in _HOLE.sub("", template) or "}" in _HOLE.sub("", template):
        raise ValueError("braces name paths, as in /detail?id={id}")
    return template


Paths = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Template = Annotated[str, AfterValidator(_real_holes)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Records(_Table):
    """Where an answer has its rows, and in a row its parts.

    `rows`: the array; the other paths begin in a row, `total` and `pages` in the answer. `link` is
    an address, `page` a template of one with paths in braces (`/show?id={id}`), asked where there
    is no link. `date_form` says what a date of digits is; empty: 8 or 14 digits are a compact day,
    10 seconds, 13 milliseconds. A row with neither link nor page is a notice of its own: `body`
    is its markup, `key` what identifies it for ever. With a page, `body` stands in for one that
    fails.
    """

    rows: str = ""
    title: Paths
    link: Paths = ()
    page: Template = ""
    date: Paths = ()
    date_form: DateForm = ""
    doc_number: Paths = ()
    source: Paths = ()
    body: Paths = ()
    key: Paths = ()
    total: str = ""
    pages: str = ""

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Records:
        if not (self.link or self.page or self.key):
            raise ValueError("link, page or key must say what a row leads to")
        return self


class Detail(_Table):
    """A notice that comes as data too. `ask` is a template of its address (paths of the row in
    braces); the paths begin in its answer. What it leaves out is the list's."""

    ask: Template = Field(min_length=1)
    title: Paths = ()
    date: Paths = ()
    source: Paths = ()
    doc_number: Paths = ()
    body: Paths = Field(min_length=1)


class PagingRule(_Table):
    """How the pages of a list are asked for, one of: `number` (the parameter that counts pages,
    from `first`), `offset` (the parameter that counts rows), `cursor` (the parameter that is
    sent what `next` names in the answer before). `size`: rows of a page. Where the endpoint has
    `{page}` in it, that is filled in too. Without any the whole list is one answer.
    """

    number: str = ""
    first: int = 1
    offset: str = ""
    cursor: str = ""
    next: str = ""
    size: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _one_way(self) -> PagingRule:
        if sum(map(bool, (self.number, self.offset, self.cursor))) > 1:
            raise ValueError("one of number, offset and cursor")
        if bool(self.cursor) != bool(self.next):
            raise ValueError("cursor and next belong together")
        if self.offset and not self.size:
            raise ValueError("offset needs size, the rows of a page")
        return self


def holes(template: str) -> list[str]:
    """The paths that a template has in braces."""
    return _HOLE.findall(template)
