"""The address to keep for a page, and the key that identifies it inside its site for ever."""

from __future__ import annotations

import re
from urllib.parse import (
    parse_qs,
    parse_qsl,
    quote,
    unquote,
    urlencode,
    urlsplit,
    urlunsplit,
)

from ada_url import join_url
from parsel import Selector

from crawlers.reading.platform import Platform

# MmEwMD is made per request by the 瑞数 script; xxgkhide and type are views of the same page.
_NOISE = re.compile(
    r"^(?:utm_\w+|spm|from|isappinstalled|share_\w+|scene|MmEwMD|xxgkhide|timestamp|_)$"
)
# Names that servers themselves give a visitor's session; any other name needs evidence.
_SESSION = re.compile(
    r"^(?:jsessionid|phpsessid|aspsessionid\w*|asp\.net_sessionid)$", re.IGNORECASE
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_ROUTE = re.compile(r"^[!/].*[^!/#]")
_STATIC = re.compile(r"\.s?html?$")
_WECHAT = "mp.weixin.qq.com"
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_AUTHORITY = re.compile(r"(?:[a-z]+:)?[/\\]{2,}[^/\\?#]*", re.IGNORECASE)
_MARK = "zx-word-"
_INDEX = re.compile(r"/index\.s?html?$", re.IGNORECASE)
_C0_AND_SPACE = "".join(map(chr, range(0x21)))
_UTF = {"", "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "utf-32"}
_LONGEST = 8_192  # characters of a link; a longer one is no publisher's address


def absolute(base_url: str, address: str, encoding: str = "utf-8") -> str:
    """The whole address of a link as a browser would ask for it, or empty for one that is no
    address of the web. `encoding` is the page's: a raw query is sent in it.

    Pages hold broken ones (`http://[内网]/`, a port of letters); one must not cost the others.
    Chinese in a path, or in the query of a UTF-8 page, stays readable: Scrapy sends it encoded.
    """
    address = address.strip(_C0_AND_SPACE)
    if len(address) > _LONGEST:
        return ""
    plain, words = _set_aside(_query_in(encoding, address))
    try:
        url = join_url(base_url, plain)
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return _put_back(url, words) if usable else ""


def _set_aside(address: str) -> tuple[str, list[str]]:
    """The address with its words beyond ASCII replaced by marks, the host's left in place."""
    if address.isascii():
        return address, []
    host = _AUTHORITY.match(address)
    start = host.end() if host else 0
    words: list[str] = []

    def mark(match: re.Match[str]) -> str:
        words.append(match[0])
        return f"{_MARK}{len(words) - 1}."

    return address[:start] + _BEYOND_ASCII.sub(mark, address[start:]), words


def _put_back(url: str, words: list[str]) -> str:
    for number, word in enumerate(words):
        url = url.replace(f"{_MARK}{number}.", word, 1)
    return url


def _query_in(encoding: str, address: str) -> str:
    """The address with the raw part of its query in the page's encoding; what that cannot hold
    becomes a character reference, as the URL standard wants it."""
    before, mark, rest = address.partition("?")
    if not mark or rest.isascii() or "#" in before or encoding.lower() in _UTF:
        return address
    query, hash_mark, fragment = rest.partition("#")
    try:
        query = _BEYOND_ASCII.sub(
            lambda raw: quote(raw[0].encode(_superset(encoding), "xmlcharrefreplace"), safe=""),
            query,
        )
    except LookupError:  # a charset nobody knows
        return address
    return f"{before}?{query}{hash_mark}{fragment}"


def _superset(encoding: str) -> str:
    return "gb18030" if encoding.lower() in {"gb2312", "gbk", "cp936"} else encoding


def base_address(page: Selector, url: str) -> str:
    """What the relative links of a page start from: its first `<base href>`, itself relative to
    the page's own address, else that address."""
    for base in page.root.iter("base"):
        if "href" in base.attrib:
            return absolute(url, base.get("href", "")) or url
    return url


def is_wechat(url: str) -> bool:
    """Whether the address is an article of the WeChat platform."""
    return (urlsplit(url).hostname or "") == _WECHAT


def canonical_url(url: str) -> str:
    """The address without tracking, session and empty fragment; WeChat: only what names the
    article. What stays is left as it was printed: a server may read the raw query."""
    if is_wechat(url):
        return _wechat_url(url)
    parts = urlsplit(url)
    path = _SESSION_IN_PATH.sub("", parts.path)
    kept = [part for part in parts.query.split("&") if not _is_noise(part, path)]
    return urlunsplit((parts.scheme, _host(url), path, "&".join(kept), route_of(url)))


def route_of(url: str) -> str:
    """The fragment where it is a page of its own (`#/detail?id=3`, `#!/news/3`), else empty."""
    fragment = urlsplit(url).fragment
    return fragment if _ROUTE.match(fragment) else ""


def notice_key(url: str, platform: Platform) -> str:
    """The page's key on a site of `platform`; the whole canonical address where its rule gives
    none."""
    url = canonical_url(url)
    if is_wechat(url):
        return wechat_key(url)
    parts = urlsplit(url)
    return platform.key(parts) or urlunsplit(parts._replace(query=_query_key(parts.query)))


def page_identity(url: str, sessions: frozenset[str] = frozenset()) -> str:
    """What two addresses of one page have in common: without scheme, default page and end slash,
    parameters in order of name, those named in `sessions` left out. To compare, never to keep.
    """
    parts = urlsplit(canonical_url(url))
    path = re.sub("/{2,}", "/", parts.path)
    if not parts.query:  # with one, index.html may be a program that shows many pages
        path = _INDEX.sub("/", path).rstrip("/")
    query = sorted(
        part for part in parts.query.split("&") if part and part.partition("=")[0] not in sessions
    )
    host = parts.netloc.removesuffix(":80").removesuffix(":443")
    return f"{host}{path}?{'&'.join(query)}#{parts.fragment}"


def _is_noise(part: str, path: str) -> bool:
    name = part.partition("=")[0]
    if not part or _SESSION.match(name):
        return True
    return bool(_NOISE.match(name)) or (name == "type" and _STATIC.search(path) is not None)


def _query_key(query: str) -> str:
    """The query in the form keys have had from the first: every value encoded anew. One that is
    no UTF-8 would lose by that what tells it from others: it stays as printed."""
    kept = []
    for part in query.split("&"):
        pairs = parse_qsl(part, keep_blank_values=True)
        is_lossy = (
            "\ufffd" in "".join("".join(pair) for pair in pairs) and "%ef%bf%bd" not in part.lower()
        )
        kept.append(part if is_lossy else urlencode(pairs))
    return "&".join(part for part in kept if part)


def _host(url: str) -> str:
    parts = urlsplit(url)
    return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")


def wechat_key(url: str) -> str:
    """biz:mid:idx of a long address; `s/<token>` of a short one until its page has been read."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if "__biz" in query and "mid" in query:
        return f"{query['__biz']}:{query['mid']}:{query.get('idx', '1')}"
    return parts.path.strip("/") or url


def _wechat_url(url: str) -> str:
    """Long: __biz, mid, idx, sn (appmsgid, itemidx, sign in old links); short: the token alone."""
    url = url.replace("&amp;", "&").replace("\\x26amp;", "&").replace("\\x26", "&")
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if parts.path.startswith("/mp/wappoc") and query.get("target_url"):
        return _wechat_url(unquote(query["target_url"]))
    if re.match(r"/s/[^/]+$", parts.path):
        return f"https://{_WECHAT}{parts.path}"
    old = {"mid": "appmsgid", "idx": "itemidx", "sn": "sign"}
    kept = [
        (name, query.get(name) or query.get(old.get(name, ""), ""))
        for name in ("__biz", "mid", "idx", "sn")
    ]
    words = "&".join(f"{name}={value}" for name, value in kept if value)
    return f"https://{_WECHAT}{parts.path or '/s'}" + (f"?{words}" if words else "")
