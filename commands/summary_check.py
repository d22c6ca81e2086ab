"""What `zhengxun doctor` says of summaries by a model; it is asked only when the operator asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.context import Context
from app.summaries import endpoint_of
from app.summary_limit import requests_left
from pipelines.summaries.work_off import Wanted, try_out

_TITLE = "关于组织申报示范项目的通知"
_BODY = """各有关单位：
为促进产业发展，现组织开展{0}年度示范项目申报工作，有关事项通知如下。
一、申报条件
申报单位应当为独立法人，资产负债率不超过70%。
二、申报时间
请于{0}年3月5日17:00前将申报书报送我局，逾期不予受理。"""


def summary_finding(context: Context) -> tuple[bool | None, str, str]:
    """Whether a model makes summaries, and where the texts go; nobody is asked."""
    settings = context.config.summary
    if not settings.on:
        return True, "summaries by a model: off", ""
    what = f"summaries by a model: {settings.model} at {urlsplit(settings.endpoint).netloc}"
    if _goes_in_clear(settings.endpoint):
        advice = "密钥和通知的文字不加密传输；请改用 https://"
        return None, what, advice
    return True, what, ""


def _goes_in_clear(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    here = parts.hostname in {"localhost", "::1"} or (parts.hostname or "").startswith("127.")
    return parts.scheme == "http" and not here


def asked_model(context: Context) -> Iterator[tuple[bool | None, str, str]]:
    """Whether the model answers, and whether its answer to an easy question may be printed."""
    settings = context.config.summary
    if not settings.on:
        yield False, "model", "set summary.endpoint and summary.model in zhengxun.toml"
        return
    example = Wanted(_TITLE, _BODY.format(context.config.clock().year))
    with context.store() as db:
        if not requests_left(context.config, db):
            yield None, "model", "本月的请求已达 summary.monthly_cap，没有再问"
            return
        found = asyncio.run(try_out(db, endpoint_of(context), example, context.config.clock))
    if found.failed:
        yield False, "model", found.failed
    elif found.refused:
        yield None, "model answers, but not with the words of the page", found.refused
    else:
        yield True, f"model answers: {found.text}", ""
