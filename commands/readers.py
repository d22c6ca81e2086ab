"""What readers get beside the issue, and what comes back from them, as configured."""

from __future__ import annotations

from rich.console import Console

from app.context import Context
from app.mail_server import smtp_settings
from app.readers import bulletin_line, mailbox_line, read_inbound, tell_news


def bulletins(context: Context, console: Console) -> int:
    """Tell what is new now; 1 when a mail could not be sent."""
    smtp_settings(context)  # says what to do when there is no server
    with context.store() as db:
        report = tell_news(context, db)
    console.print(bulletin_line(report) or "没有要发的快讯")
    for note in report.notes:
        console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
    return int(bool(report.deferred or report.refused))


def mailbox(context: Context, console: Console) -> int:
    """Read the mailbox now, and send the confirmations."""
    with context.store() as db:
        report = read_inbound(context, db)
        answers = tell_news(context, db)
    console.print(mailbox_line(report), highlight=False)
    for note in (*report.notes, *answers.notes):
        console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
    return 0
