"""CSV as Excel wants it: with a BOM, so that Chinese shows right, and without formulas."""

from __future__ import annotations

import csv
import re
import sys
from io import StringIO
from typing import Any

from datasette import hookimpl

from storage.datasette.plugins.local_only import Application
from storage.datasette.store_database import ASKED_FILE
from storage.export.workbook import harmless

_BOM = b"\xef\xbb\xbf"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
csv.field_size_limit(sys.maxsize)  # a body is longer than the 128 KiB that csv allows by itself


@hookimpl  # type: ignore[untyped-decorator] # datasette ships no types
def asgi_wrapper() -> Any:
    """Rewrites the rows of a .csv answer as they are streamed."""

    def wrap(application: Application) -> Application:
        async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
            is_csv = scope["type"] == "http" and scope["path"].endswith(".csv")
            await application(scope, receive, _Rows(send) if is_csv else send)

        return guarded

    return wrap


class _Rows:
    """Passes an answer on; if it is CSV, every chunk of it is one or more whole rows."""

    def __init__(self, send: Any) -> None:
        self._send = send
        self._is_csv = False
        self._begun = False

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._is_csv = message["status"] == 200 and _is_plain(message["headers"])
        elif self._is_csv:
            body = _harmless_rows(message.get("body", b"").decode("utf-8"))
            asked = ASKED_FILE.get()
            if asked and asked.is_cut and not message.get("more_body"):
                body += _harmless_rows(asked.words)
            if body:
                said = body.encode("utf-8")
                message = message | {"body": said if self._begun else _BOM + said}
                self._begun = True
        await self._send(message)


def _cell(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else harmless(text)


def _is_plain(headers: list[Any]) -> bool:
    kinds = [bytes(value) for name, value in headers if bytes(name).lower() == b"content-type"]
    return any(kind.startswith((b"text/plain", b"text/csv")) for kind in kinds)


def _harmless_rows(text: str) -> str:
    out = StringIO()
    writer = csv.writer(out)
    for row in csv.reader(StringIO(text, newline="")):
        writer.writerow([_cell(cell) for cell in row])
    return out.getvalue()
