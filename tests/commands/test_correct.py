"""A correction from the command to the mailbox, the files, the archive and the feed."""

from __future__ import annotations

import email
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from lxml import etree, html

from app import corrections as sending
from app import jobs
from app.context import CommandError, Context
from commands import correct
from config import Config
from config_delivery import SmtpConfig
from digest.delivery.sink import Sink
from storage.errors import StorageError
from storage.issues import corrections, edits
from storage.issues.issues import find_issue
from storage.notices.notices import save_notice
from storage.readers import deliveries
from storage.readers.subscribers import add_subscriber
from storage.runs.runs import start_run
from tests.commands.spoken import console, said
from tests.digest.samples import SEEN, make_notice

FIVE = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)
LATER = FIVE + timedelta(days=3)
HOSTILE = "</p><script>alert(1)</script>\u202e<!--/corrections--></h1>"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "outbox") as running:
        yield running


@pytest.fixture
def context(tmp_path: Path, sink: Sink) -> Context:
    """A desk whose issue 2021-W05, with one entry, has gone out to two readers."""
    smtp = SmtpConfig(
        host="127.0.0.1", port=sink.port, security="none", sender="政讯 <news@example.com>"
    )
    made = Context(Config(data=tmp_path / "data", now=FIVE, smtp=smtp))
    with made.store() as db:
        start_run(db, "tj_kxjs", now=FIVE - timedelta(days=9), pid=None)
        save_notice(db, make_notice(title="甲通知"), now=SEEN, run_id=None)
        for name in ("li", "wang"):
            add_subscriber(db, f"{name}@example.com", now=FIVE)
    jobs.compose_due(made)
    jobs.deliver_outstanding(made)
    assert len(sink.received) == 2
    sink.received.clear()
    return at(made, LATER)


def at(context: Context, now: datetime) -> Context:
    return Context(context.config.model_copy(update={"now": now}))


def mails(sink: Sink) -> list[tuple[str, EmailMessage]]:
    read = [
        email.message_from_bytes(mail.path.read_bytes(), policy=policy.default)
        for mail in sink.received
    ]
    return [(str(mail["To"]), mail) for mail in read]  # type: ignore[misc]


def make(
    context: Context, words: str = "截止日期有误", wrong: str = "2月8日", right: str = "2月18日"
) -> str:
    screen = console()
    code = correct.correct(
        context, "2021-W05", words, ["甲通知"], [wrong], [right], screen, preview=False
    )
    assert code == 0, said(screen)
    return said(screen)


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name.startswith(("digest", "deadlines"))
    }


def issue_ids(context: Context) -> dict[str, str]:
    with context.store() as db:
        record = find_issue(db, "2021-W05")
        assert record is not None
        return {row.address: row.message_id for row in deliveries.list_deliveries(db, record.id)}


def test_everybody_who_got_the_issue_gets_the_correction_once(context: Context, sink: Sink) -> None:
    sent = issue_ids(context)
    said_of_it = make(context)
    assert "政讯周报 2021-W05 第1号更正" in said_of_it
    assert "已发 2" in said_of_it
    jobs.deliver_outstanding(at(context, LATER + timedelta(hours=1)))
    found = mails(sink)
    assert [address for address, _ in found] == ["li@example.com", "wang@example.com"]
    for address, mail in found:
        assert mail["Subject"] == "政讯周报 2021-W05 第1号更正：截止日期有误"
        assert mail["References"] == mail["In-Reply-To"] == sent[address]
        assert mail["Message-ID"] not in sent.values()
        plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None
        assert page is not None
        for part in (plain, page):
            assert "2月8日" in part.get_content()
            assert "2月18日" in part.get_content()


def test_who_gets_the_issue_later_gets_its_correction_after_it(
    context: Context, sink: Sink
) -> None:
    make(context)
    sink.received.clear()
    with context.store() as db:
        add_subscriber(db, "new@example.com", now=LATER)
    for hours in (1, 2):
        jobs.deliver_outstanding(at(context, LATER + timedelta(hours=hours)))
    (first, issue), (second, correction) = mails(sink)
    assert first == second == "new@example.com"
    assert correction["References"] == issue["Message-ID"]
    assert "更正" in str(correction["Subject"])


