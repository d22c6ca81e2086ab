"""`zhengxun doctor`: a check of the set-up; nothing is crawled and nothing is sent."""

from __future__ import annotations

import asyncio
import http.client
import shutil
import sqlite3
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console

from app.context import Context
from app.data_folder import open_to
from app.mail_server import has_mail_server, smtp_settings
from app.readers import has_mailbox, imap_settings
from commands.summary_check import asked_model, summary_finding
from commands.terminal import printed
from crawlers.catalogue import Site
from crawlers.catalogue_files import CatalogueError
from digest.choosing.pairs import terms_of
from digest.delivery.smtp_connection import look
from digest.inbound.imap import Folder, MailboxError
from digest.models.issue import DigestError
from digest.rendering.render_pdf import PdfError, print_page
from pipelines.pictures.picture_reader import is_installed
from storage.database import StorageError
from storage.pictures.queue import files_waiting
from texts.messages import in_language

REACH_SECONDS = 15.0


MARKS = {True: "[green]好[/green]", None: "[yellow]注意[/yellow]", False: "[bold red]差[/bold red]"}
"""How a finding is shown; None: it works, and could work better."""
ENOUGH_TERMS = 6


def doctor(
    context: Context, console: Console, *, sites: bool = False, summary: bool = False
) -> int:
    """Check the set-up without crawling or sending; 1 when something must be done.

    `sites`: ask each watched site for its robots.txt too, one request a site. `summary`: ask the
    model for a summary of an invented notice; it counts as one of the month's requests.
    """
    failed = False
    language = context.config.ui.language
    for fine, what, advice in chain(
        findings(context),
        site_findings(context) if sites else (),
        asked_model(context) if summary else (),
    ):
        mark = MARKS[fine]
        words = [in_language(part, language) for part in ([what] if fine else [what, advice])]
        # Some advice names a table, [company], which is no markup.
        console.print(f"{mark}  {printed('：'.join(words))}")
        failed = failed or fine is False
    return int(failed)


