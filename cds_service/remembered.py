"""What was read from a short text, or from a few, kept for the next that are the same.

The words of codes repeat from chart to chart: reading them anew is most of what a small chart costs. Only functions of
the text alone may be remembered. Of a patient that keeps no more than the words of a code, without whose they are:
notes are never given to one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Text = TypeVar("Text", bound=str | bytes | tuple[str, ...])
Reading = TypeVar("Reading")

KEPT = 4096
"""Texts, several times as many as one hospital's charts commonly name; the one not met for longest goes first."""
LONGEST = 1000
"""Characters or bytes. What is longer is somebody's prose, not the words of a code, and is read each time."""


def remembered(read: Callable[[Text], Reading]) -> Callable[[Text], Reading]:
    """The same function, which reads a short text once; of several texts, which are short together."""
    kept = lru_cache(maxsize=KEPT)(read)

    @wraps(read)
    def reading(text: Text) -> Reading:
        return kept(text) if _length(text) <= LONGEST else read(text)

    return reading


def _length(text: str | bytes | tuple[str, ...]) -> int:
    return sum(map(len, text)) if isinstance(text, tuple) else len(text)
