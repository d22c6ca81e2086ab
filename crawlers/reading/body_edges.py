"""Where a text begins and ends among the lines that were found to hold it: what stands above its
first words and below its last is left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crawlers.reading.body_tail import without_tail
from crawlers.reading.line_kinds import Kind
from crawlers.reading.outline import Outline

_CLOCK = re.compile(r"\W{0,2}(?:\d{1,2}[-月/]\d{1,2}日?\s)?\d{1,2}:\d\d\W{0,2}")
_CONTENTS = re.compile(r"目\s{0,4}录|文章目录|本文目录|内容导航")
_SUMMED_UP = re.compile(r"^\W{0,2}(?:导读|摘要|内容(?:提要|摘要)|核心提示|内容导读|编者按)\W")
_IS_ISSUED = re.compile(r"[(（]?(?:19|20)\d\d\D\d{1,2}\D\d{1,2}日?(?:发布|印发)[)）]?")
_WORD = re.compile(r"[^\W_]")
_SUMMARY = 20


@dataclass(frozen=True, slots=True)
class Edges:
    """The lines of a page, their `kinds` and `weights`; `records`: lines of a record's table;
    `closed`: those of panels that a page shows closed."""

    outline: Outline
    kinds: Sequence[Kind]
    weights: Sequence[float]
    records: Collection[int]
    closed: Collection[int]

    def trimmed(self, lines: list[int]) -> list[int]:
        """Without title, stamp and tools at the beginning, neighbours and tools at the end."""
        lines = [number for number in lines if number not in self.closed]
        lines = without_tail(self.outline, self.kinds, lines)
        start, end = 0, len(lines)
        while start < end and (self._is_edge(lines[start]) or self._is_clock(lines[start])):
            start += 1
        start += self._contents(lines[start:end])
        while end > start and self._is_edge(lines[end - 1]):
            end -= 1
        if end - start > 1 and (
            _SUMMED_UP.match(self.outline.lines[lines[start]].text)
            or self._is_beginning_of(lines[start], lines[start + 1 : start + 5])
        ):
            start += 1
        return lines[start:end] if end > start else lines

    def _is_clock(self, number: int) -> bool:
        """Whether a line above a text is a day and a time alone: (01-07 08:55)."""
        return bool(_CLOCK.fullmatch(self.outline.lines[number].text))

    def _contents(self, lines: Sequence[int]) -> int:
        """How many lines at the beginning are a list of links to the text's own headings."""
        if not lines or not _CONTENTS.fullmatch(self.outline.lines[lines[0]].text):
            return 0
        texts = [self.outline.lines[number].text for number in lines]
        later = set(texts[2:])
        count = 1
        while count < len(lines) and self.outline.lines[lines[count]].links:
            if texts[count] not in later:
                break
            count += 1
        return count if count > 1 else 0

    def _is_beginning_of(self, number: int, others: Sequence[int]) -> bool:
        """Whether a line is a summary made of the text's own first words."""
        words = self.outline.lines[number].text.rstrip(".…，,、；; ")
        texts = (self.outline.lines[other].text for other in others)
        return len(words) >= _SUMMARY and any(text.startswith(words) for text in texts)

    def _is_edge(self, number: int) -> bool:
        kind, line = self.kinds[number], self.outline.lines[number]
        if kind in {"title", "stamp", "crumb", "neighbour", "foot"}:
            is_labelled = ":" in line.text or "：" in line.text
            return not line.in_cell or kind == "title" or is_labelled or number in self.records
        if not _WORD.search(line.text) and not line.pictures:
            return True
        if _IS_ISSUED.fullmatch(line.text):
            return True
        if kind == "picture":
            return self.weights[number] <= 0
        return kind == "link" and not line.files
