"""A small IMAP server on a real socket: what the mailbox job says, and no more."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass
class Kept:
    """A message as the server has it."""

    content: bytes
    arrived_at: datetime
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """Listens on a free port of 127.0.0.1 while the `with` block runs.

    `messages` by UID; what was moved is in `moved`. A command named in `refuse` is answered NO,
    at one in `cut` the connection ends. `commands` is what was asked, in order.
    """

    def __init__(self, *, password: str, capabilities: str = "UIDPLUS MOVE ID") -> None:
        self.password = password
        self.capabilities = capabilities
        self.uidvalidity = 7
        self.messages: dict[int, Kept] = {}
        self.moved: dict[str, list[bytes]] = {}
        self.refuse: set[str] = set()
        self.cut: set[str] = set()
        self.commands: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.imap = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def add(self, content: bytes, arrived_at: datetime) -> int:
        """A message arrives; its UID."""
        uid = max(self.messages, default=100) + 1
        self.messages[uid] = Kept(content, arrived_at)
        return uid

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    imap: ImapServer


class _Session(socketserver.StreamRequestHandler):
    server: _Server
    disable_nagle_algorithm = True
    read_only = True
    logged_in = False

    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, _, rest = line.decode("ascii").strip().partition(" ")
            words = rest.split(" ")
            name = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
            self.server.imap.commands.append("LOGIN" if name == "LOGIN" else rest)
            if name in self.server.imap.cut:
                return
            if name in self.server.imap.refuse:
                self.say(f"{tag} NO not today")
            elif not self.answer(tag, name, rest):
                return

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def answer(self, tag: str, name: str, rest: str) -> bool:
        imap = self.server.imap
        good = True
        if name == "CAPABILITY":
            # As Dovecot does: before the login only half of it.
            told = imap.capabilities if self.logged_in else ""
            self.say(f"* CAPABILITY IMAP4rev1 {told}".rstrip())
        elif name == "LOGIN":
            self.logged_in = good = rest.endswith(f'"{imap.password}"')
        elif name in {"SELECT", "EXAMINE"}:
            self.read_only = name == "EXAMINE"
            self.say(f"* {len(imap.messages)} EXISTS")
            self.say(f"* OK [UIDVALIDITY {imap.uidvalidity}] valid")
            self.say(f"* OK [UIDNEXT {max(imap.messages, default=100) + 1}] next")
        elif name == "UID SEARCH":
            self.say(" ".join(["* SEARCH", *map(str, self.search(rest))]))
        elif name == "UID FETCH":
            self.fetch(int(rest.split(" ")[2]))
        elif name.startswith("UID "):
            good = not self.read_only
            self.change(name, rest)
        elif name == "LOGOUT":
            self.say("* BYE")
            self.say(f"{tag} OK bye")
            return False
        self.say(f"{tag} OK done" if good else f"{tag} NO [AUTHENTICATIONFAILED] wrong {rest}")
        return True

    def search(self, rest: str) -> list[int]:
        begin, _, end = rest.split(" ")[3].partition(":")
        uids = sorted(self.server.imap.messages)
        last = max(uids, default=0) if end == "*" else int(end)
        # RFC 3501: n:* means the same as *:n.
        low, high = sorted((int(begin), last))
        found = [uid for uid in uids if low <= uid <= high]
        since = re.search(r"SINCE (\d+)-([A-Z][a-z]{2})-(\d{4})", rest)
        if since:
            day = date(int(since[3]), MONTHS.index(since[2]) + 1, int(since[1]))
            kept = self.server.imap.messages
            found = [uid for uid in found if kept[uid].arrived_at.date() >= day]
        return found

    def fetch(self, uid: int) -> None:
        kept = self.server.imap.messages.get(uid)
        if kept is None:
            return
        at = kept.arrived_at.astimezone(UTC)
        day = f"{at.day:2d}-{MONTHS[at.month - 1]}-{at.year} {at:%H:%M:%S} +0000"
        content = kept.content[: 256 * 1024]
        self.say(f'* 1 FETCH (UID {uid} INTERNALDATE "{day}" BODY[]<0> {{{len(content)}}}')
        self.wfile.write(content + b")\r\n")

    def change(self, name: str, rest: str) -> None:
        imap, words = self.server.imap, rest.split(" ")
        uid = int(words[2])
        if self.read_only:
            return
        if name in {"UID MOVE", "UID COPY"}:
            imap.moved.setdefault(words[3].strip('"'), []).append(imap.messages[uid].content)
        if name in {"UID MOVE", "UID EXPUNGE"}:
            del imap.messages[uid]
        if name == "UID STORE":
            imap.messages[uid].flags.add(words[4].strip("()"))
