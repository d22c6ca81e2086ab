"""The ledger: what went to whom, and another try for what did not."""

from __future__ import annotations

from collections import Counter

from app.state_words import DELIVERY_WORDS, OMITTED, state_word
from desk.visits import Answer, Go, Page, Visit, needs
from storage.desk.acts import note_act
from storage.issues.corrections import list_corrections
from storage.issues.issues import list_issues
from storage.readers.deliveries import list_deliveries, requeue

MOST = 200


@needs("run")
def show(visit: Visit) -> Answer:
    """Of the newest issue, or of one that is named: counts, and the rows that need a look."""
    with visit.context.store() as db:
        issues = list_issues(db)
        week = visit.query.get("week", "")
        chosen = [one for one in issues if one.week == week] or issues[-1:]
        made = [item.record for one in chosen for item in list_corrections(db, one)]
        rows = [row for one in (*chosen, *made) for row in list_deliveries(db, one.id)]
    counts = Counter(state_word(row) for row in rows)
    looked = [row for row in rows if state_word(row) not in {DELIVERY_WORDS["sent"], OMITTED}]
    values = {
        "issue": chosen[0] if chosen else None,
        "weeks": [one.week for one in reversed(issues)][:26],
        "counts": sorted(counts.items()),
        "rows": [(row, state_word(row)) for row in looked[:MOST]],
        "more": max(0, len(looked) - MOST),
    }
    return Page("deliveries.html.jinja", values)


@needs("run")
def retry(visit: Visit) -> Answer:
    """Queue again what was refused or waits, of one address or of all."""
    now, address = visit.context.config.clock(), visit.text("address", 300)
    with visit.context.store() as db:
        count = requeue(db, now, address=address or None)
        words = f"重新排队 {count} 封" + (f"（{address}）" if address else "")
        note_act(db, words, who=visit.signature, now=now)
    return Go("/deliveries", said=f"已{words}，几分钟内再发。")
