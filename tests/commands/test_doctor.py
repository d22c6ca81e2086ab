"""`zhengxun doctor`: what it asks, and that it names what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

import commands.doctor as doctor_module
from app.context import Context
from commands.doctor import (
    browser_finding,
    doctor,
    mailbox_finding,
    pictures_finding,
    profile_finding,
    smtp_findings,
)
from config import Config
from config_delivery import MailboxConfig, SmtpConfig
from config_sections import CrawlConfig, DigestConfig, UiConfig
from crawlers.browser_process import chromium_here
from digest.delivery.sink import Sink
from replica.server import Replica, start_replica
from storage.models import Attachment
from storage.notices.notices import save_notice
from tests.commands.spoken import console, said
from tests.storage.samples import page

NOW = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
ENGLISH = UiConfig(language="en")


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
        context = Context(
            Config(data=tmp_path / "data", now=NOW, upstream=replica.origin, smtp=smtp, ui=ENGLISH)
        )
        out = console()
        code = doctor(context, out, sites=True)
        assert not sink.received
    assert code == 0, said(out)
    assert "time zone: Asia/Shanghai" in said(out)
    here = "chromium" if chromium_here() else "bundled"
    assert f"browser: {here} starts" in said(out)
    assert "tj_kxjs: https://kxjs.tj.gov.cn answers" in said(out)
    asked = {request.path for request in replica.requests}
    assert "/robots.txt" in asked


def test_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    context = Context(Config(data=tmp_path / "data", now=NOW, upstream="http://127.0.0.1:9"))
    out = console()
    assert doctor(context, out, sites=True) == 1
    assert "差  邮件：请在 zhengxun.toml 写 smtp.host 和 smtp.sender\n" in said(out)
    assert "：连不上（" in said(out)
    assert "时区：Asia/Shanghai" in said(out)


def test_doctor_says_when_pictures_wait_and_nobody_can_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Context(Config(data=tmp_path / "data", now=NOW))
    monkeypatch.setattr(doctor_module, "is_installed", lambda: False)
    assert list(pictures_finding(context)) == []
    picture = Attachment("https://a.cn/1.png", "图", "png", 1, "1" * 64, "files/1.png")
    with context.store() as db:
        save_notice(db, page(attachments=(picture,)), now=NOW, run_id=None)
    [(fine, what, advice)] = pictures_finding(context)
    assert (fine, what) == (None, "text in pictures: 1 files, no RapidOCR")
    assert "zhengxun[ocr]" in advice
    monkeypatch.setattr(doctor_module, "is_installed", lambda: True)
    assert list(pictures_finding(context)) == [
        (True, "text in pictures: RapidOCR, 1 files wait", "")
    ]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("554 5.7.1 your address is on a list", "554 5.7.1 your address is on a list"),
        ("421 4.3.2 busy", "421 4.3.2 busy"),
    ],
)
def test_doctor_tells_what_the_mail_server_said(tmp_path: Path, said: str, problem: str) -> None:
    with Sink(tmp_path / "mail", size=1_000_000) as sink:
        smtp = SmtpConfig(
            host="127.0.0.1", port=sink.port, security="none", sender="a@example.com", timeout=5
        )
        context = Context(Config(data=tmp_path / "data", now=NOW, smtp=smtp))
        assert list(smtp_findings(context)) == [
            (True, f"mail: 127.0.0.1:{sink.port}, up to 1000000 bytes a mail", "")
        ]
        sink.say["CONNECT"] = [said]
        ((fine, _, advice),) = smtp_findings(context)
        assert not fine
        assert problem in advice
        assert sink.received == []


def test_doctor_says_what_belongs_into_dns(tmp_path: Path) -> None:
    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with Sink(tmp_path / "mail") as sink:
        smtp = SmtpConfig(
            host="127.0.0.1",
            port=sink.port,
            security="none",
            sender="政讯 <a@example.com>",
            timeout=5,
            dkim_selector="zx",
        )
        key = SecretStr(pem.decode())
        context = Context(Config(data=tmp_path / "data", now=NOW, smtp=smtp, dkim_key=key))
        _, (fine, what, _) = smtp_findings(context)
    assert fine
    assert what.startswith("signing: zx._domainkey.example.com TXT v=DKIM1; k=rsa; p=MII")


def test_a_browser_that_does_not_start_is_named_with_what_to_do(tmp_path: Path) -> None:
    crawl = CrawlConfig(browser="chromium", browser_path=str(tmp_path / "no-such-chromium"))
    fine, what, advice = browser_finding(Context(Config(data=tmp_path, now=NOW, crawl=crawl)))
    assert (fine, what) == (False, "browser: chromium")
    assert "no-such-chromium" in advice


def test_without_a_browser_the_sites_that_need_one_are_named(tmp_path: Path) -> None:
    crawl = CrawlConfig(browser="none")
    fine, what, _ = browser_finding(Context(Config(data=tmp_path, now=NOW, crawl=crawl)))
    assert fine
    assert "cde" in what


def test_doctor_says_that_a_password_is_not_set_and_asks_nobody(tmp_path: Path) -> None:
    with Sink(tmp_path / "mail", login=("me", "geheim")) as sink:
        smtp = SmtpConfig(
            host="127.0.0.1",
            port=sink.port,
            security="none",
            username="me",
            sender="a@example.com",
        )
        found = list(smtp_findings(Context(Config(data=tmp_path, smtp=smtp))))
        assert sink.connections == 0
    ((fine, _, advice),) = found
    assert not fine
    assert "ZHENGXUN_SMTP_PASSWORD is unset" in advice
    box = MailboxConfig(host="127.0.0.1", port=1, security="none", username="me")
    fine, _, advice = mailbox_finding(Context(Config(data=tmp_path, mailbox=box)))
    assert not fine
    assert "ZHENGXUN_IMAP_PASSWORD is unset" in advice


def test_a_profile_of_few_words_is_pointed_out_and_is_no_fault(tmp_path: Path) -> None:
    few = Context(Config(data=tmp_path, now=NOW))
    fine, _, advice = profile_finding(few)
    assert fine is None
    assert "少于 6 个词语" in advice
    words = DigestConfig(profile="中药，专利，商标，临床试验，药品注册，科技项目")
    assert profile_finding(Context(Config(data=tmp_path, now=NOW, digest=words)))[0] is True
