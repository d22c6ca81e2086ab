"""From what a model wrote to sentences, or to why it is refused. Nothing of it is believed here."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from pipelines.summaries.fidelity import Said, UnfaithfulError
from pipelines.summaries.request import LONGEST, MOST_SENTENCES

_FENCE = "```"
_MARKUP = re.compile(r"[<>{}\\^`|]|&#?\w{1,10};|\*\*|\]\(")
_SHORTEST, _LONGEST = 8, 160
_LEAST = 16
_MOST_CITED = 3
# A space says something between two words of Latin letters, and nothing elsewhere.
_SPACE = re.compile(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])")


def read_answer(content: str) -> list[Said]:
    """The sentences of an answer. Raises UnfaithfulError when it is not what was asked for."""
    if not content.strip():
        raise UnfaithfulError("回答为空")
    try:
        value = json.loads(_unfenced(content.strip()))
    except (ValueError, RecursionError):
        raise UnfaithfulError("回答不是 JSON") from None
    sentences = value.get("sentences") if isinstance(value, dict) else None
    if not isinstance(sentences, list):
        raise UnfaithfulError("回答里没有 sentences")
    if not sentences:
        raise UnfaithfulError("模型认为没有可用的句子")
    if len(sentences) > MOST_SENTENCES:
        raise UnfaithfulError(f"回答多于 {MOST_SENTENCES} 句")
    said = [_sentence(place, one) for place, one in enumerate(sentences, start=1)]
    size = sum(len(one.text) for one in said)
    if not _LEAST <= size <= LONGEST:
        raise UnfaithfulError(f"回答短于 {_LEAST} 字或长于 {LONGEST} 字")
    return said


def _unfenced(content: str) -> str:
    """An answer without the fence of code that a model may put around it."""
    if content.startswith(_FENCE) and content.endswith(_FENCE):
        return content.removesuffix(_FENCE).partition("\n")[2]
    return content


def printed(said: list[Said]) -> str:
    """The sentences in one line."""
    return "".join(f"{one.text.rstrip('。；;，,.')}。" for one in said)


def _sentence(place: int, value: Any) -> Said:
    text = value.get("text") if isinstance(value, dict) else None
    cites = value.get("from") if isinstance(value, dict) else None
    if not isinstance(text, str) or not isinstance(cites, list):
        raise UnfaithfulError(f"第 {place} 句不是所要求的格式")
    if not 1 <= len(cites) <= _MOST_CITED or any(type(number) is not int for number in cites):
        raise UnfaithfulError(f"第 {place} 句没有引用句子")
    if _MARKUP.search(text) or any(unicodedata.category(mark)[0] == "C" for mark in text):
        raise UnfaithfulError(f"第 {place} 句含有标记或控制字符")
    words = _SPACE.sub("", text.strip())
    if not _SHORTEST <= len(words) <= _LONGEST:
        raise UnfaithfulError(f"第 {place} 句太短或太长")
    return Said(words, tuple(cites))
