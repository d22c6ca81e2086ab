"""Files that a notice names: links, the names printed for them, and their types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, unquote, urlsplit

from crawlers.items import PrintedLink
from pipelines.facts.elements import safe_url
from storage.models import Attachment
from texts.width import fold_width

_TYPES = (
    "pdf", "doc", "docx", "docm", "dot", "dotx", "xls", "xlsx", "xlsm", "xlsb", "ppt", "pptx",
    "pptm", "pps", "ppsx", "wps", "wpt", "et", "ett", "dps", "ofd", "ceb", "odt", "ods", "odp",
    "zip", "rar", "7z", "gz", "tar", "txt", "csv", "rtf", "xml", "jpg", "jpeg", "png", "gif",
    "bmp", "tif", "tiff", "webp", "mp4",
)  # fmt: skip
_DOCUMENTS = frozenset(_TYPES) - {
    "jpg",
    "jpeg",
    "png",
    "gif",
    "bmp",
    "tif",
    "tiff",
    "webp",
    "xml",
    "mp4",
    "txt",
}
_EXTENSION = re.compile(
    rf"\.({'|'.join(sorted(_TYPES, key=len, reverse=True))})(?![A-Za-z0-9])", re.I
)
_DOWNLOAD = re.compile(r"/downloadAtt\b|/download(?:File)?\b|[?&]attach(?:ment)?Id=|/attach/", re.I)
_HEADING = re.compile(r"^(?:相关)?附\s*件\s*(?:下载|列表)?\s*(?P<colon>:)?\s*(?P<rest>.*)$")
_NUMBERED = re.compile(
    r"^(?:附件|模板附|附表|附)?\s*(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,2})\s*[.、:,)]\s*(?P<name>\S.*)$"
)
_LINK_NUMBER = re.compile(
    r"^附\s*+件\s*+[-—]?\s*+(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,2})?"
)
_BARE = re.compile(
    r"^(?:附\s*+件\s*+[-—]?\s*+(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})?|(?:点击|请点击)?(?:此处|这里)?(?:下载|查看)"
    r"(?:附件|全文|文件)?|附件下载|全文下载|PDF|WORD|W0\w++|P0\w++|[0-9a-f]{16,}+|(?:(?!\.\w{2,5}[\s:.、]*+$)[\W\d_])*)"
    r"(?:\.\w{2,5})?[\s:.、]*+$",
    re.I,
)
_FILE_SIZE = re.compile(
    r"(?<![0-9.])[(\[（]?\s{0,4}[0-9.]{1,12}\s{0,4}(?:KB|MB|K|M|字节)\s{0,4}[)\]）]?\s{0,9}$", re.I
)
# No notice names as many; a page made of links must not take minutes.
_MOST_FILES = 200
_DIGITS = {sign: str(value) for value, sign in enumerate("一二三四五六七八九十", start=1)}


def find_attachments(
    named: Sequence[PrintedLink], links: Iterable[tuple[str, str]], text: str, base_url: str
) -> tuple[Attachment, ...]:
    """Files the crawler selected, then files linked in the body; each address once.

    A link that only says 附件1 or 下载 takes the name printed for it in the 附件 list.
    """
    found: dict[str, str] = {}
    for link in named:
        url = safe_url(base_url, link.url)
        if url.startswith("http"):
            _keep(found, url, link.name)
    for name, url in links:
        if url.startswith("http") and _is_file(url):
            _keep(found, url, name)
    printed = printed_names(text)
    return tuple(
        Attachment(url, *_name_and_type(url, name, index, printed, len(found)))
        for index, (url, name) in enumerate(found.items(), start=1)
    )


def printed_names(text: str) -> dict[str, str]:
    """The 附件 list as printed: number -> name. A single unnumbered one is number 1."""
    names: dict[str, str] = {}
    inside = False
    for line in text.split("\n"):
        line = line.strip()
        folded = fold_width(line)
        heading = _HEADING.match(folded)
        if heading is not None and (heading["colon"] or not heading["rest"]):
            inside = True
            names = {}
            if heading["rest"]:
                _add_printed(names, line[heading.start("rest") :])
        elif inside or (heading is not None and _NUMBERED.match(folded)):
            inside = _add_printed(names, line, numbered_only=True)
    return names


def file_type(url: str, name: str = "") -> str:
    """The type by extension, lower case: of the printed name, else of the address."""
    for text in (name, unquote(_path(url)), _query_values(url)):
        match = list(_EXTENSION.finditer(text))
        if match:
            return match[-1][1].lower()
    return ""


def is_bare(name: str, url: str) -> bool:
    """Whether a printed name says nothing of the file: 附件1, 点击下载, or its address again."""
    return bool(_BARE.match(name)) or name in (url, unquote(_path(url).rsplit("/", 1)[-1]))


def _add_printed(names: dict[str, str], line: str, *, numbered_only: bool = False) -> bool:
    match = _NUMBERED.match(fold_width(line))
    if match is not None:
        name = line[match.start("name") :]  # as printed: folding keeps the length
        names[_DIGITS.get(match["number"], match["number"])] = _clean(name)
    elif not numbered_only and len(line) <= 120:
        names["1"] = _clean(line)
    return match is not None


def _keep(found: dict[str, str], url: str, name: str) -> None:
    clean = _clean(name)
    if len(found) >= _MOST_FILES:
        return
    plain = unquote(url)
    url = next((known for known in found if unquote(known) == plain), url)
    if url not in found or (_BARE.match(found[url]) and not _BARE.match(clean)):
        found[url] = clean


def _clean(name: str) -> str:
    one_line = re.sub(r"\s+", " ", name).strip(" ;；。、")
    return _FILE_SIZE.sub("", one_line[:400]).rstrip()[:200]


def _is_file(url: str) -> bool:
    return file_type(url) in _DOCUMENTS or bool(_DOWNLOAD.search(url))


def _name_and_type(
    url: str, name: str, index: int, printed: dict[str, str], count: int
) -> tuple[str, str]:
    kind = file_type(url, name)
    if not name or _BARE.match(name):
        number = _LINK_NUMBER.match(name)
        chosen = number["number"] if number and number["number"] else ""
        chosen = _DIGITS.get(chosen, chosen)
        if not chosen and len(printed) in (0, count):
            chosen = str(index)
        name = printed.get(chosen) or name or unquote(_path(url).rsplit("/", 1)[-1]) or url
    return name, kind


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _query_values(url: str) -> str:
    try:
        return " ".join(value for _, value in parse_qsl(urlsplit(url).query))
    except ValueError:
        return ""
