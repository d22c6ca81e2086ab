"""An issue as HTML: small and inline-styled for the mail, whole for the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

import css_inline

from digest.coverage_table import HEADINGS, CoverageRow, coverage_rows, merged_rows
from digest.models import NOTHING_NEW, Digest
from digest.templates import style, templates
from digest.weight import weightiest
from digest.wording import totals_line, trouble_line

# Gmail shows 102 kB of a message and hides the rest; 100 000 leaves room for its own markup.
MAX_MAIL_BYTES = 100_000
_INDENT = re.compile(r"\n\s+")


@dataclass(frozen=True, slots=True)
class Detail:
    """How much of each entry a mail shows; all levels but the last name every entry.

    `summary` and `title` are lengths in characters; `rows` gives each entry its own row with
    source and deadline, `extras` attachments and 另见; `facts` date and deadline where there is
    no row; `due` and `coverage` limit the tables (`merged` first merges the well-read columns
    of a site). With `title` 0 a heading only says how many entries the attachment has.
    """

    summary: int = 120
    title: int = 400
    rows: bool = True
    extras: bool = True
    facts: bool = True
    links: bool = True
    merged: bool = False
    due: int = 40
    coverage: int = 60
    note: str = ""


_SHORT = "本期条目较多，摘要从略，全文见附件。"
_FILES = "本期条目较多，邮件内不列附件，见附件中的全文。"
_BARE = "本期条目很多，邮件内仅列标题，全文见附件。"
_TITLES = Detail(0, rows=False, extras=False, merged=True, due=10, coverage=20, note=_BARE)
_LEVELS = (
    Detail(),
    Detail(summary=84, merged=True, due=20),
    Detail(summary=60, merged=True, due=20),
    Detail(summary=42, merged=True, due=20),
    Detail(summary=42, extras=False, merged=True, due=20, note=_FILES),
    Detail(summary=0, merged=True, due=20, note=_SHORT),
    Detail(summary=0, extras=False, merged=True, due=15, coverage=40, note=_SHORT),
    _TITLES,
    replace(_TITLES, title=60, facts=False),
    replace(_TITLES, title=40, facts=False),
    replace(_TITLES, title=32, facts=False),
    replace(_TITLES, title=24, facts=False),
    replace(_TITLES, title=60, facts=False, links=False),
    replace(_TITLES, title=30, facts=False, links=False),
    replace(_TITLES, title=8, facts=False, links=False, due=5, coverage=10),
    replace(_TITLES, title=0, due=5, coverage=10),
)


def render_mail_html(digest: Digest) -> str:
    """The HTML part of the mail: no bodies, nothing remote, under MAX_MAIL_BYTES.

    Goes down the levels until it fits: shorter summaries, none, titles only, cut titles.
    """
    page = ""
    for detail in _LEVELS:
        page = _mail_page(digest, detail)
        if len(page.encode()) < MAX_MAIL_BYTES:
            break
    return page


def render_html(digest: Digest) -> str:
    """The file digest.html: whole bodies, contents and anchors; opening it fetches nothing."""
    page = templates().get_template("issue.html.jinja")
    lead = weightiest(digest, 3)
    return page.render(
        lead=lead if digest.total > len(lead) else (),
        digest=digest,
        css=style("issue.css"),
        totals=totals_line(digest),
        trouble=trouble_line(digest),
        due=digest.highlights.due,
        coverage=coverage_rows(digest),
        coverage_headings=HEADINGS,
        nothing=NOTHING_NEW,
    )


def _mail_page(digest: Digest, detail: Detail) -> str:
    rows = _mail_coverage(digest, detail)
    lead = weightiest(digest, 3)
    page = templates().get_template("mail.html.jinja")
    markup = page.render(
        digest=digest,
        css=style("mail.css"),
        screens=style("mail_screens.css"),
        detail=detail,
        preheader=totals_line(digest),
        totals=totals_line(digest),
        lead=lead if digest.total > len(lead) else (),
        trouble=trouble_line(digest),
        due=digest.highlights.due[: detail.due],
        coverage=rows[: detail.coverage],
        hidden_coverage=max(len(rows) - detail.coverage, 0),
        coverage_headings=HEADINGS,
        nothing=NOTHING_NEW,
    )
    return _INDENT.sub("\n", _inliner().inline(markup))


def _mail_coverage(digest: Digest, detail: Detail) -> list[CoverageRow]:
    return merged_rows(digest) if detail.merged else coverage_rows(digest, reason_limit=120)


@cache
def _inliner() -> css_inline.CSSInliner:
    # The dark scheme and the narrow screen cannot be inlined: their block is marked "keep".
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