def test_the_issues_files_stay_and_the_correction_has_its_own(context: Context) -> None:
    folder = context.config.data / "issues" / "2021-W05"
    before = digests(folder)
    make(context)
    make(context, "又一处", "甲", "乙")
    assert digests(folder) == before
    own = sorted(path.name for path in folder.iterdir() if path.name not in before)
    assert own == [
        f"correction-{n}.{kind}" for n in (1, 2) for kind in ("docx", "html", "json", "txt")
    ]
    document = json.loads((folder / "correction-1.json").read_text("utf-8"))
    assert document == {
        "week": "2021-W05",
        "number": 1,
        "made_at": "2021-02-08T09:00:00Z",
        "text": "截止日期有误",
        "items": [
            {
                "title": "甲通知",
                "url": make_notice().url,
                "wrong": "2月8日",
                "right": "2月18日",
            }
        ],
    }
    # `digest --week` and `--json` of an issue that has gone out leave its files alone too.
    from commands import issue

    screen = console()
    span = issue.choose_span(context, "2021-W05", "", "")
    issue.digest(context, span, None, screen, preview=False, as_json=True)
    assert [item["number"] for item in json.loads(said(screen))["corrections"]] == [1, 2]
    assert digests(folder) == before


def test_archive_and_feed_tell_it_and_the_pages_stay(context: Context) -> None:
    site = context.config.data / "site" / "issues" / "2021-W05"
    before = {path.name: path.read_text("utf-8") for path in site.glob("*.html")}
    make(context)
    make(context, HOSTILE, HOSTILE, HOSTILE)
    for name in before:
        text = (site / name).read_text("utf-8")
        tree = html.document_fromstring(text)
        boxes = tree.xpath("//section[contains(@class, 'mended')]")
        assert [box.get("aria-label") for box in boxes] == ["第1号更正", "第2号更正"]
        assert not list(tree.iter("script"))
        told = text[text.index("<!--corrections-->") : text.index("<!--/corrections-->")]
        assert "2月18日" in told
        left = text.replace(told + "<!--/corrections-->", "")
        assert left == before[name]
    feed = etree.parse(context.config.data / "feed.atom")
    spaces = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.xpath("//a:entry/a:id/text()[contains(., ':issue:')]", namespaces=spaces) == [
        "urn:zhengxun:issue:2021-W05:correction:2",
        "urn:zhengxun:issue:2021-W05:correction:1",
        "urn:zhengxun:issue:2021-W05",
    ]
    assert feed.findtext("{http://www.w3.org/2005/Atom}updated") == "2021-02-08T09:00:00Z"


def test_a_preview_of_a_correction_records_and_sends_nothing(context: Context, sink: Sink) -> None:
    screen = console()
    lists = (["甲"], ["2月8日"], ["2月18日"])
    assert correct.correct(context, "2021-W05", "有误", *lists, screen, preview=True) == 0
    assert "第1号更正" in said(screen)
    assert sink.received == []
    with context.store() as db:
        assert corrections.all_corrections(db) == []


def test_bad_usage_says_what_to_write(context: Context) -> None:
    def refused(words: str, *lists: list[str], week: str = "2021-W05") -> str:
        with pytest.raises((CommandError, StorageError)) as caught:
            correct.correct(context, week, words, *lists, console(), preview=False)
        return str(caught.value)

    assert "--text" in refused(" ", [], [], [])
    assert "each --entry needs one --wrong" in refused("x", ["1"], [], ["y"])
    assert "no entry '99'" in refused("x", ["99"], ["a"], ["b"])
    assert "zhengxun digest --week 2021-W06" in refused("x", [], [], [], week="2021-W06")


def test_a_crash_after_the_record_is_made_up_for_at_the_next_round(
    context: Context, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(sending, "write_correction", die)
        with pytest.raises(KeyboardInterrupt):
            make(context)
    assert sink.received == []
    for _ in range(2):
        jobs.deliver_outstanding(context)
    assert [address for address, _ in mails(sink)] == ["li@example.com", "wang@example.com"]
    assert (context.config.data / "issues/2021-W05/correction-1.json").is_file()


def test_a_crash_in_the_mail_repeats_at_most_that_one_under_its_id(
    context: Context, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        # Taken by the server, and the answer never written down.
        broken.setattr(deliveries, "settle", die)
        with pytest.raises(KeyboardInterrupt):
            make(context)
    jobs.deliver_outstanding(context)
    found = [(address, str(mail["Message-ID"])) for address, mail in mails(sink)]
    assert len(set(found)) == 2
    assert found.count(found[0]) == 2
    assert len(found) == 3


def test_the_history_shows_it(context: Context) -> None:
    make(context)
    with context.store() as db:
        act = edits.list_edits(db, "2021-W05")[-1]
    assert act.act == "correct"
    assert act.after == {
        "number": 1,
        "words": "截止日期有误",
        "items": [{"number": 1, "is": "2月18日"}],
    }
