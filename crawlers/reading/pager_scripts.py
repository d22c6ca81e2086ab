"""Pagers written by script: what the scripts of a list page say of its other pages.

Three things are looked for: numbers (`var countPage = 14`), a call that draws the pager
(`createPageHTML(14, 0, "index", "html")`), and the way an address of a page is put together
(`location.href = "list_" + n + ".html"`). Nothing is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from parsel import Selector

from crawlers.reading.pager_counts import Counts, name_of_number

_MOST_SCRIPT = 400_000  # characters of a page's scripts that are read
_DRAWN = re.compile(
    r"\b(?:create|make|show|build|render|init)?Page\w{0,20}\s*\(([^(){}]{3,300})\)", re.I
)
_ARGUMENT = re.compile(r"""["']([^"']{0,120})["']|(?<![\w.])(\d{1,7})(?![\w.])""")
_ENDING = re.compile(r"\.?(s?html?|aspx?|jspx?|php|do)$", re.IGNORECASE)
_NUMBER = re.compile(
    r"""["']?\b([A-Za-z_]\w{1,30})["']?\s*[:=]\s*(?:Number\(|parseInt\()?["']?(\d{1,7})\b["']?\s*(?=[,;)}\n\r/]|$|//|<)"""
)
_ADJACENT = re.compile(r"""(["'])([^"'\n]{0,200})\1\s*\+\s*(["'])([^"'\n]{0,200})\3""")
_TEMPLATE = re.compile(
    r"`([^`${}\n]{0,200})\$\{\s*+([\w$.]{1,40})\s*+([+-]\s*+\d++)?\s*+\}([^`${}\n]{0,200})`"
)
_JOINED = re.compile(
    r"""(["'])([^"'\n]{0,200})\1\s*\+\s*\(?\s*([A-Za-z_$][\w$.]{0,40})\s*([+-]\s*\d+)?\s*\)?"""
    r"""(?:\s*\+\s*(["'])([^"'\n]{0,200})\5)?"""
)
_BRACED = re.compile(
    r"""["']([^"'\s{}<>]{0,200})(?:\{\{?\s*(?:page\w*|p|n|num|0|\d|index|i|curr\w*)\s*\}?\}|\[page\]|#page#|__page__|%d|\(\*\)|@page@)([^"'\s{}<>]{0,100})["']""",
    re.IGNORECASE,
)
_STRING_VARIABLE = re.compile(r"""\b([A-Za-z_]\w{0,30})\s*=\s*(["'])([\w./?&=%-]{0,80})\2""")
_PIECE = re.compile(r"[\w./?&=%:~#;,-]*")
_FUNCTION = r"(?:function\s+{0}\s*\(|\b{0}\s*[:=]\s*(?:function\s*\w*\s*)?\()([^)]{{0,120}})\)"
_BODY = 2_000  # characters of a function's text that are looked at


@dataclass(frozen=True, slots=True)
class Template:
    """An address with the page's number left out. `shift` is added to the variable's value,
    `variable` is its name in the script, empty in a template such as `list_{page}.html`."""

    before: str
    after: str
    variable: str = ""
    shift: int = 0

    def at(self, value: int) -> str:
        """The address for a value of the variable."""
        return f"{self.before}{value + self.shift}{self.after}"


@dataclass(slots=True)
class ScriptPager:
    """What the scripts say. `drawn` is the template of a call that draws the pager, whose
    `drawn_current` counts from zero or one; `text` is the scripts' source."""

    counts: Counts = field(default_factory=Counts)
    drawn: Template | None = None
    drawn_current: int | None = None
    templates: list[Template] = field(default_factory=list)
    text: str = ""


def read_scripts(page: Selector) -> ScriptPager:
    """Everything the inline scripts of a page say about its pages."""
    text = scripts_of(page)
    found = ScriptPager(text=text)
    _read_drawn(text, found)
    for name, number in islice(_NUMBER.findall(text), 2_000):
        kind = name_of_number(name)
        if kind and getattr(found.counts, kind) is None:
            setattr(found.counts, kind, int(number))
    found.templates = templates_in(text)
    return found


