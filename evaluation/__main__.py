"""`python -m evaluation [PEERS_PYTHON]`: print the tables, exit 1 below a floor.

PEERS_PYTHON is the interpreter of the environment that holds the other extractors; without it
only our own readers are measured.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from crawlers import platforms
from evaluation.captured import captured_figures
from evaluation.choosers import agreement, choosers_table
from evaluation.curation import figures
from evaluation.curation import table as order_table
from evaluation.gold import GoldList, GoldNotice, load_lists, load_notices
from evaluation.ours import decode, general, read_list, read_notice, read_three
from evaluation.peers import ROUNDS, ask_peers
from evaluation.real_size import real_pages, real_size_figures
from evaluation.score import FIELDS, body_f1, right_fields, rows_right, same_text
from evaluation.weeks import load_taste, load_weeks

HERE = Path(__file__).parent
Figures = dict[str, dict[str, float]]


def field_rates(notices: Sequence[GoldNotice], misses: list[str]) -> dict[str, float]:
    """Exact-match rate of every field, and the mean body F1, of our readers."""
    right = dict.fromkeys(FIELDS, 0)
    f1 = 0.0
    for gold in notices:
        notice = read_notice(gold)
        for field, is_right in right_fields(gold, notice).items():
            right[field] += is_right
            if not is_right:
                misses.append(f"{gold.platform} {gold.name}: {field}")
        page_f1 = body_f1(gold.body, notice.body_text)
        if page_f1 < 1:
            misses.append(f"{gold.platform} {gold.name}: body {page_f1:.2f}")
        f1 += page_f1
    return {field: count / len(notices) for field, count in right.items()} | {
        "body": f1 / len(notices)
    }


def list_rates(lists: Sequence[GoldList], platform: str, misses: list[str]) -> dict[str, float]:
    """Recall and precision over all rows of all lists."""
    right = wanted = found = 0
    for gold in lists:
        rows = read_list(gold, platform)
        hits = rows_right(gold.rows, rows)
        right, wanted, found = right + hits, wanted + len(gold.rows), found + len(rows)
        if hits < max(len(gold.rows), len(rows)):
            who = platform or gold.platform
            misses.append(f"{who} {gold.name}: {hits} right of {len(gold.rows)}, {len(rows)} read")
    return {"recall": right / wanted, "precision": right / max(found, 1)}


def milliseconds(read: Callable[[GoldNotice], object], pages: Sequence[GoldNotice]) -> float:
    """Milliseconds of processor time a page: warmed up, the quickest round, as for the others."""
    rounds = []
    for _ in range(ROUNDS + 1):
        started = time.process_time()
        for gold in pages:
            read(gold)
        rounds.append(time.process_time() - started)
    return min(rounds[1:]) / len(pages) * 1000


def three_rates(
    pages: Sequence[GoldNotice], readings: Sequence[Sequence[str]], ms: float
) -> dict[str, float]:
    """Title, date and body of any extractor, and its time."""
    count = len(pages)
    both = list(zip(pages, readings, strict=True))
    return {
        "title": sum(same_text(gold.title, title) for gold, (title, _, _) in both) / count,
        "date": sum(gold.published_on == day for gold, (_, day, _) in both) / count,
        "body": sum(body_f1(gold.body, text) for gold, (_, _, text) in both) / count,
        "ms": ms,
    }


def peer_figures(python: str, pages: Sequence[GoldNotice]) -> Figures:
    """The other extractors, in their own environment, on the same pages."""
    asked = [{"url": gold.url, "text": decode(gold.page, gold.declared)} for gold in pages]
    answers = ask_peers(python, asked)
    return {
        name: three_rates(pages, answer["pages"], answer["seconds"] / len(pages) * 1000)
        for name, answer in answers.items()
    }


def measure(python: str, misses: list[str]) -> tuple[Figures, Figures]:
    """Our figures by mode, and everybody's title, date and body."""
    notices, lists = load_notices(), load_lists()
    described = [gold for gold in notices if gold.described]
    unknown = [general(gold) for gold in notices]
    ours = {
        "described": field_rates(described, misses),
        "general": field_rates(unknown, misses),
        "lists": list_rates(lists, "", misses),
        "general_lists": list_rates(
            [g for g in lists if g.kind == "html"], platforms.PLAIN, misses
        ),
    }
    everybody: Figures = {}
    for name, pages in (("Zhengxun, platform known", described), ("Zhengxun, general", unknown)):
        ms = milliseconds(read_three, pages)
        everybody[name] = three_rates(pages, [read_three(gold) for gold in pages], ms)
        everybody[name]["all facts, ms"] = milliseconds(read_notice, pages)
    peers = peer_figures(python, notices) if python else {}
    return ours, everybody | peers


