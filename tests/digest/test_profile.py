"""What a subscriber asked for, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.composing.profile import Profile, personal, why_left_out
from digest.models.entry import due_dates
from digest.models.issue import Group, Section
from digest.rendering.render_text import render_text
from storage.models import Subscriber
from tests.digest.samples import make_digest, make_entry, week_digest


def _ids(profile: Profile) -> list[int]:
    return [entry.id for entry in personal(week_digest(), profile).entries()]


def test_nothing_chosen_means_everything() -> None:
    assert personal(week_digest(), Profile()) == week_digest()


def test_chapters_are_chosen_by_id_or_title() -> None:
    assert _ids(Profile.of(Subscriber(1, "a@b.c", sections=("pharma",)))) == [3, 4, 5]
    assert _ids(Profile.of(Subscriber(1, "a@b.c", sections=("医药信息篇", "ip")))) == [
        1,
        2,
        3,
        4,
        5,
    ]


def test_headings_and_keywords_narrow_further() -> None:
    assert _ids(Profile.of(Subscriber(1, "a@b.c", groups=("天津市",)))) == [7, 8]
    assert _ids(Profile.of(Subscriber(1, "a@b.c", keywords=("IPRDAILY",)))) == [2]
    both = Subscriber(1, "a@b.c", groups=("北京市",), keywords=("ＩＰＲｄａｉｌｙ",))
    assert _ids(Profile.of(both)) == []


def test_the_counts_are_the_subscribers_own() -> None:
    found = personal(week_digest(), Profile(sections=("ip",))).highlights
    assert (found.total, found.late, found.revised, found.due) == (2, 1, 0, ())


def test_every_outage_is_told_to_everybody() -> None:
    mine = personal(week_digest(), Profile(keywords=("没有的词",)))
    assert mine.total == 0
    assert mine.coverage == week_digest().coverage


def test_reminders_follow_the_choice() -> None:
    digest = week_digest()
    entry = next(item for item in digest.entries() if item.id == 3)
    old = replace(digest, sections=(), reminders=tuple(due_dates(entry, digest.today, "2021-W04")))
    assert len(personal(old, Profile(sections=("pharma",))).reminders) == 1
    assert personal(old, Profile(sections=("ip",))).reminders == ()
    assert personal(old, Profile(keywords=("大豆",))).reminders == ()


def test_equal_choices_are_one_profile() -> None:
    one = Subscriber(1, "a@b.c", keywords=("中药", "疫苗"))
    other = Subscriber(2, "d@e.f", keywords=("疫苗", "中药"))
    assert Profile.of(one) == Profile.of(other)


def test_a_keyword_with_a_not_leaves_entries_out() -> None:
    whole = week_digest()
    without = personal(whole, Profile(keywords=("不含指导原则",)))
    assert 0 < without.total < whole.total
    assert all("指导原则" not in entry.title for entry in without.entries())
    assert personal(whole, Profile(keywords=("-指导原则",))) == without


def test_a_personal_issue_says_why_and_how_many_were_left_out() -> None:
    whole = week_digest()
    own = personal(whole, Profile(keywords=("指导原则",)))
    assert {entry.why for entry in own.entries()} == {"关键词：指导原则"}
    assert own.left_out == whole.total - own.total > 0
    page = render_text(own)
    assert "关键词：指导原则" in page
    assert f"按您的订阅略去 {own.left_out} 条。" in page
    assert "略去" not in render_text(whole)


def test_who_chose_a_chapter_keeps_what_a_chapter_of_topics_drew_out_of_it() -> None:
    digest = week_digest()
    entries = tuple(entry for entry in digest.entries() if entry.id in {3, 6})
    drawn = replace(
        digest, sections=(Section("tcm", "中药篇", "中药研究部", (Group("", entries),)),)
    )
    pharma = Profile.of(Subscriber(1, "a@b.c", sections=("pharma",)))
    assert [entry.id for entry in personal(drawn, pharma).entries()] == [3]


def test_topics_choose_beside_keywords_and_say_so() -> None:
    digest = week_digest()
    trial = next(item for item in digest.entries() if item.id == 3)
    notice = replace(trial.stored.notice, topics=("临床试验", "指导原则"))
    entry = replace(trial, stored=replace(trial.stored, notice=notice))
    one = replace(digest, sections=(Section("pharma", "医药信息篇", "", (Group("", (entry,)),)),))
    by_topic = personal(one, Profile.of(Subscriber(1, "a@b.c", topics=("临床试验",))))
    assert [item.why for item in by_topic.entries()] == ["主题：临床试验"]
    both = Subscriber(1, "a@b.c", topics=("临床试验",), keywords=("适应性", "大豆"))
    assert [item.why for item in personal(one, Profile.of(both)).entries()] == [
        "关键词：适应性；主题：临床试验"
    ]
    other = Subscriber(1, "a@b.c", topics=("专利",))
    assert personal(one, Profile.of(other)).total == 0
    without = Subscriber(1, "a@b.c", topics=("临床试验",), keywords=("不含适应性",))
    assert personal(one, Profile.of(without)).total == 0


PROFILES = [
    Profile(),
    Profile(sections=("pharma",)),
    Profile(sections=("医药信息篇",)),
    Profile(groups=("天津市",)),
    Profile(keywords=("中药", "-兽药")),
    Profile(keywords=("-适应性",), topics=("药品注册",)),
    Profile(topics=("药品注册",)),
]


@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_why_an_entry_is_left_out_agrees_with_what_is_sent(profile: Profile) -> None:
    titles = ("中药注册通知", "兽药中药通知", "适应性通知", "别的通知")
    topics = ((), ("药品注册",))
    sections = []
    number = 0
    for section, title in (("ip", "知识产权信息篇"), ("pharma", "医药信息篇")):
        groups = []
        for group in ("国家级", "天津市"):
            entries = []
            for words in titles:
                for own in topics:
                    number += 1
                    facts = {"title": words, "section": section, "grp": group, "topics": own}
                    bare = {"body_text": "", "summary": "", "body_html": ""}
                    entries.append(make_entry(number, **facts, **bare))
            groups.append(Group(group, tuple(entries)))
        sections.append(Section(section, title, "", tuple(groups)))
    digest = make_digest(*sections)
    got = {one.id for one in personal(digest, profile).entries()}
    said = {one.id: why_left_out(digest, one, profile) for one in digest.entries()}
    assert {number for number, words in said.items() if not words} == got
    assert profile == Profile() or any(said.values())
