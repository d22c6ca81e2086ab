"""Attacks on every address of the desk, made from the router: a new one cannot be forgotten."""

from __future__ import annotations

import hashlib
import re
import socket
from base64 import b64encode

import pytest

from desk.guard import MOST_BYTES
from desk.roles import RIGHTS, NotAllowedError
from desk.routes import ROUTES, Route
from desk.static_files import HTMX, HTMX_HASH, STATIC
from desk.visits import RefusedError, Visit, right_of
from storage.desk.people import ROLES, Role, find_person
from storage.values import select
from tests.desk.running import SCRIPT, RunningDesk, Visitor

POSTS = [route for route in ROUTES if route.method == "POST"]
GETS = [route for route in ROUTES if route.method == "GET"]
FORM = "application/x-www-form-urlencoded"


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path)


@pytest.fixture(scope="module")
def people(desk: RunningDesk) -> dict[Role, Visitor]:
    return {role: desk.person(role) for role in ROLES}


def journal(desk: RunningDesk) -> list[object]:
    """What the desk has changed so far."""
    tables = ("edits", "desk_acts", "people", "tasks", "subscribers", "issues")
    with desk.context.store() as db:
        return [select(db, f"SELECT * FROM {table}") for table in tables]  # noqa: S608 - constants


def test_there_are_forms_to_attack() -> None:
    assert len(POSTS) >= 5
    assert len({name(route) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", POSTS, ids=name)
def test_no_form_is_taken_that_is_not_ours(
    desk: RunningDesk, people: dict[Role, Visitor], route: Route
) -> None:
    visitor, other = people["operator"], people["editor"]
    before, path = journal(desk), filled(route.path)
    own = {"Origin": desk.origin, "Sec-Fetch-Site": "same-origin", "Content-Type": FORM}
    token, foreign = visitor.token("/people"), other.token("/welcome/x")
    assert len(token) == len(foreign) == 64
    for headers, body in (
        (own, ""),
        (own, f"form_token={foreign}"),
        (own, f"form_token={token[:-1]}"),
        ({"Content-Type": FORM}, f"form_token={token}"),
        (own | {"Origin": "https://evil.example"}, f"form_token={token}"),
        (own | {"Origin": "null"}, f"form_token={token}"),
        (own | {"Origin": desk.origin + ".evil.example"}, f"form_token={token}"),
        (own | {"Sec-Fetch-Site": "cross-site"}, f"form_token={token}"),
        (own | {"Sec-Fetch-Site": "same-site"}, f"form_token={token}"),
    ):
        answer = visitor.ask("POST", path, body.encode(), headers)
        assert answer.status == 403, (headers, body, answer.text)
    plain = own | {"Content-Type": "text/plain"}
    assert visitor.ask("POST", path, f"form_token={token}".encode(), plain).status == 415
    assert journal(desk) == before


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_each_role_gets_what_it_has_a_right_to(
    desk: RunningDesk, people: dict[Role, Visitor], route: Route
) -> None:
    """By the address, and by the function itself, whatever the page shows."""
    right = right_of(route.act)
    if right is None:
        assert route.path in {"/login", "/forgot", "/welcome/{token}"}
        return
    nobody = desk.visitor()
    if route.method == "GET":
        assert nobody.get(filled(route.path)).to == "/login"
    else:
        assert nobody.post(filled(route.path), {}).to == "/login"
    for role, visitor in people.items():
        if right in RIGHTS[role]:
            continue
        before = journal(desk)
        get = route.method == "GET"
        path = filled(route.path)
        answer = visitor.get(path) if get else visitor.post(path, {}, page="/welcome/x")
        assert (answer.status, "不能做这件事" in answer.text) == (403, True), role
        with desk.context.store() as db:
            person = find_person(db, f"{role}@example.com")
        with pytest.raises(NotAllowedError):
            route.act(Visit(desk.server.desk, person, "", ""))
        assert journal(desk) == before
    with pytest.raises(RefusedError):
        route.act(Visit(desk.server.desk, None, "", ""))


@pytest.mark.parametrize("route", GETS, ids=name)
def test_no_page_can_run_anything_or_phone_out(people: dict[Role, Visitor], route: Route) -> None:
    answer = people["operator"].get(filled(route.path))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    if "sandbox" in policy:
        assert "script-src" not in policy
    else:
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        # One script, ours, whole: nothing else that runs or is styled stands in a page.
        page = answer.text.replace(SCRIPT, "", 1)
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|hx-on|javascript:", page)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_the_one_script_is_the_one_that_was_published(desk: RunningDesk) -> None:
    digest = hashlib.sha384((STATIC / HTMX).read_bytes()).digest()
    assert f"sha384-{b64encode(digest).decode()}" == HTMX_HASH
    answer = desk.visitor().get(f"/static/{HTMX}")
    # What Python calls it differs by its version.
    assert answer.headers["Content-Type"].endswith("/javascript")
    assert answer.status == 200
    assert "Zero-Clause BSD" in desk.visitor().get("/static/htmx.LICENSE.txt").text
    assert "htmx" not in desk.visitor().get("/login").text


def test_cookies_are_for_the_desk_alone(desk: RunningDesk) -> None:
    answer = desk.visitor().get("/login")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", ""])
def test_another_name_leads_nowhere(desk: RunningDesk, host: str) -> None:
    assert desk.visitor().ask("GET", "/login", headers={"Host": host}).status == 421


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/..%2fserver.py",
        "/static/desk.css/../../server.py",
        "/static//etc/passwd",
        "/static/desk.css%00.py",
        "//evil.example/people",
        "/welcome/../people",
        "/welcome/%2e%2e%2fpeople",
        "/templates/login.html.jinja",
        "/.git/config",
    ],
)
def test_no_path_leads_to_a_file(desk: RunningDesk, path: str) -> None:
    answer = desk.visitor().get(path)
    assert answer.status in {303, 400, 404}
    assert answer.status != 303 or answer.to == "/login"
    assert "import" not in answer.text


