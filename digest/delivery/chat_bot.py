"""A chat bot as configured: whoever only rings an alarm loads this, and nothing that renders."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage.models import Pace, Subscriber


@dataclass(frozen=True, slots=True)
class ChatBot:
    """One destination as configured. `url` and `secret` are passwords: they are never shown.

    `private` allows a destination that is not on the internet.
    """

    kind: str
    name: str
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    sections: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    private: bool = False
    pace: Pace = "weekly"

    @property
    def address(self) -> str:
        """What the ledger calls it: the kind, a colon, the name."""
        return f"{self.kind}:{self.name}"

    def as_subscriber(self) -> Subscriber:
        """The bot as a recipient; its id is the store's business."""
        return Subscriber(
            id=0,
            address=self.address,
            name=self.name,
            sections=self.sections,
            groups=self.groups,
            keywords=self.keywords,
            formats=(),
            channel=self.kind,
            pace=self.pace,
        )
