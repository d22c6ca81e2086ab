"""Whether an address is that of a file, by its ending, its query or the way it is asked for.

No list of endings is complete (ceb, docm, dps …), so three answers: surely a file, perhaps one
(where a page calls it an attachment), surely none.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

DOCUMENTS = frozenset((
    "pdf", "ofd", "ceb", "doc", "docx", "docm", "dot", "dotx", "wps", "wpt", "rtf", "odt",
    "xls", "xlsx", "xlsm", "xlsb", "et", "ett", "ods", "csv", "txt", "ppt", "pptx", "pptm",
    "pps", "ppsx", "dps", "odp", "zip", "rar", "7z", "gz", "tgz", "bz2", "tar", "cab", "caj",
    "vsd", "vsdx", "mpp", "dwg", "xps",
))  # fmt: skip
"""Endings that are a document or an archive wherever a page links to them."""

PICTURES = frozenset((
    "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "jfif",
))  # fmt: skip
"""Endings of pictures: files only where the page calls them attachments."""

_PAGES = frozenset((
    "html", "htm", "shtml", "shtm", "xhtml", "jhtml", "phtml", "dhtml", "mhtml", "php",
    "php3", "php5", "asp", "aspx", "jsp", "jspx", "do", "action", "cgi", "cshtml", "nsf",
    "page", "pl", "psp", "tml", "ftl", "vm", "xml", "json", "rss", "atom",
))  # fmt: skip
_FURNITURE = frozenset((
    "css", "js", "mjs", "map", "ico", "svg", "woff", "woff2", "ttf", "eot", "swf", "mp3",
    "mp4", "m4a", "avi", "wmv", "flv", "mov", "apk", "ipa", "exe", "dmg", "msi", "com", "cn",
    "net", "org", "gov", "edu",
))  # fmt: skip
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})$")
_IN_QUERY = re.compile(r"\.([A-Za-z0-9]{2,5})$")
# downloadAtt?id=, /att/download/12, download.jsp?wbfileid=, getfile.do?id=, /attachment/download?x
_ASKED_FOR = re.compile(
    r"/(?:down(?:load)?[_-]?(?:file|att\w{0,12}|s|doc)?|file[_-]?down(?:load)?|get[_-]?file|show[_-]?file|read[_-]?file|"
    r"att(?:ach(?:ment)?s?)?|fj(?:xz)?|upload_?file)"
    r"(?:\.\w{2,6})?(?=[/?;]|$)",
    re.IGNORECASE,
)
_NAMES_A_FILE = re.compile(
    r"(?:^|[?&;])(?:[\w.]{0,12}file[\w.]{0,8}|attach[\w.]{0,10}|att_?id|fj_?id|annex[\w.]{0,8}|docid)=[^&]",
    re.IGNORECASE,
)
_VIEWED = ("file", "url", "src", "path", "pdf", "fileurl", "filepath", "furl", "document")


def ending_of(url: str) -> str:
    """The ending of the path in lower case, without its dot; empty when there is none."""
    match = _ENDING.search(_path(url))
    return match[1].lower() if match else ""


def is_file(url: str) -> bool:
    """Whether an address ends in the name of a document or archive, or its query names one."""
    return ending_of(url) in DOCUMENTS or bool(_endings_in_query(url) & DOCUMENTS)


def is_asked_for(url: str) -> bool:
    """Whether an address without a file's ending asks a server for a file by its number or name."""
    parts = _split(url)
    if ending_of(url) in _FURNITURE or ending_of(url) in PICTURES:
        return False
    # /attachment/12 is a file, /attachment/ a column, /download/index.html a page of software.
    if ending_of(url) in ("html", "htm", "shtml") or (parts[0].endswith("/") and not parts[1]):
        return False
    if _NAMES_A_FILE.search("?" + parts[1]) and _ASKED_FOR.search(parts[0]):
        return True
    return bool(_ASKED_FOR.search(parts[0]) and (parts[1] or re.search(r"[0-9]", parts[0])))


def may_be_file(url: str) -> bool:
    """Whether an address may be a file when its page calls it an attachment."""
    ending = ending_of(url)
    return ending not in _PAGES and ending not in _FURNITURE and not _path(url).endswith("/")


def is_picture(url: str) -> bool:
    """Whether an address ends as a picture does."""
    return ending_of(url) in PICTURES


def shown_file(url: str) -> str:
    """The address, maybe relative, that a viewer is asked to show (viewer.html?file=…)."""
    query = _split(url)[1]
    values = {name.lower(): value for name, value in parse_qsl(query, max_num_fields=50)}
    for name in _VIEWED:
        value = values.get(name, "")
        if value and (is_file(value) or is_asked_for(value)):
            return value
    return ""


def _endings_in_query(url: str) -> set[str]:
    query = _split(url)[1]
    if "." not in query and "%" not in query:
        return set()
    found = (_IN_QUERY.search(value.strip()) for _, value in parse_qsl(query, max_num_fields=50))
    return {match[1].lower() for match in found if match}


def _path(url: str) -> str:
    return unquote(_split(url)[0]).strip()


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.path, parts.query[:4000]