def findings(context: Context) -> Iterator[tuple[bool | None, str, str]]:
    """(is fine, what was looked at, what to do), one by one."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield (3, 11) <= sys.version_info[:2] < (3, 14), f"Python {version}", "use 3.11, 3.12 or 3.13"
    fine = sqlite3.sqlite_version_info >= (3, 37, 0)
    yield fine, f"SQLite {sqlite3.sqlite_version}", "STRICT tables need 3.37"
    yield time_zone_finding()
    yield from catalogue_finding(context)
    yield from store_findings(context)
    yield from access_finding(context)
    yield profile_finding(context)
    yield browser_finding(context)
    if context.config.ocr.enabled:
        yield from pictures_finding(context)
    yield summary_finding(context)
    if context.config.digest.pdf:
        yield pdf_finding()
    yield from smtp_findings(context)
    if has_mailbox(context):
        yield mailbox_finding(context)
    if context.config.public.url:
        yield public_finding(context)


def profile_finding(context: Context) -> tuple[bool | None, str, str]:
    """Whether the company says enough of itself for an issue to be put in order."""
    settings = context.config.digest
    few = [
        chapter.title
        for chapter in settings.chapters
        if len(terms_of(f"{settings.profile}，{settings.profiles.get(chapter.id, '')}"))
        < ENOUGH_TERMS
    ]
    advice = (
        f"{'、'.join(few)}：少于 {ENOUGH_TERMS} 个词语，条目只能按文种排序；"
        "请在 [company] 的 profile 里写明公司业务，逗号隔开"
    )
    return (None if few else True), "profile of the company", advice


def access_finding(context: Context) -> Iterator[tuple[bool, str, str]]:
    """Whether others than its owner, and `[data] group`, may read the data folder."""
    data = context.config.data
    if data.is_dir():
        others = open_to(data, context.config.data_group)
        advice = f"{others}可以读取订户地址和密钥；请运行 chmod 700 {data}"
        yield not others, f"data folder {data} private", advice


def time_zone_finding() -> tuple[bool, str, str]:
    """Whether the zone is known, with the eight hours it has had since 1991."""
    what = "time zone: Asia/Shanghai"
    try:
        offset = datetime(2021, 2, 5, tzinfo=ZoneInfo("Asia/Shanghai")).utcoffset()
    except ZoneInfoNotFoundError:
        return False, what, "pip install tzdata"
    return offset == timedelta(hours=8), what, "its data is wrong; pip install --upgrade tzdata"


def pictures_finding(context: Context) -> Iterator[tuple[bool | None, str, str]]:
    """Whether pictures and scans can be read, where any wait for it."""
    try:
        with context.store() as db:
            waiting = files_waiting(db)
    except StorageError:
        # What is wrong with the store is said already.
        return
    if is_installed():
        yield True, f"text in pictures: RapidOCR, {waiting} files wait", ""
    elif waiting:
        advice = "图片和扫描件中的文字不会被识别；需要时请运行 pip install 'zhengxun[ocr]'"
        yield None, f"text in pictures: {waiting} files, no RapidOCR", advice


def pdf_finding() -> tuple[bool, str, str]:
    """Whether digest.pdf can be made: the library, and the parts of the system it needs."""
    try:
        print_page("<p>政讯周报</p>", timeout=60)
    except PdfError as error:
        return False, "digest.pdf", str(error)
    return True, "digest.pdf: WeasyPrint works", ""


def site_findings(context: Context) -> Iterator[tuple[bool, str, str]]:
    """Whether each enabled site answers, and whether its robots.txt lets us read its lists."""
    agent = f"zhengxun (+{context.config.crawl.contact})"
    for site in context.catalogue.values():
        if site.enabled:
            for origin, urls in origins(site).items():
                yield robots_finding(context, site, origin, urls, agent)


def origins(site: Site) -> dict[str, list[str]]:
    """The site's list pages by scheme and host; several columns may share one."""
    found: dict[str, list[str]] = {}
    for column in site.columns:
        parts = urlsplit(column.url)
        if column.enabled and parts.netloc:
            found.setdefault(f"{parts.scheme}://{parts.netloc}", []).append(column.url)
    return found


def robots_finding(
    context: Context, site: Site, origin: str, urls: list[str], agent: str
) -> tuple[bool, str, str]:
    """One request; a site that answers with an error has no rules for us (RFC 9309, 2.3.1.3)."""
    what = f"{site.id}: {origin}"
    where = context.config.upstream or origin
    headers = {"User-Agent": agent, "Host": urlsplit(origin).netloc}
    request = urllib.request.Request(f"{where}/robots.txt", headers=headers)  # noqa: S310 # https?
    try:
        with urllib.request.urlopen(  # noqa: S310 # same
            request, timeout=REACH_SECONDS, context=tls_context(site)
        ) as answer:
            text = answer.read(500_000).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        error.close()
        advice = "the server has trouble; try again later"
        return error.code < 500, f"{what} answers {error.code} for robots.txt", advice
    except (OSError, ValueError, http.client.HTTPException) as error:
        return False, what, f"cannot be reached ({getattr(error, 'reason', None) or error})"
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    shut = [url for url in urls if not rules.can_fetch("zhengxun", url)]
    if site.robots == "ignore":
        return True, f"{what} answers (robots.txt is not asked: {site.robots_reason})", ""
    return not shut, f"{what} answers", f"robots.txt forbids {', '.join(shut)}"


def tls_context(site: Site) -> ssl.SSLContext:
    """As the crawl of the site connects: unverifiable certificates and old ciphers where said."""
    context = ssl.create_default_context()
    if site.tls == "lenient":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers("DEFAULT@SECLEVEL=1")
    return context


def catalogue_finding(context: Context) -> Iterator[tuple[bool, str, str]]:
    """Whether the catalogue can be read."""
    try:
        yield True, f"catalogue: {len(context.catalogue)} sites", ""
    except CatalogueError as error:
        yield False, "catalogue", str(error)


