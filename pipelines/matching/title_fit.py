"""Whether two titles can stand over one text: what they name, and what kind of page they head."""

from __future__ import annotations

import re

from pipelines.matching.similarity import bare_text
from storage.models import Notice
from texts.folding import nfkc
from texts.normal_forms import title_key

MIN_TITLE = 10
MIN_CORE = 8
QUOTED = re.compile("《([^《》]{6,})》")
# A correction, an interpretation or a picture of a document names it, but is another text. So is
# a notice that forwards one (转发…的通知); 转发： before a title is only a repost's word.
_ABOUT_IT = re.compile("更正|勘误|修正|解读|图解|一图读懂|答记者问|问答")
_FORWARDS = re.compile(r"转发(?!\s*(?:[:：｜|\]】)）丨]|$))")
# A draft, and what was said about it, is not the final text.
_DRAFT = re.compile("征求意见|公开征求|草案|送审稿|意见反馈")
_KINDS = (_ABOUT_IT, _FORWARDS, _DRAFT)
# First, second batch, year, issue: what tells the documents of a series apart.
_SERIES = re.compile(
    "第?(?<![0-9〇零一二三四五六七八九十百])([0-9〇零一二三四五六七八九十百]++)[-—]?(年|批|号|期|次|季度|月|轮|届|版)"
)
# An issuer's own way to title a notice; a headline is written otherwise.
_OFFICIAL = re.compile(
    r"\A(?:(?!关于).)*关于.+(?:通知|公告|通告|公示|函|意见|办法|规定|细则|决定|批复|通报)"
)
_IN_BRACKETS = re.compile(r"[(（【\[][^)）】\]]{0,200}[)）】\]]")
_FIGURE = re.compile(r"(?<![A-Za-z])[A-Za-z]*+\d++(?:\.\d++)?")
# A headline's words that its text must have, 0..1, and figures that make a text unlike others.
_WORDS_IN_TEXT = 0.5
_FIGURES_OF_A_TEXT = 5
# So many pairs of signs in a row that a text has not are a word that it has not.
_SEAM = 3
# 2批次 counts samples, and 4月23日 is a day.
_NO_SERIES = re.compile("(?<![第0-9])[0-9]{1,9}批次|[0-9]{1,2}月[0-9]{1,2}日")
# A title's own words begin after its publisher's name.
_BEFORE_ABOUT = re.compile("^.{0,40}?(?=关于)")
_AFTER_ABOUT = re.compile("^关于|的(?:通知|公告|通告|公示|函|意见)$")


def kinds_differ(title: str, other: str) -> bool:
    """Whether one is about the document of the other: a correction, a draft, a forwarding note."""
    return any(bool(kind.search(title)) != bool(kind.search(other)) for kind in _KINDS)


def titles_fit(page: Notice, other: Notice) -> bool:
    """Whether two titles can stand over one text: no other batch, no correction of the other."""
    if kinds_differ(page.title, other.title) or series_differ(page, other):
        return False
    if _names(page.title, other.title) or _names(other.title, page.title):
        return True
    one, two = _core(page.title), _core(other.title)
    if _quotes(page, two) or _quotes(other, one):
        return True
    return min(len(one), len(two)) >= MIN_CORE and (one in two or two in one)


def headline_fits(page: Notice, other: Notice) -> bool:
    """Whether one of two sites may have put a headline of its own over the other's text.

    For texts that agree in every fact. What the headline says must be said by the text too (its
    figures all, its words by half), and the text must be one that no other notice can have: it
    states figures enough, or names what the issuer's own title names.
    """
    if page.site == other.site or kinds_differ(page.title, other.title):
        return False
    if series_differ(page, other):
        return False
    sides = ((page, other), (other, page))
    issued = [(side, text) for side, text in sides if _OFFICIAL.search(side.title)]
    if len(issued) == len(sides) or not all(
        _is_said(side.title, text) for side, text in sides if (side, text) not in issued
    ):
        return False
    return _states_enough(page, other) or any(_names_its_subject(*each) for each in issued)


def _states_enough(page: Notice, other: Notice) -> bool:
    ours, theirs = (set(_FIGURE.findall(nfkc(item.body_text))) for item in (page, other))
    return sum(len(figure) > 1 for figure in ours & theirs) >= _FIGURES_OF_A_TEXT


def _names_its_subject(issued: Notice, text: Notice) -> bool:
    """Whether the other's text says what the issuer's title is about, nothing left out.

    Of a text that does not, the subject may stand in the title alone.
    """
    subject, whole = _core(_IN_BRACKETS.sub("", issued.title)), bare_text(text.body_text)
    missing = "".join("x" if pair not in whole else " " for pair in _pairs(subject))
    return len(subject) >= MIN_CORE and "x" * _SEAM not in missing


def _is_said(headline: str, text: Notice) -> bool:
    said = nfkc(f"{text.title}\n{text.body_text}")
    if not set(_FIGURE.findall(nfkc(headline))) <= set(_FIGURE.findall(said)):
        return False
    words, whole = bare_text(_IN_BRACKETS.sub("", headline)), bare_text(said)
    pairs = _pairs(words)
    return len(words) >= MIN_CORE and (
        sum(pair in whole for pair in pairs) >= _WORDS_IN_TEXT * len(pairs)
    )


def _pairs(words: str) -> list[str]:
    return [words[at : at + 2] for at in range(len(words) - 1)]


def series_differ(page: Notice, other: Notice) -> bool:
    """Titles, or names of files, of another year, batch or number."""
    for one, two in (
        (page.title, other.title),
        (_file_names(page), _file_names(other)),
    ):
        ours, theirs = (set(_SERIES.findall(_NO_SERIES.sub("", name))) for name in (one, two))
        if ours and theirs and not (ours <= theirs or theirs <= ours):
            return True
    return False


def announces(title: str, other: str) -> bool:
    """Whether `title`, or a document that it names in 《》, is what `other` is titled after."""
    whole = title_key(other)
    if any(kind.search(text) for kind in (_ABOUT_IT, _FORWARDS) for text in (title, other)):
        return False
    if title_key(title) == whole:
        return False
    names = (title_key(name) for name in (title, *QUOTED.findall(title)))
    return any(len(name) >= MIN_TITLE and name in whole for name in names)


def _names(title: str, other: str) -> bool:
    """Whether `title` names a document in 《》 that `other` names too, in whatever marks."""
    names = (title_key(name) for name in QUOTED.findall(title))
    return any(len(name) >= MIN_CORE and name in title_key(other) for name in names)


def _quotes(page: Notice, core: str) -> bool:
    """A retitled copy prints the title of its original over the text."""
    return len(core) >= MIN_CORE and core in bare_text(page.body_text)


def _core(title: str) -> str:
    """The title without the publisher's name before 关于 and the kind of document after it."""
    core = _BEFORE_ABOUT.sub("", title.strip())
    return title_key(_AFTER_ABOUT.sub("", _AFTER_ABOUT.sub("", core)))


def _file_names(page: Notice) -> str:
    return " ".join(attachment.name for attachment in page.attachments)
