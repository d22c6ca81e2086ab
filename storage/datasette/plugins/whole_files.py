"""A file of a query holds all rows, or says that it does not.

A page shows 2,000 rows and says so; the files beside it stopped there, too, without a word.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from datasette import hookimpl
from datasette.utils.asgi import Response

from storage.datasette.plugins.local_only import Application
from storage.datasette.store_database import ASKED_FILE, FileAnswer

_FILES = (".csv", ".json", ".xlsx")
# These shapes of JSON are the rows alone: there is no place to say anything. The others have
# `truncated`.
_BARE = {"array", "arrayfirst", "object"}


@hookimpl  # type: ignore[untyped-decorator] # datasette ships no types
def asgi_wrapper() -> Any:
    """Lets a request for a file have more rows than a page."""

    def wrap(application: Application) -> Application:
        async def answering(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] != "http" or not scope["path"].endswith(_FILES):
                await application(scope, receive, send)
                return
            token = ASKED_FILE.set(FileAnswer())
            try:
                await application(_streamed(scope), receive, _Whole(scope, send))
            finally:
                ASKED_FILE.reset(token)

        return answering

    return wrap


def _streamed(scope: dict[str, Any]) -> dict[str, Any]:
    """A table as CSV comes page by page to the end, unless one page was asked for."""
    query = scope.get("query_string", b"")
    asked = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    is_one_page = "_next" in asked or asked.get("_size", ["max"]) != ["max"]
    if not scope["path"].endswith(".csv") or is_one_page or "_stream" in asked:
        return scope
    return scope | {"query_string": query + (b"&" if query else b"") + b"_stream=on"}


class _Whole:
    """Passes an answer on; rows alone that are not all are an error."""

    def __init__(self, scope: dict[str, Any], send: Any) -> None:
        shape = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("_shape", [""])[-1]
        self._is_bare = scope["path"].endswith(".json") and shape in _BARE
        self._send = send
        self._is_refused = False

    async def __call__(self, message: dict[str, Any]) -> None:
        asked = ASKED_FILE.get()
        if self._is_refused:
            return
        if self._is_bare and asked and asked.is_cut and message["type"] == "http.response.start":
            self._is_refused = True
            said = {"ok": False, "error": f"{asked.words}。请分段查询，或去掉 _shape"}
            await Response.json(said, status=400).asgi_send(self._send)
            return
        await self._send(message)
