"""The arrows of the house: who may import whom. A new arrow is a decision, made here."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {"commands", "crawlers", "digest", "pipelines", "replica", "storage", "texts"}
OURS = ROOMS | {"cli", "config", "config_sections", "drift", "evaluation", "scheduler", "soak"}
ALLOWED = {
    "config": {"config_sections"},
    "config_sections": set(),
    "crawlers/items.py": set(),
    "crawlers/settings.py": {"config", "crawlers"},
    "crawlers": {"crawlers"},
    # A leaf: what words are, for whoever reads them.
    "texts": {"texts"},
    "storage": {"storage"},
    "pipelines": {"pipelines", "storage", "texts", "crawlers.items"},
    "digest": {"digest", "storage", "texts"},
    "replica": {"replica"},
    "evaluation": {"evaluation", "crawlers", "pipelines", "storage", "texts"},
    # The soak drives the daemon from outside; only its driver's end in the process imports it.
    # So does the drift; its house is the one that runs the product, in its own process.
    "drift/installation.py": {
        "app.context",
        "config",
        "digest.publish",
        "digest.rendering.render_json",
        "drift",
        "app.supervisor",
    },
    "drift": {"drift", "replica"},
    "soak/daemon.py": {
        "app.workers",
        "config",
        "app.clock_jumps",
        "scheduler",
        "soak",
    },
    "soak/worker.py": {"app.workers", "soak"},
    "soak": {"soak", "crawlers.reading.addresses", "digest.delivery.sink", "replica"},
    "commands/demo.py": ROOMS | {"config"},
    "commands": ROOMS - {"replica"} | {"config"},
    "scheduler": ROOMS - {"replica"} | {"config"},
    "cli": {"commands", "config", "crawlers.catalogue", "digest.models.issue", "storage.database"},
}


def modules() -> list[Path]:
    rooms = [path for room in sorted(OURS) for path in sorted((ROOT / room).rglob("*.py"))]
    return [*sorted(ROOT.glob("*.py")), *rooms]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] in OURS}


def allowance(path: Path) -> set[str]:
    place = path.relative_to(ROOT).as_posix()
    fitting = [key for key in ALLOWED if place == key or place.startswith(f"{key}/")]
    fitting = fitting or [place.removesuffix(".py")]
    return ALLOWED[max(fitting, key=len)]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_imports_only_what_the_house_allows(path: Path) -> None:
    allowed = allowance(path)
    stray = {
        name
        for name in imported(path)
        if not any(name == room or name.startswith(f"{room}.") for room in allowed)
    }
    assert not stray, f"{path.name} may import {sorted(allowed)}, not {sorted(stray)}"


def test_the_digest_runs_without_the_crawler() -> None:
    seen: set[Path] = set()
    todo = [ROOT / "digest" / "composing" / "compose.py", ROOT / "digest/delivery/deliver.py"]
    outside: set[str] = set()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
                outside.add(node.module.split(".")[0])
                files = (ROOT / f"{name.replace('.', '/')}.py" for name in names)
                todo += [file for file in files if file.is_file()]
    assert len(seen) > 20
    assert not outside & {"scrapy", "twisted", "crawlers", "pipelines"}
