"""A visitor of the replica: plain HTTP requests that name the real address."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPMessage
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; redirects are not followed."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (one.partition(";")[0] for one in self.headers.get_all("Set-Cookie", []))
        return dict(pair.split("=", 1) for pair in pairs)


class Visitor:
    """Asks one replica for real addresses, by the Host header."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, url: str, **options: Any) -> Reply:
        return self.ask("GET", url, **options)

    def post(self, url: str, form: Mapping[str, object], **options: Any) -> Reply:
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        headers.update(options.pop("headers", {}))
        return self.ask("POST", url, body=urlencode(form).encode(), headers=headers, **options)

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        body: bytes | None = None,
        as_proxy: bool = False,
        agent: str = CHROME,
    ) -> Reply:
        parts = urlsplit(quote(url, safe=":/?&=%#,{}\"'[]"))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {"Host": parts.netloc, "User-Agent": agent, **(headers or {})}
        if not as_proxy:
            sent.setdefault("X-Forwarded-Proto", parts.scheme)
        else:
            target, sent["Host"] = url, f"127.0.0.1:{self.port}"
        if cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, target.replace('"', "%22"), body=body, headers=sent)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
