"""Scrapy's cookies without its hidden download.

Measured on Scrapy 2.19: the first cookie of a crawl makes tldextract fetch the Public Suffix List
from publicsuffix.org and github, past ZHENGXUN_UPSTREAM and robots.txt. The list that ships with
tldextract is enough to refuse cookies set for a whole registry (com.cn, gov.cn).
"""

from __future__ import annotations

from collections.abc import Iterable
from http.cookiejar import Cookie

from scrapy import Request
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http.cookies import CookieJar
from scrapy.utils.httpobj import urlparse_cached
from tldextract import TLDExtract

_bundled_suffixes = TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
)


class OfflineCookiesMiddleware(CookiesMiddleware):
    """Replaces scrapy.downloadermiddlewares.cookies.CookiesMiddleware."""

    def _process_cookies(
        self, cookies: Iterable[Cookie], *, jar: CookieJar, request: Request
    ) -> None:
        host = (urlparse_cached(request).hostname or "").lower()
        for cookie in cookies:
            domain = cookie.domain.removeprefix(".").lower()
            if domain and not _bundled_suffixes(domain).domain:
                if domain != host:
                    continue
                cookie.domain = host
            jar.set_cookie_if_ok(cookie, request)
