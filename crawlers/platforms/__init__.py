"""The publishing systems: one file each, whose name is what a site's `platform` says.

The folder is the registry. A file holds everything that is known of its system: PLATFORM (links,
key, selectors, signs: `crawlers.reading.platform`) and, where its lists are walked in a way of
their own, PLATFORM_SPIDER with its paging. A file is imported when its platform is used, so that
the catalogue can ask for the names without loading Scrapy.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from crawlers.reading.platform import Platform
    from crawlers.walking.base import BaseSpider

# A site of no known system: its column's selectors, or the general reader.
PLAIN = "listing"


def names() -> tuple[str, ...]:
    """Every platform there is."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def platform(name: str) -> Platform:
    """What is known of a platform. Raises KeyError for one that has no file."""
    found: Platform = _module(name).PLATFORM
    return found


def every_platform() -> list[Platform]:
    """All of them, in the order of their names."""
    return [platform(name) for name in names()]


def spider_class(name: str) -> type[BaseSpider]:
    """The spider of a platform's sites. Raises KeyError for a platform that has no file."""
    from crawlers.walking.base import BaseSpider

    found: type[BaseSpider] = getattr(_module(name), "PLATFORM_SPIDER", BaseSpider)
    return found


@cache
def _module(name: str) -> ModuleType:
    # Asked for every row of every list: the folder is looked through once for each name.
    if name not in names():
        raise KeyError(name)
    return importlib.import_module(f"{__name__}.{name}")
