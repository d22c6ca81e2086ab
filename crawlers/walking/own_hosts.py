"""Which hosts are a publisher's own: notices there are read, those elsewhere are links."""

from __future__ import annotations

from functools import cache


def is_own_host(host: str, column_host: str) -> bool:
    """Whether a page on `host` is its publisher's own, for a column on `column_host`.

    A publisher's pages may move to a host below its own (web.zscqj.beijing.gov.cn). Under a public
    suffix everybody has hosts: www.gov.cn owns none of the ministries' under gov.cn.
    """
    own = column_host.removeprefix("www.")
    if _is_public_suffix(own):
        own = column_host
    return bool(own) and (host == own or host.endswith(f".{own}"))


@cache
def _is_public_suffix(host: str) -> bool:
    # Asked only of hosts that the catalogue does not name; the library brings an HTTP client, and
    # most crawls are spared the start of it.
    import tldextract

    # The list that comes with the library: nothing is fetched, nothing is written.
    suffixes = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
    return not suffixes(host).domain
