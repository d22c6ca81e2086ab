"""What an issue says of a notice's fields: in HTML, text, Word, Atom, mail and JSON alike."""

from __future__ import annotations

import io
from datetime import date
from typing import Any, get_type_hints

import pytest
from docx import Document

from digest.models.entry import Entry
from digest.rendering.docx.document import render_docx
from digest.rendering.render_html import render_html, render_mail_html
from digest.rendering.render_json import entry_document
from digest.rendering.render_text import render_text
from digest.wording import badges
from storage.models import NOTICE_FIELDS, Notice, Shown
from tests.digest.samples import make_entry, one_entry_digest

FACTS = [name for name, about in NOTICE_FIELDS.items() if Shown.FACT in about.shown]
SAMPLES: dict[Any, tuple[object, str]] = {
    str: ("某\u202e词", "某词"),
    date | None: (date(2021, 3, 1), "2021-03-01"),
    tuple[str, ...]: (("甲", "乙"), "甲、乙"),
}


def entry_with(name: str) -> tuple[Entry, str]:
    value, said = SAMPLES[get_type_hints(Notice)[name]]
    return make_entry(1, **{name: value}), f"{NOTICE_FIELDS[name].label}：{said}"


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_stands_in_every_form_of_the_issue(name: str) -> None:
    entry, words = entry_with(name)
    digest = one_entry_digest(entry)
    word = "\n".join(line.text for line in Document(io.BytesIO(render_docx(digest))).paragraphs)
    for form in (render_html(digest), render_mail_html(digest), render_text(digest), word):
        assert words in form
    assert entry_document(entry, {})[name] == words.partition("：")[2]


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_that_the_page_lacks_is_not_spoken_of(name: str) -> None:
    entry = make_entry(1)
    assert f"{NOTICE_FIELDS[name].label}：" not in render_text(one_entry_digest(entry))
    assert entry_document(entry, {})[name] is None


@pytest.mark.parametrize(
    "name",
    [name for name, about in NOTICE_FIELDS.items() if about.shown & (Shown.FACT | Shown.DIGEST)],
)
def test_what_is_shown_is_in_the_json(name: str) -> None:
    assert name in entry_document(make_entry(1), {})


def test_the_day_of_effect_is_shown() -> None:
    assert "effective_on" in FACTS
    text = render_text(one_entry_digest(make_entry(1, effective_on=date(2021, 3, 1))))
    assert " · 施行日期：2021-03-01" in text


@pytest.mark.parametrize(
    ("title", "topics", "badge"),
    [
        ("关于公开征求《某办法（修订稿）》意见的公告", (), ("征求意见",)),
        ("关于某名单的公示", (), ("公示",)),
        ("关于组织申报某项目的通知", (), ("申报",)),
        ("国家药监局附条件批准某疫苗注册申请", (), ()),
        ("关于公布某申报结果的通知", ("项目申报",), ()),
        ("天津市重点项目", ("中药", "项目申报"), ("申报",)),
    ],
)
def test_a_badge_says_what_a_title_asks_and_nothing_that_it_only_names(
    title: str, topics: tuple[str, ...], badge: tuple[str, ...]
) -> None:
    assert badges(make_entry(title=title, topics=topics)) == badge
