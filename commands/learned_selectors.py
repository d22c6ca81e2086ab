"""What was learned of redesigned columns: shown as TOML to paste, and accepted by an operator."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from rich.console import Console

from app.context import CommandError, Context
from china_time import local_minute
from commands.terminal import printed
from storage.runs.learned_selectors import Learned, accept_learned, list_learned


def accept(context: Context, name: str, column: str, console: Console) -> int:
    """Take what was learned of a site, or of one of its columns, as it is."""
    site = context.site(name)
    if column and column not in {one.name for one in site.columns}:
        names = "、".join(one.name for one in site.columns)
        raise CommandError(f"{name} has no column {column!r}; it has {names}", 2)
    with context.store() as db:
        accepted = accept_learned(db, name, column or None, context.config.clock())
    if not accepted:
        raise CommandError(f"nothing learned of {name} waits for a word; see: zhengxun status")
    for one in accepted:
        console.print(f"已确认 {one.column}（{KINDS[one.kind]}）")
    return 0


KINDS = {"list": "列表", "page": "公告页"}


def waiting(context: Context, site: str | None = None) -> list[Learned]:
    """What was learned and not accepted yet, of a site or of all."""
    with context.store() as db:
        return [one for one in list_learned(db, site) if one.accepted_at is None]


def values(one: Learned) -> dict[str, object]:
    """For machines; instants in UTC ISO 8601."""
    return {
        "site": one.site,
        "column": one.column,
        "kind": one.kind,
        "selectors": {name: list(css) for name, css in one.selectors.items()},
        "runs_agreed": one.runs_agreed,
        "learned_at": one.learned_at.isoformat(),
        "evidence": one.evidence,
    }


def lines(learned: Iterable[Learned]) -> Iterator[str]:
    """For people: why, and the table for sources.toml."""
    by_column: dict[tuple[str, str], list[Learned]] = {}
    for one in learned:
        by_column.setdefault((one.site, one.column), []).append(one)
    for (site, column), found in by_column.items():
        for one in found:
            yield (
                f"[yellow]改版[/yellow] {printed(site)} {printed(column)}（{KINDS[one.kind]}）："
                f"{printed(one.evidence)}，{local_minute(one.learned_at)} 认出，"
                f"{one.runs_agreed} 次吻合"
            )
        yield f"写入 sources.toml 即长期有效；或确认沿用：zhengxun sources accept {site} {column}"
        yield printed(toml_of(site, column, found))


def toml_of(site: str, column: str, found: Iterable[Learned]) -> str:
    """The column's table for the operator's sources.toml."""
    table = [f"[[{site}.columns]]", f"name = {json.dumps(column, ensure_ascii=False)}"]
    selectors = {name: css for one in found for name, css in one.selectors.items()}
    if selectors:
        table.append("[" + f"{site}.columns.selectors]")
    for name, css in selectors.items():
        texts = json.dumps(list(css) if len(css) > 1 else css[0], ensure_ascii=False)
        table.append(f"{name} = {texts}")
    return "\n".join(table)
