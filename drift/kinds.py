"""Redesigned sites whose lists are not HTML pages: MIIT's units and search, CDE's JSON, a feed."""

from __future__ import annotations

import json
from dataclasses import replace
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from drift.places import Place, unit_column
from drift.redesign import Row
from drift.site import ERROR_200, HTML, RedesignedSite
from replica.exchange import Answer, Ask, error_answer, json_answer
from replica.page_templates import fill
from replica.sites import miit_search, miit_units
from replica.sites.cde_lists import LISTINGS, Listing, page_of, record_of

ALL = "999"


class MiitSite(RedesignedSite):
    """www.miit.gov.cn: units of HTML inside JSON, and the search server."""

    def list_answer(self, ask: Ask) -> Answer | None:
        """A unit, or a page of hits. What the old site refuses, the new one refuses."""
        if ask.path == miit_search.API_PATH:
            return self.search(ask)
        place = self.unit_place(ask)
        if place is None:
            return None
        refused = self.inner.answer(ask)
        number = self.unit_number(ask)
        if refused.status != 200 or number < 1:
            return refused
        return self.instead(ask, place.column) or self.one_page(place, number)

    def unit_place(self, ask: Ask) -> Place | None:
        """The column whose unit is asked for."""
        if ask.path != miit_units.UNIT_PATH or ask.query.get("parseType") == "build":
            return None
        for place in self.places:
            if place.kind == "unit":
                column = unit_column(place.column)
                wanted = (ask.query.get("pageId"), ask.query.get("tagId"))
                if wanted == (column.page_id, column.tag_id):
                    return place
        return None

    def unit_number(self, ask: Ask) -> int:
        """The page asked for; 1 without parameters."""
        param = ask.query.get("paramJson", "")
        try:
            return int(json.loads(param)["pageNo"]) + self.redesign.paging.offset if param else 1
        except (ValueError, KeyError, TypeError):
            return 0

    def rendered(
        self, place: Place, rows: list[Row], number: int, pages: int, shown: list[Row] | None = None
    ) -> Answer:
        """The unit's HTML in its envelope."""
        text = self.page_text(place, rows, number, pages, shown)
        return enveloped(self, {"success": True, "code": "200", "data": {"html": text}}, number)

    def past(self, place: Place, rows: list[Row], how: str, number: int, pages: int) -> Answer:
        """A unit past its end."""
        if how == "404":
            return json_answer(
                {"success": False, "code": "500", "message": "参数错误", "data": None}
            )
        return super().past(place, rows, how, number, pages)

    def search(self, ask: Ask) -> Answer | None:
        """A page of hits, as the search server gives them."""
        place = next((one for one in self.places if one.kind == "search"), None)
        if place is None:
            return None
        every = self.inner.answer(replace(ask, query={**ask.query, "p": "1", "pg": ALL}))
        if every.status != 200:
            return every
        instead = self.instead(ask, place.column)
        if instead is not None:
            return instead
        number = int(ask.query.get("p", "1")) + self.redesign.paging.offset
        size = self.redesign.paging.size or int(ask.query.get("pg", "10"))
        hits = by_path(json.loads(every.body))
        rows = self.rows_of(place)
        records = [hit_of(row, hits) for row in rows]
        if number > 1 and self.redesign.paging.beyond != "pages":
            if self.redesign.paging.beyond in {"404", "error200"}:
                return self.past(place, rows, self.redesign.paging.beyond, number, 1)
            number = 1 if self.redesign.paging.beyond == "same" else 10_000
        return self.hits(records, number, size)

    def hits(self, records: list[dict[str, Any]], number: int, size: int) -> Answer:
        """A page of records in the server's envelope."""
        for hook in self.redesign.records:
            records = [hook(record) for record in records]
        shown = records[(number - 1) * size : number * size]
        data: dict[str, Any] = {}
        if shown:
            total = len(records) + self.redesign.paging.total_off
            grouped = [{"groupCount": 1, "groupData": [{"data": one}]} for one in shown]
            data["searchResult"] = {"totalCount": total, "p": number, "dataResults": grouped}
        answer = {"success": True, "code": "200", "message": "成功", "data": data}
        return enveloped(self, answer, number)


