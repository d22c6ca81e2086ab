"""`zhengxun doctor`: what it asks, and that it names what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.desk import Desk
from commands.doctor import doctor
from config import Config
from config_sections import SmtpConfig
from digest.sink import Sink
from replica.server import Replica, start_replica
from tests.commands.spoken import console, said

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with start_replica(as_of=NOW) as started:
        yield started


def test_doctor_is_content_and_asks_every_site_for_its_rules(
    tmp_path: Path, replica: Replica
) -> None:
    with Sink(tmp_path / "mail") as sink:
        smtp = SmtpConfig(
            host="127.0.0.1", port=sink.port, security="none", sender="a@example.com", timeout=5
        )
        desk = Desk(Config(data=tmp_path / "data", now=NOW, upstream=replica.origin, smtp=smtp))
        out = console()
        code = doctor(desk, out, sites=True)
        assert not sink.received
    assert code == 0, said(out)
    assert "time zone: Asia/Shanghai" in said(out)
    assert "tj_kxjs: https://kxjs.tj.gov.cn answers" in said(out)
    asked = {request.path for request in replica.requests}
    assert "/robots.txt" in asked


def test_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    desk = Desk(Config(data=tmp_path / "data", now=NOW, upstream="http://127.0.0.1:9"))
    out = console()
    assert doctor(desk, out, sites=True) == 1
    assert "set smtp.host and smtp.sender" in said(out)
    assert "cannot be reached" in said(out)
