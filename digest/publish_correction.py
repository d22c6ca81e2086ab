"""The files of corrections: beside the issue's own, which stay as they went out."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from digest.models.correction import Correction
from digest.rendering.render_correction import correction_json, correction_page, correction_text
from digest.rendering.write import write_bytes
from digest.site.correction_pages import tell_corrections
from storage.issues import corrections
from storage.models import CorrectionRecord, IssueRecord


def corrections_of(db: Database, issue: IssueRecord, company: str) -> list[Correction]:
    """All corrections of an issue, the first one first."""
    return [Correction(record, company) for record in corrections.list_corrections(db, issue)]


def with_addresses(db: Database, record: CorrectionRecord, company: str) -> Correction:
    """A correction that can be mailed: it knows which mail it answers at each subscriber's."""
    return Correction(record, company, corrections.message_ids(db, record.corrects.id))


def last_file(folder: Path, number: int) -> Path:
    """The file that is written last: with it everything a correction shows is there."""
    return folder / f"correction-{number}.json"


def write_correction(
    correction: Correction, folder: Path, site: Path, told: list[Correction]
) -> None:
    """Write correction-1.html, .docx and .txt into the issue's folder, and tell `told` in the
    archive. Raises OSError.

    `last_file` is left to the caller, who may have a feed to write first.
    """
    # As in `digest.rendering.write`: who writes no Word file is spared what does.
    from digest.rendering.docx.correction import correction_docx

    name = f"correction-{correction.number}"
    write_bytes(folder / f"{name}.html", correction_page(correction).encode())
    write_bytes(folder / f"{name}.docx", correction_docx(correction))
    write_bytes(folder / f"{name}.txt", correction_text(correction).encode())
    tell_corrections(site, told)


def finish_correction(correction: Correction, folder: Path) -> None:
    """Write correction-1.json, and with it say that nothing is missing. Raises OSError."""
    write_bytes(last_file(folder, correction.number), correction_json(correction).encode())
