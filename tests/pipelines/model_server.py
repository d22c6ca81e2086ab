"""A service of chat completions on this machine, which answers what a test tells it to: also lies,
silence, junk and errors."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ModelServer:
    """What was asked of it, and what it answers: `reply` writes the answer to a question."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.reply: Callable[[BaseHTTPRequestHandler, dict[str, Any]], None] = says("[]")
        self.over = threading.Event()
        self.url = ""


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A server on a free port, until the end of the block."""
    state = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.headers.append(dict(self.headers.items()))
            state.asked.append({"path": self.path, **body})
            state.reply(self, body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield state
    finally:
        state.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def raw(
    status: int, body: bytes, **headers: str
) -> Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]:
    """An answer as it is."""

    def reply(handler: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def says(
    content: object, finish: object = "stop"
) -> Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]:
    """An answer with this content."""
    message = {"role": "assistant", "content": content}
    value = {
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 812, "completion_tokens": 64},
    }
    return raw(200, json.dumps(value).encode())


def summary(*sentences: tuple[str, list[int]]) -> str:
    """What a model writes that does as it is asked."""
    said = [{"text": text, "from": cites} for text, cites in sentences]
    return json.dumps({"sentences": said}, ensure_ascii=False)
