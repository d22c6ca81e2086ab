"""What a page of the desk is asked, and what it answers: plain values, without aiohttp."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from app.context import Context
from desk.accounts import Accounts
from desk.background import Background
from desk.drafts import Drafts
from desk.roles import Right, require
from errors import ZhengxunError
from storage.desk.people import Person

if TYPE_CHECKING:
    from app.probing import Probed

Form = Mapping[str, list[str]]


class RefusedError(ZhengxunError):
    """What was asked for is not done; a line in Chinese. `status` is that of HTTP."""

    def __init__(self, message: str, status: int = 400, changes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.changes = changes


@dataclass
class Desk:
    """What stays between visits. `probed`: the site that was looked at last; `came_at`: when
    somebody came last, in seconds of the monotonic clock."""

    context: Context
    accounts: Accounts
    drafts: Drafts
    background: Background
    probed: dict[str, Probed] = field(default_factory=dict)
    came_at: float = field(default_factory=time.monotonic)

    def renew(self) -> Context:
        """The catalogue is another now: read it again."""
        self.context = Context(self.context.config)
        return self.context


@dataclass(frozen=True)
class Visit:
    """One request of somebody who may be nobody yet.

    `path`, `query`, `form` and `files` are what came; `client` the address that tries are counted
    for; `cookie` the token of the session or of the form of somebody who is not in yet.
    """

    desk: Desk
    person: Person | None
    cookie: str
    client: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Form = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def context(self) -> Context:
        """The configuration in force."""
        return self.desk.context

    @property
    def who(self) -> Person:
        """Who is in. Raises RefusedError for nobody."""
        if self.person is None:
            raise RefusedError("请先登录。", 401)
        return self.person

    @property
    def signature(self) -> str:
        """How the history names who acts."""
        return self.who.signature

    def text(self, name: str, most: int = 4000) -> str:
        """One field of the form, without outer white space. Raises RefusedError if too long."""
        value = (self.form.get(name) or [""])[0].strip()
        if len(value) > most:
            raise RefusedError(f"内容太长：{len(value)} 字，至多 {most} 字。")
        return value

    def texts(self, name: str) -> list[str]:
        """All values of one field."""
        return [value.strip() for value in self.form.get(name, [])]

    def number(self, name: str) -> int:
        """A field, or a part of the path, that is a number. Raises RefusedError otherwise."""
        value = self.path.get(name) or self.text(name)
        if not (value.isascii() and value.isdigit() and len(value) <= 18):
            raise RefusedError("编号不对，请刷新页面再试。")
        return int(value)


@dataclass(frozen=True)
class Page:
    """A template of the desk with its values."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Go:
    """To another page of the desk, which says `said`; `begins`: the token of a new session,
    `ends`: the session is over."""

    to: str
    said: str = ""
    begins: str = ""
    ends: bool = False


@dataclass(frozen=True)
class Sheet:
    """A document as it is. `framed`: only our own pages may show it inside."""

    body: str | bytes
    kind: str = "text/html"
    framed: bool = False
    name: str = ""


Answer = Page | Go | Sheet
Act = Callable[[Visit], Answer]
_Act = TypeVar("_Act", bound=Act)
_RIGHTS: dict[Act, Right | None] = {}


def needs(right: Right) -> Callable[[Act], Act]:
    """The function asks for this right of who visits before it does anything."""

    def wrap(act: Act) -> Act:
        def asked(visit: Visit) -> Answer:
            require(visit.who, right)
            return act(visit)

        asked.__name__, asked.__doc__ = act.__name__, act.__doc__
        _RIGHTS[asked] = right
        return asked

    return wrap


def anybody(act: _Act) -> _Act:
    """The function is for those who are not in yet."""
    _RIGHTS[act] = None
    return act


def right_of(act: Act) -> Right | None:
    """The right a function asks for; None when it is for anybody. Raises KeyError for one that
    does not say."""
    return _RIGHTS[act]
