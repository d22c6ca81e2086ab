"""Answers only requests made to this machine by one of its own names.

A page on the web can point a name of its own at 127.0.0.1 and then read what is served there
(DNS rebinding); its requests still carry that name in `Host`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from datasette import hookimpl
from datasette.utils.asgi import Response

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
_OWN_NAMES = {"127.0.0.1", "localhost", "::1"}


def is_own_name(host: str) -> bool:
    """Whether a Host header, with or without a port, names this machine."""
    try:
        return urlsplit(f"//{host}").hostname in _OWN_NAMES
    except ValueError:
        return False


@hookimpl  # type: ignore[untyped-decorator] # datasette ships no types
def asgi_wrapper() -> Callable[[Application], Application]:
    """Refuse other names before anything is looked up."""

    def wrap(application: Application) -> Application:
        async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] == "http" and not is_own_name(_host(scope)):
                refusal = Response.text("只接受对 127.0.0.1 或 localhost 的访问。", status=403)
                await refusal.asgi_send(send)
                return
            await application(scope, receive, send)

        return guarded

    return wrap


def _host(scope: dict[str, Any]) -> str:
    return next(
        (value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), ""
    )
