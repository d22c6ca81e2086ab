"""The text of files, and files made to break those who open them."""

from __future__ import annotations

import asyncio
import io
import resource
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter

from pipelines.downloads.file_kinds import kind_of
from pipelines.downloads.file_text import CUT, MAX_CHARACTERS, NO_TEXT, FileText, read_text
from pipelines.downloads.limits import FAILED, OUT_OF_MEMORY, OUT_OF_TIME
from pipelines.downloads.pieces import DAMAGED, PASSWORD, TOO_LARGE
from pipelines.downloads.text_reader import TextReader
from replica.sample_files import make_pdf
from storage.models import Attachment, is_picture
from tests.pipelines.compound_files import compound_file

GOLD = Path(__file__).parents[1] / "files" / "gold"
MEGABYTE = 1024 * 1024
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx_of(xml: str) -> bytes:
    return packed({"word/document.xml": xml.encode()})


def read(folder: Path, kind: str, data: bytes) -> FileText:
    path = folder / f"file.{kind}"
    path.write_bytes(data)
    return read_text(path, kind)


def read_by_child(folder: Path, kind: str, data: bytes, **limits: float) -> tuple[FileText, float]:
    """What the reader says within limits, and how many seconds of processor time that took."""
    path = folder / f"file.{kind}"
    path.write_bytes(data)

    async def ask() -> FileText:
        reader = TextReader(**limits)  # type: ignore[arg-type]
        try:
            return await reader.read(path, kind)
        finally:
            await reader.close()

    started = _processor_seconds()
    return asyncio.run(ask()), _processor_seconds() - started


def _processor_seconds() -> float:
    """Of this process and the children it has waited for: the same on a busy machine."""
    ours, theirs = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime


def locked_pdf(user: str, owner: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf("申报指南"))))
    writer.encrypt(user, owner, algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, "pdf", make_pdf("附件1：申报指南（2021年）"))
    assert found == FileText("附件1：申报指南（2021年）", extent="1 页")


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_with_a_password_is_kept_and_said_so(tmp_path: Path, algorithm: str) -> None:
    found = read(tmp_path, "pdf", locked_pdf("geheim", "owner", algorithm))
    assert found == FileText(None, PASSWORD)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_that_only_its_owner_may_change_is_read(tmp_path: Path, algorithm: str) -> None:
    assert read(tmp_path, "pdf", locked_pdf("", "owner", algorithm)).text == "申报指南"


def test_a_scan_says_that_it_holds_no_text(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    assert read(tmp_path, "pdf", out.getvalue()) == FileText(None, NO_TEXT, "1 页")


def test_a_file_with_a_scanned_page_among_printed_ones_says_so(tmp_path: Path) -> None:
    writer = PdfWriter()
    for data in (make_pdf("申报指南"), (GOLD / "two_pages.pdf").read_bytes()):
        writer.append(PdfReader(io.BytesIO(data)))
    writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    found = read(tmp_path, "pdf", out.getvalue())
    assert found.text == "申报指南"
    assert found.note == "其中 2 页没有可提取的文字（可能是扫描页）"
    assert is_picture(Attachment("u", "n", "pdf", 1, "s", "p", note=found.note))


def test_a_docx_is_read_paragraphs_tables_and_all(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("一、申报条件")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(
        (cell for row in table.rows for cell in row.cells),
        ("项目", "金额", "平台建设", "50万元"),
        strict=True,
    ):
        cell.text = words
    document.add_paragraph("二、\t申报时间")
    out = io.BytesIO()
    document.save(out)
    found = read(tmp_path, "docx", out.getvalue())
    assert found.text == "一、申报条件\n项目 | 金额\n平台建设 | 50万元\n二、\t申报时间"
    assert [row.cells for row in found.rows] == [("项目", "金额"), ("平台建设", "50万元")]


def test_a_workbook_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    book = Workbook()
    first = book.worksheets[0]
    first.title = "汇总"
    first.append(["企业名称", None, 2021])
    first["B40000"] = "很远"
    book.create_sheet("名单").append(["天津某公司"])
    out = io.BytesIO()
    book.save(out)
    found = read(tmp_path, "xlsx", out.getvalue())
    assert found.text is not None
    assert found.text.splitlines()[:2] == ["汇总", "企业名称 | 2021"]


def test_plain_text_in_gbk_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, "txt", "名称,金额\r\n甲,5\r\n".encode("gbk")).text == "名称,金额\n甲,5"


def test_an_office_file_with_a_password_is_said_so(tmp_path: Path) -> None:
    locked = compound_file({"EncryptedPackage": bytes(5000)})
    assert kind_of(locked, "xlsx") == "xlsx"
    assert read(tmp_path, "docx", locked) == FileText(None, PASSWORD)
    assert read(tmp_path, "xlsx", locked) == FileText(None, PASSWORD)


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx"])
def test_a_cut_file_is_damaged_not_an_error(tmp_path: Path, kind: str) -> None:
    whole = {
        "pdf": make_pdf("申报指南"),
        "docx": docx_of(f"<w:document {W}/>"),
        "xlsx": packed({"xl/workbook.xml": b"<workbook/>"}),
    }[kind]
    assert read(tmp_path, kind, whole[: len(whole) // 2]).note == DAMAGED
    assert read(tmp_path, kind, b"").note == DAMAGED


def test_a_long_text_is_cut_and_said_so(tmp_path: Path) -> None:
    paragraph = f"<w:p><w:r><w:t>{'文' * 1000}</w:t></w:r></w:p>"
    found = read(tmp_path, "docx", docx_of(f"<w:document {W}>{paragraph * 300}</w:document>"))
    assert found.note == CUT
    assert found.text is not None
    assert MAX_CHARACTERS - 1000 < len(found.text) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    ("kind", "member"), [("docx", "word/document.xml"), ("xlsx", "xl/sharedStrings.xml")]
)
def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, kind: str, member: str) -> None:
    bomb = packed({member: bytes(80 * MEGABYTE), "xl/workbook.xml": b"<workbook/>"})
    assert len(bomb) < MEGABYTE / 5
    started = time.process_time()
    assert read(tmp_path, kind, bomb).note == TOO_LARGE
    assert time.process_time() - started < 1


def test_a_zip_bomb_that_lies_about_its_size_yields_only_what_it_claims(tmp_path: Path) -> None:
    size = 20 * MEGABYTE
    bomb = packed({"word/document.xml": bytes(size)})
    lying = bomb.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert read(tmp_path, "docx", lying).note == DAMAGED


def test_entities_that_multiply_are_not_expanded(tmp_path: Path) -> None:
    entities = '<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
    )
    words = "<w:p><w:r><w:t>&j;</w:t></w:r></w:p>"
    xml = f"<!DOCTYPE x [{entities}]><w:document {W}>{words}</w:document>"
    found, seconds = read_by_child(tmp_path, "docx", docx_of(xml))
    assert found.text is None
    assert found.note in {NO_TEXT, DAMAGED}
    assert seconds < 10


