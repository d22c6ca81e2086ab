"""No script runs on any page, whatever a notice is titled; nothing is loaded from elsewhere.

All pages work without scripts. The page of a notice has a policy of its own, for its pictures.
"""

from __future__ import annotations

from typing import Any

from datasette import hookimpl

from storage.datasette.plugins.local_only import Application

_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    b"content-security-policy": _POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
}


@hookimpl  # type: ignore[untyped-decorator] # datasette ships no types
def asgi_wrapper() -> Any:
    """Adds the headers to every answer that does not bring its own."""

    def wrap(application: Application) -> Application:
        async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
            async def send_with_policy(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    message = message | {"headers": _completed(message.get("headers", []))}
                await send(message)

            await application(scope, receive, send_with_policy)

        return guarded

    return wrap


def _completed(headers: list[Any]) -> list[Any]:
    names = {bytes(name).lower() for name, _ in headers}
    return [*headers, *([name, value] for name, value in _HEADERS.items() if name not in names)]
