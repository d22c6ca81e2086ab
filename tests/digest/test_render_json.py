"""digest.json: exactly the promised shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import digest
from digest.models.issue import Digest
from digest.rendering.render_json import render_json
from tests.digest.samples import make_coverage, make_digest, week_digest


def _document() -> dict[str, Any]:
    return json.loads(render_json(week_digest()))  # type: ignore[no-any-return]


def test_the_shape_is_the_promised_one() -> None:
    document = _document()
    assert list(document) == ["week", "from", "to", "sections", "coverage"]
    assert (document["week"], document["from"], document["to"]) == (
        "2021-W05",
        "2021-01-30",
        "2021-02-05",
    )
    section = document["sections"][2]
    assert list(section) == ["id", "title", "department", "groups"]
    assert [group["title"] for group in section["groups"]] == ["国家级", "北京市", "天津市"]
    assert list(section["groups"][1]) == ["title", "items"]


def test_an_item_holds_what_the_notice_said() -> None:
    item = _document()["sections"][1]["groups"][0]["items"][0]
    assert item == {
        "title": "关于公开征求《中药新药复方制剂中医药理论申报资料撰写指导原则（征求意见稿）》、《古代经典名方中药复方制剂说明书撰写指导原则（征求意见稿）》意见的通知",  # noqa: E501
        "url": "https://www.cde.org.cn/main/news/viewInfoCommon/39dbfc16589f1d5f",
        "source": "国家药品监督管理局药品审评中心",
        "published_on": "2021-02-04",
        "doc_number": "",
        "issuers": [],
        "deadline_on": "2021-02-18",
        "summary": "为规范和统一国内对适应性设计的认识，促进适应性设计的应用和理解，药审中心组织制定了《药物临床试验适应性设计指导原则（试行）》，自发布之日起施行。",  # noqa: E501
        "body_text": "为规范和统一国内对适应性设计的认识，药审中心组织制定了指导原则。\n特此通告。",
        "attachments": [
            {
                "name": "附件1：撰写指导原则（征求意见稿）.docx",
                "url": "https://www.cde.org.cn/main/att/download/1",
            },
            {"name": "附件2：起草说明.pdf", "url": "https://www.cde.org.cn/main/att/download/2"},
        ],
        "also_at": [],
        "late": False,
        "revised": False,
        "score": 0.0,
        "reasons": [],
        "folded": False,
        "effective_on": None,
    }


def test_the_other_pages_of_a_document_are_named() -> None:
    item = _document()["sections"][2]["groups"][2]["items"][0]
    assert item["also_at"] == ["https://i.tten.cn/news/tzgg/202102/t20210205_158961.html"]


def test_coverage_is_in_utc_and_says_never_as_null() -> None:
    coverage = json.loads(
        render_json(make_digest(coverage=(make_coverage(), make_coverage(last_good_at=None))))
    )["coverage"]
    assert coverage[0] == {
        "site": "cde",
        "column": "政务新闻",
        "last_good_at": "2021-02-05T00:30:00Z",
        "rows": 20,
        "new": 4,
        "verdict": "ok",
        "reason": "",
        "gaps": [],
    }
    assert coverage[1]["last_good_at"] is None


@pytest.mark.parametrize("issue", [week_digest(), make_digest()], ids=["a week", "nothing new"])
def test_an_issue_is_valid_by_the_shipped_schema(issue: Digest) -> None:
    folder = Path(str(digest.__file__)).parent
    schema = json.loads((folder / "digest.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    document = json.loads(render_json(issue))
    Draft202012Validator(schema).validate(document)
    # The check can fail: an item without its link is none.
    for section in document["sections"]:
        for group in section["groups"]:
            for item in group["items"]:
                del item["url"]
    assert Draft202012Validator(schema).is_valid(document) is not bool(issue.total)


def test_the_shipped_schema_names_the_same_keys() -> None:
    folder = Path(str(digest.__file__)).parent
    schema = json.loads((folder / "digest.schema.json").read_text(encoding="utf-8"))
    document = _document()
    section = document["sections"][1]
    parts = schema["$defs"]
    assert schema["required"] == list(document)
    assert parts["section"]["required"] == list(section)
    item = section["groups"][0]["items"][0]
    assert parts["item"]["required"] == list(item)
    # What few entries have is optional.
    optional = ["machine_summary", "date_in_doubt", "editor_note", "under"]
    assert list(parts["item"]["properties"]) == [*item, *optional]
    assert parts["coverage"]["required"] == list(document["coverage"][0])
