"""Bulletins and the mailbox from the command line, and what status and doctor say of them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from digest.delivery.sink import Sink
from storage.database import open_database
from storage.notices import save_notice
from tests.commands.test_people import NOW, House
from tests.commands.test_people import house as house  # a fixture
from tests.digest.imap_server import ImapServer
from tests.digest.samples import make_notice
from tests.digest.test_returned import letter

SMTP = '[smtp]\nhost = "127.0.0.1"\nport = {}\nsecurity = "none"\nsender = "news@example.com"\n'
BOX = '[mailbox]\nhost = "127.0.0.1"\nport = {}\nsecurity = "none"\nusername = "bye@example.com"\n'


def test_a_wish_to_leave_is_granted_and_confirmed_by_one_command(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHENGXUN_IMAP_PASSWORD", "geheim")
    with ImapServer(password="geheim") as server, Sink(tmp_path / "outbox") as sink:
        house.configure(SMTP.format(sink.port) + BOX.format(server.port))
        house.run("subscribers", "add", "li@example.com")
        server.add(letter("退订"), NOW + timedelta(minutes=1))
        server.add(letter("你好"), NOW + timedelta(minutes=1))
        done = house.run("mailbox")
        assert done.stdout == ("退信 0，退订 1，其他 1\n  li@example.com 退订（邮件）\n")
        assert [mail.recipients for mail in sink.received] == [("li@example.com",)]
        assert house.run("mailbox").stdout == "退信 0，退订 0，其他 0\n"
        assert "邮箱 bye@example.com@127.0.0.1/INBOX，最近读取" in house.run("status").stdout
        (box,) = json.loads(house.run("status", "--json").stdout)["mailboxes"]
        assert (box["unsubscribes"], box["others"]) == (1, 1)
        told = house.run("doctor").stdout
        assert f"好  mailbox: 127.0.0.1:{server.port} INBOX" in told
        before = len(server.commands)
        house.run("doctor")
        assert not any("FETCH" in line for line in server.commands[before:])
        monkeypatch.setenv("ZHENGXUN_IMAP_PASSWORD", "falsch")
        wrong = house.run("doctor").stdout
        assert f"差  mailbox: 127.0.0.1:{server.port} INBOX" in wrong
        assert "falsch" not in wrong
        assert "falsch" not in str(house.run("mailbox").exception)
    key = house.folder / "data" / "subscription.key"
    assert key.stat().st_mode & 0o777 == 0o600


def test_bulletins_need_a_mail_server_and_are_told_once(house: House, tmp_path: Path) -> None:
    assert "no mail server" in str(house.run("bulletins").exception)
    with Sink(tmp_path / "outbox") as sink:
        house.configure(SMTP.format(sink.port))
        house.run(
            *("subscribers", "add", "li@example.com", "--keywords", "适应性"),
            *("--pace", "immediate"),
        )
        assert house.run("bulletins").stdout == "没有要发的快讯\n"
        db = open_database(house.folder / "data" / "zhengxun.db")
        # The clock of the house stands still: what is news must be seen after the subscription.
        db.table("subscribers").update(1, {"looked_at": "2021-02-05T08:00:00+00:00"})
        save_notice(db, make_notice(), now=NOW, run_id=None)
        db.close()
        assert house.run("bulletins").stdout == "快讯：已发 1\n"
        assert house.run("bulletins").stdout == "没有要发的快讯\n"
        assert "适应性设计" in str(sink.received[0].message()["Subject"])


def test_without_a_mailbox_the_command_says_what_to_set(house: House) -> None:
    assert "set mailbox.host" in str(house.run("mailbox").exception)
