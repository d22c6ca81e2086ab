"""Who may use the editors' desk, in which role, and the one-time links that let them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from storage.database import StorageError, transaction
from storage.readers.mail_addresses import check_address, check_name
from storage.values import Row, from_instant, select, select_one, to_instant, to_instant_or_none

Role = Literal["reader", "editor", "releaser", "operator"]
ROLES: tuple[Role, ...] = ("reader", "editor", "releaser", "operator")


@dataclass(frozen=True, slots=True)
class Person:
    """One who may use the desk. `password` is its hash, empty before the first link was used;
    `ended_at`: since when they may no more."""

    id: int
    address: str
    name: str
    role: Role
    password: str
    made_at: datetime
    ended_at: datetime | None = None

    @property
    def signature(self) -> str:
        """How the history names them."""
        return f"{self.name}（{self.address}）" if self.name else self.address


def save_person(db: Database, address: str, *, name: str, role: Role, now: datetime) -> Person:
    """Let somebody in, or in another role; who had ended begins again without a password.

    An empty name keeps the one that is known. Raises StorageError for a bad address or name.
    """
    key, called = check_address(address), check_name(name)
    with transaction(db):
        known = find_person(db, key)
        if known is None:
            db.execute(
                "INSERT INTO people (address, name, role, made_at) VALUES (?, ?, ?, ?)",
                [key, called, role, from_instant(now)],
            )
        else:
            db.execute(
                "UPDATE people SET name = ?, role = ?, password = iif(ended_at IS NULL, password,"
                " ''), ended_at = NULL WHERE id = ?",
                [called or known.name, role, known.id],
            )
            if known.role != role:
                # What they could do before ends with the role.
                db.execute("DELETE FROM desk_sessions WHERE person_id = ?", [known.id])
        return _existing(db, key)


def find_person(db: Database, address: str) -> Person | None:
    """Who has this address, also one who may no more; None for what is no address."""
    row = select_one(db, "SELECT * FROM people WHERE address = ?", [address.strip()])
    return None if row is None else to_person(row)


def list_people(db: Database) -> list[Person]:
    """Everybody, those who may no more too, in the order they came."""
    return [to_person(row) for row in select(db, "SELECT * FROM people ORDER BY id")]


def set_password(db: Database, person_id: int, password: str) -> None:
    """Keep the hash of a new password; every session of the person ends."""
    with transaction(db):
        db.execute("UPDATE people SET password = ? WHERE id = ?", [password, person_id])
        db.execute("DELETE FROM desk_sessions WHERE person_id = ?", [person_id])


def end_person(db: Database, address: str, now: datetime) -> Person:
    """Let somebody in no more, at once. Raises StorageError for one who is unknown, and for the
    last operator."""
    with transaction(db):
        person = _existing(db, check_address(address))
        others = select_one(
            db,
            "SELECT 1 FROM people WHERE role = 'operator' AND ended_at IS NULL AND id <> ?",
            [person.id],
        )
        if person.role == "operator" and person.ended_at is None and others is None:
            raise StorageError(
                f"{person.address} is the last operator; invite another one before:"
                " zhengxun desk invite ADDRESS --role operator"
            )
        db.execute("DELETE FROM desk_sessions WHERE person_id = ?", [person.id])
        db.execute("DELETE FROM invitations WHERE person_id = ?", [person.id])
        db.execute(
            "UPDATE people SET ended_at = ?, password = '' WHERE id = ?",
            [from_instant(now), person.id],
        )
        return _existing(db, person.address)


def save_invitation(
    db: Database, person_id: int, token_hash: str, *, until: datetime, now: datetime, voids: bool
) -> None:
    """Keep a one-time link by the hash of its token; it `voids` the person's earlier ones."""
    with transaction(db):
        if voids:
            db.execute("DELETE FROM invitations WHERE person_id = ?", [person_id])
        db.execute("DELETE FROM invitations WHERE until <= ?", [from_instant(now)])
        db.execute(
            "INSERT INTO invitations (person_id, token_hash, made_at, until) VALUES (?, ?, ?, ?)",
            [person_id, token_hash, from_instant(now), from_instant(until)],
        )


def invited(db: Database, token_hash: str, now: datetime) -> Person | None:
    """Whose link this is, as long as it can be used."""
    row = select_one(
        db,
        "SELECT p.* FROM invitations i JOIN people p ON p.id = i.person_id WHERE i.token_hash = ?"
        " AND i.used_at IS NULL AND i.until > ? AND p.ended_at IS NULL",
        [token_hash, from_instant(now)],
    )
    return None if row is None else to_person(row)


def use_invitation(db: Database, token_hash: str, now: datetime) -> Person | None:
    """Use a link up, once, and with it all others of the person; whose it was, None when it is
    used, too old or unknown."""
    with transaction(db):
        person = invited(db, token_hash, now)
        if person is not None:
            db.execute(
                "UPDATE invitations SET used_at = ? WHERE person_id = ? AND used_at IS NULL",
                [from_instant(now), person.id],
            )
    return person


def to_person(row: Row) -> Person:
    """A row of `people`."""
    return Person(
        id=row["id"],
        address=row["address"],
        name=row["name"],
        role=row["role"],
        password=row["password"],
        made_at=to_instant(row["made_at"]),
        ended_at=to_instant_or_none(row["ended_at"]),
    )


def _existing(db: Database, address: str) -> Person:
    found = find_person(db, address)
    if found is None:
        raise StorageError(f"{address} is nobody's at the desk; see: zhengxun desk people")
    return found
