"""A model behind an OpenAI-compatible chat completions interface. One question, one answer; what
comes back is bounded, and nothing of it or of the key reaches a message of ours."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from pipelines.summaries.request import ANSWER_TOKENS

MAX_BYTES = 256 * 1024
_LONGEST_WAIT = 86_400
_CUT = {"length": "过长被截断", "content_filter": "被服务过滤"}


class ServiceError(Exception):
    """The service gave no answer; one line in Chinese. `wait`: seconds it asked for, or None."""

    def __init__(self, reason: str, wait: int | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote; `cut`: why it is not all, empty when it is. Tokens None: not told."""

    content: str
    cut: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and whom to ask; `url` is what `/chat/completions` follows. `timeout` in seconds, for
    the whole of a question. The key stands in no repr."""

    url: str
    model: str
    key: str = field(repr=False)
    timeout: float = 60.0

    async def ask(self, messages: list[dict[str, str]]) -> Answer:
        """The answer. Raises ServiceError for everything that is none."""
        headers = {"Accept-Encoding": "identity", "User-Agent": "zhengxun"}
        if self.key:
            if not (self.key.isascii() and self.key.isprintable()):
                raise ServiceError("密钥含有不能发送的字符")
            headers["Authorization"] = f"Bearer {self.key}"
        question = {
            "model": self.model,
            "messages": messages,
            "temperature": 0,
            "max_tokens": ANSWER_TOKENS,
            "stream": False,
        }
        try:
            return _read(await self._post(json.dumps(question).encode(), headers))
        except TimeoutError:
            raise ServiceError(f"{self.timeout:.0f} 秒内没有回答") from None
        except (aiohttp.ClientError, ValueError) as error:
            raise ServiceError(f"连接失败（{type(error).__name__}）") from None

    async def _post(self, body: bytes, headers: dict[str, str]) -> bytes:
        address = f"{self.url}/chat/completions"
        wait = aiohttp.ClientTimeout(total=self.timeout)
        headers = {**headers, "Content-Type": "application/json"}
        # A redirect would hand the key to somebody else; packed bytes could be of any size.
        async with (
            aiohttp.ClientSession(auto_decompress=False, timeout=wait) as client,
            client.post(
                address, data=body, headers=headers, proxy=_proxy(address), allow_redirects=False
            ) as answer,
        ):
            if answer.status != 200:
                raise ServiceError(f"HTTP {answer.status}", _wait(answer.headers))
            found = bytearray()
            async for part in answer.content.iter_chunked(16 * 1024):
                found += part
                if len(found) > MAX_BYTES:
                    raise ServiceError("回答过大")
            return bytes(found)


def _proxy(address: str) -> str | None:
    """That of the environment. Not by aiohttp's trust_env, which would also send logins of
    ~/.netrc."""
    parts = urlsplit(address)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    return urllib.request.getproxies().get(parts.scheme)


def _wait(headers: Any) -> int | None:
    asked = headers.get("Retry-After", "")
    digits = asked.isascii() and asked.isdigit() and len(asked) < 10
    return min(int(asked), _LONGEST_WAIT) if digits else None


def _read(body: bytes) -> Answer:
    try:
        value = json.loads(body)
        choice = value["choices"][0]
        content, reason = choice["message"]["content"], str(choice.get("finish_reason"))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        raise ServiceError("回答不是 chat completions 的格式") from None
    usage = value.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Answer(
        content if isinstance(content, str) else "",
        "" if reason == "stop" else f"回答不完整（{_CUT.get(reason, '原因不明')}）",
        _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")),
    )


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 10**9 else None
