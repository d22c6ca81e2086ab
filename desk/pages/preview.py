"""The coming issue as readers will see it: as mail, on a phone, as Word page, side by side."""

from __future__ import annotations

import base64

from desk.mails import send_preview
from desk.pages.draft import opened
from desk.pages.issue import fate
from desk.templates_of import environment
from desk.visits import Answer, Go, Page, RefusedError, Sheet, Visit, needs
from digest.models.issue import Digest, DigestError
from digest.rendering.render_html import mail_pictures, render_mail_html
from digest.rendering.render_text import render_text

KINDS = {"all": "并排", "mail": "邮件", "phone": "手机", "page": "Word 页面", "text": "纯文本"}
SHEETS = {"mail": "mail", "phone": "mail", "page": "page"}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@needs("look")
def show(visit: Visit) -> Answer:
    """One of the forms, beside the way to the others."""
    kind = visit.query.get("as", "all")
    if kind not in KINDS:
        raise RefusedError("没有这种预览。", 404)
    with opened(visit) as (_, draft):
        digest = draft.digest
        text = render_text(digest, bodies=False) if kind == "text" else ""
        until = fate(visit, digest, draft.record)
    frames = [key for key in SHEETS if kind in {key, "all"}]
    values = {
        "kind": kind,
        "kinds": KINDS,
        "frames": frames,
        "sheets": SHEETS,
        "text": text,
        "digest": digest,
        "fate": until,
    }
    return Page("preview.html.jinja", values)


@needs("look")
def sheet(visit: Visit) -> Answer:
    """The mail itself, for the frame of the page, or the Word file."""
    with opened(visit) as (_, draft):
        digest = draft.digest
    if visit.path["kind"] in {"word", "page"}:
        return _word(digest, visit.path["kind"])
    return Sheet(_mail(digest), framed=True)


def _word(digest: Digest, kind: str) -> Sheet:
    """The Word file, or what it looks like."""
    # Few visits need what writes Word files, and it takes memory.
    from desk.word_page import word_page
    from digest.rendering.docx.document import render_docx

    if kind == "word":
        return Sheet(render_docx(digest), WORD, name=f"preview-{digest.week}.docx")
    blocks, more = word_page(render_docx(digest))
    template = environment().get_template("word_page.html.jinja")
    page = template.render(title=f"{digest.week} Word", blocks=blocks, more=more)
    return Sheet(page, framed=True)


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
