"""The files of an issue, each complete or absent: written beside its place, then renamed."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from pathlib import Path

from digest.folders import LAST_FILE
from digest.models.issue import Digest
from digest.rendering.render_html import render_html
from digest.rendering.render_json import render_json
from digest.rendering.render_text import render_text

FULL_TEXTS = "digest-full.docx"
"""Every text of an issue that tells some entries in a line only."""


def write_issue(digest: Digest, folder: Path) -> list[Path]:
    """Write digest.html, .txt, .docx, .json and deadlines.ics, and digest-full.docx; the paths.

    Everything is rendered before the first file is touched, so a failure leaves the old issue
    whole. Raises OSError when the folder cannot be written.
    """
    # What writes Word files and calendars takes 10 MB, and the desk, which seldom does, is started
    # while somebody waits.
    from digest.rendering.docx.document import render_docx
    from digest.rendering.render_ics import render_ics

    files = {
        "digest.html": render_html(digest).encode(),
        "digest.txt": render_text(digest).encode(),
        "digest.docx": render_docx(digest),
        **({FULL_TEXTS: render_docx(digest.in_full())} if digest.is_folded else {}),
        # As it went out: what was corrected since has files of its own.
        "digest.json": render_json(replace(digest, corrections=())).encode(),
        LAST_FILE: render_ics(digest),
    }
    paths = []
    for name, content in files.items():
        write_bytes(folder / name, content)
        paths.append(folder / name)
    return paths


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file in one step; readers see the old one or the new one, never a part.

    Who may read it is decided by the process' umask.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
