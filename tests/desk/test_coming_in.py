"""Who comes in at the desk, by which way, and who does not: links, passwords, sessions, limits."""

from __future__ import annotations

import re
import statistics
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from config_delivery import SmtpConfig
from desk import passwords
from desk.accounts import CLIENT_TRIES, IDLE_MOST, LINKS, PASSWORD_TRIES, AccountError, hashed
from desk.passwords import NOBODY, Passwords
from digest.delivery.sink import Sink
from storage.database import StorageError
from storage.desk.people import end_person, find_person
from storage.values import select
from tests.desk.running import NOON, PASSWORD, RunningDesk, Visitor, context_at, running


@pytest.fixture(autouse=True)
def nobody_tried(desk: RunningDesk) -> None:
    """Each test begins without the tries of those before it; one client is everybody here."""
    with desk.context.store() as db, db.conn:
        db.execute("DELETE FROM desk_tries")


def came(desk: RunningDesk, address: str, role: str = "operator") -> Visitor:
    _, token = desk.invited(address, role)  # type: ignore[arg-type] # a role of ours
    visitor = desk.visitor()
    form = {"password": PASSWORD, "again": PASSWORD}
    answer = visitor.post(f"/welcome/{token}", form, page=f"/welcome/{token}")
    assert (answer.status, answer.to) == (303, "/"), answer.text
    return visitor