def test_a_document_of_a_million_paragraphs_is_read_in_little_memory(tmp_path: Path) -> None:
    xml = f"<w:document {W}><w:body>{'<w:p/>' * 1_000_000}</w:body></w:document>"
    found, seconds = read_by_child(tmp_path, "docx", docx_of(xml), memory=200 * MEGABYTE, cpu=4)
    assert found.note in {NO_TEXT, OUT_OF_TIME}
    assert seconds < 30


def test_a_workbook_that_needs_too_much_time_is_given_up(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "a"
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as made:
        members = {name: made.read(name) for name in made.namelist()}
    rows = f"<row>{'<c/>' * 1000}</row>" * 15_000  # close under what may be unpacked
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    members["xl/worksheets/sheet1.xml"] = sheet.encode()
    found, seconds = read_by_child(tmp_path, "xlsx", packed(members), cpu=1)
    assert found == FileText(None, OUT_OF_TIME)
    assert seconds < 20


def test_a_pdf_whose_page_unpacks_to_300_megabytes_ends_in_a_note(tmp_path: Path) -> None:
    squeezer = zlib.compressobj(9)
    stream = b"".join(squeezer.compress(bytes(10 * MEGABYTE)) for _ in range(30))
    stream += squeezer.flush()
    pdf = pdf_with_stream(b"/Filter/FlateDecode", stream)
    found, seconds = read_by_child(tmp_path, "pdf", pdf, cpu=5)
    assert found.text is None
    assert found.note in {NO_TEXT, DAMAGED, FAILED, OUT_OF_MEMORY, OUT_OF_TIME}
    assert seconds < 30


def test_a_pdf_whose_pages_contain_themselves_ends(tmp_path: Path) -> None:
    pdf = pdf_with_stream(b"", b"").replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]")
    found, seconds = read_by_child(tmp_path, "pdf", pdf, cpu=5)
    assert found.text is None
    assert found.note
    assert seconds < 20


def test_the_reader_goes_on_after_a_file_that_broke_its_child(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.pdf", tmp_path / "good.pdf"
    bad.write_bytes(pdf_with_stream(b"", b"[" * 500_000))
    good.write_bytes(make_pdf("申报指南"))

    async def ask() -> list[FileText]:
        reader = TextReader(cpu=5)
        found = [await reader.read(path, "pdf") for path in (bad, good, good)]
        await reader.close()
        await reader.close()
        return found

    first, second, third = asyncio.run(ask())
    assert first.text is None
    assert first.note
    assert second == third == FileText("申报指南", extent="1 页")


def pdf_with_stream(filters: bytes, stream: bytes) -> bytes:
    """A one-page PDF around a content stream; the table of objects is left to the reader."""
    return (
        b"%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>\nendobj\n"
        b"4 0 obj\n<</Length %d%s>>\nstream\n%s\nendstream\nendobj\n"
        b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n0\n%%%%EOF\n"
    ) % (len(stream), filters, stream)
