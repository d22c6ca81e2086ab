"""Files kept under what they hold."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

FOLDER = "files"


def keep(data: Path, body: bytes, kind: str) -> tuple[str, str]:
    """Store a file under its content's SHA-256; (sha256, path relative to `data`).

    Another crawl sees the whole file or none. It is nobody's to execute. Raises OSError.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    relative = f"{FOLDER}/{sha256[:2]}/{sha256}.{kind}"
    target = data / relative
    if target.is_file() and target.stat().st_size == len(body):
        return sha256, relative
    target.parent.mkdir(parents=True, exist_ok=True)
    # Who may read it is decided by the process' umask.
    temporary = target.with_name(f"{secrets.token_hex(8)}.part")
    try:
        with temporary.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return sha256, relative
