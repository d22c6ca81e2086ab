"""What the command says to people: whichever verb, in one language, and never nothing."""

from __future__ import annotations

import ast
import io
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from rich.console import Group
from rich.table import Table

from app.context import Context
from cli import main
from commands.doctor import doctor
from commands.terminal import Terminal
from config import Config, ui_language
from config_sections import CrawlConfig
from tests.commands.spoken import console, said
from texts import messages
from texts.messages import in_language


def test_ctrl_c_in_any_verb_gives_the_prompt_back_with_a_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    verb = typer.Typer()

    @verb.command()
    def long() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.argv", ["zhengxun"])
    with pytest.raises(SystemExit) as ended:
        main(verb)
    assert ended.value.code == 130
    assert capsys.readouterr().err.strip() == "zhengxun: 已中断"


ROOT = Path(__file__).parents[2]
ROOMS = ("app", "commands", "crawlers", "digest", "pipelines", "storage")
CHINESE = re.compile("[一-鿿]")
# What tells of another error's words, or is made elsewhere, has none of its own to translate.
OTHERS_WORDS = re.compile(r"^(X\d[:：]? ?)*(--group X2)?$")
TO_TYPE = re.compile(
    r"X\d|(zhengxun|chmod|openssl|pip|edit) [a-zA-Z0-9 |.-]*|--[a-z-]+|[a-z]+[._][a-z_.]+|"
    r"ZHENGXUN_[A-Z_]+|\[[a-z_]+\]|[\w.]+\.(toml|csv|com)"
)


