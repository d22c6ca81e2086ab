"""`zhengxun restore`: nothing is sent again, no Message-ID twice, nobody who left is mailed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from app import jobs
from app.context import CommandError, Context
from commands import analysis
from commands.restore import restore
from config import Config
from config_delivery import SmtpConfig
from digest.delivery.sink import Sink
from storage.issues.issues import list_issues
from storage.models import Attachment, TableRow
from storage.notices.table_rows import search_lists
from storage.pictures.queue import begin_page, finish_file, save_page
from storage.readers import bulletins, deliveries
from storage.readers.subscribers import add_subscriber, find_subscriber, update_subscriber
from storage.runs.runs import finish_run, start_run
from storage.search.search import search
from tests.commands.spoken import console, said
from tests.storage.samples import page, saved

# A Thursday; the week's issue goes out on Friday 5 February at 17:00.
NIGHT = datetime(2021, 2, 4, 19, 0, tzinfo=UTC)
FRIDAY = datetime(2021, 2, 5, 9, 5, tzinfo=UTC)
WORD = "中药"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "outbox") as running:
        yield running


@pytest.fixture
def context(tmp_path: Path, sink: Sink) -> Context:
    smtp = SmtpConfig(host="127.0.0.1", port=sink.port, security="none", sender="x@example.com")
    made = Context(Config(data=tmp_path / "data", now=NIGHT, smtp=smtp))
    with made.store() as db:
        run = start_run(db, "cde", now=NIGHT - timedelta(days=20), pid=1)
        finish_run(db, run, now=NIGHT - timedelta(days=20), state="finished")
        for name in ("a", "b"):
            add_subscriber(db, f"{name}@example.com", now=NIGHT)
        add_subscriber(
            db, "fast@example.com", now=NIGHT, pace="immediate", keywords=[WORD], formats=["html"]
        )
    return made


def at(context: Context, now: datetime) -> Context:
    return replace(context, config=context.config.model_copy(update={"now": now}))


def copy_of(context: Context) -> Path:
    analysis.backup(context, None, 3, console())
    return next(iter(context.config.backups.iterdir()))


def tell(context: Context, name: str, now: datetime) -> None:
    """A notice with a list and a picture is found, and told to who asked for it at once."""
    rows = (TableRow("名单", 2, {"企业": f"{name}公司"}),)
    files = (
        Attachment(f"https://a.cn/{name}.xls", "名单", "xls", 9, f"{name:0>64}", "x", rows=rows),
        Attachment(f"https://a.cn/{name}.png", "图", "png", 9, f"{name:1>64}", "y"),
    )
    with context.store() as db:
        saved(
            db,
            page(
                name,
                title=f"{WORD}通知{name}",
                published_on=date(2021, 2, 5),
                attachments=files,
            ),
            f"{now:%Y-%m-%d %H:%M}",
        )
        picture = begin_page(db)
        assert picture is not None
        save_page(db, picture, pages=1, text=f"{name}图中字", confidence=0.9, note="", now=now)
        finish_file(db, picture.file, note="", now=now)
    jobs.tell_readers(at(context, now))


def issue(context: Context, now: datetime) -> None:
    jobs.compose_due(at(context, now))
    jobs.deliver_outstanding(at(context, now))


def ids(sink: Sink) -> list[str]:
    return [str(mail.message()["Message-ID"]) for mail in sink.received]


def test_what_went_out_since_the_copy_is_not_sent_again(context: Context, sink: Sink) -> None:
    copy = copy_of(context)
    tell(context, "n1", FRIDAY - timedelta(hours=8))
    issue(context, FRIDAY)
    with context.store() as db:
        update_subscriber(db, "b@example.com", now=FRIDAY, state="ended", note="网页退订")
        add_subscriber(db, "new@example.com", now=FRIDAY)
        before = deliveries.list_deliveries(db)
    assert len(sink.received) == 4
    assert restore(at(context, FRIDAY + timedelta(hours=2)), copy, console()) == 0

    later = FRIDAY + timedelta(hours=3)
    issue(context, later)
    with context.store() as db:
        # The rows of its list, and what was recognised in its picture, came with it.
        assert [hit.cells for hit in search_lists(db, ["n1公司"])] == [{"企业": "n1公司"}]
        assert len(search(db, "n1图中字")) == 1
        saved(db, page("n1", title=f"{WORD}通知n1", published_on=date(2021, 2, 5)))  # found again
    jobs.tell_readers(at(context, later))
    # The newest issue goes to who came after it, as it would have without the copy.
    assert [mail.recipients[0] for mail in sink.received[4:]] == ["new@example.com"]
    with context.store() as db:
        assert [row.message_id for row in deliveries.list_deliveries(db)][:3] == [
            row.message_id for row in before
        ]
        assert {row.state for row in deliveries.list_deliveries(db)[:3]} == {"sent"}
        left = find_subscriber(db, "b@example.com")
        assert left is not None
        assert (left.state, left.note) == ("ended", "网页退订")
        assert [record.week for record in list_issues(db)] == ["2021-W05"]
        assert not list(db.query("PRAGMA foreign_key_check"))
    tell(context, "n2", later + timedelta(hours=1))
    issue(context, FRIDAY + timedelta(days=7))
    got = [mail.recipients[0] for mail in sink.received[5:]]
    assert sorted(got) == [
        "a@example.com",
        "fast@example.com",
        "fast@example.com",
        "new@example.com",
    ]
    assert len(set(ids(sink))) == len(ids(sink))
    # What the issue of before had told is not told again as 补发.
    texts = [str(mail.message().get_body(("plain",))) for mail in sink.received[6:]]
    assert all("通知n1" not in text for text in texts)


def test_a_second_restoration_of_the_same_copy_forgets_nothing(
    context: Context, sink: Sink
) -> None:
    copy = copy_of(context)
    issue(context, FRIDAY)
    for hours in (1, 2, 3):
        assert restore(at(context, FRIDAY + timedelta(hours=hours)), copy, console()) == 0
        issue(context, FRIDAY + timedelta(hours=hours, minutes=5))
    assert len(sink.received) == 3


def test_who_left_before_the_copy_and_came_back_goes_on(context: Context) -> None:
    with context.store() as db:
        update_subscriber(db, "a@example.com", now=NIGHT, state="ended")
    copy = copy_of(context)
    with context.store() as db:
        add_subscriber(db, "a@example.com", now=FRIDAY)
    restore(at(context, FRIDAY), copy, console())
    with context.store() as db:
        back = find_subscriber(db, "a@example.com")
    assert back is not None
    assert back.state == "active"


def lose(context: Context) -> None:
    """The store is damaged: nothing in it can be known."""
    for file in context.config.data.glob("zhengxun.db*"):
        file.unlink()
    context.config.database.write_bytes(b"not a database" * 999)


def test_what_cannot_be_known_is_asked_with_the_list(context: Context) -> None:
    copy = copy_of(context)
    issue(context, FRIDAY)
    lose(context)
    out = console()
    with pytest.raises(CommandError, match="--sent"):
        restore(at(context, FRIDAY + timedelta(hours=1)), copy, out)
    for words in ("2021-W05", "a@example.com", "b@example.com", "fast@example.com", "03:00"):
        assert words in said(out)
    assert context.config.database.read_bytes().startswith(b"not a database")


def test_what_is_said_to_have_gone_out_is_not_sent_again(context: Context, sink: Sink) -> None:
    copy = copy_of(context)
    tell(context, "n1", FRIDAY - timedelta(hours=8))
    issue(context, FRIDAY)
    lose(context)
    later = FRIDAY + timedelta(hours=1)
    assert restore(at(context, later), copy, console(), sent=True) == 0
    before = len(sink.received)
    issue(context, later)
    with context.store() as db:
        saved(db, page("n1", title=f"{WORD}通知n1"), "2021-02-05 01:05")
    jobs.tell_readers(at(context, later))
    assert len(sink.received) == before
    issue(context, FRIDAY + timedelta(days=7))
    assert len(sink.received) == before + 3


def test_what_is_said_not_to_have_gone_out_goes_under_ids_of_its_own(
    context: Context, sink: Sink
) -> None:
    copy = copy_of(context)
    tell(context, "n1", FRIDAY - timedelta(hours=8))
    issue(context, FRIDAY)
    lose(context)
    later = FRIDAY + timedelta(hours=1)
    assert restore(at(context, later), copy, console(), unsent=True) == 0
    tell(context, "n2", later)
    issue(context, later)
    assert len(sink.received) == 8
    assert len(set(ids(sink))) == 8


def test_nothing_is_asked_when_nothing_can_have_gone_out(context: Context) -> None:
    with context.store() as db:
        update_subscriber(db, "fast@example.com", now=NIGHT, state="ended")
    copy = copy_of(context)
    lose(context)
    assert restore(at(context, NIGHT + timedelta(hours=1)), copy, console()) == 0


def test_a_store_of_another_house_is_not_believed(context: Context, tmp_path: Path) -> None:
    copy = copy_of(context)
    other = Context(Config(data=tmp_path / "other", now=NIGHT))
    with other.store() as db:
        add_subscriber(db, "stranger@example.com", now=NIGHT)
    with pytest.raises(CommandError, match="--sent"):
        restore(at(other, FRIDAY), copy, console())


def test_a_mail_that_waits_in_the_copy_and_was_sent_since_stays_sent(
    context: Context, sink: Sink
) -> None:
    sink.defer.add("a@example.com")
    issue(context, FRIDAY)
    copy = copy_of(at(context, FRIDAY + timedelta(minutes=1)))
    sink.defer.clear()
    jobs.deliver_outstanding(at(context, FRIDAY + timedelta(minutes=10)))
    restore(at(context, FRIDAY + timedelta(hours=1)), copy, console())
    jobs.deliver_outstanding(at(context, FRIDAY + timedelta(hours=2)))
    assert sorted(mail.recipients[0] for mail in sink.received) == [
        "a@example.com",
        "b@example.com",
        "fast@example.com",
    ]
    with context.store() as db:
        assert bulletins.list_bulletins(db) == []


def test_the_names_of_files_stand_on_one_line_to_be_copied(context: Context) -> None:
    with context.store() as db:
        copy = analysis.back_up(db, context.config.data / "backups", NIGHT, keep=1)
    out = Console(file=io.StringIO(), width=40)
    restore(context, copy, out, sent=False, unsent=True)
    assert f"{copy} 已恢复到 {context.config.database}\n" in said(out)
