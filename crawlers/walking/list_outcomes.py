"""What became of the lists of one site: what failed, and what the readings prove in the end."""

from __future__ import annotations

from scrapy.http import Request, Response

from crawlers.catalogue import Column
from crawlers.items import Failure
from crawlers.walking.list_rows import ListRows

STRAND = "zx_strand"
"""In the meta of a list request: which of the column's lists it belongs to, from 0."""
LISTED_KEPT = 300
"""Rows of a reading that are remembered for the next one."""


class ListOutcomes(ListRows):
    """The failures and proofs of one site's columns."""

    def fail(
        self, column: str, failure: Failure, page: int = 1, of: Request | Response | None = None
    ) -> None:
        """Note a failure: the column's verdict if nothing of it could be read, else a sentence.

        `of`: the request or answer that failed, which tells the strand.
        """
        walk = self.walk_of(column)
        if page > 1:
            sentence = f"第 {page} 页没有读到：{failure.reason}"
            strand = walk.strand(of.meta.get(STRAND, 0) if of is not None else 0).strand
            strand.ended, strand.why = "failed", sentence
            self.degrade(self.columns[column], sentence)
            return
        walk.failures.append(failure)
        number = of.meta.get(STRAND, 0) if of is not None else 0
        is_year = failure.status == 404 and walk.starts > 1
        if not is_year:
            state = walk.strand(number).strand
            state.ended, state.why = "failed", f"{failure.url} 没有读到：{failure.reason}"
        self.settle(self.columns[column])

    def prove(self) -> None:
        """Say in every report what its reading proves. For the end of a crawl, whatever it was."""
        for name, report in self.reports.items():
            walk = self.walk_of(name)
            report.usual_rows = walk.history.usual_rows
            if report.failure is not None or not report.pages:
                continue
            proof = walk.proof()
            report.joined = proof.joined
            missing = proof if proof.gap is not None else walk.unchecked()
            if missing is not None and missing.gap is not None:
                report.gap = (missing.gap[0].isoformat(), missing.gap[1].isoformat())
                report.gap_why = missing.why
            if proof.joined and proof.covered_from is not None:
                report.covered_from = proof.covered_from.isoformat()
            if walk.archived:
                archive = f"列表里一次多出 {walk.archived} 条较早的旧通知，只收存，不作新通知"
                self.degrade(self.columns[name], archive)
            if walk.is_misdated:
                misdated = "列表上的日期与已收录的同一批通知相差半年以上，不作为发布日期"
                self.degrade(self.columns[name], misdated)
            report.listed = walk.in_order()[:LISTED_KEPT]

    def settle(self, column: Column) -> None:
        """A column with several lists has failed when all of them have. A year's directory that
        does not exist yet (404) is no fault while another list answers."""
        walk = self.walk_of(column.name)
        real = [failure for failure in walk.failures if failure.status != 404]
        if walk.answered:
            for failure in real:
                self.degrade(column, f"{failure.url} 没有读到：{failure.reason}")
        elif len(walk.failures) >= walk.starts:
            self.reports[column.name].failure = (real or walk.failures)[0]
