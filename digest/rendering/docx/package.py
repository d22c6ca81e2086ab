"""The Word file around its pages: what it says of itself, and its bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from digest.models.issue import Digest
from digest.wording import slashed

# The earliest day a ZIP entry can have; ours carry no time, so equal issues are equal files.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(document: Document) -> bytes:
    """Save with fixed times inside the ZIP, and without the template's preview picture."""
    package = document.part.package
    for key, link in list(package.rels.items()) if package is not None else ():
        if link.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]
    made, packed = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _ZIP_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, source.read(name))
    return packed.getvalue()


def set_properties(document: Document, digest: Digest) -> None:
    """What the file says of itself: the issue, its company, the instant (UTC)."""
    instant = digest.instant.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    properties = document.core_properties
    properties.title = f"{digest.title} {digest.week}"
    properties.subject = f"{slashed(digest.from_on)}~{slashed(digest.to_on)}"
    properties.author = properties.last_modified_by = digest.company
    properties.created = properties.modified = instant
    properties.language = "zh-CN"
    properties.comments = properties.keywords = ""
