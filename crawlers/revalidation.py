"""Conditional requests that never hide an outage.

Scrapy's RFC 2616 policy answers from its cache when the server fails or cannot be reached. For us
that would turn a dead site into "nothing new": a stored page counts only when the server itself
says it is unchanged (304).
"""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.extensions.httpcache import RFC2616Policy
from scrapy.http import Response


class RevalidationPolicy(RFC2616Policy):
    """HTTPCACHE_POLICY: only a 304 makes a stored response valid."""

    def is_cached_response_valid(
        self, cachedresponse: Response, response: Response, request: Request
    ) -> bool:
        return response.status == 304


class RevalidationMiddleware(HttpCacheMiddleware):
    """HttpCacheMiddleware that lets download errors through instead of serving an old page."""

    def process_exception(
        self, request: Request, exception: Exception, spider: Spider | None = None
    ) -> None:
        """Forgets the stored page: an unreachable site is reported as one."""
        request.meta.pop("cached_response", None)
