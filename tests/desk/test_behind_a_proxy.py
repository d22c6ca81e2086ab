"""The desk behind a reverse proxy: its name, its cookies, and a proxy that logs people in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from config_delivery import DeskConfig
from desk.accounts import CLIENT_TRIES, HOUR
from storage.desk.tries import count_try
from tests.desk.running import NOON, RunningDesk, context_at, running

OUTSIDE = "https://desk.example.com"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    settings = {
        "url": OUTSIDE,
        "forwarded": True,
        "user_header": "X-Remote-User",
        "user_networks": ["127.0.0.1/32"],
    }
    with running(context_at(tmp_path_factory.mktemp("proxied"), desk=settings)) as started:
        yield started


def listening(desk: RunningDesk) -> str:
    return f"http://{desk.context.config.desk.listen}"


def test_a_cookie_under_https_is_the_hosts_own(desk: RunningDesk) -> None:
    visitor = desk.visitor()
    visitor.origin = listening(desk)
    answer = visitor.ask("GET", "/login", headers={"Host": "desk.example.com"})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-zhengxun_form=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_the_proxy_says_who_it_is_and_nobody_else_does(desk: RunningDesk) -> None:
    desk.invited("boss@example.com", "operator")
    desk.invited("reader@example.com", "reader")
    visitor = desk.visitor()
    visitor.origin = listening(desk)
    named = {"Host": "desk.example.com", "X-Remote-User": "Boss@example.com"}
    assert visitor.ask("GET", "/people", headers=named).status == 200
    # The same browser, somebody else: the proxy's word counts, not the cookie.
    named["X-Remote-User"] = "reader@example.com"
    assert visitor.ask("GET", "/people", headers=named).status == 403
    unknown = desk.visitor()
    unknown.origin = listening(desk)
    named["X-Remote-User"] = "nobody@example.com"
    assert unknown.ask("GET", "/people", headers=named).to == "/login"
    desk.server.desk.context.config.desk.__dict__["user_networks"] = ("10.9.0.0/16",)
    named["X-Remote-User"] = "boss@example.com"
    assert unknown.ask("GET", "/people", headers=named).to == "/login"


def tried(desk: RunningDesk, forwarded: str) -> int:
    """One wrong password, from where the proxy says; the status."""
    visitor = desk.visitor()
    visitor.origin = listening(desk)
    named = {"Host": "desk.example.com", "X-Forwarded-For": forwarded}
    cookie = visitor.ask("GET", "/login", headers=named)
    token = cookie.text.partition('name="form_token" value="')[2].partition('"')[0]
    own = {"Origin": OUTSIDE, "Content-Type": "application/x-www-form-urlencoded"}
    body = f"form_token={token}&address=nobody{len(forwarded)}@example.com&password=wrong"
    return visitor.ask("POST", "/login", body.encode(), named | own).status


def test_who_invents_addresses_is_counted_by_the_proxys_word(desk: RunningDesk) -> None:
    """The proxy appends the client; what stands before is the client's own invention."""
    facts = {"most": CLIENT_TRIES, "within": HOUR, "now": NOON}
    with desk.context.store() as db:
        for _ in range(CLIENT_TRIES - 1):
            assert count_try(db, "client", "203.0.113.9", **facts)  # type: ignore[arg-type] # facts
    assert tried(desk, "10.0.0.1, 203.0.113.9") == 401
    assert tried(desk, "10.0.0.2, 203.0.113.9") == 429
    assert tried(desk, "203.0.113.9, 203.0.113.10") == 401


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"listen": "0.0.0.0:8010"}, "needs url"),
        ({"listen": "127.0.0.1:8010", "url": "http://desk.example.com"}, "https"),
        ({"listen": "127.0.0.1:8010", "url": "https://a.example/desk"}, "without a path"),
        ({"listen": "8010"}, "pattern"),
        ({"user_header": "X-User"}, "go together"),
        ({"user_header": "X-User", "user_networks": ["0.0.0.0/0"]}, "everybody"),
        ({"user_header": "X-User", "user_networks": ["proxy"]}, "network"),
    ],
)
def test_what_would_be_open_is_refused(values: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        DeskConfig.model_validate(values)
