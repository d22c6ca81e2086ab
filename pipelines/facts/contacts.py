"""Whom to ask: names, telephones and mail addresses that a notice prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from storage.models import Contact
from texts.width import fold_width

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\s?@\s?"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,5}[A-Za-z]{2,12}(?![A-Za-z0-9])"
)
_PHONE = re.compile(
    r"(?<![0-9A-Za-z.-])(?:"
    r"\(?0[0-9]{2,3}\)?[-—–\s]{0,2}[2-9][0-9]{6,7}(?:\s?(?:-|转|/)\s?[0-9]{1,8})*"
    r"|400[-\s]?[0-9]{3}[-\s]?[0-9]{4}|1[3-9][0-9]{9}|12[0-9]{3}(?=[^0-9])"
    r"|[2-9][0-9]{6,7}(?:\s?(?:-|转|/)\s?[0-9]{1,8})*)(?![0-9A-Za-z])"
)
_LABEL = re.compile(
    r"(?P<person>(?:业务|技术|政策|项目)?联\s*系\s*(?:人|处室|部门|单位|科室)(?:及(?:联系)?(?:电话|方式))?)\s*(?:[:]|为)"
    r"|(?P<phone>(?:咨询|联系|办公|值班|监督|投诉|举报|服务|受理|业务|技术支持|支持)?(?:固定)?(?:电\s*话|热线|手机|传真)"
    r"(?:号码)?(?:及联系人)?|联系方式|座机)\s*(?:[:]|为)"
    r"|(?P<email>(?:电子|联系|征求意见|反馈|意见反馈|意见|指定|工作)?(?:电子)?(?:邮\s*箱|邮件|邮件地址|E-?mail))\s*(?:[:]|为)?",
    re.IGNORECASE,
)
_NAME_END = re.compile(r"[,;。\n)]|[0-9]{3,}|\s{2,}")
_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z·、/ ()]{2,40}")
_PLACEHOLDER = re.compile(r"\((?:names?|略|公章)?\)|\s+")


@dataclass(slots=True)
class _Draft:
    name: str = ""
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)

    def finish(self) -> Contact:
        return Contact(self.name, "、".join(self.phones), "、".join(self.emails))


def find_contacts(text: str) -> tuple[Contact, ...]:
    """Contacts in printed order; a name begins a new one, numbers and addresses join the last."""
    if "@" not in text and "＠" not in text and not _LABEL.search(fold_width(text)):
        return ()
    found: list[Contact] = []
    draft = _Draft()
    for kind, value in _pieces(fold_width(text)):
        if _begins_new(draft, kind):
            found.append(draft.finish())
            draft = _Draft()
        _add(draft, kind, value)
    found.append(draft.finish())
    return tuple(dict.fromkeys(one for one in found if one.phone or one.email or one.name))


def _begins_new(draft: _Draft, kind: str) -> bool:
    return kind == "name" and bool(draft.name or draft.phones or draft.emails)


def _add(draft: _Draft, kind: str, value: str) -> None:
    if kind == "name":
        draft.name = value
    else:
        values = draft.phones if kind == "phone" else draft.emails
        if value not in values:
            values.append(value)


def _pieces(folded: str) -> Iterator[tuple[str, str]]:
    """(name | phone | email, value) in the order printed."""
    labels = list(_LABEL.finditer(folded))
    position = 0
    for index, label in enumerate(labels):
        yield from _emails(folded[position : label.start()])
        end = labels[index + 1].start() if index + 1 < len(labels) else len(folded)
        line_end = folded.find("\n", label.end())
        stop = end if line_end < 0 else min(end, line_end)
        yield from _labelled(label, folded[label.end() : stop])
        position = stop
    yield from _emails(folded[position:])


def _labelled(label: re.Match[str], value: str) -> Iterator[tuple[str, str]]:
    for part in _PLACEHOLDER.sub(" ", value).split(";"):
        if label["email"] is None:
            name = _name(part)
            if name:
                yield "name", name
            for match in _PHONE.finditer(part):
                yield "phone", re.sub(r"\s+", "", match[0])
        yield from _emails(part)


def _name(value: str) -> str:
    """The words between a label and what follows it, when they can be a person or an office."""
    end = _NAME_END.search(value)
    words = (value[: end.start()] if end else value).strip(" :、/-")
    words = re.sub(r"(?<!\s)\s++(?=[\u4e00-\u9fff])", "" if len(words) <= 4 else " ", words)
    words = words.split(":")[0].strip("( ")
    return words if _NAME.fullmatch(words) and "@" not in words else ""


def _emails(part: str) -> Iterator[tuple[str, str]]:
    if "@" in part:
        for match in _EMAIL.finditer(part):
            yield "email", re.sub(r"\s", "", match[0])
