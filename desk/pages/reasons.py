"""Why a reader got an entry of an issue, or did not: asked of what the mails are made of."""

from __future__ import annotations

from sqlite_utils import Database

from app.drafts import number_in
from app.state_words import state_word
from desk.pages.draft import opened
from desk.pages.readers import found_reader
from desk.pages.tasks import found_notice
from desk.visits import Answer, Page, RefusedError, Visit, needs
from digest.composing.profile import Profile, personal, why_left_out
from digest.models.issue import Digest, Entry
from digest.publish import recompose
from digest.wording import why
from storage.issues.issues import find_issue
from storage.models import Subscriber
from storage.readers.deliveries import list_deliveries

MOST = 40


@needs("run")
def show(visit: Visit) -> Answer:
    """One reader, one issue, the entries that have these words."""
    words, week = visit.query.get("words", "").strip(), visit.query.get("week", "")
    if not words:
        raise RefusedError("请写条目的编号，或标题里的字。")
    with opened(visit) as (db, draft):
        reader = found_reader(db, visit.query.get("address", ""))
        digest = _issue(visit, db, week) if week else draft.digest
        sent = _sent(db, reader, week)
        number = number_in(words)
        found = [
            one for one in digest.entries() if (one.id == number if number else words in one.title)
        ]
        missing = "" if found else _missing(db, digest, number)
    profile = Profile.of(reader)
    own = {one.id: one for one in personal(digest, profile).entries()}
    lines = [(one, *_reason(digest, one, own.get(one.id), profile)) for one in found[:MOST]]
    values = {"one": reader, "week": digest.week, "sent": sent, "lines": lines, "words": words}
    return Page("reasons.html.jinja", values | {"missing": missing, "total": len(found)})


def _reason(
    digest: Digest, entry: Entry, own: Entry | None, profile: Profile
) -> tuple[bool, list[str]]:
    """Whether it is in the reader's own issue, and why."""
    if own is None:
        return False, [why_left_out(digest, entry, profile)]
    said = [own.why or "所选的篇章和分组里有它"]
    said.append("折叠为一行" if own.folded or own.under is not None else "列入重点")
    return True, [*said, *[f"评分：{why(own)}"] * bool(own.reasons)]


def _issue(visit: Visit, db: Database, week: str) -> Digest:
    record = find_issue(db, week)
    if record is None or record.released_at is None:
        raise RefusedError(f"{week} 没有发出过。", 404)
    context = visit.context
    now = context.config.clock()
    return recompose(db, context.config.digest, week, now, context.site_names())


def _sent(db: Database, reader: Subscriber, week: str) -> str:
    """What became of the mail of that issue."""
    record = find_issue(db, week) if week else None
    if record is None:
        return "这一期还没有发出。"
    rows = [one for one in list_deliveries(db, record.id) if one.subscriber_id == reader.id]
    if not rows:
        return "这一期没有发给这位读者：发出时不在名单上，或已暂停。"
    return f"邮件：{state_word(rows[0])}。{rows[0].omitted}"


def _missing(db: Database, digest: Digest, number: int) -> str:
    """Why nothing of an issue is meant. Raises RefusedError for a number of no notice."""
    if any(one.id == number for one in digest.dropped):
        return f"编号 {number} 被编者删去了。"
    if number:
        found_notice(db, number)
        return f"编号 {number} 不在这一期里：首次见到的时间或日期不属于这一期，或编者删去了。"
    return "这一期没有这样的条目。"
