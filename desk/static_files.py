"""The files a page of the desk brings with it, and the one script among them.

htmx (https://htmx.org, Zero-Clause BSD, `static/htmx.LICENSE.txt`) is vendored as published. No
page needs it; with it an act leaves the page where it is. It may evaluate nothing, and keeps no
page in the browser.
"""

from __future__ import annotations

import json
from pathlib import Path

STATIC = Path(__file__).parent / "static"
HTMX = "htmx-2.0.11.min.js"
HTMX_HASH = "sha384-2OatzQy1H+Zd/IIrjr1TcuDGqLXeHhbooAyJY1KdQMKnr4LZ22k31GBLdYKHmVjg"
"""Browsers run the file only if it is this one."""
HTMX_CONFIG = json.dumps(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        # A refusal is a page as any other, and says what to do.
        "responseHandling": [{"code": "204", "swap": False}, {"code": "...", "swap": True}],
    }
)
