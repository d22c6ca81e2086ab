"""Bulletins and the mailbox from the command line, and what status and doctor say of them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from digest.delivery.sink import Sink
from storage.database import open_database
from storage.notices.notices import save_notice
from tests.commands.test_subscribers import NOW, Installation
from tests.commands.test_subscribers import installation as installation  # a fixture
from tests.digest.imap_server import ImapServer
from tests.digest.samples import make_notice
from tests.digest.test_incoming_mail import letter

SMTP = '[smtp]\nhost = "127.0.0.1"\nport = {}\nsecurity = "none"\nsender = "news@example.com"\n'
BOX = '[mailbox]\nhost = "127.0.0.1"\nport = {}\nsecurity = "none"\nusername = "bye@example.com"\n'


def test_a_wish_to_leave_is_granted_and_confirmed_by_one_command(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHENGXUN_IMAP_PASSWORD", "geheim")
    with ImapServer(password="geheim") as server, Sink(tmp_path / "outbox") as sink:
        installation.configure(SMTP.format(sink.port) + BOX.format(server.port))
        installation.run("subscribers", "add", "li@example.com")
        server.add(letter("退订"), NOW + timedelta(minutes=1))
        server.add(letter("你好"), NOW + timedelta(minutes=1))
        done = installation.run("mailbox")
        assert done.stdout == ("退信 0，退订 1，其他 1\n  li@example.com 退订（邮件）\n")
        assert [mail.recipients for mail in sink.received] == [("li@example.com",)]
        assert installation.run("mailbox").stdout == "退信 0，退订 0，其他 0\n"
        assert "邮箱 bye@example.com@127.0.0.1/INBOX，最近读取" in installation.run("status").stdout
        (box,) = json.loads(installation.run("status", "--json").stdout)["mailboxes"]
        assert (box["unsubscribes"], box["others"]) == (1, 1)
        told = installation.run("doctor").stdout
        assert f"好  退信邮箱：127.0.0.1:{server.port} INBOX" in told
        before = len(server.commands)
        installation.run("doctor")
        assert not any("FETCH" in line for line in server.commands[before:])
        monkeypatch.setenv("ZHENGXUN_IMAP_PASSWORD", "falsch")
        wrong = installation.run("doctor").stdout
        assert f"差  退信邮箱：127.0.0.1:{server.port} INBOX" in wrong
        assert "falsch" not in wrong
        assert "falsch" not in str(installation.run("mailbox").exception)
    key = installation.folder / "data" / "subscription.key"
    assert key.stat().st_mode & 0o777 == 0o600


def test_bulletins_need_a_mail_server_and_are_told_once(
    installation: Installation, tmp_path: Path
) -> None:
    assert "no mail server" in str(installation.run("bulletins").exception)
    with Sink(tmp_path / "outbox") as sink:
        installation.configure(SMTP.format(sink.port))
        installation.run(
            *("subscribers", "add", "li@example.com", "--keywords", "适应性"),
            *("--pace", "immediate"),
        )
        assert installation.run("bulletins").stdout == "没有要发的快讯\n"
        db = open_database(installation.folder / "data" / "zhengxun.db")
        # The clock stands still: what is news must be seen after the subscription.
        db.table("subscribers").update(1, {"looked_at": "2021-02-05T08:00:00+00:00"})
        save_notice(db, make_notice(), now=NOW, run_id=None)
        db.close()
        assert installation.run("bulletins").stdout == "快讯：已发 1\n"
        assert installation.run("bulletins").stdout == "没有要发的快讯\n"
        assert "适应性设计" in str(sink.received[0].message()["Subject"])


def test_without_a_mailbox_the_command_says_what_to_set(installation: Installation) -> None:
    assert "set mailbox.host" in str(installation.run("mailbox").exception)