def scripts_of(page: Selector) -> str:
    """The source of the page's inline scripts, comments of the /* */ kind left in."""
    parts, size = [], 0
    for node in page.root.iter("script"):
        parts.append((node.text or "")[:_MOST_SCRIPT])
        size += len(parts[-1])
        if size > _MOST_SCRIPT:
            break
    return "\n".join(parts)[:_MOST_SCRIPT]


def templates_in(text: str) -> list[Template]:
    """The addresses with a number left out that a piece of script puts together."""
    found = [Template(match[1], match[2]) for match in islice(_BRACED.finditer(text), 50)]
    joined = _substituted(_TEMPLATE.sub(r'"\1"+\2\3+"\4"', text))
    for _ in range(4):
        joined = _ADJACENT.sub(r'"\2\4"', joined)
    for match in islice(_JOINED.finditer(joined), 300):
        template = _template(match[2], match[3], match[4] or "", match[6] or "")
        if template is not None:
            found.append(template)
    return list(dict.fromkeys(found))


def function_body(text: str, name: str) -> tuple[list[str], str]:
    """The parameters and the text of a function the scripts define; empty when they do not."""
    plain = name.rpartition(".")[2]
    match = re.search(_FUNCTION.format(re.escape(plain)), text) if plain else None
    if match is None:
        return [], ""
    body = text[match.end() : match.end() + _BODY]
    following = re.search(r"\n[ \t]*+(?:async[ \t]++)?function\s++\w++\s*+\(", body)
    return [name.strip() for name in match[1].split(",")], body[
        : following.start() if following else None
    ]


def _read_drawn(text: str, found: ScriptPager) -> None:
    """createPageHTML and its kin: numbers, then the file's name and ending, then maybe more.

    Two numbers are (pages, current); three (records, pages, current). A number behind the ending
    is the total. The container's id may stand first.
    """
    for call in islice(_DRAWN.findall(text), 50):
        values = [(word, number) for word, number in _ARGUMENT.findall(call)]
        ending = next(
            (
                i
                for i in range(len(values) - 1, 0, -1)
                if values[i][0] and _ENDING.fullmatch(values[i][0])
            ),
            0,
        )
        if not ending or not values[ending - 1][0]:
            continue
        numbers = [int(number) for _, number in values[: ending - 1] if number]
        if len(numbers) < 2:
            continue
        behind = [int(number) for _, number in values[ending + 1 :] if number]
        if len(numbers) >= 3 and numbers[2] <= numbers[1] <= numbers[0]:
            found.counts.total, numbers = numbers[0], numbers[1:]
        elif behind and max(behind) >= numbers[0]:
            found.counts.total = max(behind)
        found.counts.last, found.drawn_current = numbers[0], numbers[1]
        found.drawn = Template(f"{values[ending - 1][0]}_", "." + values[ending][0].lstrip("."))
        return


def _substituted(text: str) -> str:
    """The text with variables that only hold a piece of an address replaced by that piece."""
    held = {m[1]: m[3] for m in islice(_STRING_VARIABLE.finditer(text), 200) if m[3]}
    if not held:
        return text
    names = "|".join(sorted(map(re.escape, held), key=len, reverse=True))
    return re.sub(
        rf"(?<=\+)(\s*)({names})\b(?!\s*[(=\w.])|(?<![\w.])({names})(\s*)(?=\+)",
        lambda m: f'{m[1] or ""}"{held[m[2] or m[3]]}"{m[4] or ""}',
        text,
    )


def _template(before: str, variable: str, shift: str, after: str) -> Template | None:
    before = re.split(r"""[\\"']|=(?=[./\w]*/)""", before)[-1] if "<" in before else before
    after = re.split(r"""[\\"'<>\s]""", after)[0]
    if not _PIECE.fullmatch(before) or not _PIECE.fullmatch(after):
        return None
    named = bool(re.search(r"[_/=-]$|[?&]\w+=$|\d$|p(?:age)?$", before))
    if not named or not (re.search(r"[/?.]", before + after) or after.startswith("&")):
        return None
    return Template(before, after, variable, int(shift.replace(" ", "") or 0))
