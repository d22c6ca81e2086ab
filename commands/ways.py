"""How readers can leave, and where they find whole issues, as configured."""

from __future__ import annotations

from commands.desk import Desk
from digest.replies.leaving import Ways, load_key


def ways_of(desk: Desk) -> Ways:
    """How readers can leave. The key, of tokens and Message-IDs, is made the first time."""
    config = desk.config
    box = config.mailbox
    named = box.address or (box.username if "@" in box.username else "")
    address = named if box.host else ""
    archive = config.digest.public_url
    key = load_key(config.data)
    return Ways(key, mailbox=address, public_url=config.public.url, archive_url=archive)
