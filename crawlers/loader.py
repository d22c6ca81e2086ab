"""Makes Scrapy's spiders out of the catalogue: one class a site, no code a site.

A hand-written spider in crawlers/spiders whose `name` is a site's id takes that site over.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawlers import platforms
from crawlers.catalogue import Site, load_catalogue, platforms_by_host


class CatalogueSpiderLoader:
    """SPIDER_LOADER_CLASS. Disabled sites can be loaded by name, but are not listed.

    Settings: ZX_OPERATOR_SOURCES (the operator's sources.toml or ""), ZX_HOSTS (a file of JSON:
    host to platform, for hosts of another catalogue), SPIDER_MODULES.
    Raises CatalogueError when the catalogue has mistakes.
    """

    def __init__(self, settings: BaseSettings) -> None:
        operator_file = settings.get("ZX_OPERATOR_SOURCES", "")
        self._settings = settings
        self._sites = load_catalogue(Path(operator_file) if operator_file else None)
        self._hosts = platforms_by_host(self._sites.values())
        # A machine that visits for another knows the pages of its whole catalogue, too.
        if settings.get("ZX_HOSTS"):
            self._hosts |= json.loads(Path(settings["ZX_HOSTS"]).read_text(encoding="utf-8"))
        self._handwritten = SpiderLoader(settings)

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(settings)

    def load(self, spider_name: str) -> type[Spider]:
        """The spider class of this name. Raises KeyError, with the names there are."""
        site = self._sites.get(spider_name)
        if spider_name in self._handwritten.list():
            handwritten = self._handwritten.load(spider_name)
            return self._make(site, handwritten) if site else handwritten
        if site is None:
            raise KeyError(f"no site {spider_name!r}; known: {', '.join(self._sites)}")
        return self.made_for(site)

    def made_for(self, site: Site) -> type[Spider]:
        """The spider class that the platform gives a site, in the catalogue or not."""
        return self._make(site, platforms.spider_class(site.platform))

    def list(self) -> list[str]:
        """Enabled sites in catalogue order, then hand-written spiders of their own."""
        enabled = [name for name, site in self._sites.items() if site.enabled]
        return enabled + [name for name in self._handwritten.list() if name not in self._sites]

    def find_by_request(self, request: Request) -> __builtins__.list[str]:
        """The sites that name the request's host."""
        host = urlsplit(request.url).hostname or ""
        return [name for name, site in self._sites.items() if host in site.named_hosts]

    def _make(self, site: Site, base: type[Spider]) -> type[Spider]:
        class_name = "".join(part.capitalize() for part in site.id.split("_")) + "Spider"
        own = {**(base.custom_settings or {}), **self._site_settings(site)}
        body = {
            "__module__": base.__module__,
            "__doc__": site.name,
            "name": site.id,
            "site": site,
            "catalogue_hosts": self._hosts,
            "custom_settings": own,
        }
        return type(class_name, (base,), body)

    def _site_settings(self, site: Site) -> dict[str, Any]:
        own: dict[str, Any] = {}
        if site.user_agent == "browser":
            own["USER_AGENT"] = self._settings["ZX_BROWSER_USER_AGENT"]
        # A gateway or replica on this machine needs no politeness.
        if site.delay is not None and not self._settings.get("ZX_UPSTREAM"):
            own["DOWNLOAD_DELAY"] = site.delay
        if site.tls == "lenient":
            own["DOWNLOAD_VERIFY_CERTIFICATES"] = False
            own["DOWNLOADER_CLIENT_TLS_CIPHERS"] = "DEFAULT@SECLEVEL=1"
        return own
