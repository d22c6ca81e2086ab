"""The static archive: pages, links, search index; and that a page's content can do nothing."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import html
from lxml.html import HtmlElement

from digest.site.build import add_issue, has_issue, refresh
from tests.digest.samples import make_entry, one_entry_digest, week_digest
from tests.digest.test_mail_clients import contrast

HOSTILE = "</script><script>alert(1)</script>\u202e<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    add_issue(week_digest(), folder)
    refresh(folder, title="政讯周报")
    return folder


def _trees(folder: Path) -> dict[Path, HtmlElement]:
    return {
        path: html.document_fromstring(path.read_text(encoding="utf-8"))
        for path in folder.rglob("*.html")
    }


def _index(folder: Path) -> list[dict[str, str]]:
    script = (folder / "search-index.js").read_text(encoding="ascii")
    rows: list[dict[str, str]] = json.loads(
        script.removeprefix("window.ZHENGXUN_INDEX=").removesuffix(";")
    )
    return rows


def test_there_is_a_page_for_the_index_each_issue_and_each_notice(site: Path) -> None:
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    entries = {f"issues/2021-W05/{entry.anchor}.html" for entry in week_digest().entries()}
    assert pages == {"index.html", "search.html", "issues/2021-W05/index.html", *entries}


def test_every_link_inside_leads_to_a_file(site: Path) -> None:
    for path, tree in _trees(site).items():
        for link in tree.xpath("//@href | //@src"):
            if not re.match(r"https?:|mailto:|#", link):
                assert (path.parent / unquote(link)).is_file(), (path, link)


def test_the_search_index_names_every_entry_and_its_page(site: Path) -> None:
    rows = _index(site)
    assert [row["title"] for row in rows] == [entry.title for entry in week_digest().entries()]
    assert all((site / row["path"]).is_file() for row in rows)
    assert {row["week"] for row in rows} == {"2021-W05"}


def test_a_hostile_page_is_text_everywhere(tmp_path: Path) -> None:
    entry = make_entry(
        title=HOSTILE, summary=HOSTILE, body_html=f"<p>正文{HOSTILE}</p>", source=HOSTILE
    )
    add_issue(one_entry_digest(entry), tmp_path)
    refresh(tmp_path, title="政讯周报")
    for path, tree in _trees(tmp_path).items():
        scripts = [node.get("src") for node in tree.iter("script")]
        assert scripts == (["search-index.js", "search.js"] if path.name == "search.html" else [])
        assert not tree.xpath("//img | //@onerror")
        assert "\u202e" not in path.read_text(encoding="utf-8")
    (row,) = _index(tmp_path)
    assert "<script>alert(1)</script>" in row["title"]


def test_pages_may_load_nothing_and_only_the_search_runs_script(site: Path) -> None:
    for path, tree in _trees(site).items():
        (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy.startswith("default-src 'none'")
        assert ("script-src" in policy) == (path.name == "search.html")
        assert "unsafe-eval" not in policy
    assert "innerHTML" not in (site / "search.js").read_text(encoding="utf-8")


def test_pages_are_marked_up_for_screen_readers(site: Path) -> None:
    for path, tree in _trees(site).items():
        assert tree.get("lang") == "zh-CN"
        for landmark in ("header", "main", "footer"):
            assert len(tree.findall(f".//body/{landmark}")) == 1, path
        assert len(tree.xpath("//h1")) == 1
        assert all(tree.xpath("//nav/@aria-label"))
        levels = [int(heading.tag[1]) for heading in tree.xpath("//h1 | //h2 | //h3")]
        assert all(later - before <= 1 for before, later in pairwise(levels))
        for field in tree.xpath("//input"):
            assert tree.xpath(f"//label[@for='{field.get('id')}']")
        identifiers = tree.xpath("//@id")
        assert len(identifiers) == len(set(identifiers))


def test_every_colour_is_legible_in_both_schemes(site: Path) -> None:
    css = (site / "index.html").read_text(encoding="utf-8")
    for block in re.findall(r":root \{([^}]*)\}", css):
        colors = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for ink in ("ink", "soft", "head", "link", "red", "warm", "good"):
            for ground in ("paper", "tint"):
                assert contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)


def test_the_newest_issue_stands_first(tmp_path: Path) -> None:
    for week in ("2021-W05", "2021-W07", "2021-W06"):
        add_issue(one_entry_digest(make_entry(), week=week), tmp_path)
    refresh(tmp_path, title="政讯周报")
    tree = html.document_fromstring((tmp_path / "index.html").read_text(encoding="utf-8"))
    weeks = [(link.get("href") or "").split("/")[1] for link in tree.find_class("big")]
    assert weeks == ["2021-W07", "2021-W06", "2021-W05"]
    assert has_issue(tmp_path, "2021-W06")
    assert not has_issue(tmp_path, "2021-W08")


def test_an_archive_without_issues_says_so(tmp_path: Path) -> None:
    refresh(tmp_path, title="政讯周报")
    assert "还没有发布过" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert _index(tmp_path) == []
