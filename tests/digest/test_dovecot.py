"""The mailbox job against a real IMAP server, Dovecot 2.3, where it is installed."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from digest.inbound.imap import ImapSettings, MailboxError
from digest.inbound.mailbox import read_mailbox
from storage.models import Subscriber
from storage.readers.mailboxes import find_mailbox
from storage.readers.subscribers import add_subscriber, find_subscriber
from tests.digest.test_incoming_mail import letter, nested
from tests.digest.test_mailbox import PRESS, returned, sent

DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password=geheim
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail
}}
namespace inbox {{
  inbox = yes
}}
"""


def version() -> str:
    if not Path(DOVECOT).is_file():
        return ""
    return subprocess.run(
        [DOVECOT, "--version"], capture_output=True, text=True, check=False
    ).stdout


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not version().startswith("2.3"), reason="Dovecot 2.3 is not installed"),
]


@pytest.fixture
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("dovecot")
    # Dovecot keeps no mail as root.
    person = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
    group = grp.getgrgid(person.pw_gid).gr_name
    mail = folder / "mail"
    mail.mkdir()
    if not os.getuid():
        os.chown(mail, person.pw_uid, person.pw_gid)
        for parent in (folder, *folder.parents[:3]):
            parent.chmod(parent.stat().st_mode | 0o055)
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        free = int(made.getsockname()[1])
    config = folder / "dovecot.conf"
    names = {"user": person.pw_name, "group": group, "uid": person.pw_uid, "gid": person.pw_gid}
    config.write_text(CONFIG.format(folder=folder, port=free, **names), encoding="utf-8")
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)])
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", free), timeout=1).close()
                break
        else:
            pytest.fail((folder / "log").read_text(encoding="utf-8"))
        yield free
    finally:
        process.terminate()
        process.wait(timeout=20)


def put(port: int, content: bytes, at: datetime) -> None:
    imap = imaplib.IMAP4("127.0.0.1", port)
    imap.login("leave", "geheim")
    when = imaplib.Time2Internaldate(at)
    kind, data = imap.append("INBOX", "", when, content)
    assert kind == "OK", data
    imap.logout()


def folders(port: int, name: str) -> tuple[int, int]:
    """How many messages the folder has, and how many of them are marked as read."""
    imap = imaplib.IMAP4("127.0.0.1", port)
    imap.login("leave", "geheim")
    kind, data = imap.select(name, readonly=True)
    count = int(data[0] or 0) if kind == "OK" else 0
    seen = imap.search(None, "SEEN")[1][0] if kind == "OK" else b""
    imap.logout()
    return count, len(seen.split())


def test_dovecot_is_read_once_marked_and_moved(db: Database, port: int) -> None:
    now = datetime.now(UTC)
    li = add_subscriber(db, "li@example.com", now=now - timedelta(days=1))
    row = sent(db, li)
    settings = ImapSettings("127.0.0.1", port, "none", "leave", "geheim", timeout=20)
    put(port, letter("旧信"), now - timedelta(days=30))
    assert read_mailbox(db, settings, PRESS, now).others == 0
    for content in (returned(row), letter("你好"), nested(1500), b"\x01" * 600_000):
        put(port, content, now)
    first = read_mailbox(db, settings, PRESS, now)
    assert first.bounces == 1
    assert first.others + first.unreadable == 3
    assert folders(port, "INBOX") == (5, 0)  # nothing is touched
    put(port, letter("退订"), now)
    seen = read_mailbox(db, replace(settings, after="seen"), PRESS, now)
    assert seen.unsubscribes == 1
    assert folders(port, "INBOX") == (6, 1)
    found = find_subscriber(db, "li@example.com")
    assert isinstance(found, Subscriber)
    assert found.state == "ended"
    assert read_mailbox(db, settings, PRESS, now).unsubscribes == 0
    box = find_mailbox(db, settings.name)
    assert box is not None
    assert (box.bounces, box.unsubscribes) == (1, 1)
    put(port, returned(sent(db, li, 6)), now)
    moving = replace(settings, after="move", move_to="Done")
    with pytest.raises(MailboxError, match="MOVE"):
        read_mailbox(db, moving, PRESS, now)  # no such folder: told, and recorded all the same
    imap = imaplib.IMAP4("127.0.0.1", port)
    imap.login("leave", "geheim")
    imap.create("Done")
    imap.logout()
    put(port, returned(sent(db, li, 7)), now)
    assert read_mailbox(db, moving, PRESS, now).bounces == 1
    assert folders(port, "Done")[0] == 1
    put(port, returned(sent(db, li, 8)), now)
    read_mailbox(db, replace(settings, after="delete"), PRESS, now)
    assert folders(port, "INBOX") == (7, 1)
    with pytest.raises(MailboxError, match="AUTHENTICATIONFAILED"):
        read_mailbox(db, replace(settings, password="falsch"), PRESS, now)
