"""Which hosts are a publisher's own: notices there are read, those elsewhere are links."""

from __future__ import annotations

import tldextract

# The list of public suffixes that comes with the library: nothing is fetched, nothing is written.
_SUFFIXES = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())


def is_own_host(host: str, column_host: str) -> bool:
    """Whether a page on `host` is its publisher's own, for a column on `column_host`.

    A publisher's pages may move to a host below its own (web.zscqj.beijing.gov.cn). Under a public
    suffix everybody has hosts: www.gov.cn owns none of the ministries' under gov.cn.
    """
    own = column_host.removeprefix("www.")
    if not _SUFFIXES(own).domain:
        own = column_host
    return bool(own) and (host == own or host.endswith(f".{own}"))
