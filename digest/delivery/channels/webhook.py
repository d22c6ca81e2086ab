"""Any program of the operator's, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from digest.delivery import alarm_text
from digest.delivery.chat_bots import ChatChannel, Payload, judged_by_status
from digest.delivery.chat_text import Dialect
from digest.delivery.smtp_client import Attempt
from digest.delivery.webhook import Answer
from digest.models.correction import Correction
from digest.models.entry import Entry
from digest.models.issue import Digest
from digest.rendering.render_correction import correction_document
from digest.rendering.render_json import digest_document, entry_document
from storage.operation.alarms import Alarm

# A message of DingTalk's has 20,000 bytes with all that is in it.
BODY_BYTES = 18_000


class Webhook(ChatChannel):
    """Documents instead of markdown; what it answers is its HTTP status."""

    kind = "webhook"
    limit = None
    caps = ()
    dialect = Dialect()

    def issue_payload(self, digest: Digest, message_id: str) -> Payload:
        """The whole issue, as in digest.json."""
        return {"message_id": message_id, "title": digest.title} | digest_document(digest)

    def correction_payload(self, correction: Correction, message_id: str) -> Payload:
        """The correction, as in its file."""
        return {
            "message_id": message_id,
            "title": correction.heading,
            "week": correction.week,
            "correction": correction_document(correction.record),
        }

    def bulletin_payload(
        self, title: str, entries: Sequence[Entry], message_id: str, now: datetime
    ) -> Payload:
        """The new notices, as in digest.json."""
        items = [entry_document(entry, {}) for entry in entries]
        return {"message_id": message_id, "title": title, "items": items}

    def alarm_payload(self, waiting: Sequence[Alarm]) -> Payload:
        """`msgtype` and `text.content` are what the bots of WeCom and DingTalk read, within their
        limits; `alarms` is for programs."""
        text = alarm_text.short_text(waiting, alarm_text.bytes_left(waiting))
        body = self.message("", text, urgent=True)
        room = BODY_BYTES - alarm_text.size_of(json.dumps(body, ensure_ascii=False))
        return body | alarm_text.documents(waiting, room)

    def message(self, title: str, text: str, *, urgent: bool) -> Payload:
        """Plain text."""
        return {"msgtype": "text", "text": {"content": text}}

    def judge(self, said: Answer) -> Attempt:
        """By the status; and by the `errcode` with which a bot behind it refuses with 200."""
        judged = judged_by_status(said)
        if judged.state != "sent":
            return judged
        try:
            code = json.loads(said.body.decode("utf-8", "replace")).get("errcode", 0)
        except (ValueError, AttributeError):
            return judged  # an answer that is no JSON object is as good as any
        return judged if code == 0 else Attempt("refused", f"errcode {code}")
