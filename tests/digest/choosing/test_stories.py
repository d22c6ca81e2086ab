"""Explanations and reports stand under the document whose name they print."""

from digest.choosing.document import Document
from digest.choosing.stories import stories_among

PLAN = "《推动产业绿色发展实施方案（2021—2023年）》"
ISSUED = Document(1, "ip", f"关于印发{PLAN}的通知", doc_number="某部联消费〔2021〕18号")


def under(*others: Document) -> dict[int, int]:
    return stories_among([ISSUED, *others])


def test_what_names_the_document_in_its_title_stands_under_it() -> None:
    told = Document(2, "ip", "《推动产业绿色发展实施方案（2021－2023年）》解读")
    assert under(told) == {2: 1}


def test_what_prints_its_number_stands_under_it() -> None:
    told = Document(
        2, "ip", "某部召开会议部署", "近日某部印发通知（某部联消费〔2021〕18号），会议要求…"
    )
    assert under(told) == {2: 1}


def test_a_subject_in_common_is_no_name() -> None:
    told = Document(2, "ip", "产业绿色发展座谈会召开", "会议讨论了推动产业绿色发展的经验。")
    assert under(told) == {}


def test_a_document_never_stands_under_another() -> None:
    draft = Document(
        2, "ip", "关于公开征求《推动产业绿色发展实施方案（2021—2023年）》修订意见的公告"
    )
    assert under(draft) == {}


def test_another_chapter_keeps_its_own() -> None:
    told = Document(2, "pharma", f"{PLAN}解读")
    assert under(told) == {}
