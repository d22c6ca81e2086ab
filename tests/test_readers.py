"""A reader's whole life with the real command: told at once, mailed, bounced, gone."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.delivery.sink import Sink
from digest.delivery.unsubscribe_links import find_token
from replica.server import start_replica
from storage.database import open_database
from storage.readers.deliveries import list_deliveries
from storage.readers.subscribers import list_subscribers
from tests.digest.imap_server import ImapServer
from tests.digest.test_incoming_mail import dsn, letter
from tests.installation import FRIDAY, Installation

THURSDAY = "2021-02-04T09:00:00+08:00"
TALENTS = "市科技局关于支持人才创新创业联盟的若干措施"
SETTINGS = """\
[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "政讯周报 <news@example.com>"

[mailbox]
host = "127.0.0.1"
port = {imap}
security = "none"
username = "news@example.com"
password_file = "imap.password"

[digest]
public_url = "https://news.example.com/archive"
"""


def state_of(installation: Installation) -> str:
    with closing(open_database(installation.folder / "data" / "zhengxun.db")) as db:
        (person,) = list_subscribers(db)
    return person.state


@pytest.mark.timeout(300)  # a dozen processes, on a machine that may be busy
def test_a_reader_is_told_mailed_and_let_go(tmp_path: Path) -> None:
    with (
        start_replica(as_of=datetime.fromisoformat(THURSDAY)) as replica,
        Sink(tmp_path / "outbox") as sink,
        ImapServer(password="geheim") as box,
    ):
        installation = Installation(tmp_path / "house", upstream=replica.origin, now=THURSDAY)
        installation.settings = SETTINGS.format(smtp=sink.port, imap=box.port)
        password = tmp_path / "house" / "imap.password"
        password.parent.mkdir()
        password.write_text("geheim", encoding="utf-8")
        password.chmod(0o600)
        installation.run(
            *("subscribers", "add", "li@example.com", "--keywords", "人才", "--pace", "immediate"),
            *("--formats", "html"),
        )
        assert installation.run("crawl", "tj_kxjs").returncode == 0
        # What the first look at a column finds is its backlog, and no news.
        assert installation.run("bulletins").stdout == "no bulletins to send\n"

        installation.now = FRIDAY
        replica.set_as_of(datetime.fromisoformat(FRIDAY))
        assert installation.run("crawl", "tj_kxjs").returncode == 0
        assert installation.run("bulletins").stdout == "bulletins: sent 1\n"
        news = sink.received[0].message().get_body(("plain",))
        assert news is not None
        assert TALENTS in news.get_content()
        assert "关键词：人才" in news.get_content()

        assert installation.run("digest", "--week", "2021-W05").returncode == 0
        assert "sent 1" in installation.run("send").stdout
        issue = sink.received[1].message()
        text = issue.get_body(("plain",))
        assert text is not None
        words = text.get_content()
        assert "关键词：人才" in words
        assert "按您的订阅略去" in words
        link = "https://news.example.com/archive/issues/2021-W05/index.html"
        assert f"完整的一期：{link}" in words

        friday = datetime.fromisoformat(FRIDAY).astimezone(UTC)
        box.add(dsn(headers=f"Message-ID: {issue['Message-ID']}"), friday + timedelta(minutes=1))
        assert installation.run("mailbox").stdout.startswith("退信 1，退订 0，其他 0\n")
        with closing(open_database(installation.folder / "data" / "zhengxun.db")) as db:
            (row,) = list_deliveries(db)
        assert (row.state, row.bounce) == ("sent", "hard")
        assert state_of(installation) == "active"

        token = find_token(str(issue["List-Unsubscribe"]))
        leave = letter(f"unsubscribe {token}", From="li.lei@elsewhere.example")
        box.add(leave, friday + timedelta(hours=1))
        assert installation.run("mailbox").stdout.startswith("退信 0，退订 1，其他 0\n")
        assert state_of(installation) == "ended"
        assert [mail.recipients for mail in sink.received] == [("li@example.com",)] * 3
        assert str(sink.received[2].message()["Subject"]) == "已退订政讯周报"
