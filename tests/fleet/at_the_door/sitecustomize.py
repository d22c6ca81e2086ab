"""On the path of processes whose requests are to be noted: when each leaves, for which host, from
which process, a line in the file that ZX_DEPARTURES names. By the clock of who sends: a busy
machine's server hears of a request long after."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

_OUT = os.environ.get("ZX_DEPARTURES", "")

if _OUT and {"scrapy", "crawlers.visits"} & set(sys.orig_argv):
    from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

    send: Any = HTTP11DownloadHandler.download_request

    async def noted(self: Any, request: Any) -> Any:
        host = (request.headers.get("Host") or b"?").decode()
        with Path(_OUT).open("a", encoding="ascii") as out:
            out.write(f"{time.monotonic()} {host} {os.getpid()}\n")
        return await send(self, request)

    HTTP11DownloadHandler.download_request = noted
