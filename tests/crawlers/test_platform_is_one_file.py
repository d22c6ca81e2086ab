"""A platform is one file: catalogue, crawl, keys, inspection and probing find it there."""

from __future__ import annotations

import ast
import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crawlers import platforms
from crawlers.catalogue import load_catalogue
from crawlers.catalogue_files import CatalogueError
from crawlers.probing import guess_platform
from crawlers.reading.addresses import notice_key
from crawlers.reading.platform import NO_PLATFORM, Platform
from crawlers.saved_page import read_saved_page
from crawlers.walking.base import BaseSpider
from tests.crawlers.mock_site import Answer, Asked, serving
from tests.installation import Installation

ROOT = Path(__file__).parents[2]
KEYS = Path(__file__).with_name("notice_keys.tsv")
# Names that are words of their own as well.
ORDINARY = {"json"}
# The platforms that there were when the addresses of that file were given their keys: of these,
# every line is a promise; of later ones, the lines that name them.
FROM_THE_FIRST = {"cde", "easysite", "feed", "hanweb", "jpaas", "listing", "trs", "wechat"}
GAZETTE = '''
"""A publishing system that this test invents: lists of /issue-N.gaz, four a page at ?from=N."""

import re

from crawlers.reading.platform import THE_SCRIPT, NoticePattern, Platform, RowPattern, Sign
from crawlers.walking.base import BaseSpider
from crawlers.walking.paging import Paging


class GazetteSpider(BaseSpider):
    def paging(self, response, column, page, rows):
        if "data-last" in response.text:
            return Paging(is_end=True)
        return Paging(self.list_request(f"{column.url}?from={page * 4}", column, page + 1))


def _key(address):
    found = re.search(r"/issue-(\\d+)\\.gaz$", address.path)
    return f"issue {found[1]}" if found else ""


def _sign(text, url):
    return Sign("页面自称 Gazette", THE_SCRIPT) if 'data-made-by="gazette"' in text else None


PLATFORM = Platform(
    "gazette",
    notice_link=r"/issue-\\d+\\.gaz$",
    key=_key,
    rows=(RowPattern("dl.gazette > dt", date="i"),),
    notice=NoticePattern(title=("b.head",), published=("u.day",), body=("section.words",)),
    sign=_sign,
)
PLATFORM_SPIDER = GazetteSpider
'''
PLACE = "from crawlers import platforms\nplatforms.__path__.append({folder!r})\n"
URL = "https://www.gazette.example.org/issues/"
SOURCES = f"""
[catalogue]
built_in = false

[paper]
name = "某公报"
platform = "gazette"
section = "projects"
group = "国家级"
crawl = "15 8 * * mon-fri"
hosts = ["www.gazette.example.org"]
[[paper.columns]]
name = "公报"
url = "{URL}"
"""
WORDS = """本局决定开展第{n}批中药材质量抽查，抽查品种{n}0个，请有关单位在{n}日内报送材料。
第{n}批抽查由市药品检验所承担，样品{n}00份，检验费用由第{n}号专项经费支付，结果另行公布。
各区局接到第{n}号通知后，应当告知辖区内的生产企业，并在{n}月底以前把名单报送本局。"""


def _list(first: int, last: bool) -> str:
    rows = "".join(
        f"<dt><a href='/issue-{n}.gaz'>关于第{n}号事项的通知</a><i>2021-02-0{4 - n // 4}</i></dt>"
        for n in range(first, first + 4)
    )
    mark = " data-last" if last else ""
    return f"<html data-made-by='gazette'{mark}><dl class='gazette'>{rows}</dl></html>".replace(
        "'gazette'", '"gazette"'
    )


def _notice(number: int) -> str:
    return (
        f"<html><title>公报</title><b class=head>关于第{number}号事项的通知</b>"
        f"<u class=day>2021-02-03</u><section class=words>{WORDS.format(n=number + 1)}"
        "</section></html>"
    )


def _answer(asked: Asked) -> Answer:
    if asked.path == "/issues/":
        return Answer(body=_list(0, last=False))
    if asked.path == "/issues/?from=4":
        return Answer(body=_list(4, last=True))
    number = re.fullmatch(r"/issue-(\d+)\.gaz", asked.path)
    return Answer(body=_notice(int(number[1]))) if number else Answer(404)


