"""What every command starts from: the configuration, the catalogue and the open store."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr
from sqlite_utils import Database

from app.child_environment import for_child
from app.data_folder import make_folder
from app.host_leases import HostLeases
from app.supervisor import Supervisor
from config import Config
from crawlers.catalogue import Column, Site, load_catalogue
from errors import ZhengxunError
from storage.database import StorageError, open_database
from storage.runs.catalogue import ColumnRow, SiteRow, is_catalogue, sync_catalogue


class CommandError(ZhengxunError):
    """A command cannot be carried out."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Context:
    """The resolved configuration and what follows from it."""

    config: Config
    _started: list[bool] = field(default_factory=list, init=False, repr=False, compare=False)

    @cached_property
    def catalogue(self) -> dict[str, Site]:
        """Every site, the operator's own included. Raises CatalogueError."""
        chapters = [chapter.id for chapter in self.config.digest.chapters]
        return load_catalogue(self.config.operator_sources, sections=chapters)

    def site(self, name: str) -> Site:
        """One site by its id; an unknown one is bad usage."""
        try:
            return self.catalogue[name]
        except KeyError:
            known = ", ".join(self.catalogue)
            raise CommandError(f"no site {name!r}; known sites: {known}", 2) from None

    @contextmanager
    def store(self) -> Iterator[Database]:
        """The store, migrated, with the catalogue as of now in `sites` and `columns`."""
        try:
            make_folder(self.config)
        except OSError as error:
            raise StorageError(
                f"cannot use the data folder {self.config.data}: {error.strerror}; "
                "set ZHENGXUN_DATA to a folder you may write to"
            ) from error
        db = open_database(self.config.database)
        try:
            self._sync(db)
            yield db
        finally:
            db.close()

    def _sync(self, db: Database) -> None:
        """The catalogue is written at the start, and again when another process has another."""
        if not (self._started and is_catalogue(db, self._rows)):
            sync_catalogue(db, self._rows, self.config.clock())
            self._started[:] = [True]

    @cached_property
    def _rows(self) -> list[SiteRow]:
        return [site_row(site) for site in self.catalogue.values()]

    def without_summary_key(self) -> Context:
        """The same, with the catalogue as it was read, for who does not ask the model."""
        handed = Context(self.config.model_copy(update={"summary_key": SecretStr("")}))
        # The files may be wrong by now: what was read of them counts.
        if "catalogue" in self.__dict__:
            handed.__dict__["catalogue"] = self.catalogue
        return handed

    def environment(self) -> dict[str, str]:
        """What a child needs to resolve the same configuration, wherever it starts; no secret."""
        config = self.config
        root = str(Path(__file__).parent.parent)
        path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
        values = {"ZHENGXUN_DATA": str(config.data.resolve()), "PYTHONPATH": path}
        if config.path is not None and config.path.is_file():
            values["ZHENGXUN_CONFIG"] = str(config.path.resolve())
        if config.now is not None:
            values["ZHENGXUN_NOW"] = config.now.isoformat()
        if config.upstream:
            values["ZHENGXUN_UPSTREAM"] = config.upstream
        return for_child(os.environ) | values

    def supervisor(self, grace: float | None = None) -> Supervisor:
        """Runs crawls within the configured limits; `grace`: seconds for one that is stopped."""
        config = self.config
        return Supervisor(
            config.database,
            config.data / "logs",
            environment=self.environment(),
            clock=config.clock,
            timeout=config.crawl.timeout,
            parallel=config.crawl.parallel,
            grace=grace,
            share=config.crawl.share,
            hosts={site.id: site.named_hosts for site in self.catalogue.values()},
            # A browser takes as much memory as all the rest, and more time.
            apart={site.id for site in self.catalogue.values() if "browser" in site.walls},
            leases=self._leases() if config.fleet.broker else None,
        )

    def _leases(self) -> HostLeases:
        """Where workers ask the same hosts. Hosts, and the pause after each visit, by site."""
        delay = self.config.crawl.delay
        sites = self.catalogue.values()
        # A host's pause is the longest of those who ask it, whoever asked it last.
        longest: dict[str, float] = {}
        for site in sites:
            pause = delay if site.delay is None else site.delay
            for host in site.named_hosts:
                longest[host] = max(pause, longest.get(host, 0.0))
        return HostLeases(
            self.config.database,
            lambda: datetime.now(UTC),
            {site.id: site.named_hosts for site in sites},
            {
                site.id: max((longest[host] for host in site.named_hosts), default=delay)
                for site in sites
            },
        )

    def site_names(self) -> dict[str, str]:
        """Site id to Chinese name."""
        return {site.id: site.name for site in self.catalogue.values()}


def os_user() -> str:
    """Who does this: the user of the operating system; behind sudo, who called it."""
    caller = os.environ.get("SUDO_USER", "")
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        # A container may run as a user without a name.
        name = f"uid {os.getuid()}"
    return f"{caller} ({name})" if caller and caller != name else name


def site_row(site: Site) -> SiteRow:
    """A catalogue entry as the store keeps it."""
    return SiteRow(
        id=site.id,
        name=site.name,
        platform=site.platform,
        section=site.section,
        grp=site.group,
        crawl=site.crawl,
        enabled=site.enabled,
        columns=tuple(column_row(site, column) for column in site.columns),
    )


def column_row(site: Site, column: Column) -> ColumnRow:
    """A column of the catalogue as the store keeps it."""
    seen, inferred = site.evidence(column)
    return ColumnRow(
        site=site.id,
        name=column.name,
        url=column.url,
        min_rows=column.min_rows,
        max_quiet_days=column.max_quiet_days,
        enabled=column.enabled,
        seen=seen,
        inferred=inferred,
    )
