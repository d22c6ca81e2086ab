"""Dresses neutral paragraphs in what real editors leave behind: Word styles, spacers, fonts."""

from __future__ import annotations

import re

_PARAGRAPH = re.compile(r"<p(\s[^>]*)?>")
_CENTRED = re.compile(r"text-align:\s*(center|right)")

WORD_PARAGRAPH = (
    '<p class="MsoNormal" style="margin: 0cm 0cm 0pt; line-height: 28pt; text-indent: 32.0000pt; '
    'mso-char-indent-count: 2.0000; mso-line-height-rule: exactly;{0}">'
    '<span style="font-family: 仿宋_GB2312; font-size: 16pt; mso-hansi-font-family: 宋体">'
)
UEDITOR_PARAGRAPH = (
    '<p style="text-indent: 2em; line-height: 2em; text-align: justify;{0}">'
    '<span style="font-family: 仿宋, 仿宋_GB2312; font-size: 20px;">'
)


def with_editor_markup(body: str, style: str) -> str:
    """The body as that kind of editor would have saved it (word | ueditor | spaces | wechat)."""
    if style == "wechat":
        return _dress_wechat(body)
    if style == "spaces":
        return _PARAGRAPH.sub(lambda m: _opened(m, '<p style="{0}">'), body)
    opening = WORD_PARAGRAPH if style == "word" else UEDITOR_PARAGRAPH
    closing = "<o:p></o:p></span></p>" if style == "word" else "</span></p>"
    dressed = _PARAGRAPH.sub(lambda m: opening.format(_alignment(m)), body)
    return dressed.replace("</p>", closing)


def _opened(match: re.Match[str], opening: str) -> str:
    alignment = _alignment(match)
    tag = opening.format(alignment.strip()) if alignment else "<p>"
    return tag if alignment else tag + "　　"


def _alignment(match: re.Match[str]) -> str:
    found = _CENTRED.search(match.group(1) or "")
    return f" text-align: {found.group(1)};" if found else ""


def _dress_wechat(body: str) -> str:
    dressed = re.sub(r'<img ([^>]*?)src="', r'<img class="rich_pages wxw-img" \1data-src="', body)
    dressed = re.sub(r"<p(?: [^>]*)?>", '<p style="line-height: 1.75em;"><span leaf="">', dressed)
    dressed = dressed.replace("</p>", "</span></p>")
    return f'<section style="margin: 0px 8px;" data-role="outer">{dressed}</section>'
