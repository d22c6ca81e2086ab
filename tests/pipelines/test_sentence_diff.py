"""What differs between two texts: never how they are laid out, always what they say."""

from __future__ import annotations

import time

import pytest

from pipelines.matching.sentence_diff import change

TEXT = """各区科技局、各有关单位：
现将有关事项通知如下。请于2021年3月5日前报送材料。
一、范围。本市登记注册的企业。
序号 | 名称 | 数量
1 | 甲公司 | 5
2 | 乙公司 | 6
联系人：张三，电话：022-58832800。
天津市科学技术局
2021年2月3日"""


def said(old: str, new: str) -> tuple[list[str], list[str]]:
    found = change(old, new)
    return [piece.bare for piece in found.gone], [piece.bare for piece in found.come]


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("\n", ""),
        TEXT.replace(" | ", "\n"),
        TEXT.replace("，", ",").replace("：", " : "),
        "\n".join(reversed(TEXT.split("\n"))),
        TEXT.replace("2021年2月3日", "2021年2月3日\n浏览次数：315"),
    ],
)
def test_layout_order_width_and_counters_are_no_difference(other: str) -> None:
    assert said(TEXT, other) == ([], [])


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ("3月5日前", "3月8日前", "请于2021年3月5日前报送材料", "请于2021年3月8日前报送材料"),
        ("乙公司 | 6", "乙公司 | 7", "2乙公司6", "2乙公司7"),
        ("58832800", "58832801", "联系人张三电话02258832800", "联系人张三电话02258832801"),
    ],
)
def test_a_number_that_differs_is_found_in_its_sentence(
    before: str, after: str, gone: str, come: str
) -> None:
    assert said(TEXT, TEXT.replace(before, after)) == ([gone], [come])


def test_a_cell_that_differs_is_found_when_a_table_is_printed_a_cell_a_line() -> None:
    cells = TEXT.replace(" | ", "\n")

    assert said(cells, cells.replace("\n6\n", "\n7\n")) == (["6"], ["7"])


def test_what_stands_around_the_common_text_is_at_its_edge() -> None:
    found = change(TEXT, f"首页 > 通知公告\n{TEXT.replace('一、', '另行通知。一、')}\n分享到微信")

    assert [(piece.bare, piece.is_edge) for piece in found.come] == [
        ("首页通知公告", True),
        ("另行通知", False),
        ("分享到微信", True),
    ]
    assert found.kept == 1


def test_a_line_that_runs_on_from_furniture_into_the_text_leaves_the_furniture() -> None:
    found = change(TEXT, f"打印本页 {TEXT}")

    assert "".join(piece.bare for piece in found.come) == "打印本页"


def test_texts_that_differ_everywhere_are_laid_side_by_side_in_bounded_time() -> None:
    one = "".join(f"这是第{number}句话，各不相同。" for number in range(20_000))

    def seconds(text: str) -> float:
        start = time.process_time()
        change(text, text.replace("这是", "那是"))
        return time.process_time() - start

    assert seconds(one) < 8 * seconds(one[: len(one) // 4]) + 0.5


def test_a_heading_of_which_the_text_has_only_a_name_stands_outside_of_it() -> None:
    outer = f"天津市科学技术局关于征集2021年项目的通知\n20210203\n{TEXT}"
    come = change(TEXT, outer).come
    assert [(piece.printed, piece.is_edge) for piece in come] == [
        ("天津市科学技术局关于征集2021年项目的通知", True),
        ("20210203", True),
    ]


def test_a_heading_that_is_half_the_name_of_who_signed_stands_outside_of_the_text() -> None:
    outer = f"天津市科学技术局关于征集绿\n色制造典型案例的通知\n20210203\n{TEXT}"
    come = change(TEXT, outer).come
    assert [(piece.bare, piece.is_edge) for piece in come] == [
        ("关于征集绿", True),
        ("色制造典型案例的通知", True),
        ("20210203", True),
    ]
