"""Chapters by topic or keyword: they draw entries from the others, each once."""

from __future__ import annotations

from config_sections import ChapterConfig
from digest.composing.chapters import Placed, arrange
from digest.models.issue import Section
from tests.digest.samples import make_entry

PHARMA = ChapterConfig(id="pharma", title="医药信息篇", groups=("国家级",))
TCM = ChapterConfig(id="tcm", title="中药篇", keywords=("中药",))


def _placed() -> list[Placed]:
    return [
        Placed("pharma", "国家级", make_entry(1, title="关于中药新药的通知")),
        Placed("pharma", "国家级", make_entry(2, title="关于疫苗的通告", summary="无关")),
        Placed("projects", "天津市", make_entry(3, title="中药产业链申报")),
    ]


def _shown(sections: tuple[Section, ...]) -> dict[str, dict[str, list[int]]]:
    return {
        section.id: {group.title: [entry.id for entry in group.entries] for group in section.groups}
        for section in sections
    }


def test_a_chapter_by_keyword_draws_from_all_others_and_keeps_their_headings() -> None:
    assert _shown(arrange(_placed(), (PHARMA, TCM))) == {
        "pharma": {"国家级": [2]},
        "tcm": {"国家级": [1], "天津市": [3]},
    }


def test_the_first_fitting_chapter_takes_the_entry() -> None:
    other = ChapterConfig(id="chain", title="产业链", keywords=("产业链", "中药"))
    shown = _shown(arrange(_placed(), (TCM, other, PHARMA)))
    assert shown["tcm"] == {"国家级": [1], "天津市": [3]}
    assert shown["chain"] == {}


def test_headings_of_its_own_hold_everything_it_draws() -> None:
    tcm = TCM.model_copy(update={"groups": ("国家级", "其他")})
    shown = _shown(arrange(_placed(), (tcm, PHARMA)))
    assert shown["tcm"] == {"国家级": [1], "其他": [3]}
