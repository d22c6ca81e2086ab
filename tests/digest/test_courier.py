"""The connection: certificates are checked, passwords stay secret, connections are reused."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from digest.courier import Courier, SmtpSettings
from digest.models import DigestError
from digest.sink import Sink

MAIL = b"Subject: x\r\n\r\n.a line that begins with a dot\r\n"


def test_one_connection_carries_many_mails(sink: Sink, smtp: SmtpSettings) -> None:
    with Courier(smtp) as courier:
        for name in ("a", "b", "c"):
            assert courier.carry("x@example.com", f"{name}@example.com", MAIL).state == "sent"
    assert sink.connections == 1


def test_a_refusal_leaves_the_connection_usable(sink: Sink, smtp: SmtpSettings) -> None:
    sink.refuse.add("gone@example.com")
    with Courier(smtp) as courier:
        assert courier.carry("x@example.com", "gone@example.com", MAIL).state == "refused"
        assert courier.carry("x@example.com", "a@example.com", MAIL).state == "sent"
    assert sink.connections == 1


def test_a_cut_connection_is_made_again_for_the_next_mail(sink: Sink, smtp: SmtpSettings) -> None:
    sink.drop_after_data.add("a@example.com")
    with Courier(smtp) as courier:
        assert courier.carry("x@example.com", "a@example.com", MAIL).state == "unknown"
        assert courier.carry("x@example.com", "b@example.com", MAIL).state == "sent"
    assert sink.connections == 2


def test_lines_that_begin_with_a_dot_arrive_whole(sink: Sink, smtp: SmtpSettings) -> None:
    with Courier(smtp) as courier:
        courier.carry("x@example.com", "a@example.com", MAIL)
    assert b"\r\n.a line that begins with a dot\r\n" in sink.received[0].path.read_bytes()


def test_a_server_without_starttls_gets_no_mail(sink: Sink, smtp: SmtpSettings) -> None:
    with Courier(replace(smtp, security="starttls")) as courier:
        attempt = courier.carry("x@example.com", "a@example.com", MAIL)
    assert (attempt.state, attempt.no_server) == ("deferred", True)
    assert "STARTTLS" in attempt.reply
    assert sink.received == []


def test_starttls_with_a_certificate_nobody_vouches_for_sends_nothing(
    tmp_path: Path, smtp: SmtpSettings
) -> None:
    _, context = _certificate(tmp_path)
    with Sink(tmp_path / "out", tls=context) as sink:
        settings = replace(smtp, port=sink.port, security="starttls")
        with Courier(settings) as courier:
            attempt = courier.carry("x@example.com", "a@example.com", MAIL)
        assert attempt.state == "deferred"
        assert "CERTIFICATE_VERIFY_FAILED" in attempt.reply
        assert sink.received == []


def test_starttls_and_login_with_a_trusted_certificate(
    tmp_path: Path, smtp: SmtpSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = _certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with Sink(tmp_path / "out", tls=context, login=("news", "s3cret")) as sink:
        settings = replace(
            smtp, port=sink.port, security="starttls", username="news", password="s3cret"
        )
        with Courier(settings) as courier:
            assert courier.carry("x@example.com", "a@example.com", MAIL).state == "sent"
        assert len(sink.received) == 1


def test_a_wrong_password_defers_and_is_not_repeated_in_the_reply(
    tmp_path: Path, smtp: SmtpSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = _certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with Sink(tmp_path / "out", tls=context, login=("news", "right")) as sink:
        settings = replace(
            smtp, port=sink.port, security="starttls", username="news", password="s3cret"
        )
        with Courier(settings) as courier:
            attempt = courier.carry("x@example.com", "a@example.com", MAIL)
    assert (attempt.state, attempt.no_server) == ("deferred", True)
    assert attempt.reply.startswith("535")
    assert "s3cret" not in attempt.reply
    assert "s3cret" not in repr(settings)


def test_a_password_is_never_sent_in_the_clear(smtp: SmtpSettings) -> None:
    settings = replace(smtp, host="mail.example.com", username="news", password="s3cret")
    with pytest.raises(DigestError, match="in the clear") as caught:
        Courier(settings)
    assert "s3cret" not in str(caught.value)


def _certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that signs itself, and the server's context for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path, key_path = folder / "certificate.pem", folder / "key.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key_path)
    return path, context
