"""Every way a request can fail, as a verdict and a reason for people."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure as TwistedFailure

from crawlers.items import Failure, Verdict
from crawlers.reach import RefusedAddress
from crawlers.robots import ForbiddenByRobots
from crawlers.truncation import CutAnswerError, TooManyTagsError
from crawlers.wall_signs import find_wall, visible_text

EXCERPT_CHARACTERS = 200
BAD_CERTIFICATE = '网站的证书无法验证；确认无误后可在 sources.toml 中为它设置 tls = "lenient"'

TOO_LARGE = "页面超过大小限制，未读取"


class BrowserError(Exception):
    """The browser could not be started, or did not bring the page; the message says which."""


class WallError(IgnoreRequest):
    """An anti-bot page where a page was wanted; `failure` says what was tried."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.reason} ({failure.url})")
        self.failure = failure


_EXCEPTIONS: tuple[tuple[type[BaseException], Verdict, str], ...] = (
    (ForbiddenByRobots, "blocked", "网站的 robots.txt 不允许抓取这个地址"),
    (RefusedAddress, "broken", "地址指向内网或不是网页地址，已拒绝访问"),
    (CannotResolveHostError, "unreachable", "域名无法解析"),
    (DownloadConnectionRefusedError, "unreachable", "网站拒绝连接"),
    (DownloadTimeoutError, "unreachable", "连接超时，网站没有回答"),
    (DownloadCancelledError, "broken", TOO_LARGE),
    (TooManyTagsError, "broken", TOO_LARGE),
    (CutAnswerError, "unreachable", "网页没有传完就中断了，多次重试仍不完整"),
    (BrowserError, "unreachable", "浏览器未能打开页面"),
    (IgnoreRequest, "broken", "请求被放弃（跳转次数过多或状态异常）"),
)


def failure_from(cause: BaseException | Response | TwistedFailure, url: str) -> Failure:
    """What went wrong with `url`, for a column report: from an errback's failure, an exception,
    or a response that was not wanted."""
    if isinstance(cause, TwistedFailure):
        return failure_from(cause.value or Exception("no cause"), url)
    said = getattr(cause, "failure", None)
    if isinstance(said, Failure):  # a wall, or a stage of the pipelines that refused the request
        return said
    if isinstance(cause, HttpError):
        return _from_response(cause.response, url)
    if isinstance(cause, Response):
        return _from_response(cause, url)
    if isinstance(cause, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(cause):  # unpacked, it grew
        return Failure("broken", TOO_LARGE, url, excerpt=str(cause)[:EXCERPT_CHARACTERS])
    for kind, verdict, reason in _EXCEPTIONS:
        if isinstance(cause, kind):
            return Failure(verdict, reason, url, excerpt=str(cause)[:EXCERPT_CHARACTERS])
    if "certificate verify failed" in repr(cause):
        return Failure(
            "unreachable", BAD_CERTIFICATE, url, excerpt=repr(cause)[:EXCERPT_CHARACTERS]
        )
    reason = "连接中断" if _is_connection_trouble(cause) else "读取失败"
    return Failure("unreachable", reason, url, excerpt=repr(cause)[:EXCERPT_CHARACTERS])


def excerpt_of(response: Response) -> str:
    """The first words of an answer, as evidence."""
    text = response.text if isinstance(response, TextResponse) else ""
    return (visible_text(text) or text)[:EXCERPT_CHARACTERS]


def _from_response(response: Response, url: str) -> Failure:
    verdict, reason = _judge_status(response)
    return Failure(verdict, reason, url, status=response.status, excerpt=excerpt_of(response))


def _judge_status(response: Response) -> tuple[Verdict, str]:
    status = response.status
    wall = find_wall(response)
    if wall:
        return "blocked", wall
    if status in {404, 410}:
        return "broken", f"栏目地址已不存在（{status}）"
    if status == 401:
        return "blocked", "网站要求登录（401）"
    if status == 429:
        return "blocked", "网站限制访问频率（429）"
    if status >= 500:
        return "unreachable", f"网站出错（{status}）"
    if 200 <= status < 300:
        return "broken", "页面内容无法识别"
    return "broken", f"网站返回 {status}"


def _is_connection_trouble(cause: BaseException) -> bool:
    module = type(cause).__module__
    return isinstance(cause, OSError) or module.startswith(("twisted.", "scrapy.exceptions"))
