"""Deadlines: the days by which readers must act, each with what it is for.

A date is a deadline only if words next to it say so. Signatures, days of entry into force,
periods that figures refer to and things told of the past are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.facts.terms import COUNTED_FROM, PERIOD, RELATIVE, Term, find_terms, relative_end
from pipelines.facts.width import fold_width
from storage.models import Deadline

_WORTH_READING = re.compile(
    r"[0-9一二三四五六七八九十]\s*[日号]|[0-9][-/.][0-9]|月底|日起|工作日|[天周月]"
)
# Nobody prints a longer sentence; what pretends to be one is read in pieces.
_SENTENCE = re.compile(r"[^。;!?]{1,1000}")
_BOOK = re.compile(r"《[^《》]*(?:〈[^〉]*〉[^《》]*)?》")
_URL = re.compile(r"(?:https?://|www\.)[^\s\u4e00-\u9fff]+")

_PURPOSES = (
    (
        "征求意见",
        re.compile(
            r"征求意见|征集意见|意见征集|意见反馈|反馈意见|修改意见|意见(?:和|及|或|、)?建议|提出意见|"
            r"书面意见|意见截止|公开征集|意见发|意见.{0,12}反馈"
        ),
    ),
    ("公示", re.compile(r"公示|异议")),
    ("缴费", re.compile(r"缴费|缴纳|年费|汇款|交费")),
    ("报名", re.compile(r"报名|参会回执|回执")),
    ("申报", re.compile(r"申报|受理|填报|申请|网上提交|项目推荐|征集")),
    (
        "报送",
        re.compile(
            r"报送|上报|报批|(?<!申请)(?<!申报)(?<!申请书)(?<!申报书)提交(?!申报|申请)|报至|送达|寄送|送至|寄至|发送|发至|发到|上传|报我|反馈|推荐|函报|"
            r"报(?:国家|市|省|区|工业|科技|财政|知识)|报备|备案|回复"
        ),
    ),
)
_ERRAND = re.compile(r"逾期|办理|领取|登录|参加|完成(?:注册|填写|整改|登记|网上)|联系")
_OBJECTIONS = re.compile(r"异议|公示期|公示时间|公示日期")
_REFUSED_LATE = re.compile(r"(?:逾期|过期|超期)[^,。;]{0,6}(?:不予|不再)[^,。;]{0,6}")
_UNTIL = re.compile(
    r"\s*(?:\([^()]{1,12}\))?\s*(?:上午|下午|中午|晚上?|凌晨)?\s*"
    r"(?:[0-9]{1,2}\s*(?:[:时点])\s*(?:[0-9]{2}\s*分?|整)?)?\s*(?:下班|工作时间|午夜|24时)?\s*"
    r"(?P<word>之前|以前|前|为止|截止|截至|止|结束|以内)"
)
_ELIGIBLE = re.compile(
    r"的|(?:期间|内|间)?,?(?:已经?|依法|在(?:本市|我市|我国|天津|北京|境内))?"
    r"(?:申请的|产生|提出申请的|完成的|注册|成立|设立|获得|取得|授权|上市|投产|建成|竣工|出生|入职|签订|发生|登记|印发|发布|实现|基本)"
)
_DUE_BEFORE = re.compile(
    r"(?:截止|截至|期限届满|届满|最后期限|最迟|不迟于|不晚于)(?:的)?(?:日期|时间|期限|日|到|至)*(?:为|是|:|到|至|于|在)*\s*(?:[(]?北京时间[)]?)?\s*$"
)
_DUE_LABEL = re.compile(r"(?:截止|截至|届满)(?:的)?(?:日期|时间|期限|日)|最后期限|最迟|不[迟晚]于")
_EXTENDED = re.compile(r"(?:延期|延长|顺延|推迟|延)(?:到|至)\s*$")
_OPEN_UNTIL = re.compile(r"(?:起|期|期限|时间|时限)(?:为|:|是)*\s*(?:至|到)\s*$")
_STATISTICS = re.compile(r"[,、]?\s*(?:全|我|已|共|累计|有|达|各|本|国家|经|完成|中国)")
_SPAN_LABEL = re.compile(
    r"(?:公示|征求意见|征集|申报|受理|报名|反馈|提交|缴费|填报|网上|截止|开放|申请|报送|办理|起止)"
    r"[^,。;]{0,10}?(?:期限|时限|时间|日期|期|期间)(?:为|是|:|自|从|在|于|即|\s)*$"
)
_OTHER_SPAN = re.compile(
    r"(?:执行期|实施期|建设期|有效期|周期|任期|合同期|服务期|保护期|培育期|考核期|统计期|资助期|"
    r"统计期间)[^,。;]{0,12}$"
)
_EVENT_SPAN = re.compile(r"(?:会议|培训|活动|举办|举行|召开|考试|展会|大赛|放假)[^,。;]{0,12}$")
_HEADING = re.compile(r"时间|期限|时限|截止|日期|公示期|申报|报名|征求意见|报送")
_AFTER_TERM = re.compile(r"(?:个?工作日)?\s*(?:后|起|以后|以上|满)")
_SNIPPET = 60


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence as printed and folded; `context` is the short heading above it."""

    printed: str
    folded: str
    bare: str
    context: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a page tells about itself and a sentence does not repeat."""

    title: str
    published: date | None
    base: date | None


def find_deadlines(
    title: str, text: str, *, published: date | None, base: date | None = None
) -> tuple[Deadline, ...]:
    """Every deadline of a notice, earliest first.

    `published` supplies left-out years and sorts out the past; `base` (default: `published`)
    is the day from which 自发布之日起 counts, which for a repost is the original's day.
    """
    frame = _Frame(fold_width(title), published, base or published)
    found: dict[tuple[date, str], Deadline] = {}
    for sentence in _sentences(text):
        for deadline in _of_sentence(sentence, frame):
            found.setdefault((deadline.on, deadline.what), deadline)
    return tuple(sorted(found.values(), key=lambda deadline: deadline.on))


def nearest_deadline(
    deadlines: tuple[Deadline, ...], *, published: date | None, today: date
) -> date | None:
    """The earliest deadline on or after publication; without a publication day, after today."""
    first = published or today
    return min((one.on for one in deadlines if one.on >= first), default=None)


def _sentences(text: str) -> Iterator[_Sentence]:
    context = ""
    for line in text.split("\n"):
        folded = fold_width(line)
        if _WORTH_READING.search(folded):
            clear = _URL.sub(_blank, folded)
            for match in _SENTENCE.finditer(clear):
                start, end = match.span()
                bare = _BOOK.sub(_blank, match[0])
                yield _Sentence(line[start:end], match[0], bare, context)
        context = folded if len(folded) <= 24 and _HEADING.search(folded) else ""


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _of_sentence(sentence: _Sentence, frame: _Frame) -> Iterator[Deadline]:
    if not _WORTH_READING.search(sentence.bare):
        return
    terms = find_terms(sentence.bare, frame.published)
    for term in terms:
        due = _span_is_due if term.is_span else _day_is_due
        if due(sentence, term, frame):
            what = _purpose(sentence, term, frame)
            yield Deadline(term.on, what, _snippet(sentence, term), computed=term.computed)
    if len(terms) == 1 and not terms[0].is_span:
        yield from _counted_from(sentence, terms[0], frame)
    elif not terms and frame.base is not None:
        match = RELATIVE.search(sentence.bare) or PERIOD.search(sentence.bare)
        yield from _relative(sentence, match, frame, frame.base)


def _day_is_due(sentence: _Sentence, term: Term, frame: _Frame) -> bool:
    before, after = sentence.bare[: term.start], sentence.bare[term.end :]
    if not before.strip() and _DUE_LABEL.search(sentence.context):
        return True
    if _DUE_BEFORE.search(before):
        counted = not _DUE_LABEL.search(before) and _STATISTICS.match(after)
        return bool(not counted and (_has_purpose(sentence) or _DUE_LABEL.search(before)))
    if _EXTENDED.search(before) or (_OPEN_UNTIL.search(before) and _has_purpose(sentence)):
        return frame.published is None or term.on >= frame.published
    until = _UNTIL.match(after)
    if until is None or _ELIGIBLE.match(after[until.end() :].lstrip(" ,")):
        return False
    in_time = frame.published is None or term.on >= frame.published
    return in_time and _has_purpose(sentence)


def _span_is_due(sentence: _Sentence, term: Term, frame: _Frame) -> bool:
    before = sentence.context + sentence.bare[: term.start]
    if _OTHER_SPAN.search(before[-24:]) or not _has_purpose(sentence):
        return False
    named = bool(_SPAN_LABEL.search(before))
    if not named and _EVENT_SPAN.search(before[-24:]):
        return False
    if not named and _ELIGIBLE.match(sentence.bare[term.end :].lstrip(" ,")):
        return False
    labelled = named or bool(sentence.context)
    return labelled or frame.published is None or term.on >= frame.published


def _has_purpose(sentence: _Sentence) -> bool:
    text = sentence.context + sentence.bare
    return bool(_ERRAND.search(text)) or any(pattern.search(text) for _, pattern in _PURPOSES)


def _purpose(sentence: _Sentence, term: Term, frame: _Frame) -> str:
    """What the day is for: words after it, then before it, then the heading, then the title."""
    text = _REFUSED_LATE.sub(_blank, sentence.bare)
    if _PURPOSES[0][1].search(text):
        return "征求意见"
    if _OBJECTIONS.search(text) or ((term.is_span or term.computed) and "公示" in text):
        return "公示"
    before, after = text[: term.start], text[term.end :]
    sides = [(after, True), (before, False)]
    if _DUE_BEFORE.search(before) or _SPAN_LABEL.search(before):
        sides.reverse()
    for part, nearest_first in sides:
        what = _nearest(part, nearest_first=nearest_first)
        if what:
            return what
    return _nearest(sentence.context) or _nearest(frame.title) or _other(text)


def _nearest(part: str, *, nearest_first: bool = True) -> str:
    hits = [
        (hit.start() if nearest_first else -hit.end(), what)
        for what, pattern in _PURPOSES
        for hit in pattern.finditer(part)
    ]
    return min(hits)[1] if hits else ""


def _other(text: str) -> str:
    return "办理" if _ERRAND.search(text) else "截止"


def _counted_from(sentence: _Sentence, start: Term, frame: _Frame) -> Iterator[Deadline]:
    """公示7天，自2月5日起; 自2月5日起5个工作日: the printed first day counts."""
    match = COUNTED_FROM.match(sentence.bare, start.end)
    if match is None and re.match(r"\s*(?:起|开始)", sentence.bare[start.end :]):
        match = PERIOD.search(sentence.bare)
    yield from _relative(sentence, match, frame, start.on - timedelta(days=1))


def _relative(
    sentence: _Sentence, match: re.Match[str] | None, frame: _Frame, base: date
) -> Iterator[Deadline]:
    if match is None or _AFTER_TERM.match(match["after"]) or "施行" in match["after"]:
        return
    asked = _has_purpose(sentence) or _DUE_LABEL.search(sentence.bare)
    if not asked and not any(pattern.search(frame.title) for _, pattern in _PURPOSES):
        return
    on = relative_end(match, base)
    if on is not None:
        term = Term(on, match.start("count"), match.end(), computed=True)
        what = _purpose(sentence, term, frame)
        yield Deadline(on, what, _snippet(sentence, term), computed=True)


def _snippet(sentence: _Sentence, term: Term) -> str:
    """The printed words around the day, from the start of their clause."""
    printed = sentence.printed
    if len(printed) <= _SNIPPET:
        return printed.strip()
    start = max(sentence.folded.rfind(",", 0, term.start), term.start - 20, -1) + 1
    return printed[start : max(start + _SNIPPET, term.end)].strip()
