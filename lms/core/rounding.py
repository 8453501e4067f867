"""Rounding that adds up: shown parts of a whole sum to the whole (largest remainder); means by weights."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


def parts_of_whole(counts: Sequence[int], digits: int = 0) -> list[float]:
    """Return what share (0..1) of their sum each count is, rounded so that the percentages shown add up to 100.

    Each is at most one step of its last digit away; what is left goes to the largest remainders, equal counts differ
    by one step at most (Hamilton's method). Counts that are all zero have no shares.

    :param counts: none below zero
    :param digits: of the percentages

    >>> parts_of_whole([1, 1, 1])
    [0.34, 0.33, 0.33]
    """
    total, steps = sum(counts), 10 ** (digits + 2)
    if not total:
        return [0.0] * len(counts)
    floors = [count * steps // total for count in counts]
    most = sorted(range(len(counts)), key=lambda n: (-(counts[n] * steps % total), n))
    for n in most[: steps - sum(floors)]:
        floors[n] += 1
    return [floor / steps for floor in floors]


def weighted(values: Sequence[float], weights: Sequence[int], step: float) -> float:
    """Return the mean of values by their weights, in steps, computed exactly; half a step goes up.

    :param weights: as many as values, their sum above zero

    >>> weighted([8, 7.25], [60, 40], 0.25)
    7.75
    """
    total = sum((Decimal(str(value)) * weight for value, weight in zip(values, weights, strict=True)), Decimal(0))
    steps = total / sum(weights) / Decimal(str(step))
    return float(steps.quantize(Decimal(1), ROUND_HALF_UP) * Decimal(str(step)))
