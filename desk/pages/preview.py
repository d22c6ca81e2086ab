"""The coming issue as readers will see it: as mail, on a phone, as text."""

from __future__ import annotations

import base64

from desk.mails import send_preview
from desk.pages.issue import fate, opened
from desk.visits import Answer, Go, Page, RefusedError, Sheet, Visit, needs
from digest.models.issue import Digest, DigestError
from digest.rendering.docx.document import render_docx
from digest.rendering.render_html import mail_pictures, render_mail_html
from digest.rendering.render_text import render_text

KINDS = {"mail": "邮件", "phone": "手机", "text": "纯文本"}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@needs("look")
def show(visit: Visit) -> Answer:
    """One of the forms, beside the way to the others."""
    kind = visit.query.get("as", "mail")
    if kind not in KINDS:
        raise RefusedError("没有这种预览。", 404)
    with opened(visit) as (_, draft):
        digest = draft.digest
        text = render_text(digest, bodies=False) if kind == "text" else ""
        until = fate(visit, digest, draft.record)
    values = {"kind": kind, "kinds": KINDS, "text": text, "digest": digest, "fate": until}
    return Page("preview.html.jinja", values)


@needs("look")
def sheet(visit: Visit) -> Answer:
    """The mail itself, for the frame of the page, or the Word file."""
    with opened(visit) as (_, draft):
        digest = draft.digest
    if visit.path["kind"] == "word":
        return Sheet(render_docx(digest), WORD, name=f"preview-{digest.week}.docx")
    return Sheet(_mail(digest), framed=True)


def _mail(digest: Digest) -> str:
    """The mail with its pictures inside, where a mail has them beside it."""
    page = render_mail_html(digest)
    for name, picture in mail_pictures(digest, page).items():
        data = base64.b64encode(picture).decode("ascii")
        page = page.replace(f'"cid:{name}"', f'"data:image/png;base64,{data}"')
    return page


@needs("look")
def send(visit: Visit) -> Answer:
    """Mail it to who asks."""
    with opened(visit) as (_, draft):
        digest = draft.digest
    try:
        ended = send_preview(visit.context, visit.who, digest)
    except DigestError as error:
        raise RefusedError(f"没有寄出：{error}") from error
    if ended is None:
        raise RefusedError("没有邮件服务器（smtp.host），不能试发。", 409)
    if ended.state != "sent":
        raise RefusedError(f"没有寄出，邮件服务器答复：{ended.reply}", 502)
    return Go("/preview", said=f"试发邮件已寄给 {visit.who.address}。")
