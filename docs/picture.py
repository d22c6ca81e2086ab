"""Draws docs/rooms.svg, who imports whom, from the imports themselves: `python docs/picture.py`.

A room stands above every room that it imports. An arrow that others imply (commands -> digest ->
storage) is left out; config and the leaves, which nearly everybody imports, are not drawn.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "rooms.svg"
ROOMS = ("app", "commands", "crawlers", "desk", "pipelines", "replica", "storage", "drift", "soak")
# Rooms that are drawn room by room, and the files beside their inner rooms as what they are.
INNER = ("digest",)
ALONE = ("cli", "scheduler")
NOT_DRAWN = {"digest.safe_text", "digest.wording", "digest.folders"}
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 150, 36, 22, 44, 20


def room_of(module: str) -> str:
    """The room a module is drawn in; '' for one that is not drawn."""
    head, *rest = module.split(".")
    if head in INNER and rest:
        room = f"{head}.{rest[0]}"
        return "" if room in NOT_DRAWN else room
    return head if head in (*ROOMS, *ALONE) else ""


def arrows(root: Path = ROOT) -> dict[str, set[str]]:
    """Room -> the rooms whose modules its modules import."""
    found: dict[str, set[str]] = {}
    for path in sorted(root.glob("*.py")) + sorted(root.glob("*/**/*.py")):
        room = room_of(".".join(path.relative_to(root).with_suffix("").parts))
        if not room or room.endswith(".__init__"):
            continue
        found.setdefault(room, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            found[room] |= {room_of(name) for name in names} - {"", room}
    return found


def reached(graph: dict[str, set[str]], room: str) -> set[str]:
    """Every room that one imports, also by way of others."""
    seen: set[str] = set()
    todo = set(graph[room])
    while todo:
        seen |= todo
        todo = set().union(*(graph[name] for name in todo)) - seen
    return seen


def necessary(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The arrows that no way over other rooms implies."""
    behind = {room: reached(graph, room) for room in graph}
    return {
        room: {one for one in aims if not any(one in behind[other] for other in aims - {one})}
        for room, aims in graph.items()
    }


def heights(graph: dict[str, set[str]]) -> dict[str, int]:
    """Room -> its row, counted from the bottom: one above the highest that it imports."""
    known: dict[str, int] = {}

    def height(room: str) -> int:
        if room not in known:
            known[room] = 1 + max((height(aim) for aim in graph[room]), default=-1)
        return known[room]

    return {room: height(room) for room in graph}


def svg(graph: dict[str, set[str]]) -> str:
    """The picture, the same for the same arrows."""
    rows: dict[int, list[str]] = {}
    for room, row in sorted(heights(graph).items()):
        rows.setdefault(row, []).append(room)
    widest = max(len(row) for row in rows.values())
    width = 2 * MARGIN + widest * (WIDTH + GAP_X) - GAP_X
    tall = 2 * MARGIN + len(rows) * (HEIGHT + GAP_Y) - GAP_Y
    places = {}
    for row, rooms in rows.items():
        left = (width - len(rooms) * (WIDTH + GAP_X) + GAP_X) / 2
        for number, room in enumerate(rooms):
            top = tall - MARGIN - HEIGHT - row * (HEIGHT + GAP_Y)
            places[room] = (left + number * (WIDTH + GAP_X), top)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {tall}" '
        'font-family="sans-serif" font-size="14">',
        '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#667"/></marker></defs>',
        f'<rect width="{width}" height="{tall}" fill="#fff"/>',
    ]
    for room, aims in sorted(necessary(graph).items()):
        for aim in sorted(aims):
            (x, y), (to_x, to_y) = places[room], places[aim]
            lines.append(
                f'<line x1="{x + WIDTH / 2:g}" y1="{y + HEIGHT:g}" x2="{to_x + WIDTH / 2:g}" '
                f'y2="{to_y:g}" stroke="#667" marker-end="url(#head)"/>'
            )
    for room, (x, y) in sorted(places.items()):
        fill = "#e8f0f8" if "." in room else "#f4f4f0"
        lines.append(
            f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="5" fill="{fill}" '
            f'stroke="#446"/><text x="{x + WIDTH / 2:g}" y="{y + 23:g}" text-anchor="middle">'
            f"{escape(room.replace('.', '/'))}</text>"
        )
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    """Write the picture; say where."""
    PICTURE.write_text(svg(arrows()), encoding="utf-8")
    sys.stdout.write(f"{PICTURE}\n")


if __name__ == "__main__":
    main()
