"""Ways in which pages are delivered: redirects, cookies, charsets, compression, broken lines."""

from __future__ import annotations

import gzip
from dataclasses import replace
from random import Random

from drift.changes import HTML_SITES, change
from drift.places import Place, is_list_file
from drift.redesign import Redesign
from replica.exchange import Answer, Ask, redirect


def is_page(answer: Answer) -> bool:
    """Whether an answer is an HTML page."""
    return answer.status == 200 and "html" in answer.content_type and bool(answer.body)


@change("redirect hops", "delivery", HTML_SITES)
def hops(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Every page is reached over some redirects."""
    count = random.randint(1, 3)

    def gate(ask: Ask) -> Answer | None:
        step = int(ask.query.get("hop", "0")) if ask.query.get("hop", "0").isdigit() else 0
        if ask.path in {"/robots.txt", "/"} or step >= count:
            return None
        pairs = "&".join(
            part for part in ask.query_string.split("&") if part and not part.startswith("hop=")
        )
        target = f"{ask.path}?{pairs}&hop={step + 1}" if pairs else f"{ask.path}?hop={step + 1}"
        return redirect(f"https://{ask.host}{target}")

    redesign.gates.append(gate)
    return f"{count} a page"


@change("cookie gate", "delivery", HTML_SITES)
def cookie_gate(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Without a cookie every page redirects to itself and sets it."""
    name = random.choice(("wzws_sid", "HWWAFSESID", "arialoadData"))

    def gate(ask: Ask) -> Answer | None:
        if name in ask.cookies or ask.path == "/robots.txt":
            return None
        answer = redirect(f"https://{ask.host}{ask.target}")
        answer.headers.append(("Set-Cookie", f"{name}=1f8a7c; Path=/"))
        return answer

    redesign.gates.append(gate)
    return name


# How a page is encoded, what the header says of it ("" nothing), what its own tag says.
CHARSETS = (
    ("gb18030", "gbk", "gb2312"),
    ("gb18030", "", "gb2312"),
    ("gb18030", "", "utf-8"),
    ("gb18030", "utf-8", "utf-8"),
    ("utf-8", "gbk", "utf-8"),
    ("utf-8", "", "gb2312"),
    ("utf-16", "utf-16", "utf-16"),
    ("utf-16", "", "utf-8"),
    ("utf-8-sig", "", "utf-8"),
    ("utf-8-sig", "iso-8859-1", "utf-8"),
)


@change("charset", "delivery", HTML_SITES, 1.5)
def charset(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Pages in GBK or UTF-16, with the right label or a wrong one, or with a mark of bytes."""
    codec, label, meta = random.choice(CHARSETS)

    def deliver(ask: Ask, answer: Answer) -> Answer:
        if not is_page(answer):
            return answer
        try:
            text = answer.body.decode("utf-8")
        except UnicodeDecodeError:
            return answer  # one of the few old pages in an encoding of their own
        for old in ("utf-8", "UTF-8"):
            text = text.replace(f"charset={old}", f"charset={meta}").replace(
                f'charset="{old}"', f'charset="{meta}"'
            )
        kind = f"text/html; charset={label}" if label else "text/html"
        return replace(answer, body=text.encode(codec, "replace"), content_type=kind)

    redesign.delivery.append(deliver)
    return f"{codec}, header {label or 'none'}, meta {meta}"


@change("compressed", "delivery", HTML_SITES, 0.5)
def compressed(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """gzip, asked for or not."""

    def deliver(ask: Ask, answer: Answer) -> Answer:
        if not is_page(answer):
            return answer
        headers = [*answer.headers, ("Content-Encoding", "gzip")]
        return replace(answer, body=gzip.compress(answer.body), headers=headers)

    redesign.delivery.append(deliver)
    return "gzip"


@change("slow", "delivery", HTML_SITES, 0.3)
def slow(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Lists take a while."""
    seconds = random.choice((0.3, 0.8))

    def deliver(ask: Ask, answer: Answer) -> Answer:
        if is_page(answer) and is_list_file(ask.path.rpartition("/")[2]):
            answer.delay = seconds
        return answer

    redesign.delivery.append(deliver)
    return f"{seconds} s"


@change("cut short", "delivery", HTML_SITES)
def cut(random: Random, redesign: Redesign, places: list[Place]) -> str:
    """Connections end before the page does: now and then, or always for lists."""
    every = random.choice((1, 3, 5))
    share, counter = random.uniform(0.3, 0.9), [0]
    if every == 1:
        redesign.closed |= {place.column for place in places}

    def deliver(ask: Ask, answer: Answer) -> Answer:
        if not is_page(answer):
            return answer
        counter[0] += 1
        if counter[0] % every == 0:
            answer.cut_at = int(len(answer.body) * share)
        return answer

    redesign.delivery.append(deliver)
    return f"every {every}. page after {share:.0%}"
