"""The tables of zhengxun.toml about mail, chat bots and the pages people reach, with defaults.

`config.py` is the only reader of the file.
"""

from __future__ import annotations

import re
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from config_sections import Section
from digest.delivery.channels import bot_kinds

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# RFC 5321: a domain in ASCII, or the address of a machine in brackets.
_HELLO = re.compile(
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,30}|\[(?:IPv6:[0-9A-Fa-f:.]{2,45}|[0-9.]{7,15})\]"
)


def bot_kind(value: str) -> str:
    """The value, if a channel that bots stand behind is called so. Raises ValueError."""
    if value not in bot_kinds():
        raise ValueError(f"is no kind of bot; use {', '.join(bot_kinds())}")
    return value


BotKind = Annotated[str, AfterValidator(bot_kind)]


def mail_address(value: str) -> str:
    """The value, if it is '' or one mail address with or without a name. Raises ValueError."""
    local, at, domain = parseaddr(value)[1].rpartition("@")
    try:
        named = bool(at and local and domain.encode("idna") and local.encode("ascii"))
    except UnicodeError:
        named = False
    if value and (not named or not value.isprintable() or " " in local + domain):
        raise ValueError("is no mail address; write e.g. 政讯周报 <zhengxun@example.com>")
    return value


class SmtpConfig(Section):
    """Outgoing mail; the password: ZHENGXUN_SMTP_PASSWORD or `password_file` (mode 600).

    Paths are relative to the configuration file; 0 is no limit.
    """

    host: str = ""
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password_file: str = ""
    sender: str = ""
    reply_to: str = ""
    timeout: float = Field(60.0, gt=0)
    ca_file: str = Field("", description="who vouches for the server's certificate, PEM")
    per_connection: int = Field(0, ge=0, description="mails before a new connection is made")
    per_minute: int = Field(0, ge=0, description="attempts, all processes together")
    per_hour: int = Field(0, ge=0, description="same")
    hello: str = Field("", description="the name said in EHLO; '' = this machine's, if it is one")
    dkim_selector: str = Field("", pattern=r"^[A-Za-z0-9.-]*$")
    dkim_domain: str = Field("", description="'' = the domain of the sender")
    dkim_key_file: str = Field("", description="RSA private key, PEM, mode 600")

    @field_validator("sender", "reply_to")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return mail_address(value)

    @field_validator("hello")
    @classmethod
    def _can_be_said(cls, value: str) -> str:
        if value and not _HELLO.fullmatch(value):
            raise ValueError("must be a host name like mail.example.com, or [192.0.2.7]")
        return value


class MailboxConfig(Section):
    """Where bounces and unsubscribing arrive (IMAP); the password: ZHENGXUN_IMAP_PASSWORD or
    `password_file` (mode 600)."""

    host: str = ""
    port: int = Field(993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = ""
    password_file: str = ""
    address: str = Field("", description="mail to it arrives in the mailbox; '' = username")
    folder: str = "INBOX"
    after: Literal["leave", "seen", "move", "delete"] = Field(
        "leave", description="what happens to a message that was understood"
    )
    move_to: str = ""
    timeout: float = Field(60.0, gt=0)

    @model_validator(mode="after")
    def _knows_where_to_move(self) -> Self:
        if self.after == "move" and not self.move_to:
            raise ValueError('after = "move" needs move_to, the name of a folder')
        return self


class PublicConfig(Section):
    """Our own page for readers, behind the operator's reverse proxy."""

    url: str = Field("", description="how readers reach it: https://news.example.com")
    listen: str = Field("127.0.0.1:8026", pattern=r"^[^\s/]+:\d{1,5}$")
    forwarded: bool = Field(
        False, description="the proxy sets X-Forwarded-For: count requests by its last address"
    )

    @field_validator("url")
    @classmethod
    def _is_https(cls, value: str) -> str:
        local = value.startswith(("http://127.0.0.1", "http://localhost"))
        if value and not (value.startswith("https://") or local):
            raise ValueError("must start with https://")
        return value.rstrip("/")


class DeskConfig(Section):
    """The editors' desk 编辑台: off unless it is told where to listen."""

    listen: str = Field("", pattern=r"^([^\s/]+:\d{1,5})?$", description="127.0.0.1:8010")
    url: str = Field("", description="how people reach it; default: http:// and `listen`")
    two_people: bool = Field(
        False, description="who changed an issue last does not let it go: somebody else does"
    )
    forwarded: bool = Field(
        False, description="the proxy sets X-Forwarded-For: count tries by its last address"
    )
    user_header: str = Field("", pattern=r"^[A-Za-z0-9-]*$")
    user_networks: tuple[str, ...] = Field(
        (), description="from where `user_header` is believed: 10.0.0.5/32"
    )

    @field_validator("user_networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if ip_network(one).prefixlen == 0:
                raise ValueError(f"{one} is everybody; name the address of the proxy")
        return value

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if bool(self.user_header) != bool(self.user_networks):
            raise ValueError("user_header and user_networks go together")
        host = self.listen.rpartition(":")[0].strip("[]")
        if self.listen and not self.url and host not in LOOPBACK:
            raise ValueError('listen is not on 127.0.0.1: needs url = "https://…" of the proxy')
        local = urlsplit(self.url).scheme == "http" and urlsplit(self.url).hostname in LOOPBACK
        if self.url and not (self.url.startswith("https://") or local):
            raise ValueError("url must start with https://")
        if urlsplit(self.url).path.strip("/"):
            raise ValueError("url must be a host of its own, without a path")
        return self

    @property
    def origin(self) -> str:
        """https://desk.example.com, without a slash; '' when there is no desk."""
        return (self.url or f"http://{self.listen}").rstrip("/") if self.listen else ""


class ChannelConfig(Section):
    """A chat bot that gets each issue's essentials; its URL and secret are passwords."""

    kind: BotKind
    name: str = Field(min_length=1, max_length=60, pattern=r"^[^\s@:]+$")
    url: SecretStr
    secret: SecretStr = SecretStr("")
    sections: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    private: bool = Field(False, description="the destination may be on a private network")
    pace: Literal["weekly", "immediate"] = Field(
        "weekly", description="immediate: also a message for each new notice with a keyword"
    )

    @model_validator(mode="after")
    def _has_an_occasion(self) -> Self:
        if self.pace == "immediate" and not self.keywords:
            raise ValueError('pace = "immediate" needs keywords')
        return self

    @field_validator("url")
    @classmethod
    def _is_a_web_address(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("must start with https:// or http://")
        return value


class OperatorConfig(Section):
    """Who hears about outages, and what notices the silence of the daemon itself."""

    email: str = ""
    webhook: str = Field("", description="gets each alarm as a JSON POST")
    webhook_kind: BotKind = Field("webhook", description="the channel that `webhook` belongs to")
    ping_url: str = Field("", description="asked (GET) after each healthy round")

    @field_validator("webhook", "ping_url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with https:// or http://")
        return value
