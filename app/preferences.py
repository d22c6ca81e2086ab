"""What a subscriber chooses, between the words of a person (a command, a CSV) and the store."""

from __future__ import annotations

from collections.abc import Mapping

from app.context import CommandError, Context
from pipelines.facts.topics import topic_names
from storage.models import Pace, Subscriber
from storage.readers.subscribers import FORMATS, PACES, Choices

LISTS = ("sections", "groups", "topics", "keywords", "formats")
# In the order of the columns of a CSV.
FIELDS = ("name", *LISTS, "pace", "deadline_days", "skip_empty")
_YES = frozenset({"yes", "1", "true", "是"})
_NO = frozenset({"no", "0", "false", "否", ""})


def split(text: str) -> tuple[str, ...]:
    """'中药,专利' or '中药，专利' as words."""
    words = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(word.strip() for word in words if word.strip())


def read_choices(context: Context, texts: Mapping[str, str]) -> Choices:
    """The choices written in `texts`; what is not among its keys is not chosen.

    Raises CommandError for a chapter, topic, format, pace or number that does not exist.
    """
    _check_words(context, texts)
    made = Choices()
    if "name" in texts:
        made["name"] = texts["name"].strip()
    if "sections" in texts:
        made["sections"] = split(texts["sections"])
    if "groups" in texts:
        made["groups"] = split(texts["groups"])
    if "topics" in texts:
        made["topics"] = split(texts["topics"])
    if "keywords" in texts:
        made["keywords"] = split(texts["keywords"])
    if "formats" in texts:
        made["formats"] = split(texts["formats"]) or ("html", "docx")
    if "pace" in texts:
        made["pace"] = _pace(texts["pace"])
    if "deadline_days" in texts:
        made["deadline_days"] = _days(texts["deadline_days"])
    if "skip_empty" in texts:
        made["skip_empty"] = _yes_or_no(texts["skip_empty"])
    return made


def written(person: Subscriber) -> dict[str, str]:
    """The choices of a subscriber as `read_choices` reads them."""
    lists = {key: ",".join(getattr(person, key)) for key in LISTS}
    return {
        "name": person.name,
        **lists,
        "pace": person.pace,
        "deadline_days": str(person.deadline_days or ""),
        "skip_empty": "yes" if person.skip_empty else "",
    }


def _check_words(context: Context, texts: Mapping[str, str]) -> None:
    known = {
        "sections": [chapter.id for chapter in context.config.digest.chapters],
        "topics": list(topic_names()),
        "formats": list(FORMATS),
    }
    for key, allowed in known.items():
        wrong = sorted(set(split(texts.get(key, ""))) - set(allowed))
        if wrong:
            raise CommandError(f"--{key}: {', '.join(wrong)} is not one of {', '.join(allowed)}", 2)


def _pace(text: str) -> Pace:
    word = text.strip() or "weekly"
    if word not in PACES:
        raise CommandError(f"--pace: {word} is not one of {', '.join(PACES)}", 2)
    return "immediate" if word == "immediate" else "weekly"


def _days(text: str) -> int:
    word = text.strip() or "0"
    if not (word.isascii() and word.isdigit()):
        raise CommandError(f"--deadline-days: {word} is not a number of days, e.g. 7", 2)
    return int(word)


def _yes_or_no(text: str) -> bool:
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise CommandError(f"--skip-empty: {word} is neither yes nor no", 2)
    return word in _YES
