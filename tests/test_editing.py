"""One week of an editor, with the real command and the real daemon: preview, edit, a wait that
survives a kill, release, and a correction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from digest.delivery.sink import Sink
from replica.server import Replica
from storage.database import open_database
from storage.readers.subscribers import add_subscriber
from tests.installation import FRIDAY, Installation
from tests.test_scheduler import ONLY_ONE_SITE, daemon

NOON = "2021-02-05T12:00:00+08:00"
SETTINGS = """\
[digest]
time = "12:00"
hold = "until Friday 17:00"
editor = "editor@example.com"

[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "政讯周报 <news@example.com>"
"""


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "outbox") as running:
        yield running


def done(installation: Installation, *arguments: str) -> str:
    ended = installation.run(*arguments)
    assert ended.returncode == 0, (arguments, ended.stdout, ended.stderr)
    return ended.stdout


def mails(sink: Sink, address: str) -> list[EmailMessage]:
    read = [message_from_bytes(m.path.read_bytes(), policy=policy.default) for m in sink.received]
    return [mail for mail in read if mail["To"] == address]  # type: ignore[misc]


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def issue_of(installation: Installation) -> dict[str, Any]:
    path = installation.folder / "data/issues/2021-W05/digest.json"
    return dict(json.loads(path.read_text("utf-8")))


def rows(installation: Installation, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(installation.folder / "data" / "zhengxun.db")) as db:
        return db.execute(sql).fetchall()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_week_of_an_editor(tmp_path: Path, replica: Replica, sink: Sink) -> None:
    installation = Installation(
        tmp_path / "house",
        upstream=replica.origin,
        sources=ONLY_ONE_SITE,
        now=NOON,
        settings=SETTINGS.format(port=sink.port),
    )
    (installation.folder / "data").mkdir(parents=True)
    db = open_database(installation.folder / "data" / "zhengxun.db")
    add_subscriber(db, "li@example.com", now=datetime(2021, 2, 1, tzinfo=UTC))
    db.close()
    with daemon(installation) as first:
        first.until("issue 2021-W05 composed")
        first.process.kill()  # between the record and the release
        first.process.wait()
    draft = json.loads(done(installation, "edit", "list", "--json"))
    dropped, noted = (row["number"] for row in draft["entries"][:2])
    done(installation, "edit", "drop", str(dropped), "--reason", "与本公司无关")
    done(installation, "edit", "annotate", str(noted), "请研发中心关注")
    done(installation, "edit", "move", str(noted), "--chapter", "pharma", "--group", "国家级")
    done(installation, "edit", "retitle", "政讯周报·增刊")
    done(installation, "digest", "--preview")
    preview = (installation.folder / "data/issues/preview-2021-W05/digest.html").read_text("utf-8")
    assert "请研发中心关注" in preview
    assert f'id="n{dropped}"' not in preview
    assert not mails(sink, "li@example.com")
    installation.now = FRIDAY
    with daemon(installation) as second:
        second.until("issue 2021-W05 released by itself")
        second.until("2021-W05：已发 1")
        second.end()
    (mail,) = mails(sink, "li@example.com")
    assert str(mail["Subject"]).startswith("政讯周报·增刊 2021-W05")
    for kind in ("plain", "html"):
        assert "请研发中心关注" in body(mail, kind)
    document = issue_of(installation)
    (chapter,) = [section for section in document["sections"] if section["id"] == "pharma"]
    assert [item["editor_note"] for item in chapter["groups"][0]["items"]] == ["请研发中心关注"]
    words = Document(str(installation.folder / "data/issues/2021-W05/digest.docx"))
    assert any("请研发中心关注" in cell.text for table in words.tables for cell in table._cells)
    refused = installation.run("edit", "pin", str(noted), "--week", "2021-W05")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "zhengxun correct --week 2021-W05" in refused.stderr
    lists = ("--entry", str(noted), "--wrong", "甲", "--right", "乙")
    done(installation, "correct", "--week", "2021-W05", "--text", "名称有误", *lists)
    _, correction = mails(sink, "li@example.com")
    assert correction["References"] == mail["Message-ID"]
    assert issue_of(installation) == document
    assert rows(installation, "SELECT week, released_at IS NOT NULL FROM issues ORDER BY id") == [
        ("2021-W05", 1),
        ("2021-W05-C1", 1),
    ]
    acts = [row["act"] for row in json.loads(done(installation, "history", "--json"))]
    assert acts == ["hold", "drop", "annotate", "move", "retitle", "release", "correct"]
