"""Title, day, source and body of a notice page nobody described, each by evidence.

The body is looked for by what the page's boxes hold, by the density of its lines, and in the
containers that many systems name alike; where these do not agree, the last pages of the same site
are asked what is template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree
from parsel import Selector

from crawlers.reading.body_cut import cut
from crawlers.reading.body_density import densest, overlap
from crawlers.reading.body_evidence import Evidence, Region
from crawlers.reading.body_panels import labelled_text
from crawlers.reading.body_places import BODIES
from crawlers.reading.day_evidence import PrintedDay, printed_days
from crawlers.reading.line_kinds import kind_of
from crawlers.reading.outline import Outline, read_outline
from crawlers.reading.siblings import Siblings
from crawlers.reading.text import labelled_source, says_anything, visible_text
from crawlers.reading.title_agreement import plain
from crawlers.reading.title_evidence import FoundTitle, TitleHints, find_title, title_above

_REPOST_SOURCE = re.compile(r"资料来源\s{0,9}[:：]\s{0,9}(\S{1,80})")
_ORIGINAL = re.compile(r"阅读原文[^:：]{0,20}[:：]\s{0,9}(https?://[^\s<>\"'，。）)]{1,2000})")
_NUMBER = re.compile(
    r"(?:(?:发文字号|文件编号|文\s?号)\s{0,9}[:：]\s{0,9})?"
    r"([\u4e00-\u9fff]{2,20}\s{0,3}[〔\[（(【]\s{0,3}(?:19|20)\d{2}\s{0,3}[〕\]）)】]\s{0,3}第?\s{0,3}\d{1,6}\s{0,3}号)"
)
_SURE = 0.75  # overlap from which two ways mean the same text
_ENOUGH_WAYS = 2  # that agree: fewer, and the last pages of the site are asked
_RIGHT_BELOW = 4
_MOST_SIGNS = 2  # characters of a line for each letter of a title that it repeats
_KNOWN = frozenset(BODIES)
_FAR_BELOW = 12  # lines between a title and its text
_KNOWN_SHARE = 0.5  # of the text found, which a container by a known name must hold to be it


@dataclass(slots=True)
class Found:
    """What the general reader makes of a page.

    `body` is a copy of the text's markup (an element); `ways`: which ways agree on
    it (boxes, density, title, name, siblings); `place`: the box of the page that holds it;
    `inside`: its lines.
    `days`: every printed day, likeliest first.
    """

    outline: Outline
    title: FoundTitle = field(default_factory=FoundTitle)
    days: list[PrintedDay] = field(default_factory=list)
    source: str = ""
    doc_number: str = ""
    original_url: str = ""
    body: etree._Element | None = None
    place: Selector | None = None
    text: str = ""
    sentences: int = 0
    ways: tuple[str, ...] = ()
    inside: frozenset[int] = frozenset()
    anchor: int = -1
    is_general: bool = False

    @property
    def follows_title(self) -> bool:
        """Whether the text begins right under a printed title."""
        return self.anchor >= 0 and 0 < min(self.inside, default=-1) - self.anchor <= _RIGHT_BELOW


def read_page(
    page: Selector,
    given: Selector | None,
    witnesses: TitleHints,
    *,
    url: str = "",
    siblings: Siblings | None = None,
    is_trusted: bool = False,
) -> Found:
    """Read a whole page. `given`: the body's node when another reader has found it; `is_trusted`:
    that reader is the column's own, which is taken as it stands."""
    outline = read_outline(page.root)
    kinds = [kind_of(line) for line in outline.lines]
    title = find_title(outline, kinds, witnesses)
    titles = _title_lines(outline, title, witnesses)
    anchor = title.last
    evidence = Evidence(outline, kinds, anchor, titles)
    known = _known_boxes(outline)
    region, ways = _text_of(evidence, known)
    if len(ways) < _ENOUGH_WAYS and siblings is not None:
        template = siblings.template(url, outline)
        if template:
            own = Evidence(
                outline, [kind_of(line) for line in outline.lines], anchor, titles, template
            )
            other, other_ways = _text_of(own, known)
            if other.lines and len(other_ways) >= len(ways):
                evidence, region, ways = own, other, (*other_ways, "siblings")
    found = Found(outline, title, anchor=anchor, ways=ways)
    _take_body(found, evidence, region, given, is_trusted=is_trusted)
    if not title.text and found.inside:
        above = title_above(outline, kinds, min(found.inside), witnesses.names)
        found.title = FoundTitle(above, score=1.0)
    _read_around(found, page)
    return found


def printed_original(text: str) -> str:
    """The address a repost names (科服网: 阅读原文/下载相关附件请前往:http://kxjs.tj.gov.cn/…)."""
    match = _ORIGINAL.search(text)
    return match.group(1) if match else ""


def has_substance(node: Selector) -> bool:
    """Whether a body says or shows anything: some notices are pictures only (一图读懂)."""
    return says_anything(node.root) or bool(node.xpath(".//img[@src or @data-src] | .//iframe"))


def _title_lines(outline: Outline, title: FoundTitle, witnesses: TitleHints) -> frozenset[int]:
    """All lines that only repeat the title."""
    told = {plain(one) for one in (title.text, witnesses.listed, witnesses.meta) if len(one) >= 4}
    told.discard("")
    least, most = min(map(len, told), default=0), _MOST_SIGNS * max(map(len, told), default=0)
    found = {
        n
        for n, line in enumerate(outline.lines)
        if least <= len(line.text) <= most and plain(line.text) in told
    }
    if title.line >= 0:
        found |= set(range(title.line, title.last + 1))
    return frozenset(found)


