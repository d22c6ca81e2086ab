"""The stretch of lines with the densest text, whatever boxes they stand in: a second opinion."""

from __future__ import annotations

from collections.abc import Sequence

_COST = 14.0  # what a line must weigh to lengthen the stretch


def densest(weights: Sequence[float]) -> range:
    """The stretch whose weights, less a cost for every line, add up to most."""
    best = range(0)
    best_sum = so_far = 0.0
    start = 0
    for number, weight in enumerate(weights):
        if so_far <= 0:
            so_far, start = 0.0, number
        so_far += min(weight, 400.0) - _COST
        if so_far > best_sum:
            best, best_sum = range(start, number + 1), so_far
    return best


def overlap(weights: Sequence[float], one: Sequence[int], other: Sequence[int]) -> float:
    """How far two choices of lines mean the same text, 0 to 1, by weight."""
    first, second = set(one), set(other)
    shared = sum(max(0.0, weights[line]) for line in first & second)
    either = sum(max(0.0, weights[line]) for line in first | second)
    return shared / either if either else float(first == second)
