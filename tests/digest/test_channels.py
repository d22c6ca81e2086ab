"""A channel is one file: everything that tells people finds it there, mail among them."""

from __future__ import annotations

import inspect
import json
import re
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlite_utils import Database

from config_delivery import ChannelConfig
from digest.alerts.alert import Operator, send_alarms
from digest.delivery import channels
from digest.delivery.bulletins import BulletinSettings, deliver_bulletins, enter_news
from digest.delivery.channel import Channel, Means
from digest.delivery.chat_bot import ChatBot
from digest.delivery.chat_bots import ChatChannel
from digest.delivery.deliver import deliver
from digest.delivery.smtp_client import SmtpSettings
from digest.delivery.unsubscribe_links import UnsubscribeLinks
from digest.models.correction import Correction
from digest.models.issue import ChapterSpec
from storage.issues.corrections import record_correction
from storage.models import CorrectedItem
from storage.notices.notices import save_notice
from storage.operation.alarms import raise_alarm
from storage.readers import attempts, deliveries
from tests.digest.conftest import Clock
from tests.digest.samples import make_notice, recorded, week_digest

ROOT = Path(__file__).parents[2]
GONG = '''
"""A gong that this test invents."""

from datetime import timedelta

from digest.delivery.chat_bots import ChatChannel
from digest.delivery.chat_text import Dialect
from digest.delivery.smtp_client import Attempt
from storage.readers.attempts import Cap


class Gong(ChatChannel):
    """Takes words, says OK."""

    kind = "gong"
    limit = 500
    caps = (Cap(1, timedelta(minutes=1)),)
    dialect = Dialect(heading="= ")

    def message(self, title, text, *, urgent):
        return {"beep": urgent, "words": text}

    def judge(self, said):
        return Attempt("sent" if said.body == b'"OK"' else "refused", said.body.decode())
'''


@pytest.fixture
def gong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One more file among the channels; nothing else is told of it."""
    folder = tmp_path / "channels"
    folder.mkdir()
    (folder / "gong.py").write_text(GONG, encoding="utf-8")
    monkeypatch.setattr(channels, "__path__", [*channels.__path__, str(folder)])
    yield "gong"
    sys.modules.pop(f"{channels.__name__}.gong", None)


@pytest.fixture
def taken() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The gong's service: its address, and what it was sent."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b'"OK"')

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", got
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_new_channel_tells_issue_correction_bulletin_and_alarm(
    db: Database,
    smtp: SmtpSettings,
    clock: Clock,
    gong: str,
    taken: tuple[str, list[dict[str, Any]]],
) -> None:
    url, got = taken
    bot = ChatBot(gong, "值班", url, keywords=("中药",), private=True, pace="immediate")
    issue, digest = recorded(db, week_digest()), week_digest()
    assert deliver(db, issue, digest, smtp=None, now=clock, bots=[bot]).sent == 1
    assert got[-1]["words"].startswith("= 政讯周报 2021-W05\n本周共 ")
    assert len(got[-1]["words"].encode()) <= 500

    told = save_notice(db, make_notice(), now=clock() - timedelta(hours=1), run_id=None).id
    item = CorrectedItem(told, "关于公开征求意见的通知", "https://www.cde.org.cn/3", "误", "正")
    clock.advance(minutes=1)
    record = record_correction(db, issue, words="有误", items=[item], now=clock())
    correction = Correction(record, "盈科瑞")
    assert deliver(db, record.record, correction, smtp=None, now=clock, bots=[bot]).sent == 1
    assert got[-1]["beep"] is True
    assert "正：" in got[-1]["words"]

    clock.advance(minutes=5)
    made = make_notice(
        key="k2",
        url="https://www.cde.org.cn/2",
        content_hash="2",
        title="关于中药新药的通知",
        published_on=clock().date(),
    )
    save_notice(db, made, now=clock() - timedelta(minutes=1), run_id=None)
    settings = BulletinSettings("政讯周报", "盈科瑞", smtp.sender, "", UnsubscribeLinks(), {})
    assert len(enter_news(db, settings, chapters=[ChapterSpec("pharma", "医药")], now=clock())) == 1
    assert deliver_bulletins(db, settings, smtp, clock, [bot]).sent == 1
    assert got[-1]["words"].startswith("= 政讯周报·快讯：新发布 1 条\n- [关于中药新药的通知](")

    raise_alarm(db, "disk", "磁盘将满", "剩 1 MB", now=clock())
    assert send_alarms(db, Operator(webhook=url, webhook_kind=gong), now=clock()) == []
    assert "磁盘将满" in got[-1]["words"]
    assert len(got) == 4


def test_a_new_channels_caps_are_kept(
    db: Database, clock: Clock, gong: str, taken: tuple[str, list[dict[str, Any]]]
) -> None:
    bots = [ChatBot(gong, name, taken[0], private=True) for name in ("甲", "乙")]
    waits: list[float] = []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        clock.advance(seconds=seconds)

    digest = week_digest()
    issue = recorded(db, digest)
    report = deliver(db, issue, digest, smtp=None, now=clock, bots=bots, pause=pause)
    assert (report.sent, waits) == (2, [60])
    assert [row.state for row in deliveries.list_deliveries(db)] == ["sent", "sent"]


def test_the_configuration_takes_what_the_folder_has(gong: str) -> None:
    settings = {"name": "值班", "url": "https://gong.example"}
    assert ChannelConfig.model_validate(settings | {"kind": gong}).kind == gong
    for kind in ("telegraph", channels.MAIL):
        with pytest.raises(ValidationError, match="is no kind of bot; use dingtalk, feishu, gong"):
            ChannelConfig.model_validate(settings | {"kind": kind})


@pytest.mark.parametrize("kind", channels.kinds())
def test_every_channel_has_all_its_parts(kind: str) -> None:
    cls = channels.channel_class(kind)
    assert issubclass(cls, Channel)
    assert cls.kind == kind == Path(inspect.getfile(cls)).stem
    assert not inspect.isabstract(cls)
    assert cls.limit is None or cls.limit > 0
    if issubclass(cls, ChatChannel) and cls.limit is not None:
        assert cls.caps
        assert cls.later
        assert cls.advice
    opened = cls(Means(ChatBot(kind, "群", "https://example.com/")))
    assert all(isinstance(cap, attempts.Cap) for cap in opened.caps)
    assert opened.is_open is (kind != channels.MAIL)


@pytest.mark.parametrize("kind", channels.bot_kinds())
def test_the_operator_is_told_of_every_kind(kind: str) -> None:
    for paper in ("docs/delivery.md", "commands/zhengxun.toml.in"):
        assert kind in (ROOT / paper).read_text(encoding="utf-8"), paper


def test_no_other_file_names_a_channel() -> None:
    named = {
        path.relative_to(ROOT).as_posix()
        for room in ("app", "commands", "digest", "storage")
        for path in (ROOT / room).rglob("*.py")
        for kind in channels.bot_kinds()
        if kind != "webhook"
        and re.search(rf"(?<![a-z]){kind}(?![a-z])", path.read_text(encoding="utf-8").casefold())
    }
    # A text without markup that bots of two services read; and what a ledger's line looks like.
    allowed = {"digest/delivery/alarm_text.py", "digest/delivery/chat_bots.py"}
    assert {name for name in named - allowed if "/channels/" not in name} == set()
