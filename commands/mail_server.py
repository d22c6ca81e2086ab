"""The mail server of the configuration."""

from __future__ import annotations

from pathlib import Path

from commands.desk import CommandError, Desk
from digest.delivery.courier import SmtpSettings
from digest.delivery.header_address import address_of
from digest.delivery.signing import Seal, make_seal


def has_mail_server(desk: Desk) -> bool:
    """Whether mail can be sent at all."""
    return bool(desk.config.smtp.host and desk.config.smtp.sender)


def mail_server(desk: Desk) -> SmtpSettings | None:
    """The mail server, or None when there is none."""
    return smtp_settings(desk) if has_mail_server(desk) else None


def smtp_settings(desk: Desk) -> SmtpSettings:
    """The mail server as configured; without one there is nothing to try."""
    smtp = desk.config.smtp
    if not has_mail_server(desk):
        raise CommandError("no mail server: set smtp.host and smtp.sender in zhengxun.toml")
    folder = desk.config.path.parent if desk.config.path else Path.cwd()
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        username=smtp.username,
        password=desk.config.smtp_password.get_secret_value(),
        sender=smtp.sender,
        reply_to=smtp.reply_to,
        timeout=smtp.timeout,
        ca_file=str(folder / smtp.ca_file) if smtp.ca_file else "",
        per_connection=smtp.per_connection,
        per_minute=smtp.per_minute,
        per_hour=smtp.per_hour,
        seal=mail_seal(desk),
        hello=smtp.hello,
    )


def mail_seal(desk: Desk) -> Seal | None:
    """The DKIM key, when mails are to be signed here."""
    smtp = desk.config.smtp
    if not smtp.dkim_selector:
        return None
    domain = smtp.dkim_domain or address_of(smtp.sender, what="smtp.sender").domain
    return make_seal(domain, smtp.dkim_selector, desk.config.dkim_key.get_secret_value())
