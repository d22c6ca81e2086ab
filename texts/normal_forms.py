"""Normal forms two pages are compared by: the address without its scheme, the bare title."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit, urlunsplit

from texts.folding import nfkc

_DEFAULT_PORTS = (":80", ":443")
# Appended by WeChat to every shared link; other fragments may be the page itself (#/detail/12).
_EMPTY_FRAGMENTS = ("", "rd", "wechat_redirect")

_SESSION = re.compile(r";jsessionid=[^?#;]*", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"(?:expires?|signature|sign|token|access_?token|auth_?key|ossaccesskeyid|security-token|"
    r"timestamp|ts|nonce|rnd|random|_t?|(?:x-oss|x-amz|x-cos|q)-.*)$",
    re.IGNORECASE,
)


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


def file_keys(urls: Sequence[str]) -> list[str]:
    """What tells the files of one notice apart, in the order of `urls`.

    As `url_key`, without signatures, expiry and session ids that a server prints anew for every
    visitor; with them where two files would become one.
    """
    plain = [_file_key(_without_signature, url) for url in urls]
    return [
        key if plain.count(key) == 1 else _file_key(str, url)
        for key, url in zip(plain, urls, strict=True)
    ]


def _file_key(reduced: Callable[[str], str], url: str) -> str:
    """An address that is none (http://[) stands for itself: a bad link costs no notice."""
    try:
        return url_key(reduced(url))
    except ValueError:
        return url


def _without_signature(url: str) -> str:
    parts = urlsplit(_SESSION.sub("", url.strip()))
    kept = [part for part in parts.query.split("&") if not _SIGNATURE.match(part.partition("=")[0])]
    return urlunsplit(parts._replace(query="&".join(kept)))


def title_key(title: str) -> str:
    """The title in NFKC and lower case, letters and digits only: what reposts leave unchanged."""
    normal = nfkc(title).casefold()
    return "".join(char for char in normal if char.isalnum())


def compact(text: str) -> str:
    """The text in NFKC without any white space; layout is not a change."""
    return "".join(nfkc(text).split())


_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")


# Counters change at every visit; they are never a revision.
_GAP = r"[^\S\n]*+"


_COUNT = rf"[\[(（【]?{_GAP}\d[\d,.]*+{_GAP}[万千kw]?\+?{_GAP}[\])）】]?{_GAP}次?"


# One of them stands in every counter.
_COUNTED = ("浏览", "阅读", "点击", "访问", "下载", "已阅", "点赞", "在看")
_COUNTER = re.compile(
    rf"(?:浏览|阅读|点击|访问|下载)(?:次数|量|数|人次|率)\s*+[:：]?\s*+{_COUNT}"
    rf"|(?:浏览|阅读|点击|访问|已阅|点赞|在看)\s*+[:：]\s*+{_COUNT}"
    # Without a word for counting, 访问 3 家企业 is no counter; a line that ends there is one.
    rf"|(?:浏览|阅读|点击|访问|已阅|点赞|在看)\s*+{_COUNT}(?=\s*$)",
    re.MULTILINE | re.IGNORECASE,
)


def normal_text(text: str) -> str:
    """Text without white space and visit counters, widths folded: what a revision is judged on."""
    folded = nfkc(text)
    if any(word in folded for word in _COUNTED):
        folded = _COUNTER.sub("", folded)
    return _SPACE.sub("", folded)


def content_hash(title: str, text: str, attachment_names: Iterable[str] = ()) -> str:
    """SHA-256 (hex) of the normal form of title, text and the names of attachments."""
    digest = hashlib.sha256()
    for part in (title, text, *sorted(attachment_names)):
        digest.update(normal_text(part).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()
