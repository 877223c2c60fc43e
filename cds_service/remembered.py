"""What was read from a short text, kept for the next text that is the same.

The words of codes repeat from chart to chart: reading them anew is most of what a small chart costs. Only functions of
the text alone may be remembered. Of a patient that keeps no more than the words of a code, without whose they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Text = TypeVar("Text", str, bytes)
Reading = TypeVar("Reading")

KEPT = 4096
"""Texts, several times as many as one hospital's charts commonly name; the one not met for longest goes first."""
LONGEST = 1000
"""Characters or bytes. What is longer is somebody's prose, not the words of a code, and is read each time."""


def remembered(read: Callable[[Text], Reading]) -> Callable[[Text], Reading]:
    """The same function, which reads a short text once."""
    kept = lru_cache(maxsize=KEPT)(read)

    @wraps(read)
    def reading(text: Text) -> Reading:
        return kept(text) if len(text) <= LONGEST else read(text)

    return reading
