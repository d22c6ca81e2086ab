"""A queue that nobody works off is seen by what is said, and by what is done."""

from __future__ import annotations

from app.fleet.queues import AGAIN_AFTER, Queues


def test_a_queue_without_a_worker_is_idle_after_the_patience_until_one_comes() -> None:
    queues = Queues(60)
    queues.look(0, wanted={"cn"}, served=set(), moving=set())
    queues.look(59, wanted={"cn"}, served=set(), moving=set())
    assert queues.idle == set()
    queues.look(60, wanted={"cn"}, served=set(), moving=set())
    queues.look(600, wanted=[], served=set(), moving=set())
    assert queues.idle == {"cn"}
    queues.look(601, wanted=[], served={"cn"}, moving=set())
    assert queues.idle == set()


def test_workers_that_take_nothing_are_as_good_as_none() -> None:
    queues = Queues(60)
    queues.look(0, wanted={"cn"}, served={"cn"}, moving=set())
    queues.look(50, wanted={"cn"}, served={"cn"}, moving={"cn"})
    queues.look(60, wanted={"cn"}, served={"cn"}, moving=set())
    queues.look(119, wanted={"cn"}, served={"cn"}, moving=set())
    assert queues.idle == set()
    queues.look(120, wanted={"cn"}, served={"cn"}, moving=set())
    # Its visits are made elsewhere now, so that none is wanted.
    queues.look(300, wanted=[], served={"cn"}, moving=set())
    assert queues.idle == {"cn"}
    queues.look(60 + 60 * AGAIN_AFTER, wanted=[], served={"cn"}, moving=set())
    assert queues.idle == set()


def test_a_queue_in_which_nothing_waits_is_not_idle_for_it() -> None:
    queues = Queues(60)
    queues.look(0, wanted={"cn"}, served={"cn"}, moving=set())
    queues.look(10, wanted=[], served={"cn"}, moving=set())
    queues.look(100, wanted={"cn"}, served={"cn"}, moving=set())
    assert queues.idle == set()
