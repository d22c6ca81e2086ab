"""DKIM signatures (RFC 6376, rsa-sha256, relaxed/relaxed), cheap enough for each mail of many.

dkimpy's own signer hashes the whole body anew for each mail and computes RSA in Python: 6 ms a
mail. Its canonical forms are used here, the body's hash is kept, and `cryptography` signs. Both
are loaded with the first key: without one, the daemon is spared their 13 MB.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from digest.models.issue import DigestError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# RFC 8301 section 3.2: no shorter keys.
LEAST_KEY_BITS = 1024
# What a reader sees or a mail program acts on (RFC 6376 section 5.4.1, RFC 8058 section 4).
_SIGNED = [
    "from",
    "reply-to",
    "subject",
    "date",
    "to",
    "message-id",
    "mime-version",
    "content-type",
    "content-language",
    "content-transfer-encoding",
    "auto-submitted",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-archive",
    "list-help",
    "in-reply-to",
    "references",
]
# Named once more than they occur, so that nobody can add another one.
_SEALED = ("from", "subject", "to", "date")

_FIELD = b"DKIM-Signature: "

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class DkimSigner:
    """A key, and the name in DNS under which its other half stands: SELECTOR._domainkey.DOMAIN."""

    domain: str
    selector: str
    key: RSAPrivateKey = field(repr=False)

    @property
    def dns_name(self) -> str:
        """Where the public half stands in DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def dns_record(self) -> str:
        """What stands there, as TXT (RFC 6376 section 3.6.1)."""
        from cryptography.hazmat.primitives import serialization

        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"

    def header(self, head: bytes, body_hash: str, now: datetime | None) -> bytes:
        """The DKIM-Signature line of a mail with these header lines, CRLF at its end."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding
        from dkim.canonicalization import Relaxed

        headers = Relaxed.canonicalize_headers(_parsed(head))
        present = {name.decode("ascii", "replace") for name, _ in headers}
        names = [name for name in _SIGNED if name in present]
        names += [name for name in _SEALED if name in present]
        when = "" if now is None else f" t={int(now.timestamp())};"
        listed = ":\r\n  ".join(":".join(names[at : at + 5]) for at in range(0, len(names), 5))
        tags = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector};"
            f"{when}\r\n h={listed};\r\n bh={body_hash};\r\n b="
        ).encode("ascii")
        own = Relaxed.canonicalize_headers([(b"dkim-signature", tags)])
        # RFC 6376 section 3.7: itself last, with an empty b= and without the line end.
        signed = _picked(headers, names) + _picked(own, ["dkim-signature"])[:-2]
        proof = self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        text = base64.b64encode(proof)
        folded = b"\r\n  ".join(text[at : at + 72] for at in range(0, len(text), 72))
        return _FIELD + tags + folded + b"\r\n"


def make_dkim_signer(domain: str, selector: str, pem: str) -> DkimSigner:
    """A signer from a private key in PEM. Raises DigestError; the key stays out of the message."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < LEAST_KEY_BITS:
        raise DigestError(
            "smtp.dkim_key_file holds no RSA key in PEM of 1024 bits or more; "
            "make one: openssl genrsa -out dkim.pem 2048"
        )
    return DkimSigner(domain.encode("idna").decode("ascii").lower(), selector, key)


def signed(signer: DkimSigner | None, mail: bytes) -> bytes:
    """A mail with a signature, unless there is no seal or it has one already."""
    if signer is None or mail.startswith(_FIELD):
        return mail
    head, _, body = mail.partition(b"\r\n\r\n")
    return signer.header(head + b"\r\n", body_hash(body), None) + mail


def body_hash(body: bytes) -> str:
    """bh= of a body, CRLF-separated; the same for all mails that share the body."""
    from dkim.canonicalization import Relaxed

    canonical = Relaxed.canonicalize_body(body)
    return base64.b64encode(hashlib.sha256(canonical).digest()).decode()


def _parsed(head: bytes) -> Headers:
    """Header lines as (name, value with its folds)."""
    found: list[list[bytes]] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and found:
            found[-1][1] += b"\r\n" + line
        elif line:
            name, _, value = line.partition(b":")
            found.append([name, value])
    return [(name, value) for name, value in found]


def _picked(headers: Headers, names: list[str]) -> bytes:
    """The fields by name; the second mention of one that occurs once adds nothing."""
    fields = dict(headers)
    return b"".join(
        name.encode() + b":" + fields.pop(name.encode())
        for name in names
        if name.encode() in fields
    )
