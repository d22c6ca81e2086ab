"""The address to keep for a page, and the key that identifies it inside its site for ever."""

from __future__ import annotations

import re
from urllib.parse import (
    parse_qs,
    parse_qsl,
    unquote,
    urlencode,
    urljoin,
    urlsplit,
    urlunsplit,
)

from parsel import Selector

# MmEwMD is made per request by the 瑞数 script; xxgkhide and type are views of the same page.
_NOISE = re.compile(
    r"^(?:utm_\w+|spm|from|isappinstalled|share_\w+|scene|MmEwMD|xxgkhide|timestamp|_)$"
)
_STATIC = re.compile(r"\.s?html?$")
_WECHAT = "mp.weixin.qq.com"
_HEX = re.compile(r"(?<![0-9a-f])([0-9a-f]{32})(?![0-9a-f])")
_EASYSITE = re.compile(r"/(\d{5,9})/(?:index\.s?html?)?$")
_HANWEB = re.compile(r"art_(\d+_\d+)\.html")
_TRS = re.compile(r"/t\d{8}_\d+\.s?html?$")


def absolute(base_url: str, address: str) -> str:
    """The whole address of a link, or empty for one that is no address of the web.

    Pages hold broken ones (`http://[内网]/`, a port of letters); one must not cost the others.
    """
    try:
        url = urljoin(base_url, re.sub(r"[\r\n\t]", "", address).strip().replace(" ", "%20"))
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return url if usable else ""


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
    """The address without fragment and tracking; WeChat: only what names the article."""
    if is_wechat(url):
        return _wechat_url(url)
    parts = urlsplit(url)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _NOISE.match(name) and not (name == "type" and _STATIC.search(parts.path))
    ]
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return urlunsplit((parts.scheme, host, parts.path, urlencode(query), ""))


def notice_key(url: str, platform: str) -> str:
    """The page's key on a site of `platform`; the whole canonical address where none is known."""
    url = canonical_url(url)
    if is_wechat(url):
        return wechat_key(url)
    parts = urlsplit(url)
    if platform in {"cde", "jpaas"}:
        found = _HEX.findall(f"{parts.path}?{parts.query}")
        if found:
            return str(found[-1])
    patterns = {"easysite": (_EASYSITE, _HANWEB), "hanweb": (_HANWEB,)}
    for pattern in patterns.get(platform, ()):
        match = pattern.search(parts.path)
        if match:
            name = match.group(1)
            return f"art_{name}" if pattern is _HANWEB else name
    if platform == "trs" and _TRS.search(parts.path):
        return parts.path
    return url


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
