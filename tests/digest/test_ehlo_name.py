"""The name said in EHLO: one that servers take, whatever the machine is called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from config_delivery import SmtpConfig
from digest.delivery import ehlo_name
from digest.delivery.ehlo_name import address_literal, greeting_name, is_host_name
from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpClient, SmtpSettings
from digest.delivery.smtp_connection import look

SENDER, READER = "x@example.com", "a@example.com"
BAD_NAMES = [
    *("张三的电脑.local", "张三的电脑", "zx_daemon.zx_default", "a1b2c3d4", "localhost"),
    *("localhost.localdomain", "-x.example.com", "x-.example.com", "a..example.com", "", "."),
    *("x" * 64 + ".example.com", "a." * 130 + "example.com", "10.0.0.7", "host name.example.com"),
    *("comput\udcff.local", "пк.local", "1.0.0.127.in-addr.arpa", "x.example.com\r\nMAIL FROM"),
]


def call_us(monkeypatch: pytest.MonkeyPatch, name: str | Exception) -> None:
    """What the system calls this machine, for the sender alone: the sink has a name too."""

    def getfqdn() -> str:
        if isinstance(name, Exception):
            raise name
        return name

    monkeypatch.setattr(ehlo_name, "socket", SimpleNamespace(getfqdn=getfqdn))


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_machine_with_a_name_that_cannot_be_said_sends_mail(
    sink: Sink, smtp: SmtpSettings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    call_us(monkeypatch, name)
    with SmtpClient(smtp) as smtp_client:
        assert smtp_client.send(SENDER, READER, b"Subject: x\r\n\r\nx\r\n").state == "sent"
    assert sink.hellos == ["[127.0.0.1]"]
    assert look(smtp).problem == ""


def test_a_good_name_is_said_and_a_chosen_one_before_it(
    sink: Sink, smtp: SmtpSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_us(monkeypatch, "mail.example.com.")
    for settings in (smtp, replace(smtp, hello="news.example.org")):
        with SmtpClient(settings) as client:
            assert client.send(SENDER, READER, b"Subject: x\r\n\r\nx\r\n").state == "sent"
    assert sink.hellos == ["mail.example.com", "news.example.org"]


@pytest.mark.parametrize("error", [OSError("no such host"), UnicodeError("label too long")])
def test_a_name_that_cannot_be_found_out_is_none(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    call_us(monkeypatch, error)
    assert greeting_name("", "192.0.2.7") == "[192.0.2.7]"


def test_an_address_is_said_in_its_own_form() -> None:
    assert address_literal("2001:db8::7") == "[IPv6:2001:db8::7]"
    assert address_literal("fe80::1%eth0") == "[IPv6:fe80::1]"
    assert address_literal("") == "[127.0.0.1]"
    assert is_host_name("xn--55qx5d.xn--fiqs8s")


def test_a_host_that_cannot_be_looked_up_is_an_outage_and_no_crash(smtp: SmtpSettings) -> None:
    for host in ("a..b", "x" * 64 + ".example", "\udcff.example"):
        with SmtpClient(replace(smtp, host=host)) as smtp_client:
            attempt = smtp_client.send(SENDER, READER, b"Subject: x\r\n\r\nx\r\n")
        assert (attempt.state, attempt.no_server) == ("deferred", True)


@pytest.mark.parametrize(
    "chosen", ["张三.local", "a_b.example.com", "a b", "x\r\nRSET", "[x]", "a..b", ".a", "[1.2.3.4"]
)
def test_a_chosen_name_that_cannot_be_said_is_refused(chosen: str) -> None:
    with pytest.raises(ValidationError, match="must be a host name"):
        SmtpConfig(hello=chosen)


@pytest.mark.parametrize("chosen", ["", "mail.example.com", "[192.0.2.7]", "[IPv6:2001:db8::7]"])
def test_a_chosen_name_that_can_be_said_is_taken(chosen: str) -> None:
    assert SmtpConfig(hello=chosen).hello == chosen


@pytest.mark.parametrize("sender", ["nobody", "a@", "@b", "a b@example.com", "x@y.cn\nBcc: z@y.cn"])
def test_a_sender_that_is_no_address_is_refused_when_it_is_read(sender: str) -> None:
    for field in ("sender", "reply_to"):
        with pytest.raises(ValidationError, match="is no mail address"):
            SmtpConfig.model_validate({field: sender})
    SmtpConfig(sender="政讯周报 <zhengxun@例子.公司>", reply_to="editor@example.com")


RENAMED = """
import socket, sys
sys.path.insert(0, sys.argv[1])
socket.sethostname(sys.argv[2].encode())
from digest.delivery import ehlo_name
from digest.delivery.smtp_client import SmtpClient, SmtpSettings
settings = SmtpSettings("127.0.0.1", int(sys.argv[3]), "none", sender="x@example.com")
with SmtpClient(settings) as client:
    print(client.send("x@example.com", "a@example.com", b"Subject: x\\r\\n\\r\\nx\\r\\n").state)
"""


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="renames a machine")
@pytest.mark.parametrize("name", ["张三的电脑.local", "zx_daemon.zx_default"])
def test_a_machine_that_is_really_called_so_sends_mail(sink: Sink, name: str) -> None:
    root = str(Path(__file__).parents[2])
    command = ["unshare", "-u", sys.executable, "-c", RENAMED, root, name, str(sink.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("sent\n", "")
    assert all(said.isascii() and "_" not in said for said in sink.hellos)
