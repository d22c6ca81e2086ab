"""The ways on which people are told: one class a file, whose name is the channel's kind.

The folder is the registry. A file is imported when its channel is used, so that the configuration
can ask for the names without loading what renders an issue.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digest.delivery.channel import Channel, Means

# The channel that needs no `[[channels]]`: whoever subscribes is reached by it.
MAIL = "mail"


def kinds() -> tuple[str, ...]:
    """Every channel there is."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def bot_kinds() -> tuple[str, ...]:
    """What `kind` of a `[[channels]]` may be."""
    return tuple(kind for kind in kinds() if kind != MAIL)


def channel_class(kind: str) -> type[Channel[Any]]:
    """The class of a kind. Raises KeyError for one that has no file."""
    if kind not in kinds():
        raise KeyError(kind)
    module = importlib.import_module(f"{__name__}.{kind}")
    (found,) = (value for value in vars(module).values() if getattr(value, "kind", "") == kind)
    return found  # type: ignore[no-any-return]


def open_channel(kind: str, means: Means) -> Channel[Any]:
    """The channel as configured; close it. Raises KeyError for a kind that has no file."""
    return channel_class(kind)(means)