def store_findings(context: Context) -> Iterator[tuple[bool, str, str]]:
    """Whether the data folder can be written and has room."""
    data = context.config.data
    try:
        with context.store():
            pass
    except (StorageError, CatalogueError) as error:
        yield False, f"data folder {data}", str(error)
        return
    yield True, f"data folder {data}", ""
    free = shutil.disk_usage(data).free // (1024 * 1024)
    yield (
        free >= context.config.upkeep.min_free_mib,
        f"disk: {free} MiB free",
        f"make room; {context.config.upkeep.min_free_mib} MiB are needed",
    )


def browser_finding(context: Context) -> tuple[bool, str, str]:
    """Whether the configured browser starts and opens a page."""
    crawl = context.config.crawl
    if crawl.browser == "none":
        closed = [s.id for s in context.catalogue.values() if s.enabled and "browser" in s.walls]
        note = f" (behind a wall {', '.join(closed)} cannot be read)" if closed else ""
        return True, f"browser: none{note}", ""
    # Takes a second to load, for this finding alone.
    from crawlers.browser_process import BrowserChoice, try_browser
    from crawlers.failures import BrowserError

    choice = BrowserChoice(crawl.browser, crawl.browser_path, crawl.browser_cdp_url)
    try:
        kind, version = asyncio.run(try_browser(choice))
    except BrowserError as error:
        advice = " ".join(str(error).split())[:300]
        return False, f"browser: {crawl.browser}", advice
    return True, f"browser: {kind} starts ({version})", ""


def smtp_findings(context: Context) -> Iterator[tuple[bool, str, str]]:
    """Whether the mail server takes our login, and what it says it takes; nothing is sent."""
    smtp = context.config.smtp
    if not has_mail_server(context):
        yield False, "mail", "set smtp.host and smtp.sender in zhengxun.toml"
        return
    try:
        settings = smtp_settings(context)
    except DigestError as error:
        yield False, f"mail: {smtp.host}:{smtp.port}", str(error)
        return
    if smtp.username and not settings.password:
        # The server would only say that it refuses the login.
        advice = (
            f"ZHENGXUN_SMTP_PASSWORD is unset: set it, or smtp.password_file, for {smtp.username}"
        )
        yield False, f"mail: {smtp.host}:{smtp.port}", advice
        return
    found = look(settings)
    limit = "" if found.size_limit is None else f", up to {found.size_limit} bytes a mail"
    yield not found.problem, f"mail: {smtp.host}:{smtp.port}{limit}", found.problem
    if settings.signer is not None:
        yield True, f"signing: {settings.signer.dns_name} TXT {settings.signer.dns_record}", ""


def mailbox_finding(context: Context) -> tuple[bool, str, str]:
    """Whether the mailbox takes our login and has the folder; nothing is read."""
    box = context.config.mailbox
    what = f"mailbox: {box.host}:{box.port} {box.folder}"
    if box.username and not context.config.imap_password.get_secret_value():
        return False, what, "ZHENGXUN_IMAP_PASSWORD is unset: set it, or mailbox.password_file"
    try:
        with Folder(imap_settings(context)):
            return True, what, ""
    except MailboxError as error:
        return False, what, str(error)


def public_finding(context: Context) -> tuple[bool, str, str]:
    """Whether readers reach their page: an address with no token of ours is answered by us."""
    public = context.config.public
    what = f"public page: {public.url}"
    advice = f"start the daemon, and let your web server pass {public.url} on to {public.listen}"
    request = urllib.request.Request(f"{public.url}/s/doctor")  # noqa: S310 # http(s) by config
    try:
        with urllib.request.urlopen(request, timeout=REACH_SECONDS):  # noqa: S310 # same
            return False, what, advice
    except urllib.error.HTTPError as error:
        ours = error.code == http.HTTPStatus.NOT_FOUND and "订阅" in words_of(error)
        return ours, what, f"something else answers ({error.code}); {advice}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        return False, what, f"{getattr(error, 'reason', None) or error}; {advice}"


def words_of(error: urllib.error.HTTPError) -> str:
    """The beginning of the page that came with an error."""
    with error:
        return error.read(10_000).decode("utf-8", "replace")
