"""People at the desk: how they are let in, log in and out, and what is tried too often.

Everything that counts is in the store: a restart forgets no limit and ends no session.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlite_utils import Database

from desk.passwords import Passwords, problem_of
from errors import ZhengxunError
from storage.database import transaction
from storage.desk.acts import note_act
from storage.desk.people import (
    Person,
    Role,
    find_person,
    invited,
    save_invitation,
    save_person,
    set_password,
    use_invitation,
)
from storage.desk.sessions import begin_session, session_person, touch_session
from storage.desk.tries import count_try, forget_last, forget_tries

SESSION_LASTS = timedelta(hours=12)
IDLE_MOST = timedelta(hours=2)
LINK_LASTS = timedelta(days=3)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLIENT_TRIES, PASSWORD_TRIES, LINKS = 20, 20, 10
_TOKEN_BYTES = 32
_TOUCH_EVERY = timedelta(minutes=1)


class AccountError(ZhengxunError):
    """Somebody is not let in; a line in Chinese that says nothing of who is known."""


class TooOftenError(AccountError):
    """Tried too often; later it may be tried again."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """The people of one store. `key` is of the data folder (`load_key`)."""

    key: bytes
    passwords: Passwords = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "passwords", Passwords(self.key))

    def invite(
        self, db: Database, address: str, *, name: str, role: Role, who: str, now: datetime
    ) -> tuple[Person, str]:
        """Let somebody in, and the token of the link by which they set a password.

        Raises StorageError for a bad address or name.
        """
        with transaction(db):
            person = save_person(db, address, name=name, role=role, now=now)
            token = self._new_link(db, person, now)
            note_act(db, f"邀请 {person.address}，角色 {role}", who=who, now=now)
        return person, token

    def new_link(
        self, db: Database, address: str, *, client: str, now: datetime
    ) -> tuple[Person, str] | None:
        """Another link for somebody who forgot the password; None for nobody, and for a mailbox
        that had enough of them. Links they have stay good: a stranger may ask for this one.

        Raises TooOftenError.
        """
        self._count_client(db, client, now)
        allowed = count_try(db, "link", address, most=LINKS, within=HOUR, now=now)
        person = find_person(db, address)
        if not allowed or person is None or person.ended_at is not None:
            return None
        return person, self._new_link(db, person, now, voids=False)

    def unlock(self, db: Database, person: Person, *, who: str, now: datetime) -> str:
        """Forget what was tried in this name, and the token of a new link."""
        with transaction(db):
            forget_tries(db, "password", person.address)
            forget_tries(db, "link", person.address)
            note_act(db, f"解锁 {person.address}", who=who, now=now)
            return self._new_link(db, person, now)

    def holder(self, db: Database, token: str, now: datetime) -> Person | None:
        """Whose link it is, as long as it can be used; looking uses nothing up."""
        return invited(db, hashed(token), now)

    def accept(
        self, db: Database, token: str, password: str, *, client: str, now: datetime
    ) -> tuple[Person, str]:
        """Set the password that the link is for, and the token of a new session.

        Raises AccountError for a link that is void and for a password that will not do.
        """
        self._count_client(db, client, now)
        person = self.holder(db, token, now)
        if person is None:
            raise AccountError("这个链接已用过或已过期。请重新索取。")
        if problem := problem_of(password, person.address):
            raise AccountError(problem)
        kept = self.passwords.hash(password)
        with transaction(db):
            if use_invitation(db, hashed(token), now) is None:
                raise AccountError("这个链接已用过或已过期。请重新索取。")
            set_password(db, person.id, kept)
            note_act(db, "设置口令", who=person.signature, now=now)
            return person, self.begin(db, person, now)

    def log_in(
        self, db: Database, address: str, password: str, *, client: str, now: datetime
    ) -> tuple[Person, str]:
        """Who it is, and the token of a new session.

        It takes the same time, and says the same, for a wrong password and an unknown person.
        Raises AccountError, TooOftenError.
        """
        self._count_client(db, client, now)
        if not count_try(db, "password", address, most=PASSWORD_TRIES, within=DAY, now=now):
            raise TooOftenError("今天尝试的次数太多。请用“忘记口令”索取链接，或请管理员解锁。")
        person = find_person(db, address)
        kept = person.password if person is not None and person.ended_at is None else ""
        if not self.passwords.fits(kept, password) or person is None:
            raise AccountError("邮箱或口令不对。")
        with transaction(db):
            forget_tries(db, "password", address)
            forget_last(db, "client", client)
            return person, self.begin(db, person, now)

    def begin(self, db: Database, person: Person, now: datetime) -> str:
        """The token of a new session; never one that the other side brought."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        begin_session(db, person.id, hashed(token), until=now + SESSION_LASTS, now=now)
        return token

    def person_of(self, db: Database, token: str, now: datetime) -> Person | None:
        """Who is in by this token; being used keeps the session from ending of idleness."""
        name = hashed(token)
        person = session_person(db, name, now=now, idle_since=now - IDLE_MOST)
        if person is not None:
            touch_session(db, name, now=now, before=now - _TOUCH_EVERY)
        return person

    def form_token(self, cookie: str) -> str:
        """What every form of a session carries, and nobody else knows."""
        return hmac.new(self.key, f"desk form {cookie}".encode(), hashlib.sha256).hexdigest()

    def _new_link(self, db: Database, person: Person, now: datetime, *, voids: bool = True) -> str:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        until = now + LINK_LASTS
        save_invitation(db, person.id, hashed(token), until=until, now=now, voids=voids)
        return token

    def _count_client(self, db: Database, client: str, now: datetime) -> None:
        if not count_try(db, "client", client, most=CLIENT_TRIES, within=HOUR, now=now):
            raise TooOftenError("从这个地址尝试的次数太多，请一小时后再试。")


def hashed(token: str) -> str:
    """What the store keeps of a token of 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
