"""The arrows of the house: who may import whom. A new arrow is a decision, made here."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {
    "app",
    "commands",
    "crawlers",
    "desk",
    "digest",
    "pipelines",
    "replica",
    "storage",
    "texts",
}
OURS = ROOMS | {
    "china_time",
    "cli",
    "config",
    "config_delivery",
    "config_sections",
    "drift",
    "errors",
    "evaluation",
    "nation",
    "scheduler",
    "soak",
}
# Leaves that any room may import: the time zone, the base of errors, and what words are.
FREE = {"china_time", "errors", "texts"}
ISSUE = {"digest.choosing", "digest.models", "digest.safe_text", "digest.wording", "storage"}
PAGES = ISSUE | {"digest.composing", "digest.rendering", "digest.folders"}
ALLOWED = {
    "china_time": set(),
    "errors": set(),
    "texts": {"texts"},
    "config": {"config_delivery", "config_sections"},
    # The names of the channels, which their folder knows; nothing is loaded for them.
    "config_delivery": {"config_sections", "digest.delivery.channels"},
    "config_sections": set(),
    "crawlers/items.py": set(),
    "crawlers/settings.py": {"config", "crawlers"},
    # The readers are pure: they are given a platform, and know neither Scrapy nor any by name.
    "crawlers/reading": {
        "crawlers.catalogue",
        "crawlers.items",
        "crawlers.reading",
        "crawlers.records",
    },
    "crawlers/records.py": set(),
    "crawlers/platforms/__init__.py": {"crawlers.reading.platform", "crawlers.walking.base"},
    "crawlers": {"crawlers"},
    "storage": {"storage"},
    "pipelines/facts": {"pipelines.facts", "storage", "crawlers.items"},
    "pipelines": {"pipelines", "storage", "crawlers.items"},
    # The digest is built in layers; each takes from those before it.
    "digest/safe_text.py": set(),
    "digest/choosing": {"digest.choosing"},
    "digest/models": {"digest.choosing", "digest.models", "digest.safe_text", "storage"},
    "digest/wording.py": {"digest.choosing", "digest.models", "digest.safe_text"},
    "digest/folders.py": set(),
    "digest/composing": ISSUE | {"digest.composing"},
    "digest/rendering": PAGES,
    "digest/site": PAGES | {"digest.site"},
    "digest/delivery": PAGES | {"digest.delivery"},
    "digest/inbound": PAGES | {"digest.delivery", "digest.inbound"},
    "digest/alerts": ISSUE | {"digest.delivery", "digest.alerts"},
    "digest/publish.py": PAGES | {"digest.site"},
    "digest/publish_correction.py": PAGES | {"digest.site"},
    "digest": set(),
    "app": ROOMS - {"commands", "desk", "replica"} | {"config"},
    "replica": {"replica"},
    "evaluation": {"evaluation", "crawlers", "digest.choosing", "pipelines", "storage"},
    # The soak drives the daemon from outside; only its driver's end in the process imports it.
    # So does the drift; its installation runs the product, in its own process.
    "drift/installation.py": {
        "app.context",
        "app.child_process",
        "app.crawl_runs",
        "app.supervisor",
        "config",
        "digest.publish",
        "digest.rendering.render_json",
        "drift",
    },
    "drift": {"drift", "replica"},
    "soak/daemon.py": {"app.clock_jumps", "app.workers", "config", "scheduler", "soak"},
    "soak/worker.py": {"app.workers", "soak"},
    "soak": {"soak", "crawlers.reading.addresses", "digest.delivery.sink", "replica"},
    # Beside the commands, on what both do: it knows none of them.
    "desk": ROOMS - {"commands", "replica"} | {"config", "config_delivery"},
    # Runs the command from outside.
    "nation": {"nation"},
    "commands/demo.py": ROOMS | {"config"},
    "commands": ROOMS - {"replica"} | {"config"},
    "scheduler": ROOMS - {"commands", "desk", "replica"} | {"config"},
    "cli": {
        "app.context",
        "commands",
        "config",
        "crawlers.catalogue",
        "digest.models.issue",
        "storage.database",
    },
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
    allowed = allowance(path) | FREE
    stray = {
        name
        for name in imported(path)
        if not any(name == room or name.startswith(f"{room}.") for room in allowed)
    }
    assert not stray, f"{path.name} may import {sorted(allowed)}, not {sorted(stray)}"


@pytest.mark.parametrize("house", ["digest", "pipelines", "storage"])
def test_no_room_is_imported_by_one_that_it_imports(house: str) -> None:
    arrows: dict[str, set[str]] = {}
    for path in sorted((ROOT / house).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        names = {name for name in imported(path) if name.startswith(f"{house}.")}
        arrows.setdefault(room_of(module), set()).update(map(room_of, names))
    for room in arrows:
        reached: set[str] = set()
        todo = arrows[room] - {room}
        while todo:
            reached |= todo
            todo = set().union(*(arrows.get(name, set()) - {name} for name in todo)) - reached
        assert room not in reached, f"{room} imports what imports it"


def room_of(module: str) -> str:
    """`storage.readers.reach` stands in the room `storage.readers`, `storage.values` for itself."""
    return ".".join(module.split(".")[:2])


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
