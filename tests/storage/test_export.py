"""Exports: typed where the form has types, and never a formula."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlite_utils import Database

from storage.database import StorageError
from storage.export.export import export_notices
from storage.export.workbook import excel_text, harmless
from storage.models import Attachment
from storage.runs.catalogue import sync_catalogue
from tests.storage.samples import NOW, page, saved, site

DANGEROUS = [
    "=1+1",
    '=HYPERLINK("http://evil.example")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＠x",
    " =1+1",
    "\u200b=1+1",
    "\ufeff@x",
    "﹦1",
    "−1",
]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_opens_in_excel_and_says_what_the_store_says(db: Database, tmp_path: Path) -> None:
    saved(
        db,
        page(
            title="通知",
            issuers=("甲局", "乙局"),
            body_text='一行\n二行,有逗号"和引号',
            deadline_on=date(2021, 3, 1),
        ),
        "2021-02-03 02:00",
    )
    path = tmp_path / "out.csv"

    assert export_notices(db, path, "csv") == 1

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    (row,) = read_csv(path)
    assert row["标题"] == "通知"
    assert row["发文机关"] == "甲局、乙局"
    assert row["发布日期"] == "2021-02-03"
    assert row["截止日期"] == "2021-03-01"
    assert row["正文"] == '一行\n二行,有逗号"和引号'
    assert row["首次发现"] == "2021-02-03 10:00:00"
    assert (row["施行日期"], row["最近修订"], row["读取完整"]) == ("", "", "是")


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_is_ever_a_formula(db: Database, tmp_path: Path, text: str) -> None:
    saved(
        db,
        page(
            title=text,
            doc_number=text,
            issuers=(text,),
            source=text,
            summary=text,
            body_text=text,
            column=text,
            attachments=(Attachment(text, text),),
        ),
    )
    export_notices(db, tmp_path / "out.csv", "csv")
    export_notices(db, tmp_path / "out.xlsx", "xlsx")

    for value in read_csv(tmp_path / "out.csv")[0].values():
        assert not value.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    for cell in [cell for row in sheet.iter_rows() for cell in row]:
        assert cell.data_type != "f"
        assert not str(cell.value or "").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_a_dangerous_text_keeps_its_words() -> None:
    assert harmless("=1+1") == "'=1+1"
    assert harmless("通知 = 1") == "通知 = 1"
    assert harmless("") == ""


def test_xlsx_has_dates_and_links(db: Database, tmp_path: Path) -> None:
    saved(db, page("a", published_on=date(2021, 2, 2)))
    saved(db, page("b", published_on=date(2021, 2, 1), url="javascript:alert(1)"))

    assert export_notices(db, tmp_path / "out.xlsx", "xlsx") == 2

    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    headings = [cell.value for cell in sheet[1]]
    first, second = sheet[2], sheet[3]
    link = first[headings.index("标题")]
    assert link.value == "关于公开征求意见的通知（a）"
    assert link.hyperlink is not None
    assert (link.coordinate, link.hyperlink.ref) == ("B2", "B2")
    assert link.hyperlink.target == "https://www.cde.org.cn/main/news/a"
    assert second[headings.index("标题")].hyperlink is None
    published = first[headings.index("发布日期")]
    assert published.data_type == "d"
    assert published.value == datetime(2021, 2, 2)  # noqa: DTZ001 - spreadsheets know no zones
    assert first[headings.index("首次发现")].value == datetime(2021, 2, 3, 10, 0)  # noqa: DTZ001


def test_a_sheet_is_laid_out_for_a_person(db: Database, tmp_path: Path) -> None:
    saved(db, page("1", published_on=date(2021, 2, 1)))
    saved(db, page("2", published_on=date(2021, 2, 2)))
    sync_catalogue(db, [site("cde", name="国家药监局药审中心")], now=NOW)
    path = tmp_path / "out.xlsx"

    export_notices(db, path, "xlsx", section_titles={"pharma": "医药信息篇"})

    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    heading, *rows = sheet.iter_rows()
    assert all(cell.font.bold for cell in heading)
    assert sheet.auto_filter.ref == f"A1:{heading[-1].column_letter}3"
    assert sheet.freeze_panes == "C2"
    names = [str(cell.value) for cell in heading]
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in heading]
    assert all(width >= 2 * len(name) for name, width in zip(names, widths, strict=True))
    values = [dict(zip(names, (cell.value for cell in row), strict=True)) for row in rows]
    assert [value["标题"][-2] for value in values] == ["2", "1"]
    assert [value["网站"] for value in values] == ["国家药监局药审中心"] * 2
    assert [value["篇章"] for value in values] == ["医药信息篇"] * 2


def test_characters_that_xml_forbids_are_left_out_of_every_sheet(
    db: Database, tmp_path: Path
) -> None:
    saved(db, page(title="标题"))
    odd = "坏\uffff字\ufdd0和\x1b控制\x85符\U0001ffff"
    # As an older version stored it.
    db.execute("UPDATE notices SET title = ?", [odd])
    db.conn.commit()

    assert export_notices(db, tmp_path / "out.xlsx", "xlsx") == 1

    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    assert sheet["B2"].value == "坏字和控制符"


def test_xlsx_survives_what_excel_cannot_hold(db: Database, tmp_path: Path) -> None:
    saved(db, page(title="控制\x08字符", body_text="长" * 40_000))

    export_notices(db, tmp_path / "out.xlsx", "xlsx")

    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    values = [cell.value for cell in sheet[2]]
    assert "控制字符" in values
    (body,) = [value for value in values if str(value).startswith("长长")]
    assert len(str(body)) == 32_767
    assert str(body).endswith("长……（太长，此处截断；全文见 CSV 或 JSON）")


def test_a_cell_is_measured_as_excel_does(db: Database) -> None:
    # A character beyond the BMP counts twice there.
    cell = excel_text("𠮷" * 20_000)

    assert len(cell.encode("utf-16-le")) // 2 <= 32_767
    assert cell.startswith("𠮷" * 16_000)
    assert excel_text("𠮷" * 16_383) == "𠮷" * 16_383


def test_rows_beyond_a_sheet_go_to_the_next(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.export.export._MOST_ROWS", 3)
    monkeypatch.setattr("storage.export.export._MOST_LINKS", 2)
    for day in range(1, 6):
        saved(db, page(str(day), published_on=date(2021, 2, day)))

    assert export_notices(db, tmp_path / "out.xlsx", "xlsx") == 5

    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert [(sheet.title, sheet.max_row) for sheet in book] == [
        ("通知", 3),
        ("通知2", 3),
        ("通知3", 2),
    ]
    assert [sheet["A1"].value for sheet in book] == ["编号"] * 3
    assert [sheet["B2"].hyperlink is None for sheet in book] == [False] * 3
    assert book["通知2"]["B3"].hyperlink is None
    assert book["通知3"]["B2"].value == "关于公开征求意见的通知（1）"


def test_json_lines_hold_every_field_untouched(db: Database, tmp_path: Path) -> None:
    files = (Attachment("https://a.example.cn/1.doc", "附件"),)
    saved(db, page(title="=1+1", attachments=files, topics=("中药",)))
    path = tmp_path / "out.jsonl"

    assert export_notices(db, path, "jsonl") == 1

    (line,) = path.read_text(encoding="utf-8").splitlines()
    value = json.loads(line)
    assert value["title"] == "=1+1"
    assert value["published_on"] == "2021-02-03"
    assert value["first_seen_at"] == "2021-02-03T02:00:00+00:00"
    assert value["topics"] == ["中药"]
    assert value["attachments"][0]["name"] == "附件"
    assert value["duplicate_of"] is None
    assert "中药" in line


def test_exports_are_limited_and_in_order_of_publication(db: Database, tmp_path: Path) -> None:
    saved(db, page("late", published_on=date(2021, 3, 1)))
    saved(db, page("early", published_on=date(2021, 1, 1)))
    saved(db, page("middle", published_on=date(2021, 2, 1)))
    saved(db, page("other", site="miit", section="ip", published_on=date(2021, 2, 1)))
    path = tmp_path / "out.csv"

    assert export_notices(db, path, "csv", site="cde", since=date(2021, 2, 1)) == 2
    assert [row["链接"].rsplit("/", 1)[1] for row in read_csv(path)] == ["late", "middle"]
    assert export_notices(db, path, "csv", section="ip", until=date(2021, 2, 1)) == 1


def test_an_empty_store_gives_the_headings(db: Database, tmp_path: Path) -> None:
    assert export_notices(db, tmp_path / "out.csv", "csv") == 0

    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").startswith("编号,标题,链接")


def test_an_unknown_form_is_one_clear_line(db: Database, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="use one of csv, xlsx, jsonl"):
        export_notices(db, tmp_path / "out.pdf", "pdf")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(db: Database, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        export_notices(db, tmp_path / "gone" / "out.csv", "csv")
    assert [file.name for file in tmp_path.iterdir() if "out" in file.name] == []
