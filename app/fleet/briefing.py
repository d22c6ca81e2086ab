"""Where the store is: what a visit on another machine is told."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.crawl_runs import Crawl, over_gaps
from app.fleet.visiting import Brief
from crawlers.catalogue import platforms_by_host
from storage import migrations
from storage.runs.site_slice import slice_of


def brief_for(context: Context, crawl: Crawl, run_id: int, grace: float) -> Brief:
    """The brief of a crawl, as of now; `grace`: seconds for one that is stopped."""
    config = context.config
    with context.store() as db:
        asked = over_gaps(db, crawl, config.clock()).asked(run_id)
        known = slice_of(db, crawl.site)
    settings: dict[str, Any] = {
        "ZX_NOW": config.now.isoformat() if config.now else "",
        "ZX_DAYS": config.crawl.days,
        "ZX_ATTACHMENTS": int(config.crawl.attachments),
        "ZX_ATTACHMENT_MB": config.crawl.attachment_mb,
        "ZX_EVIDENCE_MIB": config.evidence.max_mib if config.evidence.keep else 0,
        "ZX_PICTURES": int(config.evidence.pictures),
        "ZX_OCR": int(config.ocr.enabled),
        "ZX_AWAY_MIB": config.fleet.max_mib,
    }
    site = context.site(crawl.site)
    # As in crawlers.settings and crawlers.loader: behind a gateway only a pause that was asked for.
    if not config.upstream or "delay" in config.crawl.model_fields_set:
        is_own = site.delay is not None and not config.upstream
        settings["DOWNLOAD_DELAY"] = site.delay if is_own else config.crawl.delay
        settings["AUTOTHROTTLE_START_DELAY"] = config.crawl.delay
    return Brief(
        site=site.model_dump(mode="json", exclude_none=True),
        asked=asked,
        known=known,
        settings={name: str(value) for name, value in settings.items()},
        seconds=config.crawl.timeout,
        grace=grace,
        slack=config.fleet.slack,
        hold=config.fleet.hold,
        hosts=platforms_by_host(context.catalogue.values()),
        schema=migrations.newest(),
    )
