"""JSON without loss: decimals stay decimals, and what is not read yet stays bytes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

EMPTY = msgspec.Raw(b"")
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArithmeticError)
"""What decoding raises for bytes that are no JSON, or not of the wanted shape, or nested without end, or that hold a
number which no decimal can."""

_plain = msgspec.json.Decoder(float_hook=Decimal)


def plain(raw: msgspec.Raw | bytes) -> Any:
    """The value as dicts, lists, strings, ints and Decimals. Raises one of `UNREADABLE`."""
    return _plain.decode(raw)
