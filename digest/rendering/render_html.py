"""An issue as HTML: small and inline-styled for the mail, whole for the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

import css_inline

from digest.composing.highlights import weightiest
from digest.models.issue import NOTHING_NEW, Digest, Entry
from digest.rendering.body_html import safe_body
from digest.rendering.body_limits import TOO_SLOW, sentence_markup
from digest.rendering.chart import chart_png, chart_rows
from digest.rendering.coverage_table import merged_rows
from digest.rendering.templates import style, templates
from digest.rendering.time_allowance import OutOfTimeError, TimeAllowance
from digest.wording import totals_line, trouble_line, whole_line

# Gmail shows 102 kB of a message and hides the rest; 100 000 leaves room for its own markup.
MAX_MAIL_BYTES = 100_000
_INDENT = re.compile(r"\n\s+")


@dataclass(frozen=True, slots=True)
class Detail:
    """How much of each entry a mail shows; all levels but the last name every entry.

    `summary` and `title` are lengths in characters; `rows` gives each entry its own row with
    source and deadline, `extras` attachments and 另见; `facts` date and deadline where there is
    no row; `due` (of 跟踪事项 too), `coverage` and `chart` limit the tables. With `title` 0 a
    heading only says how many entries the attachment has.
    """

    summary: int = 120
    title: int = 400
    rows: bool = True
    extras: bool = True
    facts: bool = True
    links: bool = True
    due: int = 40
    coverage: int = 60
    chart: int = 16
    note: str = ""


_SHORT = "本期条目较多，摘要从略，全文见附件。"
_FILES = "本期条目较多，邮件内不列附件，见附件中的全文。"
_BARE = "本期条目很多，邮件内仅列标题，全文见附件。"
_TITLES = Detail(0, rows=False, extras=False, due=10, coverage=20, chart=0, note=_BARE)
_LEVELS = (
    Detail(),
    Detail(summary=84, due=20),
    Detail(summary=60, due=20),
    Detail(summary=42, due=20),
    Detail(summary=42, extras=False, due=20, chart=8, note=_FILES),
    Detail(summary=0, due=20, chart=6, note=_SHORT),
    Detail(summary=0, extras=False, due=15, coverage=40, chart=0, note=_SHORT),
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


def render_mail_html(digest: Digest, *, remark: str = "") -> str:
    """The HTML part of the mail: no bodies, nothing remote, under MAX_MAIL_BYTES.

    Goes down the levels until it fits: shorter summaries, none, titles only, cut titles.
    `remark`: a sentence about this mail, at its top.
    """
    page = ""
    for detail in _LEVELS:
        page = _mail_page(digest, detail, remark)
        if len(page.encode()) < MAX_MAIL_BYTES:
            break
    return page


def mail_pictures(digest: Digest, page: str) -> dict[str, bytes]:
    """The PNG files a mail page shows, by Content-ID without its angle brackets."""
    return {row.cid: chart_png(row) for row in chart_rows(digest) if f'"cid:{row.cid}"' in page}


def render_html(digest: Digest, time: TimeAllowance | None = None) -> str:
    """The file digest.html: whole bodies, contents and anchors; opening it fetches nothing.

    A body that is out of `time` is left out, with a sentence and the link.
    """
    time = time or TimeAllowance()
    page = templates().get_template("issue.html.jinja")
    lead = weightiest(digest, 3)
    return page.render(
        lead=lead if digest.total > len(lead) else (),
        digest=digest,
        bodies={entry.id: _body(entry, time) for entry in digest.entries()},
        css=style("issue.css"),
        totals=totals_line(digest),
        trouble=trouble_line(digest),
        due=digest.highlights.due,
        coverage=merged_rows(digest, reason_limit=200),
        chart=chart_rows(digest),
        nothing=NOTHING_NEW,
    )


def _body(entry: Entry, time: TimeAllowance) -> str:
    if not entry.has_body:
        return ""
    try:
        with time.one_entry():
            return safe_body(entry)
    except OutOfTimeError:
        return sentence_markup(TOO_SLOW, entry.url)


def _mail_page(digest: Digest, detail: Detail, remark: str) -> str:
    rows = merged_rows(digest, reason_limit=120, names_limit=60)
    chart = chart_rows(digest)
    lead = weightiest(digest, 3)
    return mail_page(
        "mail.html.jinja",
        digest=digest,
        detail=detail,
        remark=remark,
        preheader=totals_line(digest),
        totals=totals_line(digest),
        whole=whole_line(digest),
        lead=lead if digest.total > len(lead) else (),
        trouble=trouble_line(digest),
        due=digest.highlights.due[: detail.due],
        followed=digest.follow_ups[: detail.due],
        coverage=rows[: detail.coverage],
        hidden_coverage=max(len(rows) - detail.coverage, 0),
        chart=chart[: detail.chart],
        hidden_chart=max(len(chart) - detail.chart, 0),
        nothing=NOTHING_NEW,
    )


def mail_page(template: str, **values: object) -> str:
    """A page for mail programs, from a template of this room: its styles inlined."""
    page = templates().get_template(template)
    markup = page.render(css=style("mail.css"), screens=style("mail_screens.css"), **values)
    return _INDENT.sub("\n", _inliner().inline(markup))


@cache
def _inliner() -> css_inline.CSSInliner:
    # The dark scheme and the narrow screen cannot be inlined: their block is marked "keep".
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
