"""The catalogue: every watched site and column, from sources.toml and the operator's own file.

`load_catalogue` is the one way in. It merges the operator's file over the built-in one, checks
everything, and reports all mistakes at once, one line each, so that a file is repaired in one go.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from cssselect import SelectorError
from parsel import css2xpath
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from china_time import SHANGHAI
from crawlers import platforms
from crawlers.catalogue_faults import (
    Sources,
    duplicate_columns,
    fault_lines,
    unknown_sections,
)
from crawlers.catalogue_files import CatalogueError, merged_site, read_tables, wants_built_in
from crawlers.records import Detail, PagingRule, Records, Send

BUILT_IN = Path(__file__).with_name("sources.toml")

WallStep = Literal["warmup", "browser", "home"]


def _as_tuple(value: object) -> object:
    """One CSS selector may be written without a list; empty means none."""
    if isinstance(value, str):
        return (value,) if value else ()
    return value


def _readable_css(selectors: tuple[str, ...]) -> tuple[str, ...]:
    for css in selectors:
        try:
            css2xpath(css)
        except SelectorError as error:
            raise ValueError(f"{css!r} is not a CSS selector ({error})") from error
    return selectors


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


Css = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class Selectors(_Table):
    """A column's own CSS, tried before anything the platform knows. Empty: the platform's.

    `rows`, `link`, `title`, `date`, `next` read the list page (all but `rows` and `next` inside
    one row), `notice_*` the notice page. Several selectors are tried in order.
    `link = "a::attr(data-url)"` takes the address from another attribute; `date = "+ dd"` looks in
    the element after the row. `notice_drop` finds parts of the page that are left out of the body.
    """

    rows: Css = ()
    link: Css = ()
    title: Css = ()
    date: Css = ()
    next: Css = ()
    notice_title: Css = ()
    notice_date: Css = ()
    notice_source: Css = ()
    notice_body: Css = ()
    notice_drop: Css = ()
    notice_doc_number: Css = ()
    notice_attachments: Css = ()

    @field_validator("*")
    @classmethod
    def _check_css(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.field_name == "date":
            _readable_css(tuple(css.removeprefix("+") for css in value))
            return value
        return _readable_css(value)


def _check_address(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("must be a whole http:// or https:// address")
    return value


def _check_seen(value: str) -> str:
    if value and not re.fullmatch(r"20\d\d-(?:0[1-9]|1[0-2]), \S.*", value):
        raise ValueError('write month and place, e.g. "2026-09, RSSHub"')
    return value


Address = Annotated[str, AfterValidator(_check_address)]
Seen = Annotated[str, AfterValidator(_check_seen)]


class Column(_Table):
    """One column (栏目) of a site: a list page and what we expect of it.

    `url` may hold `{year}` once (see `column_urls`). Fewer listed rows than `min_rows` means the
    column is broken; more than `max_quiet_days` days without a new notice is said in the issue.
    `section` and `group` override the site's. `params`, `endpoint`, `relay`, `referer` and
    `extra` mean what the platform says they mean (`extra.library`, of any platform: the column
    collects what others publish, and is a witness of their columns); `send`, `records`, `paging`
    and `detail` describe a list that comes as data (`crawlers.records`). `seen` says when and where
    address and form were seen ("2026-09, …"), `inferred` that nobody saw them; empty: what the
    site says.
    """

    name: str = Field(min_length=1)
    url: Address = Field(min_length=1)
    enabled: bool = True
    min_rows: int = Field(default=1, ge=0)
    max_quiet_days: int = Field(default=30, ge=1)
    section: str = ""
    group: str = ""
    selectors: Selectors = Selectors()
    params: dict[str, str] = Field(default_factory=dict)
    endpoint: str = ""
    relay: Address = ""
    referer: Address = ""
    extra: dict[str, Any] = Field(default_factory=dict)
    send: Send = "query"
    records: Records | None = None
    paging: PagingRule = PagingRule()
    detail: Detail | None = None
    seen: Seen = ""
    inferred: bool = False

    @field_validator("url")
    @classmethod
    def _only_year_is_filled_in(cls, value: str) -> str:
        if "{" in value.replace("{year}", "", 1):
            raise ValueError("only {year} may stand in braces, and only once")
        return value


class Site(_Table):
    """One watched site. `crawl` is cron in Asia/Shanghai; `delay` is seconds between requests
    (None: the configuration's). `walls` are the steps taken against an anti-bot page, in order.
    `tls = "lenient"` takes unverifiable certificates and old ciphers, as some .gov.cn hosts need.
    `timezone` is the zone of the dates the site prints. `retired`: why nobody should watch it any
    more (Chinese). `seen`, `inferred`: as of a column, for those that say neither.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    platform: str
    section: str = Field(min_length=1)
    group: str = Field(min_length=1)
    crawl: str
    enabled: bool = True
    hosts: tuple[str, ...] = ()
    robots: Literal["obey", "ignore"] = "obey"
    robots_reason: str = ""
    user_agent: Literal["honest", "browser"] = "honest"
    tls: Literal["verify", "lenient"] = "verify"
    walls: tuple[WallStep, ...] = ()
    warmup_url: Address = ""
    delay: float | None = Field(default=None, ge=0)
    timezone: str = "Asia/Shanghai"
    retired: str = ""
    seen: Seen = ""
    inferred: bool = False
    columns: tuple[Column, ...] = Field(min_length=1)

    @field_validator("platform")
    @classmethod
    def _has_a_file(cls, value: str) -> str:
        if value not in platforms.names():
            expected = ", ".join(map(repr, platforms.names()))
            raise PydanticCustomError("literal_error", "no such platform", {"expected": expected})
        return value

    @field_validator("crawl")
    @classmethod
    def _check_cron(cls, value: str) -> str:
        # Cron counts Sunday as 0, APScheduler Monday: a number would mean another day.
        weekday = value.split()[-1] if value.split() else ""
        if any(letter.isdigit() for letter in weekday):
            raise ValueError("write weekdays as names, e.g. 15 8,13 * * mon-fri")
        try:
            CronTrigger.from_crontab(value, timezone=SHANGHAI)
        except ValueError as error:
            raise ValueError(f"not cron ({error}); write e.g. 15 8,13 * * mon-fri") from error
        return value

    @field_validator("timezone")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError("not a time zone; write e.g. Asia/Shanghai") from error
        return value

    @model_validator(mode="after")
    def _check_pairs(self) -> Site:
        if self.robots == "ignore" and not self.robots_reason:
            raise ValueError('robots = "ignore" needs robots_reason: who agreed, and why')
        if "warmup" in self.walls and not self.warmup_url:
            raise ValueError('walls with "warmup" need warmup_url')
        return self

    def evidence(self, column: Column) -> tuple[str, bool]:
        """When and where the column was seen ("2026-09, …"; empty: nobody says), and whether it is
        inferred."""
        said = column if column.seen or column.inferred else self
        return said.seen, said.inferred

    @property
    def named_hosts(self) -> frozenset[str]:
        """Every host the catalogue itself names for this site, lower case, without port."""
        addresses = [self.warmup_url]
        for column in self.columns:
            addresses += [column.url, column.relay, column.referer, column.endpoint]
        named = {urlsplit(address).hostname or "" for address in addresses}
        return frozenset((named | {host.lower() for host in self.hosts}) - {""})


_ALLOWED_KEYS = {
    "": [name for name in Site.model_fields if name != "id"],
    "columns": list(Column.model_fields),
    "selectors": list(Selectors.model_fields),
    "records": list(Records.model_fields),
    "paging": list(PagingRule.model_fields),
    "detail": list(Detail.model_fields),
}
# What the built-in sites are filed under, whatever chapters are configured.
USUAL_SECTIONS = ("ip", "pharma", "projects")


def load_catalogue(
    operator_file: Path | None = None,
    *,
    built_in: Path = BUILT_IN,
    sections: Collection[str] = (),
) -> dict[str, Site]:
    """Every site by id, in the order of the files, the operator's additions last.

    In the operator's file a known site's keys replace ours, a column is matched by its name and
    replaced key by key, new sites and columns are added. Its table `[catalogue]` with
    `built_in = false` leaves ours out altogether. `sections` are the ids of the chapters: with
    them, one that the operator wrote must be among these. Raises CatalogueError.
    """
    theirs = read_tables(operator_file) if operator_file is not None else {}
    ours = (
        read_tables(built_in) if wants_built_in(theirs.pop("catalogue", {}), operator_file) else {}
    )
    faults = duplicate_columns(ours, built_in)
    if operator_file is not None:
        faults += duplicate_columns(theirs, operator_file)
        known = sorted({*sections, *USUAL_SECTIONS}) if sections else []
        faults += unknown_sections(theirs, operator_file, known)
    sites: dict[str, Site] = {}
    for site_id in [*ours, *(name for name in theirs if name not in ours)]:
        table = merged_site(ours.get(site_id, {}), theirs.get(site_id, {}))
        try:
            sites[site_id] = Site.model_validate({"id": site_id, **table})
        except ValidationError as error:
            sources = Sources(built_in, operator_file, theirs.get(site_id, {}))
            faults += fault_lines(error, site_id, table, sources, _ALLOWED_KEYS)
    if faults:
        raise CatalogueError("\n".join(faults))
    return sites


def platforms_by_host(sites: Iterable[Site]) -> dict[str, str]:
    """Which platform the pages of each host that the catalogue names are made by."""
    return {host: site.platform for site in sites for host in site.named_hosts}


def column_urls(column: Column, now: datetime, since: date | None = None) -> list[str]:
    """The list pages to read, most specific first.

    A site with a directory a year (`{year}`) moves on 1 January, but not always on that day:
    in January last year's directory is read too, and always the directory above, which shows
    the newest rows on the sites seen (天津市工信局 /TZGG644/2021n/ and /TZGG644/). A list that is
    to be read back to a day (`since`) of an earlier year needs that year's directory too.
    """
    if "{year}" not in column.url:
        return [column.url]
    today = now.astimezone(SHANGHAI)
    first = min(today.year - (today.month == 1), since.year if since else today.year)
    years = range(today.year, first - 1, -1)
    before = column.url.split("{year}")[0]
    parent = before[: before.rfind("/") + 1]
    return [column.url.replace("{year}", str(year)) for year in years] + [parent]


def begins_on(column: Column, url: str) -> date | None:
    """The first day that the list page of a year's directory can list; None: it is none."""
    before, mark, after = column.url.partition("{year}")
    year = url.removeprefix(before).removesuffix(after)
    is_one = mark and url.startswith(before) and re.fullmatch(r"(?:19|20)\d\d", year)
    return date(int(year), 1, 1) if is_one else None