def by_path(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Path of a hit's page -> its fields."""
    found = answer["data"].get("searchResult", {}).get("dataResults", [])
    plain = [(one["groupData"][0] if "groupData" in one else one)["data"] for one in found]
    return {str(one["url"]): one for one in plain}


def hit_of(row: Row, hits: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The fields of a row's hit; those of noise are another's with its own title and address."""
    own = hits.get(urlsplit(row.entry.url).path)
    fields = dict(own or next(iter(hits.values())))
    if own is None:
        moment = str(int(row.entry.published.timestamp()) * 1000)
        fields |= {"title": row.entry.title, "deploytime": moment, "publishtime": moment}
        fields |= {"filenumbername": "", "infoextends": "{}"}
    return fields | {"url": row.link}


def enveloped(site: RedesignedSite, answer: dict[str, Any], number: int) -> Answer:
    """JSON with what the redesign does to it."""
    made: object = answer
    for hook in site.redesign.envelopes:
        if isinstance(made, dict):
            made = hook(made, number)
    return json_answer(made)


class CdeSite(RedesignedSite):
    """www.cde.org.cn: lists are records in JSON, asked for by POST."""

    def list_answer(self, ask: Ask) -> Answer | None:
        """A page of records. What the old site refuses, the new one refuses."""
        found = self.listing(ask) if ask.method == "POST" else None
        if found is None:
            return None
        place, listing = found
        usual = self.inner.answer(ask)
        if usual.status != 200 or not usual.body.startswith(b'{"msg"'):
            return usual
        instead = self.instead(ask, place.column)
        if instead is not None:
            return instead
        number = int(ask.form["pageNum"]) + self.redesign.paging.offset
        return self.records(place, listing, number, int(ask.form["pageSize"]))

    def listing(self, ask: Ask) -> tuple[Place, Listing] | None:
        """The column whose endpoint is asked, told by the page it is asked from."""
        page = urlsplit(ask.referer).path
        for place in self.places:
            for listing in LISTINGS:
                fits = listing.column == place.column and listing.endpoint == ask.path
                if fits and listing.page == page:
                    return place, listing
        return None

    def records(self, place: Place, listing: Listing, number: int, size: int) -> Answer:
        """One page of records."""
        paging = self.redesign.paging
        rows = sorted(self.world_rows(place), key=lambda row: row.entry.published, reverse=True)
        for hook in self.redesign.rows:
            rows = hook(rows, place.column)
        if number > 1 and paging.beyond != "pages":
            if paging.beyond == "404":
                return error_answer(404)
            if paging.beyond == "error200":
                return Answer(body=ERROR_200.encode(), content_type=HTML)
            number = 1 if paging.beyond in {"same", "last"} else 10_000
        made = [self.record(row, listing) for row in rows]
        for change in self.redesign.records:
            made = [change(record) for record in made]
        data = page_of(made, number, paging.size or size)
        data["total"] = int(data["total"]) + paging.total_off
        return enveloped(self, {"msg": "操作成功", "code": 200, "data": data}, number)

    def world_rows(self, place: Place) -> list[Row]:
        """All rows of a column, without what a redesign does to their order."""
        names = self.redesign.merged.get(place.column, [place.column])
        entries = [one for one in self.world.published("cde") if set(names) & set(one.columns)]
        return [Row(one, self.redesign.addresses.of(one)) for one in entries]

    def record(self, row: Row, listing: Listing) -> dict[str, Any]:
        """One record; where a page has another address, the record names it."""
        if row.entry.external_url or row.link == row.entry.url:
            return record_of(listing.kind, row.entry)
        moved = row.entry.model_copy(update={"url": row.link})
        made = record_of(listing.kind, moved)
        if listing.kind == "news" and "/viewInfoCommon/" not in row.link:
            made["externalLinks"] = row.link
        return made


class FeedSite(RedesignedSite):
    """The relay's feed of an account."""

    form = "relay_rss"

    def list_answer(self, ask: Ask) -> Answer | None:
        """The feed."""
        if not ask.path.endswith("/IPRdaily.xml") or not self.places:
            return None
        place = self.places[0]
        instead = self.instead(ask, place.column)
        if instead is not None:
            return instead
        entries = [one for one in self.world.published("wechat") if place.column in one.columns]
        rows = [Row(one, short_link(one)) for one in entries]
        for hook in self.redesign.rows:
            rows = hook(rows, place.column)
        rows = rows[: self.redesign.paging.size or place.size]
        text = fill(
            self.redesign.feed_form or self.form,
            account=place.column,
            address=f"http://{ask.host}{ask.path}",
            items=[(row.entry, row.link, format_datetime(row.entry.published)) for row in rows],
            updated=self.world.now,
        )
        kind = "application/atom+xml" if self.redesign.feed_form else "application/rss+xml"
        for change in self.redesign.texts:
            text = change(text)
        return Answer(body=text.encode(), content_type=f"{kind}; charset=utf-8")

    def notice_answer(self, ask: Ask) -> Answer | None:
        """Articles are not the relay's."""
        return None


def short_link(entry: Any) -> str:
    """An article's address in the feed."""
    return f"https://mp.weixin.qq.com/s/{entry.wechat.short}" if entry.wechat else str(entry.url)
