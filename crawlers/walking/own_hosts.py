"""Which hosts are a publisher's own: notices there are read, those elsewhere are links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from urllib.parse import urlsplit

from crawlers.items import KnownRow, ListedRow
from crawlers.reading.printed_dates import day_of
from crawlers.walking.known_places import bare

ENOUGH = 3
"""Known notices of a publisher's own that its list has put on another host before that is its own
too."""


def is_own_host(host: str, column_host: str) -> bool:
    """Whether a page on `host` is its publisher's own, for a column on `column_host`.

    A publisher's pages may move to a host below its own (web.zscqj.beijing.gov.cn). Under a public
    suffix everybody has hosts: www.gov.cn owns none of the ministries' under gov.cn.
    """
    own = column_host.removeprefix("www.")
    if _is_public_suffix(own):
        own = column_host
    return bool(own) and (host == own or host.endswith(f".{own}"))


def hosts_taken_over(
    rows: Iterable[ListedRow], known: Iterable[KnownRow], is_own: Callable[[str], bool]
) -> set[str]:
    """The hosts on which a list, given by rows that lead elsewhere, puts ENOUGH notices that stood
    on the publisher's own: by key, or by title and day. `is_own`: whether an address is there."""
    keys: set[str] = set()
    titled: set[tuple[str, str]] = set()
    for one in known:
        if is_own(one.url):
            keys.add(one.key)
            listed_on = day_of(one.listed_day)
            titled.add((bare(one.title), one.day))
            titled.add((bare(one.listed_title), listed_on.isoformat() if listed_on else one.day))
    found: dict[str, set[str]] = {}
    for row in rows:
        if row.key in keys or (row.day and (bare(row.title), row.day) in titled):
            found.setdefault(urlsplit(row.url).hostname or "", set()).add(row.url)
    return {host for host, urls in found.items() if host and len(urls) >= ENOUGH}


@cache
def _is_public_suffix(host: str) -> bool:
    # Asked only of hosts that the catalogue does not name; the library brings an HTTP client, and
    # most crawls are spared the start of it.
    import tldextract

    # The list that comes with the library: nothing is fetched, nothing is written.
    suffixes = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
    return not suffixes(host).domain
