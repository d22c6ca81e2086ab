"""The comparison of two texts, as a reader is shown it."""

from __future__ import annotations

import time

from storage.datasette.text_diff import Paragraph, Piece, compare, within


def told(pieces: tuple[Piece, ...]) -> str:
    """甲[-乙-]{+丙+}"""
    marks = {"same": "{}", "gone": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces)


def shown(old: str, new: str) -> list[str]:
    return [
        f"……{paragraph.skipped}" if paragraph.skipped else told(paragraph.pieces)
        for paragraph in compare(old, new)
    ]


def test_a_changed_date_is_marked_inside_its_sentence() -> None:
    assert told(within("请于3月5日前反馈", "请于3月31日前反馈")) == "请于3月[-5-]{+31+}日前反馈"


def test_one_kept_character_between_two_changes_is_no_landmark() -> None:
    assert told(within("第甲乙丙条完", "第丁乙戊条完")) == "第[-甲乙丙-]{+丁乙戊+}条完"


def test_unchanged_paragraphs_are_counted_except_beside_a_change() -> None:
    old = "一\n二\n三\n四：旧的截止日期\n五\n六\n七"
    new = "一\n二\n三\n四：新的截止日期\n五\n六\n七"

    assert shown(old, new) == ["……2", "三", "四：[-旧-]{+新+}的截止日期", "五", "……2"]


def test_between_two_changes_nothing_is_said_twice() -> None:
    assert shown("旧的甲方案\n同\n旧的乙方案", "新的甲方案\n同\n新的乙方案") == [
        "[-旧-]{+新+}的甲方案",
        "同",
        "[-旧-]{+新+}的乙方案",
    ]


def test_a_new_paragraph_stands_where_it_was_put() -> None:
    assert shown("一、总则\n二、附则", "一、总则\n补充一段说明\n二、附则") == [
        "一、总则",
        "{+补充一段说明+}",
        "二、附则",
    ]


def test_a_paragraph_that_became_another_is_paired_past_new_ones() -> None:
    old = "申报材料报送至科技处，截止3月1日"
    new = "全新内容甲乙丙\n申报材料报送至科技处，截止4月1日"

    assert shown(old, new) == ["{+全新内容甲乙丙+}", "申报材料报送至科技处，截止[-3-]{+4+}月1日"]


def test_equal_texts_show_nothing_but_a_count() -> None:
    assert compare("甲\n乙", "甲\n乙") == [Paragraph(skipped=2)]


def test_empty_texts_compare() -> None:
    assert compare("", "") == []
    assert shown("", "甲") == ["{+甲+}"]
    assert shown("甲", "") == ["[-甲-]"]


def test_a_very_long_paragraph_is_compared_by_clauses_in_reasonable_time() -> None:
    clauses = [f"第{number}条内容应当符合规定" for number in range(6000)]
    old, new = "，".join(clauses), "，".join([*clauses[:3000], "新增一条", *clauses[3000:]])
    start = time.process_time()

    (paragraph,) = compare(old, new)

    assert [piece.text for piece in paragraph.pieces if piece.kind == "added"] == ["新增一条，"]
    assert time.process_time() - start < 10
