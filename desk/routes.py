"""Every address of the desk and the function that answers it. There is no other way in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from desk.pages import account, people
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
    return Go("/people")


ROUTES = (
    Route("GET", "/", home),
    Route("GET", "/login", account.ask),
    Route("POST", "/login", account.log_in),
    Route("GET", "/forgot", account.ask_forgotten),
    Route("POST", "/forgot", account.forgotten),
    Route("GET", "/welcome/{token}", account.welcome),
    Route("POST", "/welcome/{token}", account.accept),
    Route("POST", "/logout", account.log_out),
    Route("GET", "/people", people.show),
    Route("POST", "/people/invite", people.invite),
    Route("POST", "/people/unlock", people.unlock),
    Route("POST", "/people/end", people.end),
)
