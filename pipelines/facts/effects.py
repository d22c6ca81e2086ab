"""When a notice takes effect, and which documents it repeals."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipelines.facts.dates import find_dates, parse_date
from texts.width import fold_width

_TAKES_EFFECT = r"起\s{0,4}(?:正式)?(?:施行|实施|执行|生效|实行|启用)"
_FROM_DATE = re.compile(rf"自(?P<day>[^自,。;\n]{{6,24}}?){_TAKES_EFFECT}")
_FROM_ISSUE = re.compile(
    rf"自(?:本?(?:通知|公告|通告|办法|意见|规定|细则)?)?(?:发布|公布|印发|颁布|下发)之日{_TAKES_EFFECT}"
)
_OF_THIS_ONE = re.compile(
    r"本(?:办法|通知|规定|细则|意见|公告|通告|规范|措施|指南|条例|方案|规则|政策)|现予"
)
_OLD = timedelta(days=31)
_TITLE = r"《[^《》〈〉]{1,80}+(?:〈[^〈〉]{0,80}+〉[^《》〈〉]{0,80}+)?》"
_NUMBER = r"(?:\s{0,4}\([^()]{2,60}+\))?"
_REPEALED = re.compile(
    rf"(?P<what>{_TITLE}{_NUMBER}(?:(?:[、,]|和|及|以及|与){{0,2}}{_TITLE}{_NUMBER}){{0,30}})"
    r"[^。;《》]{0,24}?(?:同时|即行|予以|一并|自即日起|现行)?废止"
)
_REPEALS = re.compile(
    r"(?:决定|同时|予以|现)废止(?:以下|下列)?[^《。\n]{0,12}"
    rf"(?P<what>{_TITLE}{_NUMBER}(?:(?:[、,]|和|及|以及|与){{0,2}}{_TITLE}{_NUMBER}){{0,30}})"
)
_ONE = re.compile(rf"{_TITLE}{_NUMBER}")
_NOT_REPEALED = re.compile(r"(?:不|未|尚未|是否)[^。]{0,4}$")


def find_effective_on(field: str, text: str, published: date | None) -> date | None:
    """The day of 自…起施行; 自发布之日起施行 means the day of publication."""
    printed = parse_date(field)
    if printed is not None:
        return printed
    if "起" not in text:
        return None
    folded = fold_width(text)
    if _FROM_ISSUE.search(folded):
        return published
    for match in _FROM_DATE.finditer(folded):
        found = find_dates(match["day"])
        if len(found) == 1 and _meant(folded, match.start(), found[0].on, published):
            return found[0].on
    return None


def _meant(folded: str, start: int, on: date, published: date | None) -> bool:
    """Whether the sentence speaks of this notice, not of an older law that it mentions."""
    if published is None or on >= published - _OLD:
        return True
    sentence = folded[max(folded.rfind("。", 0, start), folded.rfind("\n", 0, start)) + 1 : start]
    return bool(_OF_THIS_ONE.search(sentence))


def find_repeals(text: str) -> tuple[str, ...]:
    """Documents said to be repealed, each as 《title》（number） in the page's words."""
    if "废止" not in text:
        return ()
    folded = fold_width(text)
    found: list[str] = []
    for match in (*_REPEALED.finditer(folded), *_REPEALS.finditer(folded)):
        if _NOT_REPEALED.search(match[0].removesuffix("废止")):
            continue
        start = match.start("what")
        found.extend(
            re.sub(r"\s+", "", text[start + one.start() : start + one.end()])
            for one in _ONE.finditer(match["what"])
        )
    return tuple(dict.fromkeys(found))