@pytest.fixture
def gazette(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One more file among the platforms, in this process and its children; nothing else is told."""
    folder = tmp_path / "platforms"
    folder.mkdir()
    (folder / "gazette.py").write_text(GAZETTE, encoding="utf-8")
    (tmp_path / "sitecustomize.py").write_text(PLACE.format(folder=str(folder)), encoding="utf-8")
    monkeypatch.setattr(platforms, "__path__", [*platforms.__path__, str(folder)])
    yield "gazette"
    sys.modules.pop(f"{platforms.__name__}.gazette", None)


def test_a_new_platform_is_crawled_probed_and_inspected(gazette: str, tmp_path: Path) -> None:
    with serving(_answer) as site:
        house = Installation(tmp_path / "house", upstream=site.url, sources=SOURCES)
        house.python_path = f"{tmp_path}{os.pathsep}{ROOT}"
        crawled = house.run("crawl", "paper")
        assert crawled.returncode == 0, crawled.stderr[-2000:]
    with closing(sqlite3.connect(house.folder / "data" / "zhengxun.db")) as db:
        stored = db.execute("select key, read_by, complete from notices").fetchall()
        checked = db.execute("select verdict, reason, rows, pages from checks").fetchall()
    assert {key for key, _, _ in stored} == {f"issue {number}" for number in range(8)}
    assert all(complete for _, _, complete in stored)
    assert "platform" in json.loads(stored[0][1]).values()
    assert checked == [("ok", "", 8, 2)]
    guess = guess_platform(_list(0, last=False), URL)
    assert (guess.platform, guess.sign) == (gazette, "页面自称 Gazette")
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    known = load_catalogue(tmp_path / "sources.toml")["paper"]
    address = "https://www.gazette.example.org/issue-3.gaz"
    (item,) = read_saved_page(_notice(3).encode(), url=address, site=known)
    assert (item.key, item.platform, item.read_by["title"]) == ("issue 3", gazette, "platform")
    unknown = read_saved_page(_list(0, last=True).encode(), url="https://other.example.org/")
    assert [row.key for row in unknown][:2] == [
        "https://other.example.org/issue-0.gaz",
        "https://other.example.org/issue-1.gaz",
    ]


def test_the_catalogue_takes_what_the_folder_has(gazette: str, tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(SOURCES, encoding="utf-8")
    assert load_catalogue(path)["paper"].platform == gazette
    path.write_text(SOURCES.replace('"gazette"', '"gazete"'), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"is not one of .*gazette.*did you mean 'gazette'"):
        load_catalogue(path)


@pytest.mark.parametrize("name", platforms.names())
def test_every_platform_says_its_name_and_can_be_walked(name: str) -> None:
    assert platforms.platform(name).name == name
    assert issubclass(platforms.spider_class(name), BaseSpider)


def test_a_platform_without_a_file_is_refused() -> None:
    with pytest.raises(KeyError):
        platforms.platform("../reading/rows")


def keys_given_from_the_first() -> Iterator[tuple[str, str, str]]:
    """(address, platform or "", key)."""
    for line in KEYS.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        address, plain, *own = line.split("\t")
        keys = dict(one.split("=", 1) for one in own)
        yield address, "", plain
        for name in set(platforms.names()) & (FROM_THE_FIRST | set(keys)):
            yield address, name, keys.get(name, plain)


@pytest.mark.parametrize("name", platforms.names())
def test_every_rule_of_a_key_is_kept_by_addresses(name: str) -> None:
    promised = {one for _, one, key in keys_given_from_the_first() if one}
    named = re.search(rf"\t{name}=", KEYS.read_text("utf-8"))
    has_rule = platforms.platform(name).key is not Platform("none").key
    assert not has_rule or (named and name in promised), (
        f"add addresses with {name}= to {KEYS.name}"
    )


def test_every_key_of_that_file_is_of_a_platform() -> None:
    named = set(re.findall(r"\t([a-z_]+)=", KEYS.read_text("utf-8")))
    assert named <= set(platforms.names())


def test_the_papers_name_every_platform() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    catalogue = (ROOT / "crawlers" / "sources.toml").read_text("utf-8")[:1000]
    for name in platforms.names():
        assert re.search(rf"platform = .*\b{name}\b", readme), name
        assert re.search(rf"\b{name}\b", catalogue), name


@pytest.mark.parametrize("name", platforms.names())
def test_a_platforms_name_is_one_of_a_module(name: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)


def test_no_key_of_a_known_address_has_changed() -> None:
    known = list(keys_given_from_the_first())
    assert len(known) > 1000
    changed = [
        (address, name, key)
        for address, name, key in known
        if notice_key(address, platforms.platform(name) if name else NO_PLATFORM) != key
    ]
    assert changed == []


def named_in(text: str) -> set[str]:
    """The platforms that a module names: as a string, or, where that is an ordinary word, as what
    something called platform is compared with."""
    if not any(f'"{name}"' in text for name in platforms.names()):
        return set()
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and node.value in platforms.names():
            found.add(str(node.value))
    compared = {
        str(part.value)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Compare) and "platform" in ast.unparse(node)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in ORDINARY
    }
    return found - ORDINARY | compared


def test_no_other_file_names_a_platform() -> None:
    rooms = ("app", "commands", "crawlers", "digest", "pipelines", "storage")
    named = {
        f"{path.relative_to(ROOT)}: {name}"
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if path.parent != ROOT / "crawlers" / "platforms"
        for name in named_in(path.read_text("utf-8"))
    }
    # What an RSS or Atom file begins with is called as the platform that reads it.
    assert named - {"crawlers/reading/feed_page.py: feed"} == set()
    assert named_in('if site.platform == "json" or kind == "trs": ...') == {"json", "trs"}
    assert named_in('if send == "json": ...') == set()


def test_a_platforms_file_names_no_other() -> None:
    folder = ROOT / "crawlers" / "platforms"
    for name in platforms.names():
        text = (folder / f"{name}.py").read_text("utf-8")
        assert named_in(text) - {name} == set()
