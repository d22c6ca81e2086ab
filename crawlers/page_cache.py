"""Pages kept for conditional requests, whole or not at all.

Scrapy writes a kept page as several files, one after the other. A crawl killed between them leaves
an empty body under valid headers; the site then answers "not changed" to every later request, and
the notice would read as blank for ever. A seal, written last, says which body is the right one.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from pathlib import Path
from typing import IO

from scrapy import Request, Spider
from scrapy.extensions.httpcache import FilesystemCacheStorage
from scrapy.http import Response
from scrapy.settings import BaseSettings

SEAL = "sealed"
# Scrapy writes them with every page, and nobody reads them: three of seven files.
NEVER_READ = frozenset({"meta", "request_headers", "request_body"})
NOT_WHOLE = (OSError, EOFError, ValueError, pickle.UnpicklingError)


class SealedCacheStorage(FilesystemCacheStorage):
    """HTTPCACHE_STORAGE: Scrapy's, without pages that were not written to their end."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        opened = self._open

        def needed(path: str | os.PathLike[str], mode: str) -> IO[bytes]:
            return io.BytesIO() if Path(path).name in NEVER_READ else opened(path, mode)

        self._open = needed

    def retrieve_response(self, spider: Spider, request: Request) -> Response | None:
        """The kept page; None when there is none, or only a part of one."""
        try:
            seal = self._seal(spider, request).read_text(encoding="ascii")
            response = super().retrieve_response(spider, request)
        except NOT_WHOLE:
            return None
        return response if response is not None and seal == _digest(response) else None

    def store_response(self, spider: Spider, request: Request, response: Response) -> None:
        """Keep a page; sealed once all of it is written."""
        seal = self._seal(spider, request)
        seal.unlink(missing_ok=True)
        super().store_response(spider, request, response)
        seal.write_text(_digest(response), encoding="ascii")

    def _seal(self, spider: Spider, request: Request) -> Path:
        return Path(self._get_request_path(spider, request)) / SEAL


def _digest(response: Response) -> str:
    return hashlib.sha256(response.body).hexdigest()
