"""Sources, readers and deliveries at the desk: what the verbs do, with the person's name."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk.background import Work
from replica.server import Replica
from storage.database import transaction
from storage.desk.acts import list_acts
from storage.models import Check
from storage.notices.notices import find_by_url
from storage.readers.subscribers import find_subscriber
from storage.runs.learned_selectors import keep_learned, list_learned
from storage.runs.runs import latest_coverage, save_check, start_run
from storage.runs.saved_pages import SavedPage, save_page
from tests.desk.running import NOON, SCRIPT, Answer, RunningDesk, Visitor, context_at, fill, running

SOURCES = '[catalogue]\nbuilt_in = false\n\n[office]\nname = "某市科学技术局"\nplatform = "trs"\n'
COLUMN = (
    '[[office.columns]]\nname = "通知公告"\nurl = "https://kxjs.tj.gov.cn/ZWGK4143/TZGG2079/"\n'
)
LIST = "https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/2021n/"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, replica: Replica) -> Iterator[RunningDesk]:
    folder = tmp_path_factory.mktemp("sources")
    place = 'section = "projects"\ngroup = "天津市"\ncrawl = "20 8 * * mon-fri"\n\n'
    (folder / "sources.toml").write_text(SOURCES + place + COLUMN, encoding="utf-8")
    (folder / "zhengxun.toml").write_text("", encoding="utf-8")
    context = context_at(folder / "data", path=folder / "zhengxun.toml", upstream=replica.origin)
    with running(context) as started:
        yield started


@pytest.fixture
def boss(desk: RunningDesk) -> Visitor:
    return desk.person("operator", "boss@example.com")


def acts(desk: RunningDesk) -> list[tuple[str, str]]:
    with desk.context.store() as db:
        return [(one.what, one.who) for one in list_acts(db)]


def ended(desk: RunningDesk, name: str) -> Work:
    """How a work in the background ended."""
    work = desk.server.desk.background.ended(name, 60)
    assert work is not None
    assert not work.is_on
    return work


def upload(visitor: Visitor, content: bytes) -> Answer:
    token = visitor.token("/readers")
    edge = "edge-of-a-part"
    body = (
        (
            f'--{edge}\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token}\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{edge}--\r\n".encode()
    )
    headers = {
        "Origin": visitor.origin,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": f"multipart/form-data; boundary={edge}",
    }
    return visitor.ask("POST", "/readers/import", body, headers)


def test_a_site_is_read_now_and_a_page_again(desk: RunningDesk, boss: Visitor) -> None:
    assert "尚未检查" in boss.get("/sources").text
    assert boss.post("/sources/office/read", {}).status == 303
    done = ended(desk, "crawl:office")
    assert not done.failed, done
    with desk.context.store() as db:
        (row,) = latest_coverage(db, NOON)
    assert row.rows > 0
    page = boss.get("/sources").text
    assert "读取完成" in page
    assert 'aria-label="近八周共' in page
    assert ("立即读取 某市科学技术局", "某operator（boss@example.com）") in acts(desk)
    assert boss.post("/sources/nowhere/read", {}).status == 400

    with desk.context.store() as db:
        found = list(db["notices"].rows_where("complete = 1", limit=1))
    number, url = found[0]["id"], found[0]["url"]
    assert found[0]["title"] in boss.get(f"/notice/{number}").text
    assert boss.post(f"/notice/{number}/read", {}).to == f"/notice/{number}"
    again = ended(desk, f"page:{url}")
    assert (again.failed, again.said.startswith("已重新读取")) == (False, True), again
    assert "已重新读取" in boss.get(f"/notice/{number}").text
    with desk.context.store() as db:
        assert find_by_url(db, url) is not None


def test_a_page_of_nobody_is_refused(boss: Visitor) -> None:
    for url in ("https://nobody.example/1", "ftp://kxjs.tj.gov.cn/", "http://127.0.0.1/", "x"):
        assert boss.post("/add", {"url": url}).status == 400
        assert boss.get("/add").status == 200


def test_a_site_is_added_by_its_address(desk: RunningDesk, boss: Visitor) -> None:
    assert boss.post("/sources/add", {"url": LIST, "name": "x"}).status == 409
    assert boss.post("/sources/probe", {"url": LIST}).to == "/sources/new"
    assert not ended(desk, "probe").failed
    page = boss.get("/sources/new").text
    assert "核对后加入" in page
    assert "（没有正文）" not in page
    form = {"url": LIST, "name": '天津"工信局', "column": "通知公告", "place": "projects/天津市"}
    assert boss.post("/sources/add", {**form, "place": "nowhere/x"}).status == 400
    added = boss.follow(boss.post("/sources/add", form))
    assert "已写入 sources.toml" in added.text
    assert "天津&#34;工信局" in added.text
    text = (Path(str(desk.context.config.path)).parent / "sources.toml").read_text("utf-8")
    assert text.startswith(SOURCES)
    assert LIST in text.replace("{year}", "2021")
    assert any(what.startswith("添加来源 天津") for what, _ in acts(desk))


def test_what_was_learned_is_accepted(desk: RunningDesk, boss: Visitor) -> None:
    with desk.context.store() as db:
        keep_learned(
            db, "office", "通知公告", "list", {"rows": ("li.x",)},
            agrees=False, overrides=True, evidence="认出 9 条", now=NOON,
        )  # fmt: skip
    assert "认出 9 条" in boss.get("/sources").text
    assert boss.post("/sources/office/accept", {"column": "通知公告"}).status == 303
    with desk.context.store() as db:
        assert [one.accepted_at for one in list_learned(db)] == [NOON]
    assert boss.post("/sources/office/accept", {"column": "通知公告"}).status == 409


def test_readers_are_added_found_paused_and_ended(desk: RunningDesk, boss: Visitor) -> None:
    form = {"address": "li@example.com", "name": "李", "sections": ["ip", "pharma"]}
    assert "已添加" in boss.follow(boss.post("/readers/add", form)).text
    assert boss.post("/readers/add", form).status == 400
    assert "li@example.com" in boss.get("/readers?words=LI@").text
    assert "没有。" in boss.get("/readers?words=nobody").text
    one = {"address": "li@example.com"}
    assert boss.post("/readers/change", {**one, "do": "pause", "until": "2021-02-01"}).status == 400
    boss.post("/readers/change", {**one, "do": "pause", "until": "2021-03-01"})
    assert "已暂停至 3月1日 周一" in boss.get("/readers/one?address=li@example.com").text
    boss.post("/readers/change", {**one, "do": "end"})
    with desk.context.store() as db:
        found = find_subscriber(db, "li@example.com")
    assert found is not None
    assert (found.state, found.sections) == ("ended", ("ip", "pharma"))
    made = [what for what, who in acts(desk) if "boss@example.com" in who]
    assert made[-3:] == [
        "添加读者 li@example.com",
        "读者 li@example.com 已暂停至 2021-03-01",
        "读者 li@example.com 已停止",
    ]


def test_a_csv_is_imported_whole_or_not_at_all(desk: RunningDesk, boss: Visitor) -> None:
    bad = upload(boss, "address,name\na@example.com,甲\nnot an address,乙\n".encode("gb18030"))
    assert (bad.status, "什么都没有导入" in bad.text, "第 3 行：“not an address”" in bad.text) == (
        400,
        True,
        True,
    )
    with desk.context.store() as db:
        assert find_subscriber(db, "a@example.com") is None
    good = upload(boss, "address,name\na@example.com,甲\nb@example.com,<b>\n".encode())
    assert "第 2 行 a@example.com 已添加" in good.text
    assert "<b>" not in good.text.split("读者名单")[1].split("添加读者")[0]
    assert upload(boss, b"").status == 400


def test_deliveries_are_shown_and_tried_again(desk: RunningDesk, boss: Visitor) -> None:
    assert "没有投递记录" in boss.get("/deliveries").text
    assert "已重新排队 0 封" in boss.follow(boss.post("/deliveries/retry", {})).text
    assert acts(desk)[-1][0] == "重新排队 0 封"


EVIL_PAGE = (
    "<html><head><title>拦截</title><meta http-equiv=refresh content='0;https://evil.example'>"
    "</head><body onload=alert(1)><script>alert(2)</script><p>您的访问被拒绝</p>"
    "<img src=https://evil.example/x></body></html>"
)


def keep_failure(desk: RunningDesk, copy: str, picture: str = "", site: str = "office") -> int:
    page = SavedPage(
        "list", site, "通知公告", "https://kxjs.tj.gov.cn/x", NOON + timedelta(minutes=1), 403,
        "http", 9, "0" * 64, {}, copy=copy, picture=picture,
    )  # fmt: skip
    with desk.context.store() as db:
        number = save_page(db, page)
        run = start_run(db, site, now=NOON, pid=None)
        check = Check(
            run_id=run, site=site, column="通知公告", checked_at=NOON,
            verdict="blocked", reason="拦截", rows=0, new=0,
        )  # fmt: skip
        save_check(db, check)
    return number


def test_the_page_of_a_failure_is_shown_as_words(desk: RunningDesk, boss: Visitor) -> None:
    folder = desk.context.config.data / "evidence"
    folder.mkdir(exist_ok=True)
    (folder / "x.txt").write_bytes(EVIL_PAGE.encode("gb18030"))
    (folder / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (desk.context.config.data / "secret.txt").write_text("secret", "utf-8")
    number = keep_failure(desk, "evidence/x.txt", "evidence/x.png")
    way = "/sources/office/evidence?column=%E9%80%9A%E7%9F%A5%E5%85%AC%E5%91%8A"
    assert way in boss.get("/sources").text
    page = boss.get(way)
    assert "您的访问被拒绝" in page.text.split("网页的源码")[0]
    assert "alert(2)" not in page.text.split("网页的源码")[0]
    assert "<script" not in page.text.replace(SCRIPT, "", 1)
    assert "<img src=https" not in page.text
    assert f'src="/sources/picture/{number}"' in page.text
    assert desk.visitor().get(f"/sources/picture/{number}").to == "/login"
    assert boss.get("/sources/office/evidence?column=x").status == 404
    assert boss.get("/sources/picture/999").status == 404
    assert boss.get("/sources/nowhere/evidence?column=x").status == 400


@pytest.mark.parametrize("name", ["../zhengxun.toml", "secret.txt", "evidence/../../sources.toml"])
def test_no_saved_page_leads_out_of_the_folder(desk: RunningDesk, boss: Visitor, name: str) -> None:
    with desk.context.store() as db, transaction(db):
        db.execute("DELETE FROM saved_pages WHERE site = 'office'")
    number = keep_failure(desk, name, name)
    page = boss.get("/sources/office/evidence?column=%E9%80%9A%E7%9F%A5%E5%85%AC%E5%91%8A").text
    assert "（没有文字）" in page
    assert "某市科学技术局" not in page.split("网页上的文字")[1]
    assert boss.get(f"/sources/picture/{number}").status == 404


def test_how_far_a_reading_is_stands_on_the_page(desk: RunningDesk, boss: Visitor) -> None:
    goes_on, told = threading.Event(), desk.server.desk.background
    name = "crawl:office"

    def work() -> str:
        told.tell(name, "通知公告 15 行，通知 3 条")
        goes_on.wait(20)
        return "读取完成。"

    assert told.start(name, "正在读取", work)
    try:
        for _ in range(200):
            page = boss.get("/sources").text
            if "通知 3 条" in page:
                break
        assert "正在读取…　通知公告 15 行，通知 3 条" in page
        assert 'http-equiv="refresh"' in page
    finally:
        goes_on.set()
    assert ended(desk, name).said == "读取完成。"
    told.tell(name, "太晚")
    assert "读取完成" in boss.get("/sources").text
    assert 'http-equiv="refresh"' not in boss.get("/sources").text


def test_why_somebody_got_an_entry_or_did_not(desk: RunningDesk, boss: Visitor) -> None:
    fill(desk.context, 3)
    form = {"address": "why@example.com", "name": "问", "keywords": "第1号"}
    boss.post("/readers/add", form)
    assert "为什么收到或没有收到" in boss.get("/readers/one?address=why@example.com").text
    way = "/readers/why?address=why@example.com&words="
    got = boss.get(f"{way}%E5%8F%B7%E9%80%9A%E7%9F%A5").text
    assert got.count('<b class="good">有</b>') == 1
    assert "关键词：第1号" in got
    assert got.count("没有所选的关键词或主题：第1号") == 2
    assert "这一期还没有发出" in got
    assert boss.get(f"{way}99999").status == 404
    assert boss.get(way).status == 400
    assert boss.get("/readers/why?address=x@example.com&words=1").status == 404
    assert boss.get(f"{way}1&week=2019-W01").status == 404
    assert "这一期没有这样的条目" in boss.get(f"{way}%E6%B2%A1%E6%9C%89%E7%9A%84").text
