"""Corrections in the static archive: told on the issue's pages, whose own content stays.

The pages are as they were when the issue went out; what a correction says is put between two
marks below the heading. Doing it again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from digest.models.correction import Correction
from digest.rendering.templates import templates
from digest.rendering.write import write_bytes

_BEGIN, _END = "<!--corrections-->", "<!--/corrections-->"
_TOLD = re.compile(f"{_BEGIN}(?:(?!{_BEGIN}).)*?{_END}", re.DOTALL)
_HEADING = "</h1>"


def tell_corrections(folder: Path, corrections: Sequence[Correction]) -> None:
    """Tell all corrections of one issue on its page, and on the pages of the entries concerned.

    Nothing to do for an issue that the archive in `folder` does not hold. Raises OSError.
    """
    if not corrections:
        return
    home = folder / "issues" / corrections[0].week
    told: dict[str, list[Correction]] = {"index": list(corrections)}
    for correction in corrections:
        for anchor in dict.fromkeys(item.anchor for item in correction.items):
            told.setdefault(anchor, []).append(correction)
    for name, some in told.items():
        page = home / f"{name}.html"
        if page.is_file():
            _put(page, _block(some, "" if name == "index" else name))


def _block(corrections: Sequence[Correction], anchor: str) -> str:
    template = templates().get_template("site/corrections.html.jinja")
    return f"{_BEGIN}{template.render(corrections=corrections, anchor=anchor)}{_END}"


def _put(page: Path, block: str) -> None:
    text = page.read_text(encoding="utf-8")
    bare = _TOLD.sub("", text)
    # Every page has one heading; what a page or an editor wrote is escaped.
    changed = bare.replace(_HEADING, _HEADING + block, 1)
    if changed != text:
        write_bytes(page, changed.encode())