def test_a_body_or_a_head_that_is_too_big_is_refused_unread(
    desk: RunningDesk, people: dict[Role, Visitor]
) -> None:
    visitor = people["operator"]
    own = {"Origin": desk.origin, "Sec-Fetch-Site": "same-origin", "Content-Type": FORM}
    big = b"x=" + b"y" * (MOST_BYTES + 1)
    assert visitor.ask("POST", "/people/invite", big, own).status in {400, 413}
    with socket.create_connection(("127.0.0.1", int(desk.origin.rpartition(":")[2]))) as raw:
        head = "".join(f"{name}: {value}\r\n" for name, value in own.items())
        host = desk.origin.removeprefix("http://")
        cookie = f"zhengxun_desk={visitor.cookies['zhengxun_desk']}"
        raw.sendall(
            f"POST /people/invite HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n{head}"
            f"Content-Length: {1024**3}\r\n\r\n".encode()
        )
        raw.settimeout(10)
        assert b" 413 " in raw.recv(200)
    assert visitor.ask("GET", "/people", headers={"X-Long": "y" * 20_000}).status == 400
    many = {f"X-{number}": "y" for number in range(200)}
    assert visitor.ask("GET", "/people", headers=many).status in {200, 400}
    assert visitor.get("/people").status == 200


def test_a_user_header_counts_from_the_named_networks_only(desk: RunningDesk) -> None:
    """Here none is named: whoever brings one is nobody."""
    desk.person("operator", "boss@example.com")
    stranger = desk.visitor()
    stranger.headers["X-Remote-User"] = "boss@example.com"
    assert stranger.get("/people").to == "/login"


def test_two_hundred_slow_clients_hold_nobody_up(desk: RunningDesk) -> None:
    port = int(desk.origin.rpartition(":")[2])
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    try:
        for one in slow[::2]:
            one.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n")
        assert desk.visitor().get("/login").status == 200
    finally:
        for one in slow:
            one.close()
