"""What stands before every site: an outage, slowness, robots.txt."""

from __future__ import annotations

from replica.exchange import Answer, Ask, error_answer
from replica.world import World

ROBOTS_TEXT = {
    "disallow": b"User-agent: *\nDisallow: /\n",
    "allow": b"User-agent: *\nAllow: /\n",
}


def refuse(world: World, site: str, ask: Ask) -> Answer | None:
    """The answer of a site that is down, or of its robots.txt where one was set; else None."""
    if world.walls.of(site) == "down":
        return Answer(hang_up=True)
    word = world.walls.robots.get(ask.host, "")
    if ask.path == "/robots.txt" and word:
        text = ROBOTS_TEXT.get(word)
        return Answer(body=text, content_type="text/plain") if text else error_answer(404)
    return None


def hold_up(world: World, site: str, answer: Answer) -> Answer:
    """The same answer, late if the site is slow."""
    if world.walls.of(site) == "slow":
        answer.delay = world.walls.slow_seconds
    return answer
