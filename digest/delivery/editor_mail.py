"""The mail that tells an editor that an issue waits: what is in it, until when, what to do."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from china_time import SHANGHAI, local_minute
from digest.delivery.header_address import address_of
from digest.delivery.header_folding import MAIL
from digest.delivery.smtp_client import Attempt, SmtpClient, SmtpSettings
from digest.models.issue import Digest
from digest.rendering.render_html import render_html
from digest.safe_text import clean_line
from digest.wording import badges, totals_line, trouble_line, why


def tell_editor(
    digest: Digest, *, address: str, until: datetime, smtp: SmtpSettings, now: datetime
) -> Attempt:
    """Mail the list of what waits, with the preview attached; how it ended.

    Raises DigestError for a sender or an address that cannot stand in a header.
    """
    sender = address_of(smtp.sender, what="smtp.sender")
    recipient = address_of(address, what="digest.editor")
    message = EmailMessage(policy=MAIL)
    message["From"] = sender
    message["To"] = recipient
    when = local_minute(until)
    message["Subject"] = clean_line(
        f"[政讯] {digest.week} 待审：{digest.total} 条，{when} 自动发出"
    ).replace("=?", "= ?")
    message["Date"] = format_datetime(now.astimezone(SHANGHAI))
    # The same at every attempt: a mail that arrives twice can be told to be one.
    message["Message-ID"] = (
        f"<zhengxun.{digest.week.lower()}.waits.t{int(until.timestamp()):x}@{sender.domain}>"
    )
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(waiting_text(digest, until), cte="base64")
    message.add_attachment(
        render_html(digest).encode(),
        maintype="text",
        subtype="html",
        filename=f"preview-{digest.week}.html",
        cte="base64",
    )
    with SmtpClient(smtp) as smtp_client:
        return smtp_client.send(sender.addr_spec, recipient.addr_spec, message.as_bytes())


def waiting_text(digest: Digest, until: datetime) -> str:
    """What waits, entry by entry with its number, and the commands that change it."""
    lines = [
        f"{clean_line(digest.title)} {digest.week} 已编定，待审。",
        f"{local_minute(until)}（北京时间）自动发出，无需确认。",
        "",
        totals_line(digest),
    ]
    if trouble := trouble_line(digest):
        lines.append(trouble)
    for section in digest.sections:
        for group in section.filled:
            lines += ["", f"【{section.title} · {clean_line(group.title)}】"]
            for entry in group.entries:
                marks = "".join(f"［{badge}］" for badge in badges(entry))
                depth = "　（其余）" if entry.folded else ""
                lines.append(f"编号 {entry.id}　{entry.title}{marks}{depth}")
    asked = [entry for entry in digest.entries() if entry.id in digest.asked]
    if asked:
        lines += [
            "",
            "【拿不准，请判断】",
            *(f"编号 {one.id}　{one.title}（{why(one)}）" for one in asked),
        ]
        lines.append("zhengxun edit keep 编号（认可）、promote（列全文）、fold（折叠）")
    if digest.dropped:
        lines += ["", "【已删去】", *(f"编号 {item.id}　{item.title}" for item in digest.dropped)]
    lines += [
        "",
        "预览见附件，或运行 zhengxun digest --preview",
        "修改：zhengxun edit --help；提前发出：zhengxun release",
        "",
    ]
    return "\n".join(lines)