def below_floors(ours: Figures, everybody: Figures, real: Figures) -> list[str]:
    """What is under its floor, one sentence each."""
    floors = tomllib.loads((HERE / "floors.toml").read_text("utf-8"))
    against = floors.pop("against_peers")
    faults = [
        f"{mode} {field}: {ours[mode][field]:.4f} is below {floor}"
        for mode, table in floors.items()
        for field, floor in table.items()
        if ours[mode][field] < floor
    ]
    peers = {name: row for name, row in everybody.items() if not name.startswith("Zhengxun")}
    if peers:
        known = everybody["Zhengxun, platform known"]
        ahead = ours["general"]["body"] - max(row["body"] for row in peers.values())
        faster = peers["trafilatura"]["ms"] / known["ms"]
        if ahead < against["body_ahead"]:
            faults.append(f"body F1 is {-ahead:.3f} behind the best other extractor")
        if faster < against["faster"]:
            faults.append(
                f"only {faster:.1f} times faster than trafilatura, {against['faster']} wanted"
            )
        on_real = real["trafilatura"]["times ours"]
        if on_real < against["faster_on_real_pages"]:
            faults.append(f"only {on_real:.1f} times faster than trafilatura on pages of real size")
    return faults


def table(figures: Figures, columns: Sequence[str]) -> str:
    """Figures as a Markdown table; a field that was not measured is a dash."""
    head = ["| |", *(f" {column} |" for column in columns)]
    lines = ["".join(head), "| --- |" + " ---: |" * len(columns)]
    for name, row in figures.items():
        cells = [_cell(column, row.get(column)) for column in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(column: str, value: float | None) -> str:
    if value is None:
        return "-"
    is_rate = "ms" not in column and column != "times ours"
    return f"{100 * value:.1f} %" if is_rate else f"{value:.2f}"


def main(arguments: Sequence[str]) -> int:
    """Measure, print, judge."""
    misses: list[str] = []
    python = arguments[0] if arguments else ""
    ours, everybody = measure(python, misses)
    weeks, taste = load_weeks(), load_taste()
    orders = figures(weeks, taste)
    ours["curation"] = {
        "ndcg_cold": orders["score, 0 labels"].ndcg,
        "ndcg_taught": orders["score, 160 labels"].ndcg,
        "chosen_in_full": orders["score, 0 labels"].open_recall,
    }
    captured = captured_figures(python, misses)
    real = real_size_figures(python)
    write = sys.stdout.write
    write(f"{len(load_notices())} notice pages, {len(load_lists())} lists\n\n")
    modes = {mode: ours[mode] for mode in ("described", "general")}
    write(table(modes, (*FIELDS, "body")) + "\n\n")
    rows = {mode: ours[mode] for mode in ("lists", "general_lists")}
    write(table(rows, ("recall", "precision")) + "\n\n")
    write(table(everybody, ("title", "date", "body", "ms", "all facts, ms")) + "\n\n")
    if captured:
        write("Captured pages\n\n" + table(captured, ("title", "date", "source")) + "\n\n")
    write("Choice of entries\n\n" + order_table(orders, len(weeks)) + "\n\n")
    write(f"{agreement(weeks)}\n\n{choosers_table(weeks, taste)}\n\n")
    write(f"{len(real_pages())} pages of 50 to 200 KB\n\n")
    write(table(real, ("ms", "times ours")) + "\n\n")
    for miss in misses:
        write(f"missed: {miss}\n")
    faults = below_floors(ours, everybody, real)
    for fault in faults:
        write(f"BELOW THE FLOOR: {fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
