"""The server of the figures for Prometheus: a thread for each connection, and few of them."""

from __future__ import annotations

import socket
from socketserver import ThreadingMixIn
from threading import Lock
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import make_wsgi_app

MOST_CONNECTIONS = 16
SECONDS = 10.0
"""How long one connection may keep us waiting for the next bytes."""


class _Handler(WSGIRequestHandler):
    timeout = SECONDS

    def handle(self) -> None:
        """One request; one that does not come, or is cut, is nobody's fault."""
        try:
            super().handle()
        except (OSError, TimeoutError):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Scrapes are not news."""


class _Server(ThreadingMixIn, WSGIServer):
    """The oldest connection makes room for the next when there are too many."""

    daemon_threads = False
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, *arguments: Any) -> None:
        self._open: dict[socket.socket, None] = {}
        self._lock = Lock()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for it, once there is room."""
        with self._lock:
            oldest = next(iter(self._open)) if len(self._open) >= MOST_CONNECTIONS else None
            self._open.pop(oldest, None) if oldest is not None else None
            self._open[request] = None
        if oldest is not None:
            _cut(oldest)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Its place is free."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop, without waiting for those who say nothing."""
        with self._lock:
            waiting = list(self._open)
        for one in waiting:
            _cut(one)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """What a stranger sends fills no log."""


class _Server6(_Server):
    address_family = socket.AF_INET6


def figures_server(host: str, port: int, registry: CollectorRegistry) -> WSGIServer:
    """Bound to the address, not yet serving. Raises OSError."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    kind = _Server6 if family == socket.AF_INET6 else _Server
    return make_server(host, port, make_wsgi_app(registry), kind, _Handler)


def _cut(one: socket.socket) -> None:
    """Wake the thread that reads from it: there is nothing more."""
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is over already
