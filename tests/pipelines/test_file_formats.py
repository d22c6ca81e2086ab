"""What is read of each format. The files of tests/files were made with LibreOffice and 7-Zip."""

from __future__ import annotations

import codecs
import gzip
import struct
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipelines.downloads.file_kinds import NotAFileError, kind_of
from pipelines.downloads.file_text import READABLE, FileText, read_text
from pipelines.downloads.pieces import Covered, Row
from pipelines.downloads.plain_text import encoding_of
from pipelines.downloads.readers import READABLE as HAS_READERS
from replica.sample_files import make_docx, make_pdf
from tests.pipelines.compound_files import compound_file
from tests.pipelines.packed_files import ofd_file, packed, packed_in_gbk, rar_file

FILES = Path(__file__).parents[1] / "files"
LEFT, ABOVE = Covered.LEFT, Covered.ABOVE

NOTICE = """天津市科技局关于征集2021年度重点研发项目的通知
各有关单位：
为贯彻落实《“十四五”规划》，现组织开展申报工作。申报截止时间为2021年3月15日17:00，逾期不予受理。
一、申报条件：（一）在津注册的独立法人；（二）研发投入占比不低于5%；PD-1、mRNA、β-内酰胺、㎡、①②③、𠮷。
序号 | 企业信息
企业名称 | 项目名称 | 金额（万元）
1 | 天津药物研究院有限公司 | 盐酸安罗替尼胶囊 | 120.5
2 | 北京盈科瑞创新医药股份有限公司 | 中药新药筛选平台 | 80
联系人：张三 022-58832900\t邮箱：kjj@tj.gov.cn
天津市科学技术局
2021年2月4日"""

NOTICE_ROWS = [
    ("序号", "企业信息", LEFT, LEFT),
    (ABOVE, "企业名称", "项目名称", "金额（万元）"),
    ("1", "天津药物研究院有限公司", "盐酸安罗替尼胶囊", "120.5"),
    ("2", "北京盈科瑞创新医药股份有限公司", "中药新药筛选平台", "80"),
]

LIST = """拟立项名单
2021年度拟立项项目名单
序号 | 承担单位 | 经费（万元） | 备注
名称 | 所在区
1 | 天津药物研究院有限公司 | 滨海新区 | 100.5 | 2021-02-01
2 | 北京盈科瑞创新医药股份有限公司 | 海淀区 | 200.5 | 2021-02-02
3 | 天津天士力 | 300.5 | 2021-02-03"""

LIST_ROWS = [
    ("2021年度拟立项项目名单", LEFT, LEFT, LEFT, LEFT),
    ("序号", "承担单位", LEFT, "经费（万元）", "备注"),
    (ABOVE, "名称", "所在区", ABOVE, ABOVE),
    ("1", "天津药物研究院有限公司", "滨海新区", "100.5", "2021-02-01"),
    ("2", "北京盈科瑞创新医药股份有限公司", "海淀区", "200.5", "2021-02-02"),
    ("3", "天津天士力", ABOVE, "300.5", "2021-02-03"),
]

TABLE = "<table><tr><th colspan=2>企业</th></tr><tr><td rowspan=2>甲公司<td>5</tr><tr><td>6</table>"


def read(folder: Path, name: str, data: bytes, named: str | None = None) -> FileText:
    """As a crawl reads a file: its type judged from its bytes first."""
    kind = kind_of(data, Path(name).suffix[1:] if named is None else named, name)
    path = folder / f"file.{kind}"
    path.write_bytes(data)
    return read_text(path, kind)


def read_sample(folder: Path, name: str, as_name: str = "") -> FileText:
    return read(folder, as_name or name, (FILES / name).read_bytes())


def cells(rows: Sequence[Row], table: str) -> list[tuple[object, ...]]:
    return [row.cells for row in rows if row.table == table]


def test_every_readable_type_has_a_reader() -> None:
    assert READABLE == HAS_READERS


@pytest.mark.parametrize(
    ("name", "as_name"), [("notice.doc", ""), ("notice.odt", ""), ("notice.doc", "通知.wps")]
)
def test_a_document_is_read_with_the_rows_of_its_tables(
    tmp_path: Path, name: str, as_name: str
) -> None:
    found = read_sample(tmp_path, name, as_name)
    assert found.text is not None
    assert found.text.startswith(NOTICE)
    assert found.note == ""
    assert cells(found.rows, "表1") == NOTICE_ROWS


