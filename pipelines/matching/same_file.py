"""The files of two readings of a notice: which are one file, wherever it stands now. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from pipelines.facts.titles import is_cut
from storage.models import Attachment, Notice
from texts.normal_forms import compact

# A file's own name that a publishing system made: W020210125600218835471.pdf.
_LEAST_NAME = 12
_ENDINGS = frozenset(
    ("pdf", "ofd", "ceb", "doc", "docx", "wps", "xls", "xlsx", "et", "ppt", "pptx", "zip", "rar")
)


def is_same_file(one: Attachment, other: Attachment) -> bool:
    """Whether two files bear one name, or stand at one path, whatever session is asked for it, or
    under one long name in another folder."""
    if compact(one.name) and compact(one.name) == compact(other.name):
        return True
    first, second = _path(one.url), _path(other.url)
    if first.rpartition(".")[2].lower() not in _ENDINGS:
        return False  # download.do?id=
    name = first.rpartition("/")[2]
    is_long = len(name.partition(".")[0]) >= _LEAST_NAME
    return first == second or (is_long and name == second.rpartition("/")[2])


def same_among(file: Attachment, others: Iterable[Attachment]) -> Attachment | None:
    """The one of the others that is this file: by its name first, then by its address."""
    same = [other for other in others if is_same_file(file, other)]
    named = (other for other in same if compact(other.name) == compact(file.name))
    return next(named, same[0] if same else None)


def is_among(file: Attachment, others: Iterable[Attachment]) -> bool:
    """Whether one of the others has this file's address."""
    return any(file.url == other.url for other in others)


def with_whole_name(file: Attachment, known: Attachment) -> Attachment:
    """The file under the name it had where a list cuts it now."""
    return replace(file, name=known.name) if is_cut(file.name) else file


def followed(file: Attachment, known: Attachment) -> Attachment:
    """A file of the same name at its new address: what was downloaded stays with it."""
    if file.sha256 is not None or known.sha256 is None:
        return file
    facts = {name: getattr(known, name) for name in ("bytes", "sha256", "path", "text", "note")}
    return replace(file, **facts)


def is_replaced(old: Notice, files: Iterable[Attachment]) -> bool:
    """Whether a file of the same name holds something else than it did."""
    known = {compact(file.name): file.sha256 for file in old.attachments if file.sha256}
    return any(
        file.sha256 and known.get(compact(file.name), file.sha256) != file.sha256 for file in files
    )


def name_the_same_files(one: Notice, other: Notice) -> bool:
    """Whether two pages name files, and every file of each is one of the other's."""
    sides = (one.attachments, other.attachments)
    pairs = (sides, sides[::-1])
    return all(sides) and all(
        same_among(file, theirs) is not None for ours, theirs in pairs for file in ours
    )


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return url
