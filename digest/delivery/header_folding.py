"""Headers in encoded words that every receiver and every Python reads alike (RFC 2047).

How `email.policy` folds a header differs between releases of Python: some lose the space at a
fold, some write two encoded words without one between, which Yahoo refuses. `email.header.Header`
is older, and right.
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import (
    BaseHeader,
    HeaderRegistry,
    UniqueAddressHeader,
    UniqueUnstructuredHeader,
)
from email.policy import SMTP, SMTPUTF8, Policy

# RFC 2047, section 2, of an encoded word; its line may have one more.
_LONGEST_WORD = 75


def encoded_words(text: str, header_name: str) -> str:
    """Text for one header, its lines parted by CRLF and a space: as it is when it is ASCII."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    header = Header(text, charset, maxlinelen=_LONGEST_WORD, header_name=header_name)
    return header.encode(linesep="\r\n")


class _Text(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc] # as HeaderRegistry does
    """Subject."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {encoded_words(str(self), self.name)}{policy.linesep}"


class _Addresses(UniqueAddressHeader, BaseHeader):  # type: ignore[misc] # same
    """From, To and Reply-To: the names are encoded, the addresses stand as they are."""

    def fold(self, *, policy: Policy) -> str:
        end = policy.linesep
        shown = (
            _address(one.display_name, one.addr_spec, self.name, end) for one in self.addresses
        )
        return f"{self.name}: {f',{end} '.join(shown)}{end}"


def _address(name: str, address: str, header_name: str, linesep: str) -> str:
    if not name:
        return address
    if not name.isascii():
        return f"{encoded_words(name, header_name)}{linesep} <{address}>"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


_REGISTRY = HeaderRegistry()
_REGISTRY.map_to_type("subject", _Text)
for _name in ("from", "to", "reply-to"):
    _REGISTRY.map_to_type(_name, _Addresses)

MAIL = SMTP.clone(header_factory=_REGISTRY)
# For an address that is Chinese before the @ (RFC 6532).
MAIL_UTF8 = SMTPUTF8.clone(header_factory=_REGISTRY)