def _known_boxes(outline: Outline) -> list[int]:
    """The containers that many systems name alike, of the first name that has any."""
    signs: dict[str, list[int]] = {}
    for number, box in enumerate(outline.boxes):
        if box.last > box.first and (box.node.attrib or box.node.tag == "article"):
            for sign in _signs_of(box.node):
                if sign in _KNOWN:
                    signs.setdefault(sign, []).append(number)
    found = (signs[css] for css in BODIES if css in signs)
    return next(found, [])[:20]


def _signs_of(node: etree._Element) -> list[str]:
    classes = node.get("class") or ""
    signs = [f".{name}" for name in classes.split()]
    if ".view" in signs and "TRS" in classes:
        signs.append(".view[class*='TRS']")
    if node.get("id"):
        signs.append(f"#{node.get('id')}")
    return [*signs, node.tag] if node.tag == "article" else signs


def _text_of(evidence: Evidence, known: list[int]) -> tuple[Region, tuple[str, ...]]:
    """The text, and which ways lead to it."""
    labelled = labelled_text(evidence.outline, evidence.sums)
    if labelled >= 0:
        return evidence.region(labelled), ("boxes", "name")
    region = evidence.region()
    worth = evidence.worth_of(region)
    first = region.lines[0] if region.lines else -1
    ways: tuple[str, ...] = ("boxes",)
    if overlap(evidence.weights, region.lines, densest(evidence.weights)) >= _SURE:
        ways += ("density",)
    if 0 <= evidence.anchor < first <= evidence.anchor + _FAR_BELOW:
        ways += ("title",)
    named = [evidence.region(box) for box in known]
    best = max(named, key=evidence.worth_of, default=None)
    if best is None or not best.lines or evidence.worth_of(best) <= 0:
        return region, ways
    if any(overlap(evidence.weights, region.lines, one.lines) >= _SURE for one in named):
        return region, (*ways, "name")
    if evidence.worth_of(best) >= _KNOWN_SHARE * worth:
        return best, ways
    return region, ways


def _take_body(
    found: Found, evidence: Evidence, region: Region, given: Selector | None, *, is_trusted: bool
) -> None:
    """The body another reader gave, unless the page's own evidence speaks against it."""
    outline = found.outline
    box = outline.index.get(given.root) if given is not None else None
    if given is not None and (is_trusted or _is_borne_out(evidence, region, box)):
        found.body, found.place = given.root, given
        span = range(outline.boxes[box].first, outline.boxes[box].last) if box is not None else ()
        found.inside = frozenset(span)
        found.text = visible_text(given)
    elif region.lines:
        found.is_general = True
        found.body = cut(evidence, region)
        found.place = Selector(root=outline.boxes[region.box].node, type="html")
        found.inside = frozenset(region.lines)
        found.text = "\n".join(outline.lines[line].text for line in region.lines)
    found.sentences = sum(evidence.kinds[line] == "text" for line in found.inside)


def _is_borne_out(evidence: Evidence, region: Region, box: int | None) -> bool:
    """Whether a container known by its platform holds the text: not a remnant beside it."""
    if box is None:
        return False
    inner = evidence.outline.boxes[box]
    held = evidence.sums.worth(inner.first, inner.last)
    if held <= 0:
        return not evidence.worth_of(region) or inner.last > inner.first
    inside = sum(1 for line in region.lines if inner.first <= line < inner.last)
    return held >= 0.3 * evidence.worth_of(region) or inside * 2 > len(region.lines)


def _read_around(found: Found, page: Selector) -> None:
    """Day, source and number from what stands around the body."""
    lines = found.outline.lines
    span = (
        range(min(found.inside), max(found.inside) + 1)
        if found.inside
        else range(len(lines), len(lines))
    )
    found.days = printed_days(lines, found.anchor, span, found.inside)
    repost = _REPOST_SOURCE.search(found.text)
    named = repost.group(1).removesuffix("网站") if repost else ""
    found.source = _source(found, span) or named
    found.doc_number = _printed_number(found)
    found.original_url = printed_original(found.text)


def _source(found: Found, span: range) -> str:
    """来源： nearest to the title: below it, else above it, else under the text."""
    lines = found.outline.lines
    start = max(found.anchor, 0)
    order = [*range(start, span.start), *range(start - 1, -1, -1), *range(span.stop, len(lines))]
    for number in order:
        line = lines[number]
        if "源" in line.text and len(line.text) < 300 and line.linked * 2 < len(line.text) + 20:
            source = labelled_source(line.text)
            if source and plain(source) != plain(found.title.text):
                return source.removesuffix(found.title.text).strip()
    return ""


def _printed_number(found: Found) -> str:
    """A 文号 alone in an element above the body: span.wh on one site, span.xxgk-fwzh on another."""
    for number, line in enumerate(found.outline.lines):
        if number in found.inside or "号" not in line.text or line.linked:
            continue
        for node, is_tail in line.pieces:
            text = " ".join(((node.tail if is_tail else node.text) or "").split())
            match = _NUMBER.fullmatch(text) if len(text) < 48 else None
            if match and next(node.iterancestors("li"), None) is None:
                return match[1]
    return ""