def test_rich_text_is_read_though_it_is_called_doc(tmp_path: Path) -> None:
    found = read_sample(tmp_path, "notice.rtf", "notice.doc")
    assert found.text is not None
    assert found.text.startswith(NOTICE)
    assert found.rows[2].cells == NOTICE_ROWS[2]


def test_rich_text_in_gbk_is_read_escaped_and_raw(tmp_path: Path) -> None:
    words = "关于開展（乙）项目的通知".encode("gbk")
    escaped = b"".join(b"\\'%02x" % byte for byte in words)
    head = b"{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0\\fcharset134 SimSun;}}\\f0 "
    for body in (escaped, words):
        found = read(tmp_path, "a.rtf", head + body + b"\\par\\b 2021\\b0\\par}")
        assert found.text == "关于開展（乙）项目的通知\n2021"


@pytest.mark.parametrize(
    ("name", "as_name"),
    [("list.xls", ""), ("list.xlsx", ""), ("list.ods", ""), ("list.xls", "名单.et")],
)
def test_a_workbook_is_read_with_its_merged_cells(tmp_path: Path, name: str, as_name: str) -> None:
    found = read_sample(tmp_path, name, as_name)
    assert found.text is not None
    assert found.text.startswith(LIST)
    assert cells(found.rows, "拟立项名单") == LIST_ROWS
    assert cells(found.rows, "药品")[1] == ("阿司匹林肠溶片", "国药准字H20065051")


def test_a_workbook_called_doc_is_read_as_what_it_is(tmp_path: Path) -> None:
    assert kind_of((FILES / "list.xls").read_bytes(), "doc") == "xls"
    assert (
        read_sample(tmp_path, "list.xls", "名单.doc").text == read_sample(tmp_path, "list.xls").text
    )


def test_slides_are_read_in_order_with_their_tables(tmp_path: Path) -> None:
    found = read_sample(tmp_path, "slides.pptx")
    assert found.text is not None
    assert found.text.splitlines()[:4] == [
        "药品注册政策解读",
        "国家药监局药审中心",
        "2021年2月",
        "一、主要变化",
    ]
    assert cells(found.rows, "表1")[1:] == [(ABOVE, "受理", "审评"), ("优先审评", "5", "130")]


def test_old_slides_are_read_without_their_masters(tmp_path: Path) -> None:
    def record(kind: int, body: bytes, version: int = 0) -> bytes:
        return struct.pack("<HHI", version, kind, len(body)) + body

    master = record(0x03F8, record(0x0FA0, "单击此处编辑标题".encode("utf-16-le")), 0xF)
    slide = record(0x0FA0, "一、审评\r二、审批".encode("utf-16-le")) + record(0x0FA8, b"PD-1\x0b*")
    stream = master + record(0x03EE, record(0x0FA8, b"*") + slide, 0xF)
    data = compound_file({"PowerPoint Document": stream, "Current User": bytes(40)})
    for name in ("a.ppt", "a.dps", "a.doc"):
        assert read(tmp_path, name, data).text == "一、审评\n二、审批\nPD-1"


def test_an_ofd_is_read_in_the_lines_it_prints(tmp_path: Path) -> None:
    data = ofd_file(
        [(20, 40.2, "第二行"), (20, 20, "公告"), (60, 20.1, "2021年"), (28, 20, "第1号")]
    )
    assert read(tmp_path, "公告.ofd", data, "").text == "公告第1号 2021年\n第二行"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-be", "utf-16-le", "big5"]
)
def test_plain_text_is_read_in_any_chinese_encoding(tmp_path: Path, encoding: str) -> None:
    words = (
        "本公司申請藥品註冊，請於三月十五日前提交資料。第一條"
        if encoding == "big5"
        else NOTICE[:90]
    )
    data = words.encode(encoding)
    data = codecs.BOM_UTF16_BE + data if encoding == "utf-16-be" else data
    if encoding == "utf-16-le":
        data = codecs.BOM_UTF16_LE + data
    assert read(tmp_path, "a.txt", data).text == words.strip()


def test_a_long_text_in_utf_8_is_not_taken_for_gbk_where_it_is_cut() -> None:
    assert encoding_of(("药" * 50_000).encode()) == "utf-8"


