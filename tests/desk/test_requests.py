"""Tricks with the request itself: headers, methods, doubled words, and bodies without an end."""

from __future__ import annotations

import resource
import socket
from contextlib import suppress

import pytest

from desk.guard import MOST_BYTES
from storage.values import select
from tests.desk.running import RunningDesk, Visitor

FORM = "application/x-www-form-urlencoded"
CRLF = "\r\n"


def port_of(desk: RunningDesk) -> int:
    return int(desk.origin.rpartition(":")[2])


def say(desk: RunningDesk, *lines: str, body: bytes = b"") -> bytes:
    """What a request of these very bytes is answered."""
    with socket.create_connection(("127.0.0.1", port_of(desk)), timeout=20) as raw:
        raw.sendall(CRLF.join([*lines, "", ""]).encode("latin-1") + body)
        answer = b""
        with suppress(ConnectionResetError):
            while part := raw.recv(65536):
                answer += part
        return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def host(desk: RunningDesk) -> str:
    return f"Host: {desk.origin.removeprefix('http://')}"


@pytest.fixture
def boss(desk: RunningDesk) -> Visitor:
    return desk.person("operator", "boss@example.com")


def cookie(visitor: Visitor) -> str:
    return f"Cookie: zhengxun_desk={visitor.cookies['zhengxun_desk']}"


def people(desk: RunningDesk) -> int:
    with desk.context.store() as db:
        return len(select(db, "SELECT id FROM people"))


@pytest.mark.parametrize(
    "lines",
    [
        ("X-Original-URL: /people", "X-Rewrite-URL: /people"),
        ("X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "Forwarded: for=127.0.0.1"),
        ("X-Forwarded-User: boss@example.com", "Remote-User: boss@example.com"),
        ("X-Remote-User: boss@example.com", "REMOTE_USER: boss@example.com"),
        ("Authorization: Basic Ym9zc0BleGFtcGxlLmNvbTp4",),
        ("Cookie: zhengxun_desk=", "Cookie: zhengxun_desk=' OR 1=1 --"),
        ("Cookie: zhengxun_desk=" + "x" * 4000,),
        ("X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https"),
    ],
    ids=lambda lines: lines[0].partition(":")[0],
)
def test_no_header_lets_anybody_in(
    desk: RunningDesk, boss: Visitor, lines: tuple[str, ...]
) -> None:
    answer = say(desk, "GET /people HTTP/1.1", host(desk), *lines, "Connection: close")
    assert status(answer) == 303, answer
    assert b"\r\nLocation: /login\r\n" in answer
    assert b"evil.example" not in answer


def test_another_method_is_no_way_round_the_form(desk: RunningDesk, boss: Visitor) -> None:
    before = people(desk)
    form = b"address=new@example.com&role=operator&name=x"
    own = [host(desk), cookie(boss), f"Content-Length: {len(form)}", f"Content-Type: {FORM}"]
    origin = [f"Origin: {desk.origin}", "Sec-Fetch-Site: same-origin", "Connection: close"]
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO", "GET", "HEAD"):
        answer = say(desk, f"{method} /people/invite HTTP/1.1", *own, *origin, body=form)
        assert status(answer) in {400, 404, 405, 501}, (method, answer)
    over = ("X-HTTP-Method-Override: POST", "X-Method-Override: POST", "_method: POST")
    way = "GET /people?address=new@example.com&role=operator HTTP/1.1"
    assert status(say(desk, way, *own[:2], *over, "Connection: close")) == 200
    assert people(desk) == before


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Content-Length: 60"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: xchunked",),
        ("Content-Length: -1",),
        ("Content-Length: +5",),
        ("Content-Length: 5_0",),
        ("Content-Length : 5",),
        (" folded: line",),
        ("X: a\x00b",),
    ],
    ids=repr,
)
def test_no_second_request_is_smuggled_in(
    desk: RunningDesk, boss: Visitor, lines: tuple[str, ...]
) -> None:
    """Each connection carries one request, whatever its lengths say."""
    hidden = f"GET /people HTTP/1.1\r\n{host(desk)}\r\n{cookie(boss)}\r\n\r\n".encode()
    answer = say(
        desk,
        *("POST /login HTTP/1.1", host(desk), f"Content-Type: {FORM}", *lines),
        body=b"0\r\n\r\n" + hidden + b"x" * 100,
    )
    assert answer.count(b"HTTP/1.1 ") <= 1, answer
    assert b"boss@example.com" not in answer
    assert not answer or status(answer) in {400, 403, 411, 413, 501}, answer


