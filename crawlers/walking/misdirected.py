"""Whether an answer came from another place than was asked: the front page, another column."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

_INDEX = re.compile(r"/(?:index|default)(?:\.\w{2,5})?$", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:s?html?|jspx?|aspx?|php|do)$", re.IGNORECASE)
_SESSION = re.compile(r";[^/]*$")


def leads_elsewhere(asked: str, answered: str) -> bool:
    """Whether `answered` is no longer the folder or page that was `asked` for.

    A change of scheme, www., trailing slash, ending, index page or session is none, nor is a place
    inside the folder that was asked for, unless that is the whole site. What the query asked for
    must still be asked.
    """
    host, path = _place(asked)
    answered_host, answered_path = _place(answered)
    if host != answered_host:
        return True
    if path == answered_path:
        still = dict(parse_qsl(urlsplit(answered).query))
        wanted = dict(parse_qsl(urlsplit(asked).query))
        return any(still.get(name) != value for name, value in wanted.items())
    return not (path and answered_path.startswith(path + "/"))


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = _SESSION.sub("", unquote(parts.path)).rstrip("/")
    return host, _ENDING.sub("", _INDEX.sub("", path)).casefold()
