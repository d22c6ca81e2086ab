"""DKIM: what we sign, dkimpy verifies, with a DNS of the test's own."""

from __future__ import annotations

from dataclasses import replace

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from digest.delivery.dkim_signer import DkimSigner, body_hash, make_dkim_signer
from digest.delivery.message_builder import Light, MessageBuilder
from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpClient, SmtpSettings
from digest.models.issue import DigestError
from storage.models import Subscriber
from tests.digest.samples import INSTANT, week_digest

LI = Subscriber(7, "li@example.com", "李雷", formats=("html", "docx", "ics"))


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture(scope="module")
def signer() -> DkimSigner:
    return make_dkim_signer("Example.com", "zx", pem_of(rsa.generate_private_key(65537, 2048)))


def holds(signer: DkimSigner, mail: bytes) -> bool:
    """Whether a receiver finds the signature good."""

    def txt(name: bytes, timeout: float = 5) -> bytes | None:
        return signer.dns_record.encode() if name.decode() == f"{signer.dns_name}." else None

    return bool(dkim.verify(mail, dnsfunc=txt))


def letter(
    signer: DkimSigner | None, person: Subscriber = LI, *, light: Light | None = None
) -> bytes:
    builder = MessageBuilder(
        week_digest(), sender="政讯周报 <news@example.com>", reply_to="", signer=signer
    )
    return builder.write(person, "<a.1@example.com>", INSTANT, light=light)


@pytest.mark.parametrize(
    "person",
    [LI, replace(LI, name="", formats=("html",)), replace(LI, address="李华@example.com")],
    ids=["all forms", "html alone", "a Chinese mailbox"],
)
def test_what_is_signed_is_verified(signer: DkimSigner, person: Subscriber) -> None:
    mail = letter(signer, person)
    assert holds(signer, mail)
    assert mail.startswith(
        b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=zx;"
        b" t=1612515600;\r\n"  # 2021-02-05T09:00Z
    )
    assert mail.count(b"DKIM-Signature:") == 1


def test_a_mail_made_lighter_is_signed_anew(signer: DkimSigner) -> None:
    assert holds(signer, letter(signer, light=Light(10_000)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"To: ", b"To: x"),
        (b"Subject: ", b"Subject: x"),
        (b"List-Unsubscribe: ", b"List-Unsubscribe: x"),
        (b"From: ", b"From: x@example.org\r\nFrom: "),
        (b"Subject: ", b"Subject: x\r\nSubject: "),
        (b"\r\n\r\n", b"\r\n\r\nx"),
        (b"Message-ID: <a.1", b"Message-ID: <a.2"),
    ],
)
def test_what_is_changed_on_the_way_shows(signer: DkimSigner, old: bytes, new: bytes) -> None:
    mail = letter(signer)
    assert old in mail
    assert not holds(signer, mail.replace(old, new, 1))


def test_it_survives_the_way_and_what_relays_do_to_white_space(
    signer: DkimSigner, sink: Sink, smtp: SmtpSettings
) -> None:
    with SmtpClient(smtp) as smtp_client:
        smtp_client.send("news@example.com", "li@example.com", letter(signer))
    arrived = sink.received[0].path.read_bytes()
    assert holds(signer, arrived)
    relayed = b"Received: from a by b; x\r\n" + arrived.replace(b"Subject: ", b"subject:   ", 1)
    assert holds(signer, relayed)


def test_the_body_is_hashed_once_for_all_who_share_it(
    signer: DkimSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[int] = []

    def counted(body: bytes) -> str:
        hashed.append(len(body))
        return body_hash(body)

    monkeypatch.setattr("digest.delivery.message_builder.body_hash", counted)
    builder = MessageBuilder(week_digest(), sender="news@example.com", reply_to="", signer=signer)
    mails = [builder.write(replace(LI, id=n), f"<{n}@example.com>", INSTANT) for n in range(5)]
    assert len(hashed) == 1
    assert all(holds(signer, mail) for mail in mails)


def test_the_hash_is_that_of_the_standard() -> None:
    # RFC 6376 section 3.4.5: the body " C \r\nD \t E\r\n\r\n\r\n" is " C\r\nD E\r\n" when relaxed.
    assert body_hash(b" C \r\nD \t E\r\n\r\n\r\n") == body_hash(b" C\r\nD E\r\n")
    # SHA-256 of nothing: an empty body stays empty (section 3.4.4).
    assert body_hash(b"") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_a_seal_does_not_show_its_key(signer: DkimSigner) -> None:
    assert "RSA" not in repr(signer)
    settings = SmtpSettings("mail.example.com", signer=signer)
    assert "RSA" not in repr(settings)


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "no key",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        pem_of(ec.generate_private_key(ec.SECP256R1())),
    ],
    ids=["empty", "no PEM", "damaged", "not RSA"],
)
def test_a_key_that_is_none_is_refused_without_being_shown(pem: str) -> None:
    with pytest.raises(DigestError, match="openssl genrsa") as caught:
        make_dkim_signer("example.com", "zx", pem)
    assert "BEGIN" not in str(caught.value)


def test_without_a_seal_nothing_is_signed() -> None:
    assert b"DKIM" not in letter(None)


def test_the_courier_signs_what_nobody_has_signed(
    signer: DkimSigner, sink: Sink, smtp: SmtpSettings
) -> None:
    plain = b"From: news@example.com\r\nTo: a@example.com\r\nSubject: x\r\n\r\nalarm\r\n"
    with SmtpClient(replace(smtp, signer=signer)) as smtp_client:
        smtp_client.send("news@example.com", "a@example.com", plain)
        smtp_client.send("news@example.com", "li@example.com", letter(signer))
    mails = [mail.path.read_bytes() for mail in sink.received]
    assert [mail.count(b"DKIM-Signature:") for mail in mails] == [1, 1]
    assert all(holds(signer, mail) for mail in mails)
