"""The desk behind a reverse proxy: its name, its cookies, and a proxy that logs people in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from config_delivery import DeskConfig
from tests.desk.running import RunningDesk, context_at, running

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
