"""What the line on an attachment says it is."""

from __future__ import annotations

import pytest

from pipelines.downloads.gist import MAX_CHARACTERS, gist_of
from storage.models import TableRow


def rows(count: int, sheet: str = "Sheet1") -> list[TableRow]:
    return [TableRow(sheet, number, {"企业": "甲", "项目": "乙"}) for number in range(2, count + 2)]


@pytest.mark.parametrize(
    ("text", "table", "kind", "gist"),
    [
        (
            "附件1\n2021年度通过名单\n序号 | 企业",
            rows(128),
            "xls",
            "表：2021年度通过名单，共 128 行",
        ),
        ("通过名单\n企业 | 项目", rows(3, "通过名单"), "xlsx", "表：通过名单，共 3 行"),
        ("Sheet1\n企业 | 项目\n甲 | 乙", rows(3), "et", "表：企业、项目，共 3 行"),
        (
            "药品目录\n2021年",
            [*rows(3, "一"), *rows(2, "二")],
            "ods",
            "表：药品目录，共 5 行（2 个表）",
        ),
        ("附件 2：\n- 1 -\n2021年2月4日\n申报书（格式）\n一、", (), "doc", "申报书（格式）"),
        ("申报指南\n企业 | 项目", rows(80), "docx", "申报指南，附表共 80 行"),
        ("申报书\n姓名 | 单位", rows(3), "docx", "申报书"),
        ("【a/名单.xls】\n通过名单\n【说明.docx】", (), "zip", "含：名单.xls、说明.docx"),
        (None, (), "pdf", ""),
        ("\n \n", (), "pdf", ""),
    ],
)
def test_a_file_is_told_by_its_title_and_the_length_of_its_list(
    text: str | None, table: list[TableRow], kind: str, gist: str
) -> None:
    assert gist_of(text, table, kind) == gist


def test_however_long_its_words_are_the_line_is_short() -> None:
    members = "\n".join(f"【附件{number}名单.xls】" for number in range(2_000))
    for text, kind in (("长" * 100_000, "doc"), ("长" * 100_000, "xls"), (members, "zip")):
        assert len(gist_of(text, rows(20_000), kind)) <= MAX_CHARACTERS + 20
    assert gist_of(members, (), "zip").endswith(" 等")
