"""The key in a relay's address is not logged, neither in a message nor in its traceback."""

from __future__ import annotations

import io
import logging

from crawlers.log_redaction import WithoutQueries

RELAY = "https://relay.example.com/feed.xml?key=geheim-7391"


def test_a_key_is_replaced_in_messages_arguments_and_tracebacks() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(WithoutQueries(["key=geheim-7391"]))
    log = logging.Logger("test")
    log.addHandler(handler)
    log.error("Gave up retrying <GET %s>", RELAY)
    try:
        int(RELAY)
    except ValueError:
        log.exception("failed")
    text = out.getvalue()
    assert "geheim" not in text
    assert text.count("https://relay.example.com/feed.xml?…") == 2
    assert "ValueError" in text
