"""Makes the files and their truth: `python -m tests.gold_files`."""

from __future__ import annotations

import codecs
import json
import tempfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from html import escape
from pathlib import Path

import libarchive

from tests.gold_files import documents as written
from tests.gold_files import office
from tests.gold_files.documents import Document, Table, text_of
from tests.gold_files.pictures import PICTURES
from tests.pipelines.packed_files import ofd_file, packed, packed_in_gbk, rar_file

FOLDER = Path(__file__).parents[1] / "files" / "gold"
SIZES = {"small": written.SMALL, "large": written.LARGE}
BOOKS = {"small": written.SMALL_BOOK, "large": written.LARGE_BOOK}
SLIDES = {"small": written.SMALL_SLIDES, "large": written.LARGE_SLIDES}
LAYOUTS = {"vertical": written.VERTICAL, "columns": written.COLUMNS}


class Gold:
    """Files with what is to be read of them."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}
        self.truth: dict[str, dict[str, object]] = {}

    def add(
        self, name: str, data: bytes, look: str, text: str, tables: Sequence[Table] = ()
    ) -> None:
        (FOLDER / name).write_bytes(data)
        labels = [list(table.labels) for table in tables]
        number = self.texts.setdefault(text, len(self.texts))
        self.truth[name] = {"look": look, "text": number, "labels": labels}


def main() -> None:
    """Make tests/files/gold anew."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    gold = Gold()
    for add in (add_documents, add_layouts, add_books, add_slides, add_others, add_archives):
        add(gold)
    for picture in PICTURES:
        gold.add(picture.name, picture.draw(), picture.look, picture.text)
    # Many files say the same: each text once.
    truth = {"files": gold.truth, "texts": list(gold.texts)}
    lines = json.dumps(truth, ensure_ascii=False, indent=1) + "\n"
    (FOLDER / "truth.json").write_text(lines, encoding="utf-8")


def add_documents(gold: Gold) -> None:
    sources = {size: office.document_xml(one) for size, one in SIZES.items()}
    for kind in ("doc", "docx", "odt", "rtf", "pdf"):
        for size, data in office.convert(sources, kind, "fodt").items():
            tables = () if kind == "pdf" else SIZES[size].tables
            gold.add(f"{size}.{kind}", data, "printed", SIZES[size].text, tables)
    for size, data in office.convert(sources, "doc", "fodt").items():
        gold.add(f"{size}.wps", data, "printed", SIZES[size].text, SIZES[size].tables)


def add_layouts(gold: Gold) -> None:
    for kind in ("doc", "docx", "odt", "pdf"):
        sources = {name: office.document_xml(one, name) for name, one in LAYOUTS.items()}
        for name, data in office.convert(sources, kind, "fodt").items():
            gold.add(f"{name}.{kind}", data, "printed", LAYOUTS[name].text)


def add_books(gold: Gold) -> None:
    sources = {size: office.workbook_xml(book) for size, book in BOOKS.items()}
    for kind in ("xls", "xlsx", "ods"):
        for size, data in office.convert(sources, kind, "fods").items():
            gold.add(f"list_{size}.{kind}", data, "printed", text_of(BOOKS[size]), BOOKS[size])
            if kind == "xls":
                gold.add(f"list_{size}.et", data, "printed", text_of(BOOKS[size]), BOOKS[size])


def add_slides(gold: Gold) -> None:
    sources = {size: office.slides_xml(slides) for size, slides in SLIDES.items()}
    for kind in ("ppt", "pptx", "odp"):
        for size, data in office.convert(sources, kind, "fodp").items():
            text = "\n".join(line for slide in SLIDES[size] for line in slide)
            gold.add(f"slides_{size}.{kind}", data, "printed", text)
            if kind == "ppt":
                gold.add(f"slides_{size}.dps", data, "printed", text)


def add_others(gold: Gold) -> None:
    """Formats that no office suite writes: plain text, pages saved as documents, OFD."""
    for size, one in SIZES.items():
        page = _page(one)
        gold.add(f"page_{size}.doc", page.encode("gb18030"), "printed", one.text, one.tables)
        gold.add(f"{size}.mht", _mht(page), "printed", one.text, one.tables)
        lines = [part for part in one.parts if isinstance(part, str)]
        # No everyday character set of old has them all.
        words = "\n".join(lines).replace("㎡", "平方米")
        gold.add(f"gbk_{size}.txt", words.encode("gb18030"), "printed", words)
        wide = codecs.BOM_UTF16_LE + words.encode("utf-16-le")
        gold.add(f"wide_{size}.txt", wide, "printed", words)
        places = [(20.0, 20 + 8.0 * number, escape(line)) for number, line in enumerate(lines)]
        gold.add(f"{size}.ofd", ofd_file(places), "printed", "\n".join(lines))
    for size, count in (("small", 6), ("large", 300)):
        table = written.drug_sheet(count)
        rows = "\r\n".join(",".join(text for text, _, _ in row) for row in table.rows)
        text = text_of([Table(table.rows, table.labels)])
        gold.add(f"{size}.csv", rows.encode("gb18030"), "printed", text, [table])
        tabs = rows.replace(",", "\t").encode("utf-8")
        gold.add(f"tabs_{size}.xls", tabs, "printed", text, [table])


def add_archives(gold: Gold) -> None:
    for size in SIZES:
        names = {"附件1：申报书.docx": f"{size}.docx", "附件2/名单.xls": f"list_{size}.xls"}
        members = {name: (FOLDER / file).read_bytes() for name, file in names.items()}
        parts = [f"【{next(iter(names))}】", *SIZES[size].parts, "【附件2/名单.xls】", *BOOKS[size]]
        tables = [*SIZES[size].tables, *BOOKS[size]]
        makers: dict[str, Callable[[dict[str, bytes]], bytes]] = {
            "utf8.zip": packed, "gbk.zip": packed_in_gbk, "packed.rar": rar_file,
            "packed.7z": _seven_zip,
        }  # fmt: skip
        for ending, maker in makers.items():
            gold.add(f"{size}_{ending}", maker(members), "printed", text_of(parts), tables)


def _page(document: Document) -> str:
    body = "".join(
        _table_html(part) if isinstance(part, Table) else f"<p class=MsoNormal>{escape(part)}</p>"
        for part in document.parts
    )
    space = 'xmlns:w="urn:schemas-microsoft-com:office:word"'
    return f"<html {space}><head><meta charset=gb2312></head><body>{body}</body></html>"


def _table_html(table: Table) -> str:
    rows = "".join(
        "<tr>"
        + "".join(f"<td colspan={w} rowspan={h}>{escape(text)}</td>" for text, w, h in row)
        + "</tr>"
        for row in table.rows
    )
    return f"<table>{rows}</table>"


def _mht(page: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = "saved"
    message.set_content(page, subtype="html", charset="gb18030")
    message.add_related(b"\x89PNG", "image", "png")
    return message.as_bytes()


def _seven_zip(members: dict[str, bytes]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.7z"
        with libarchive.file_writer(str(path), "7zip") as archive:
            for name, data in members.items():
                archive.add_file_from_memory(name, len(data), data)
        return path.read_bytes()


if __name__ == "__main__":
    main()
