"""Who may use the desk: for its operators."""

from __future__ import annotations

from desk.accounts import LINK_LASTS
from desk.mails import link_of, send_link
from desk.visits import Answer, Go, Page, RefusedError, Visit, needs
from digest.models.issue import DigestError
from storage.desk.acts import note_act
from storage.desk.people import ROLES, Person, end_person, find_person, list_people


@needs("run")
def show(visit: Visit) -> Answer:
    """Everybody with their roles."""
    with visit.context.store() as db:
        people = list_people(db)
    return Page("people.html.jinja", {"people": people, "roles": ROLES})


@needs("run")
def invite(visit: Visit) -> Answer:
    """Let somebody in, or in another role."""
    role = visit.text("role")
    if role not in ROLES:
        raise RefusedError("没有这个角色。")
    now = visit.context.config.clock()
    with visit.context.store() as db:
        person, token = visit.desk.accounts.invite(
            db,
            visit.text("address", 300),
            name=visit.text("name", 60),
            role=role,
            who=visit.signature,
            now=now,
        )
    return Go("/people", said=_told(visit, person, token))


@needs("run")
def unlock(visit: Visit) -> Answer:
    """Another link for somebody who is locked out."""
    now = visit.context.config.clock()
    with visit.context.store() as db:
        person = find_person(db, visit.text("address", 300))
        if person is None or person.ended_at is not None:
            raise RefusedError("名单上没有这个人。", 404)
        token = visit.desk.accounts.unlock(db, person, who=visit.signature, now=now)
    return Go("/people", said=_told(visit, person, token))


@needs("run")
def end(visit: Visit) -> Answer:
    """Let somebody in no more."""
    now = visit.context.config.clock()
    with visit.context.store() as db:
        person = end_person(db, visit.text("address", 300), now)
        note_act(db, f"停用 {person.address}", who=visit.signature, now=now)
    to = "/login" if person.id == visit.who.id else "/people"
    return Go(to, said=f"{person.address} 已停用。")


def _told(visit: Visit, person: Person, token: str) -> str:
    """What to tell of a new link: that it was mailed, or else the link itself."""
    until = visit.context.config.clock() + LINK_LASTS
    try:
        ended = send_link(visit.context, person, token, until)
    except DigestError:
        ended = None
    if ended is not None and ended.state == "sent":
        return f"链接已寄给 {person.address}，三天内有效。"
    link = link_of(visit.context, token)
    return f"请把这个链接交给 {person.address}，三天内有效，只能用一次：{link}"
