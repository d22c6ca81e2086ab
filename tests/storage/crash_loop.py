"""Kills a process that saves notices, again and again, and looks at what it left.

Run as `python -m tests.storage.crash_loop PATH TIMES SEED`; prints one line and ends with 0 when
every look found a sound store. A process of its own, because it forks.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from pipelines.dedupe import settle
from pipelines.matching.similarity import BANDS
from storage.database import open_database, transaction
from storage.models import Attachment, Notice
from storage.notices.notices import get_notice, save_notice
from tests.storage.samples import NOW, page

# A writer is killed this long after opening the store at most, in seconds.
LONGEST_LIFE = 0.05
# Every so many kills one comes while the store is being opened.
EARLY = 5
OPEN = b"open\n"
FILES = 2
CHECKS = {
    "integrity": ("PRAGMA integrity_check", [("ok",)]),
    "foreign keys": ("PRAGMA foreign_key_check", []),
    "a notice without its files": (
        "SELECT id FROM notices n WHERE (SELECT count(*) FROM attachments a"  # noqa: S608
        f" WHERE a.notice_id = n.id AND a.removed_at IS NULL) <> {FILES}",
        [],
    ),
    "a notice without signature": (
        "SELECT id FROM notices EXCEPT SELECT notice_id FROM signatures",
        [],
    ),
    "a notice without its bands": (
        f"SELECT notice_id FROM bands GROUP BY notice_id HAVING count(*) <> {BANDS}",  # noqa: S608
        [],
    ),
    "a revision without its old text": (
        "SELECT id FROM notices n WHERE (revised_at IS NULL) <>"
        " NOT EXISTS (SELECT 1 FROM revisions r WHERE r.notice_id = n.id)",
        [],
    ),
    "index and notices": (
        "SELECT id FROM notices_fts_docsize EXCEPT SELECT id FROM notices",
        [],
    ),
    "notices and index": (
        "SELECT id FROM notices EXCEPT SELECT id FROM notices_fts_docsize"
        " EXCEPT SELECT notice_id FROM search_queue",
        [],
    ),
}


def numbered(number: int, edition: int) -> Notice:
    """A notice of its own, long enough for a signature."""
    chance = random.Random(f"{number}-{edition}")  # noqa: S311 - not a secret
    text = "".join(chance.choice("药品审评注册管理办法公告企业专利科技") for _ in range(900))
    files = tuple(
        Attachment(f"https://x.cn/{number}-{place}.pdf", f"{place}") for place in range(FILES)
    )
    key = f"k{number}"
    return page(key, body_text=text, content_hash=f"{number}-{edition}", attachments=files)


def write(db: Database, first: int, acknowledge: int) -> None:
    """Save notices from `first` on, and a new edition of an earlier one after each."""
    number = first
    while True:
        for one, edition in ((number, 0), (number // 2, number)):
            with transaction(db):
                result = save_notice(db, numbered(one, edition), now=NOW, run_id=None)
                settle(db, get_notice(db, result.id), NOW)
        os.write(acknowledge, f"{number}\n".encode())
        number += 1


def kill_one(path: Path, first: int, after: float, *, is_early: bool) -> int:
    """Start a writer, kill it `after` seconds; the number of the last notice it said was stored."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with closing(open_database(path)) as db:
            os.write(writing, OPEN)
            write(db, first, writing)
    os.close(writing)
    opened = b"" if is_early else os.read(reading, len(OPEN))
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as told:
        lines = (opened + told.read()).split()[1:]
    return int(lines[-1]) if lines else first - 1


def look(path: Path, stored: int) -> list[str]:
    """What is wrong with the store that should hold notices up to `stored`."""
    with closing(open_database(path)) as db:
        wrong = [
            name for name, (sql, right) in CHECKS.items() if db.execute(sql).fetchall() != right
        ]
        db.execute("INSERT INTO notices_fts(notices_fts) VALUES ('integrity-check')")
        count = db.execute("SELECT count(*) FROM notices").fetchone()[0]
        if not stored + 1 <= count <= stored + 2:
            wrong.append(f"{count} notices where {stored + 1} were acknowledged")
    return wrong


def main(path: Path, times: int, seed: int) -> int:
    """Kill `times` writers."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    open_database(path).close()
    stored = -1
    for turn in range(times):
        after, is_early = chance.uniform(0, LONGEST_LIFE), turn % EARLY == 0
        stored = kill_one(path, stored + 1, after, is_early=is_early)
        wrong = look(path, stored)
        if wrong:
            sys.stdout.write(f"after kill {turn + 1}: {wrong}\n")
            return 1
    sys.stdout.write(f"{times} kills, {stored + 1} notices\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
