"""What a site is asked and what it answers: one HTTP exchange, free of any server library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

NGINX_ERROR = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
REASONS = {
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Not Allowed",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as a site sees it; `scheme` is the one the visitor used (https if unknown)."""

    method: str
    scheme: str
    host: str
    path: str
    query: Mapping[str, str]
    query_string: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """Path and query as they stand in the request line."""
        return f"{self.path}?{self.query_string}" if self.query_string else self.path

    @property
    def referer(self) -> str:
        """The Referer header, or nothing."""
        return self.headers.get("Referer", "")

    @property
    def user_agent(self) -> str:
        """The User-Agent header, or nothing."""
        return self.headers.get("User-Agent", "")


@dataclass(slots=True)
class Answer:
    """What goes back. `modified` marks a static page: it then carries validators (ETag,
    Last-Modified). `hang_up` closes the connection without a word; `delay` is in seconds.
    `cut_at`: after so many bytes of the body the connection ends."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html"
    headers: list[tuple[str, str]] = field(default_factory=list)
    modified: datetime | None = None
    hang_up: bool = False
    delay: float = 0.0
    cut_at: int | None = None


class Site(Protocol):
    """One publisher: the hosts it answers for and how."""

    hosts: frozenset[str]

    def answer(self, ask: Ask) -> Answer:
        """Answer one request as the real site does."""
        ...


def json_answer(value: Any, *, status: int = 200) -> Answer:
    """A JSON answer in the compact form of the sites' own back ends."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status=status, body=body, content_type="application/json;charset=UTF-8")


def error_answer(status: int) -> Answer:
    """The bare error page of the web server in front."""
    return Answer(status=status, body=NGINX_ERROR.format(REASONS[status]).encode())


def redirect(location: str, *, status: int = 302) -> Answer:
    """A redirect; the sites send absolute locations."""
    return Answer(status=status, headers=[("Location", location)])
