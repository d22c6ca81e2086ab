"""How readers can leave, and where they find whole issues, as configured."""

from __future__ import annotations

from app.context import Context
from digest.delivery.unsubscribe_links import UnsubscribeLinks, load_key


def unsubscribe_links(context: Context) -> UnsubscribeLinks:
    """How readers can leave. The key, of tokens and Message-IDs, is made the first time."""
    config = context.config
    box = config.mailbox
    named = box.address or (box.username if "@" in box.username else "")
    address = named if box.host else ""
    archive = config.digest.public_url
    key = load_key(config.data)
    return UnsubscribeLinks(key, mailbox=address, public_url=config.public.url, archive_url=archive)
