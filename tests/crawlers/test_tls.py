"""Certificates are checked; a host that cannot be verified is excepted by name only."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.installation import Installation

ROW = (
    '<li><a href="./202102/t20210205_{0}.html">关于第{0}号事项的通知公告</a>'
    "<span>2021-02-05</span></li>"
)
ROWS = "".join(ROW.format(number) for number in range(1, 7))
LIST = f"<html><meta charset=utf-8><ul>{ROWS}</ul></html>".encode()
SITE = """
[tj_local]
name = "本地站"
platform = "trs"
section = "projects"
group = "天津市"
crawl = "20 8 * * mon-fri"
{tls}

[[tj_local.columns]]
name = "通知公告"
url = "https://127.0.0.1:{port}/tzgg/"
"""


def notice(number: str) -> bytes:
    text = f"现将第{number}号事项的有关情况通知如下，请各单位遵照执行。" * 5
    return (
        f"<html><meta charset=utf-8><h1>关于第{number}号事项的通知公告</h1>"
        f"<div class=TRS_Editor><p>{text}</p></div></html>"
    ).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = "robots" not in self.path and "index" not in self.path
        # Each page is its row's: one text under many addresses would be no notice.
        number = self.path.rpartition("_")[2].removesuffix(".html")
        body = LIST if self.path.endswith("/tzgg/") else notice(number)
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body if known else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # its name there
        pass


def self_signed(folder: Path) -> Path:
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
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(pem)
    )
    return path


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("tls", "verdict", "words"),
    [("", "unreachable", "证书"), ('tls = "lenient"', "ok", "")],
    ids=["verified", "lenient"],
)
def test_a_certificate_nobody_vouches_for(
    tmp_path: Path, port: int, tls: str, verdict: str, words: str
) -> None:
    settings = "[crawl]\ndelay = 0\n"
    installation = Installation(
        tmp_path / "house", settings=settings, sources=SITE.format(tls=tls, port=port)
    )
    installation.run("crawl", "tj_local")
    row = installation.coverage()["tj_local", "通知公告"]
    assert row["verdict"] == verdict, row["reason"]
    assert words in row["reason"]