def test_a_csv_and_a_table_with_tabs_called_xls_give_rows(tmp_path: Path) -> None:
    found = read(tmp_path, "名单.csv", '名称,"地址, 区"\n甲公司,"和平区, 1号"\n'.encode("gbk"))
    assert [row.cells for row in found.rows] == [("名称", "地址, 区"), ("甲公司", "和平区, 1号")]
    found = read(tmp_path, "名单.xls", "名称\t金额\n甲公司\t5\n乙公司\t6\n".encode("gbk"))
    assert found.rows[2].cells == ("乙公司", "6")


def test_a_page_saved_as_a_workbook_gives_rows_over_merged_cells(tmp_path: Path) -> None:
    page = f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><p>名单{TABLE}</html>'
    found = read(tmp_path, "名单.xls", page.encode("gbk"))
    assert found.text == "名单\n企业\n甲公司 | 5\n6"
    assert [row.cells for row in found.rows] == [("企业", LEFT), ("甲公司", "5"), (ABOVE, "6")]


def test_a_page_that_its_server_calls_a_workbook_is_one() -> None:
    page = f"<html>{TABLE}</html>".encode()
    assert kind_of(page, "", "名单.xls") == "xls"
    with pytest.raises(NotAFileError):
        kind_of(page, "xls")


def test_an_mht_gives_the_text_of_its_page(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "saved"
    message.set_content(
        f"<html><p>关于公示的通知</p>{TABLE}</html>", subtype="html", charset="gb2312"
    )
    message.add_related(b"\x89PNG", "image", "png")
    found = read(tmp_path, "通知.doc", message.as_bytes())
    assert found.text == "关于公示的通知\n企业\n甲公司 | 5\n6"


def test_an_archive_names_and_reads_its_members(tmp_path: Path) -> None:
    inner = packed_in_gbk({"说明.txt": "内层".encode("gbk")})
    members = {
        "附件1/名单.xls": (FILES / "list.xls").read_bytes(),
        "附件2：指南.pdf": make_pdf("指南"),
    }
    for data in (packed(members), packed_in_gbk(members), rar_file(members)):
        found = read(tmp_path, "附件.rar", data)
        drugs = "药品\n药品名称 | 批准文号\n阿司匹林肠溶片 | 国药准字H20065051"
        assert found.text == f"【附件1/名单.xls】\n{LIST}\n{drugs}\n【附件2：指南.pdf】\n指南"
        assert cells(found.rows, "附件1/名单.xls / 拟立项名单") == LIST_ROWS
        assert found.extent == "2 个文件"
        assert found.note == ""
    assert (
        read(tmp_path, "a.zip", packed({"内.zip": inner})).text == "【内.zip】\n【说明.txt】\n内层"
    )


def test_a_7z_is_read_and_a_locked_one_said_so(tmp_path: Path) -> None:
    found = read_sample(tmp_path, "packed.7z")
    assert found.text is not None
    assert "【子目录/名单.xls】\n拟立项名单" in found.text
    assert "【附件1 申报通知.docx】\n天津市科技局" in found.text
    locked = read_sample(tmp_path, "locked.7z")
    assert locked.text == "【子目录/名单.xls】\n【附件1 申报通知.docx】"
    assert locked.note.count("设有密码") == 2


def test_a_gzip_is_read_by_the_name_in_its_header(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv.gz"
    with gzip.GzipFile(str(path), "wb") as file:
        file.write("名称,金额\n甲,5".encode())
    found = read(tmp_path, "名单.csv.gz", path.read_bytes(), "gz")
    assert found.text is not None
    assert "甲" in found.text or "内容不是" in found.note


def test_text_boxes_footnotes_and_strict_files_are_read_and_deleted_words_are_not(
    tmp_path: Path,
) -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    body = (
        f'<w:document xmlns:w="{strict}" xmlns:mc="m"><w:p><w:r><w:t>一</w:t></w:r>'
        "<w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p><w:p><mc:Choice><w:p><w:r><w:t>框"
        "</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p><w:r><w:t>框</w:t></w:r></w:p></mc:Fallback>"
        "</w:p></w:document>"
    )
    notes = f'<w:footnotes xmlns:w="{strict}"><w:p><w:r><w:t>注</w:t></w:r></w:p></w:footnotes>'
    data = packed({"word/document.xml": body, "word/footnotes.xml": notes})
    assert read(tmp_path, "a.docx", data).text == "一\n框\n注"


def test_a_docx_in_an_archive_is_a_document_not_an_archive(tmp_path: Path) -> None:
    found = read(tmp_path, "a.zip", packed({"a.docx": make_docx("指南")}))
    assert found.text == "【a.docx】\n指南"
