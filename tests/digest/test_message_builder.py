"""Mails in bulk: who chose the same shares a rendering, and nobody else does."""

from __future__ import annotations

from email import message_from_bytes

import pytest

from digest.delivery.message_builder import MessageBuilder
from storage.models import Subscriber
from tests.digest.samples import INSTANT, week_digest


@pytest.mark.parametrize(
    "choice",
    [
        {"sections": ("ip",)},
        {"groups": ("北京市",)},
        {"keywords": ("小巨人",)},
        {"topics": ("no such topic",)},
        {"formats": ("html", "docx")},
    ],
)
def test_a_reader_never_gets_the_mail_of_another_choice(choice: dict[str, tuple[str, ...]]) -> None:
    builder = MessageBuilder(week_digest(), sender="news@example.com", reply_to="")
    everything = {"id": 1, "address": "a@example.com", "formats": ("html",)}
    whole = builder.write(Subscriber(**everything), "<a@example.com>", INSTANT)  # type: ignore[arg-type]
    own = builder.write(Subscriber(**everything | choice), "<a@example.com>", INSTANT)  # type: ignore[arg-type]
    assert len(message_from_bytes(own).as_bytes()) != len(message_from_bytes(whole).as_bytes())
