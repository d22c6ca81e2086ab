"""Writes documents as flat OpenDocument, and lets LibreOffice make the other formats of them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from tests.gold_files.documents import Document, Table

_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{place}:1.0"'
    for name, place in {
        "office": "office", "text": "text", "table": "table", "style": "style",
        "draw": "drawing", "fo": "xsl-fo-compatible", "svg": "svg-compatible",
        "presentation": "presentation",
    }.items()
)  # fmt: skip
_LAYOUTS = {
    "": "",
    "vertical": ' style:writing-mode="tb-rl"',
    "columns": "",
}


def document_xml(document: Document, layout: str = "") -> str:
    """A text document; `layout`: vertical or columns."""
    body = "".join(
        _table(part, index) if isinstance(part, Table) else f"<text:p>{escape(part)}</text:p>"
        for index, part in enumerate(document.parts)
    )
    columns = '<style:columns fo:column-count="2" fo:column-gap="8mm"/>'
    page = (
        '<style:page-layout style:name="pm"><style:page-layout-properties fo:page-width="210mm"'
        f' fo:page-height="297mm" fo:margin="20mm"{_LAYOUTS[layout]}>'
        f"{columns if layout == 'columns' else ''}</style:page-layout-properties>"
        "</style:page-layout>"
    )
    return _flat(
        "text",
        f"<office:text>{body}</office:text>",
        f"<office:automatic-styles>{page}</office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="Standard" style:page-layout-name="pm"/>'
        "</office:master-styles>",
    )


def workbook_xml(sheets: Sequence[Table]) -> str:
    body = "".join(_table(one, index) for index, one in enumerate(sheets))
    return _flat("spreadsheet", f"<office:spreadsheet>{body}</office:spreadsheet>")


def slides_xml(slides: Sequence[Sequence[str]]) -> str:
    pages = "".join(
        f'<draw:page draw:name="p{number}" draw:master-page-name="m">'
        + "".join(
            f'<draw:frame svg:x="20mm" svg:y="{20 + 18 * line}mm" svg:width="230mm"'
            f' svg:height="15mm"><draw:text-box><text:p>{escape(words)}</text:p>'
            "</draw:text-box></draw:frame>"
            for line, words in enumerate(slide)
        )
        + "</draw:page>"
        for number, slide in enumerate(slides, start=1)
    )
    return _flat(
        "presentation",
        f"<office:presentation>{pages}</office:presentation>",
        '<office:automatic-styles><style:page-layout style:name="pm">'
        '<style:page-layout-properties fo:page-width="280mm" fo:page-height="157mm"/>'
        "</style:page-layout></office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="m" style:page-layout-name="pm"/></office:master-styles>',
    )


def convert(sources: Mapping[str, str], kind: str, source_kind: str) -> dict[str, bytes]:
    """Sources (name to flat XML) in another format, in one run of LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        files = []
        for name, xml in sources.items():
            files.append(home / f"{name}.{source_kind}")
            files[-1].write_text(xml, encoding="utf-8")
        subprocess.run(
            [
                *(shutil.which("soffice") or "soffice", "--headless"),
                *(f"-env:UserInstallation={(home / 'profile').as_uri()}", "--convert-to", kind),
                *("--outdir", str(home / "out"), *map(str, files)),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        ending = kind.split(":")[0]
        return {name: (home / "out" / f"{name}.{ending}").read_bytes() for name in sources}


def _flat(kind: str, body: str, styles: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_SPACES}'
        f' office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.{kind}">'
        f"{styles}<office:body>{body}</office:body></office:document>"
    )


def _table(table: Table, index: int) -> str:
    covered: dict[tuple[int, int], bool] = {}
    rows = ""
    for down, cells in enumerate(table.rows):
        left = list(cells)
        line = ""
        for across in range(table.width):
            if covered.get((down, across)):
                line += "<table:covered-table-cell/>"
                continue
            text, columns, lines = left.pop(0) if left else ("", 1, 1)
            for y in range(lines):
                for x in range(columns):
                    covered[down + y, across + x] = True
            line += _cell(text, columns, lines)
        rows += f"<table:table-row>{line}</table:table-row>"
    name = table.name or f"t{index}"
    column = f'<table:table-column table:number-columns-repeated="{table.width}"/>'
    return f'<table:table table:name="{name}">{column}{rows}</table:table>'


def _cell(text: str, columns: int, lines: int) -> str:
    spans = f' table:number-columns-spanned="{columns}"' if columns > 1 else ""
    spans += f' table:number-rows-spanned="{lines}"' if lines > 1 else ""
    return (
        f'<table:table-cell office:value-type="string"{spans}><text:p>{escape(text)}</text:p>'
        "</table:table-cell>"
    )
