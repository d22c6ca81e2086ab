"""An answer that is cut short: the head promises more than comes."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from replica.exchange import Answer, Ask
from replica.server import start_replica


class Cutting:
    """A site whose pages end in the middle."""

    hosts = frozenset({"cut.example.gov.cn"})

    def answer(self, ask: Ask) -> Answer:
        return Answer(body=b"0123456789", cut_at=4)


def test_a_cut_answer_ends_before_its_length(tmp_path: Path) -> None:
    with start_replica(tmp_path, sites=lambda world: [Cutting()]) as replica:
        connection = http.client.HTTPConnection(urlsplit(replica.origin).netloc, timeout=10)
        connection.request("GET", "/", headers={"Host": "cut.example.gov.cn"})
        answer = connection.getresponse()
        assert answer.getheader("Content-Length") == "10"
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            answer.read()
        connection.close()
