"""Normal forms two pages are compared by: the address without its scheme, the bare title."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from storage.folding import nfkc

_DEFAULT_PORTS = (":80", ":443")
# Appended by WeChat to every shared link; other fragments may be the page itself (#/detail/12).
_EMPTY_FRAGMENTS = ("", "rd", "wechat_redirect")


def url_key(url: str) -> str:
    """The address without scheme, default port and empty fragment; the host in lower case.

    The same page is linked with http:// on one list and https:// on another.
    """
    parts = urlsplit(url.strip())
    host = parts.netloc.lower()
    for port in _DEFAULT_PORTS:
        host = host.removesuffix(port)
    fragment = "" if parts.fragment in _EMPTY_FRAGMENTS else parts.fragment
    return urlunsplit(("", host, parts.path or "/", parts.query, fragment)).removeprefix("//")


def title_key(title: str) -> str:
    """The title in NFKC and lower case, letters and digits only: what reposts leave unchanged."""
    normal = nfkc(title).casefold()
    return "".join(char for char in normal if char.isalnum())


def compact(text: str) -> str:
    """The text in NFKC without any white space; layout is not a change."""
    return "".join(nfkc(text).split())
