"""Chance without a generator: a draw depends only on its key.

Python's ``random`` may shuffle differently from one version to the next, and one more draw moves all later
ones. A hash of the key does neither, so the sample's bytes stay the same while it grows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def draw(*key: object) -> float:
    """A number from 0 up to 1 (not reached), the same for the same key for ever."""
    digest = hashlib.sha256("|".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def pick(options: Sequence[T], *key: object) -> T:
    """One of the options."""
    return options[int(draw(*key) * len(options))]


def between(low: int, high: int, *key: object) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    return low + int(draw(*key) * (high - low + 1))


def day(first: dt.date, last: dt.date, *key: object) -> dt.date:
    """A day from ``first`` to ``last``, both included."""
    return first + dt.timedelta(days=between(0, (last - first).days, *key))


def choose(population: Sequence[T], count: int, *key: object) -> list[T]:
    """``count`` of the population, in its order; a larger count keeps all of a smaller one's choice."""
    if not 0 <= count <= len(population):
        raise ValueError(f"{'|'.join(map(str, key))}: expected 0 to {len(population)} to choose, found {count}")
    ranked = sorted(range(len(population)), key=lambda index: draw(*key, population[index]))
    return [population[index] for index in sorted(ranked[:count])]


def shares(total: int, count: int, *key: object, step: int = 1) -> list[int]:
    """``count`` whole numbers around their mean (60 to 140 % of it) that add up to ``total`` exactly.

    All but the last are multiples of ``step``.
    """
    weights = [0.6 + 0.8 * draw(*key, index) for index in range(count)]
    parts = [round(total * weight / sum(weights) / step) * step for weight in weights]
    parts[-1] += total - sum(parts)
    return parts