def spoken(node: ast.expr) -> str:
    """A message as it would be, with X1, X2… for what is filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value) if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    said, places = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            said += str(part.value)
        else:
            places += 1
            said += f"X{places}"
    return said


def refusals() -> Iterator[tuple[str, str]]:
    """(where, what is said) of each error for people that is raised in the code."""
    own = [ROOT / f"{name}.py" for name in ("config", "config_sections", "config_delivery")]
    files = [*own, *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
    ours = {"ConfigError", "InstanceError", "CommandError", "ChangedError", "MailboxError"}
    ours |= {"DigestError", "CatalogueError", "StorageError", "PassingError", "PdfError"}
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            name = ast.unparse(node.exc.func)
            if name in ours or (path in own and name == "ValueError"):
                said = spoken(node.exc.args[0]) if node.exc.args else ""
                if not OTHERS_WORDS.match(said):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", said


def test_every_error_is_said_in_chinese() -> None:
    """Here: add a line to texts/messages.toml under [zh], {1} for what is filled in."""
    english = [
        f"{where}: {said}"
        for where, said in refusals()
        if not CHINESE.search(TO_TYPE.sub("", in_language(said, "zh")))
    ]
    assert english == []
    assert len(list(refusals())) > 150


@pytest.mark.parametrize(
    ("message", "chinese"),
    [
        ("no site 'x'; known sites: cde, miit", "没有来源 'x'，现有来源：cde, miit"),
        (
            "z.toml: smtp.hots: no such key; did you mean 'host'?",
            "z.toml：smtp.hots：没有这个键，是不是 'host'？",
        ),
        (
            "z.toml: smtp.port: Input should be a valid integer (and 2 more)",
            "z.toml：smtp.port：应当是整数（另有 2 处）",
        ),
        (
            "a.csv: nothing was imported; line 2: more; line 3: --pace: x is not one of y",
            "a.csv：什么都没有导入；第 2 行：more；第 3 行：--pace：没有 x，可用 y",
        ),
        (
            "备份失败：/d/x.db cannot grow: the disk is full; make room",
            "备份失败：/d/x.db 不能再写：磁盘已满，请腾出空间",
        ),
        ("one: two; three", "one: two; three"),
        ("中文", "中文"),
    ],
)
def test_what_stands_in_a_message_is_translated_too(message: str, chinese: str) -> None:
    assert in_language(message, "zh") == chinese


@pytest.mark.parametrize(
    ("message", "english"),
    [
        (
            "守护进程 未运行，最近心跳 2021-02-05 17:00",
            "daemon not running, last heartbeat 2021-02-05 17:00",
        ),
        ("需要处理：有报警、磁盘空间不足", "需要处理: alarms are open, the disk is low"),
        (
            "[bold red]需要处理：有报警[/bold red]",
            "[bold red]needs a person: alarms are open[/bold red]",
        ),
        ("备份与数据库检查失败：x", "backup and check of the database failed: x"),
        ("某局·通知 被拦截：403", "某局·通知 blocked: 403"),
        ("某局、某厅", "某局、某厅"),
    ],
)
def test_what_the_code_says_in_chinese_is_said_in_english(message: str, english: str) -> None:
    assert in_language(message, "en") == english


# Verbs whose every line is in the catalogue; what the others print stays Chinese (operating.md).
SWITCHED = (
    *("status", "crawl", "exposure", "gaps", "learned_selectors", "issue", "edit", "release"),
    *("subscribers", "subscribers_csv", "readers", "deliveries", "dedupe", "restore", "history"),
    *("correct", "learn", "analysis"),
)
APART = ("app/issues.py", "app/readers.py", "app/history.py", "digest/delivery/ledger_pass.py")
NO_LINES = {
    "say how you know, e.g. --reason 已在网站上逐条核对",
    "：程序停止",
    "：程序或电源中断",
    "<p>政讯周报</p>",
    "订阅",
}


def lines_of(path: Path) -> Iterator[str]:
    """What a module says in Chinese, with X1, X2… for what is filled in; parts of lines too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Expr)
        for part in ast.walk(node)
        if part is not node and isinstance(part, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and id(node) not in inside:
            said = spoken(node)
            if CHINESE.search(said) and said not in NO_LINES:
                yield from said.split("\n")


@pytest.mark.parametrize(
    "path",
    [
        *(ROOT / f"commands/{name}.py" for name in SWITCHED),
        *(ROOT / name for name in APART),
        *(ROOT / f"digest/alerts/{name}.py" for name in ("rules", "mail_rules", "notifier")),
    ],
    ids=lambda path: path.stem,
)
def test_every_line_of_a_verb_that_can_be_switched_is_in_the_catalogue(path: Path) -> None:
    """Here: add a line to texts/messages.toml under [en]."""
    catalogue = tomllib.loads((ROOT / "texts/messages.toml").read_text(encoding="utf-8"))["en"]
    known = " ".join(re.sub(r"\{\d\}", "", line) for line in catalogue)
    chinese = [
        line
        for line in lines_of(path)
        if CHINESE.search(in_language(line, "en"))
        and not all(part in known for part in re.split(r"X\d", line))
    ]
    assert chinese == []


def test_doctor_prints_a_table_s_name_as_it_is(
    tmp_path: Path,
) -> None:
    out = console()
    doctor(Context(Config(data=tmp_path, crawl=CrawlConfig(browser="none"))), out)
    assert "请在 [company] 的 profile 里写明" in said(out)


def test_a_table_is_printed_in_the_language_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(title="信息来源状况")
    table.add_column("来源")
    table.add_row("[green]正常[/green]")
    for language, words in (("en", ("Sources", "source", "ok")), ("zh", ("信息来源状况", "正常"))):
        monkeypatch.setenv("ZHENGXUN_LANGUAGE", language)
        out = Terminal(file=io.StringIO(), width=60)
        out.print(table if language == "en" else Group("信息来源状况", "[green]正常[/green]"))
        for word in words:
            assert word in out.file.getvalue()  # type: ignore[attr-defined] # it is a StringIO


def test_a_message_of_any_length_and_form_takes_no_time() -> None:
    assert in_language("no site", "zh")  # the catalogue is read
    for text in (": " * 300, "; " * 300, "no site " * 75, "line 1: " * 75, "a: b; " * 10_000):
        began = time.process_time()
        assert in_language(text, "zh")
        assert time.process_time() - began < 2, text[:20]


def test_an_error_is_said_also_where_the_catalogue_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "messages.toml"
    broken.write_text('[zh]\n"a" = "b"\n"a" = "c"\n', encoding="utf-8")
    monkeypatch.setattr(messages, "_CATALOGUE", broken)
    messages._known.cache_clear()
    messages._line.cache_clear()
    assert in_language("no site 'q'; known sites: cde", "zh") == "no site 'q'; known sites: cde"
    messages._known.cache_clear()
    messages._line.cache_clear()


def test_the_language_is_known_before_the_configuration_is(tmp_path: Path) -> None:
    file = tmp_path / "zhengxun.toml"
    assert ui_language({}, cwd=tmp_path) == "zh"
    file.write_text('[ui]\nlanguage = "en"\n[smtp]\nhots = 1\n', encoding="utf-8")
    assert ui_language({}, cwd=tmp_path) == "en"
    assert ui_language({"ZHENGXUN_LANGUAGE": "zh"}, cwd=tmp_path) == "zh"
    file.write_text("ui = [", encoding="utf-8")
    assert ui_language({}, cwd=tmp_path) == "zh"
