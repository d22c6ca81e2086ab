"""Every address of the desk and the function that answers it. There is no other way in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from desk.pages import (
    account,
    cases,
    deliveries,
    evidence,
    history,
    issue,
    notice,
    people,
    preview,
    readers,
    reasons,
    release,
    sources,
    tasks,
)
from desk.visits import Act, Answer, Go, Visit, needs


@dataclass(frozen=True)
class Route:
    """One address; `{parts}` of it come as `Visit.path`."""

    method: Literal["GET", "POST"]
    path: str
    act: Act


@needs("look")
def home(visit: Visit) -> Answer:
    """Where the desk begins."""
    del visit
    return Go("/issue")


ROUTES = (
    Route("GET", "/", home),
    Route("GET", "/login", account.ask),
    Route("POST", "/login", account.log_in),
    Route("GET", "/forgot", account.ask_forgotten),
    Route("POST", "/forgot", account.forgotten),
    Route("GET", "/welcome/{token}", account.welcome),
    Route("POST", "/welcome/{token}", account.accept),
    Route("POST", "/logout", account.log_out),
    Route("GET", "/issue", issue.show),
    Route("GET", "/issue/rest", issue.rest),
    Route("POST", "/issue/act", issue.act),
    Route("GET", "/entry/{id}", issue.entry),
    Route("GET", "/preview", preview.show),
    Route("GET", "/preview/{kind}", preview.sheet),
    Route("POST", "/preview/send", preview.send),
    Route("GET", "/release", release.show),
    Route("POST", "/release/go", release.go),
    Route("POST", "/release/hold", release.hold),
    Route("POST", "/release/skip", release.skip),
    Route("POST", "/release/take-back", release.take_back),
    Route("GET", "/correct/{week}", release.ask_correction),
    Route("POST", "/correct/{week}", release.correct),
    Route("GET", "/tasks", tasks.show),
    Route("GET", "/tasks.csv", tasks.export),
    Route("GET", "/tasks/new/{id}", tasks.ask),
    Route("POST", "/tasks/new/{id}", tasks.give),
    Route("POST", "/tasks/{id}/close", tasks.close),
    Route("POST", "/tasks/{id}/reopen", tasks.reopen),
    Route("GET", "/notice/{id}", notice.show),
    Route("POST", "/notice/{id}/read", notice.read_again),
    Route("GET", "/add", notice.ask),
    Route("POST", "/add", notice.add),
    Route("GET", "/cases", cases.show),
    Route("POST", "/cases", cases.settle),
    Route("GET", "/sources", sources.show),
    Route("GET", "/sources/new", sources.ask_new),
    Route("GET", "/sources/{site}/evidence", evidence.show),
    Route("GET", "/sources/picture/{id}", evidence.picture),
    Route("POST", "/sources/probe", sources.probe),
    Route("POST", "/sources/add", sources.add),
    Route("POST", "/sources/{site}/read", sources.read_now),
    Route("POST", "/sources/{site}/accept", sources.accept),
    Route("GET", "/readers", readers.show),
    Route("POST", "/readers/add", readers.add),
    Route("POST", "/readers/import", readers.load),
    Route("GET", "/readers/one", readers.person),
    Route("GET", "/readers/why", reasons.show),
    Route("POST", "/readers/change", readers.change),
    Route("GET", "/deliveries", deliveries.show),
    Route("POST", "/deliveries/retry", deliveries.retry),
    Route("GET", "/history", history.show),
    Route("GET", "/people", people.show),
    Route("POST", "/people/invite", people.invite),
    Route("POST", "/people/unlock", people.unlock),
    Route("POST", "/people/end", people.end),
)