def logged_in(desk: RunningDesk, address: str, password: str = PASSWORD) -> tuple[Visitor, int]:
    visitor = desk.visitor()
    answer = visitor.post("/login", {"address": address, "password": password})
    return visitor, answer.status


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that count passwords: what one costs is tried by others."""
    monkeypatch.setattr(
        passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    )


def test_a_link_is_used_once_and_the_password_lets_in_again(desk: RunningDesk) -> None:
    _, token = desk.invited("li@example.com", "operator", "李工")
    visitor = desk.visitor()
    page = visitor.get(f"/welcome/{token}").text
    assert "李工，角色：管理" in page
    short = visitor.post(
        f"/welcome/{token}", {"password": "短", "again": "短"}, page=f"/welcome/{token}"
    )
    assert (short.status, "口令至少 10 个字符" in short.text) == (400, True)
    form = {"password": PASSWORD, "again": PASSWORD}
    assert visitor.post(f"/welcome/{token}", form, page=f"/welcome/{token}").status == 303
    assert "李工，欢迎使用编辑台" in visitor.get("/people").text
    assert desk.visitor().get(f"/welcome/{token}").status == 404

    again, status = logged_in(desk, "LI@example.com")
    assert status == 303
    assert again.get("/people").status == 200
    assert again.post("/logout", {}).to == "/login"
    assert again.get("/people").to == "/login"


def test_a_link_ends_and_a_new_one_voids_it(desk: RunningDesk) -> None:
    _, first = desk.invited("old@example.com")
    _, second = desk.invited("old@example.com")
    assert desk.visitor().get(f"/welcome/{first}").status == 404
    assert desk.visitor().get(f"/welcome/{second}").status == 200
    desk.at(NOON + timedelta(days=4))
    assert desk.visitor().get(f"/welcome/{second}").status == 404
    desk.at(NOON)


def test_the_store_holds_no_token_and_no_password(desk: RunningDesk) -> None:
    visitor = came(desk, "secret@example.com")
    token = visitor.cookies["zhengxun_desk"]
    assert len(token) >= 43
    desk.context.config.database.with_suffix(".db")
    with desk.context.store() as db:
        rows = select(db, "SELECT token_hash FROM desk_sessions")
        (person,) = select(db, "SELECT password FROM people WHERE address = 'secret@example.com'")
        dumped = "\n".join(db.conn.iterdump())
    assert hashed(token) in {row["token_hash"] for row in rows}
    assert token not in dumped
    assert PASSWORD not in dumped
    assert person["password"].startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_session_that_was_planted_is_worth_nothing(desk: RunningDesk) -> None:
    came(desk, "fixed@example.com")
    victim = desk.visitor()
    victim.cookies["zhengxun_desk"] = "planted" * 6
    planted = dict(victim.cookies)
    form = {"address": "fixed@example.com", "password": PASSWORD}
    assert victim.post("/login", form, page="/forgot").status == 303
    assert victim.cookies["zhengxun_desk"] != planted["zhengxun_desk"]
    attacker = Visitor(desk.origin, planted)
    assert attacker.get("/people").to == "/login"


def test_a_stolen_cookie_ends_with_the_session(desk: RunningDesk) -> None:
    visitor = came(desk, "thief@example.com")
    thief = Visitor(desk.origin, dict(visitor.cookies))
    assert thief.get("/people").status == 200
    visitor.post("/logout", {})
    assert thief.get("/people").to == "/login"

    visitor, _ = logged_in(desk, "thief@example.com")
    thief = Visitor(desk.origin, dict(visitor.cookies))
    desk.at(NOON + IDLE_MOST + timedelta(minutes=1))
    assert thief.get("/people").to == "/login"
    desk.at(NOON)


def test_a_new_password_and_an_end_close_every_session(desk: RunningDesk) -> None:
    visitor = came(desk, "many@example.com", "editor")
    other, _ = logged_in(desk, "many@example.com")
    came(desk, "many@example.com", "editor")
    assert visitor.get("/").to == "/login"
    assert other.get("/").to == "/login"
    last, _ = logged_in(desk, "many@example.com")
    with desk.context.store() as db:
        end_person(db, "many@example.com", NOON)
    assert last.get("/").to == "/login"
    assert logged_in(desk, "many@example.com")[1] == 401


@pytest.mark.usefixtures("cheap_hashes")
def test_twenty_passwords_a_day_and_a_verb_for_the_locked_out(desk: RunningDesk) -> None:
    came(desk, "locked@example.com")
    accounts = desk.server.desk.accounts
    with desk.context.store() as db:
        for number in range(PASSWORD_TRIES):
            with pytest.raises(AccountError, match="邮箱或口令不对"):
                accounts.log_in(
                    db, "Locked@example.com", "wrong", client=f"10.0.0.{number}", now=NOON
                )
        with pytest.raises(AccountError, match="今天尝试的次数太多"):
            accounts.log_in(db, "locked@example.com", PASSWORD, client="10.1.0.1", now=NOON)
        person = find_person(db, "locked@example.com")
        assert person is not None
        accounts.unlock(db, person, who="tests", now=NOON)
        accounts.log_in(db, "locked@example.com", PASSWORD, client="10.1.0.1", now=NOON)


@pytest.mark.slow
def test_ten_thousand_tries_are_counted_and_stopped(desk: RunningDesk) -> None:
    """Those beyond the limit cost no hash, and hold nobody else up."""
    accounts, stopped = desk.server.desk.accounts, 0
    began = time.monotonic()
    with desk.context.store() as db:
        for number in range(10_000):
            try:
                accounts.log_in(db, f"n{number}@example.com", "wrong", client="10.2.0.1", now=NOON)
            except AccountError as error:
                stopped += "从这个地址尝试的次数太多" in str(error)
    assert stopped == 10_000 - CLIENT_TRIES
    assert time.monotonic() - began < 60
    visitor = desk.visitor()
    for _ in range(CLIENT_TRIES):
        visitor.post("/login", {"address": "x@example.com", "password": "wrong"})
    refused = visitor.post("/login", {"address": "x@example.com", "password": "wrong"})
    assert refused.status == 429


def test_somebody_unknown_takes_as_long_and_is_told_the_same(desk: RunningDesk) -> None:
    came(desk, "known@example.com")
    accounts, took = desk.server.desk.accounts, {"known@example.com": [], "none@example.com": []}
    said = set()
    with desk.context.store() as db:
        for number in range(8):
            for address, times in took.items():
                began = time.perf_counter()
                with pytest.raises(AccountError) as refused:
                    accounts.log_in(db, address, "wrong", client=f"10.3.{number}.1", now=NOON)
                times.append(time.perf_counter() - began)
                said.add(str(refused.value))
    known, unknown = (statistics.median(times) for times in took.values())
    assert len(said) == 1
    assert abs(known - unknown) < 0.5 * max(known, unknown)


def test_what_is_verified_for_nobody_is_as_dear_as_what_is_kept() -> None:
    """The same parameters: a cheaper one would answer sooner."""
    kept = Passwords(b"key").hash(PASSWORD)
    assert kept.split("$")[1:4] == NOBODY.split("$")[1:4]
    assert [len(part) for part in kept.split("$")] == [len(part) for part in NOBODY.split("$")]
    assert not Passwords(b"key").fits("", PASSWORD)


def test_a_wrong_password_over_the_wire_tells_nothing_of_who_is_known(desk: RunningDesk) -> None:
    came(desk, "wire@example.com")
    took: dict[str, list[float]] = {"wire@example.com": [], "none@example.com": []}
    said = set()
    for _ in range(6):
        for address, times in took.items():
            visitor = desk.visitor()
            began = time.perf_counter()
            answer = visitor.post("/login", {"address": address, "password": "wrong"})
            times.append(time.perf_counter() - began)
            said.add((answer.status, re.sub(r'value="[^"]*"', "", answer.text)))
    assert len(said) == 1
    known, unknown = (min(times) for times in took.values())
    assert abs(known - unknown) < 0.5 * max(known, unknown)


def test_a_link_begins_a_session_that_nobody_planted(desk: RunningDesk) -> None:
    _, token = desk.invited("planted@example.com", "operator")
    victim = desk.visitor()
    victim.cookies |= {"zhengxun_desk": "planted" * 6, "zhengxun_form": "planted" * 6}
    planted = dict(victim.cookies)
    form = {"password": PASSWORD, "again": PASSWORD}
    assert victim.post(f"/welcome/{token}", form, page=f"/welcome/{token}").status == 303
    assert "planted" not in victim.cookies["zhengxun_desk"]
    assert Visitor(desk.origin, planted).get("/people").to == "/login"


def test_ten_links_a_mailbox_and_hour_and_nobody_is_told_who_is_known(desk: RunningDesk) -> None:
    came(desk, "forgets@example.com")
    _, first = desk.invited("forgets@example.com")
    accounts, made = desk.server.desk.accounts, []
    with desk.context.store() as db:
        for number in range(LINKS + 1):
            client = f"10.4.{number}.1"
            found = accounts.new_link(db, "forgets@example.com", client=client, now=NOON)
            made.append(found is not None)
        for _ in range(CLIENT_TRIES):
            assert accounts.new_link(db, "none@example.com", client="10.5.0.1", now=NOON) is None
        with pytest.raises(AccountError):
            accounts.new_link(db, "none@example.com", client="10.5.0.1", now=NOON)
    assert made == [True] * LINKS + [False]
    visitor = desk.visitor()
    # What a stranger asks for takes nothing from who holds a link already.
    assert visitor.get(f"/welcome/{first}").status == 200
    answers = {
        visitor.post("/forgot", {"address": address}, page="/forgot").text.split("form_token")[0]
        for address in ("forgets@example.com", "nobody@example.com")
    }
    assert len(answers) == 1


def test_a_forgotten_password_is_mailed_a_link(tmp_path: Path) -> None:
    with Sink(tmp_path / "outbox") as sink:
        smtp = SmtpConfig(
            host="127.0.0.1", port=sink.port, security="none", sender="政讯 <news@example.com>"
        )
        context = context_at(tmp_path / "data", smtp=smtp)
        with running(context) as desk:
            desk.person("editor", "li@example.com")
            visitor = desk.visitor()
            visitor.post("/forgot", {"address": "LI@example.com"}, page="/forgot")
            visitor.post("/forgot", {"address": "nobody@example.com"}, page="/forgot")
            for thread in threading.enumerate():
                if thread.name.startswith("link"):
                    thread.join(20)
            (mail,) = sink.received
            assert mail.recipients == ("li@example.com",)
            link = re.search(r"/welcome/[\w-]{43}", mail.message().get_content())
            assert link
            assert desk.visitor().get(link[0]).status == 200
            shown = desk.person("editor", "wang@example.com")
            told = shown.follow(shown.post("/preview/send", {}, page="/preview"))
            assert "试发邮件已寄给 wang@example.com" in told.text
            preview = sink.received[-1]
            assert preview.recipients == ("wang@example.com",)
            assert preview.message()["Subject"].startswith("[试发] 政讯周报 2021-W05")


def test_the_last_operator_cannot_be_ended(desk: RunningDesk) -> None:
    with desk.context.store() as db:
        for row in select(db, "SELECT address FROM people WHERE role = 'operator'")[1:]:
            end_person(db, row["address"], NOON)
        (row,) = select(
            db, "SELECT address FROM people WHERE role = 'operator' AND ended_at IS NULL"
        )
        with pytest.raises(StorageError, match="is the last operator"):
            end_person(db, row["address"], NOON)
