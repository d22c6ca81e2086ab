"""The mail server of the configuration."""

from __future__ import annotations

from pathlib import Path

from app.context import CommandError, Context
from digest.delivery.dkim_signer import DkimSigner, make_dkim_signer
from digest.delivery.header_address import address_of
from digest.delivery.smtp_client import SmtpSettings


def has_mail_server(context: Context) -> bool:
    """Whether mail can be sent at all."""
    return bool(context.config.smtp.host and context.config.smtp.sender)


def mail_server(context: Context) -> SmtpSettings | None:
    """The mail server, or None when there is none."""
    return smtp_settings(context) if has_mail_server(context) else None


def smtp_settings(context: Context) -> SmtpSettings:
    """The mail server as configured; without one there is nothing to try."""
    smtp = context.config.smtp
    if not has_mail_server(context):
        raise CommandError("no mail server: set smtp.host and smtp.sender in zhengxun.toml")
    folder = context.config.path.parent if context.config.path else Path.cwd()
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        username=smtp.username,
        password=context.config.smtp_password.get_secret_value(),
        sender=smtp.sender,
        reply_to=smtp.reply_to,
        timeout=smtp.timeout,
        ca_file=str(folder / smtp.ca_file) if smtp.ca_file else "",
        per_connection=smtp.per_connection,
        per_minute=smtp.per_minute,
        per_hour=smtp.per_hour,
        signer=mail_signer(context),
        hello=smtp.hello,
    )


def mail_signer(context: Context) -> DkimSigner | None:
    """The DKIM key, when mails are to be signed here."""
    smtp = context.config.smtp
    if not smtp.dkim_selector:
        return None
    domain = smtp.dkim_domain or address_of(smtp.sender, what="smtp.sender").domain
    return make_dkim_signer(domain, smtp.dkim_selector, context.config.dkim_key.get_secret_value())