@pytest.mark.parametrize(
    ("target", "hosts", "known"),
    [
        ("http://evil.example/people", None, {303, 400, 421}),
        ("/people", ("evil.example",), {421}),
        ("/people", ("own", "evil.example"), {400, 421}),
        ("/people", ("evil.example", "own"), {400, 421}),
        ("/people", (), {400, 421}),
        ("/people", ("own.evil.example",), {421}),
        ("//evil.example/", None, {404}),
        ("*", None, {400, 404}),
    ],
)
def test_the_name_we_are_called_by_is_ours(
    desk: RunningDesk, target: str, hosts: tuple[str, ...] | None, known: set[int]
) -> None:
    own = desk.origin.removeprefix("http://")
    lines = [host(desk)] if hosts is None else [f"Host: {one.replace('own', own)}" for one in hosts]
    answer = say(desk, f"GET {target} HTTP/1.1", *lines, "Connection: close")
    assert status(answer) in known, answer
    location = [line for line in answer.split(b"\r\n") if line.startswith(b"Location")]
    assert location in ([], [b"Location: /login"]), answer


def test_no_field_becomes_a_header(desk: RunningDesk, boss: Visitor) -> None:
    """A line break in what is posted, or in an address, ends no line of the answer."""
    evil = "/issue/\r\nSet-Cookie: zhengxun_desk=planted\r\n\r\n<script>"
    page = boss.get("/issue").text
    week = page.partition('name="week" value="')[2].partition('"')[0]
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    form = {"week": week, "seen": seen, "do": "annotate:1", "note": "", "back": evil}
    open_at = "/issue/act?open=x%0d%0aSet-Cookie:%20a=b"
    for answer in (
        boss.post("/issue/act", form, page="/issue"),
        boss.post(open_at, {**form, "back": ""}, page="/issue"),
        boss.get("/issue/rest?chapter=%0d%0aSet-Cookie:%20a=b"),
        boss.get("/welcome/%0d%0aSet-Cookie:%20a=b"),
        boss.get("/preview/word%0d%0aSet-Cookie:%20a=b"),
        boss.get("/tasks.csv?x=%0d%0aSet-Cookie:%20a=b"),
    ):
        assert answer.headers.get("Set-Cookie") is None, answer
        assert answer.status in {200, 303, 400, 404, 409}, answer.text
    assert boss.cookies["zhengxun_desk"] != "planted"
    boss.post(
        "/people/invite", {"address": "a@example.com\r\nBcc: b@evil.example", "role": "reader"}
    )
    with desk.context.store() as db:
        assert not select(db, "SELECT id FROM people WHERE address LIKE '%evil%'")


@pytest.mark.parametrize("who", ["operator", "nobody"])
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=e"])
def test_a_body_without_an_end_is_cut_and_takes_no_memory(
    desk: RunningDesk, who: str, kind: str
) -> None:
    """1 GB is on offer, in pieces, without its length."""
    visitor = desk.visitor()
    visitor.get("/login")
    lines = [f"Cookie: zhengxun_form={visitor.cookies['zhengxun_form']}"]
    if who == "operator":
        lines = [cookie(desk.person("operator", "boss@example.com"))]
    lines += [host(desk), f"Origin: {desk.origin}", "Sec-Fetch-Site: same-origin"]
    lines += [f"Content-Type: {kind}", "Transfer-Encoding: chunked"]
    piece = b"x" * 65536
    chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    begin = b'--e\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    before, sent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
    with socket.create_connection(("127.0.0.1", port_of(desk)), timeout=20) as raw:
        path = "/readers/import" if who == "operator" else "/login"
        raw.sendall(CRLF.join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode())
        raw.sendall(f"{len(begin):x}\r\n".encode() + begin + b"\r\n")
        with suppress(ConnectionError):
            while sent < 1024**3:
                raw.sendall(chunk)
                sent += len(piece)
    # What the system keeps on its way is taken; the rest is not.
    assert MOST_BYTES < sent < 32 * 1024**2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert desk.visitor().get("/login").status == 200
