"""JSON without loss: decimals stay decimals, and what is not read yet stays bytes."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from decimal import Decimal
from typing import Any

import msgspec

EMPTY = msgspec.Raw(b"")
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArithmeticError)
"""What decoding raises for bytes that are no JSON, or not of the wanted shape, or nested without end, or that hold a
number which no decimal can."""

_ESCAPE = re.compile(rb"\\(?:\\|/|u00[2-7][0-9a-fA-F])")
"""A backslash that is escaped itself, a slash, an ASCII character by its number."""
_NEEDED = {b'"', b"\\"}
_plain = msgspec.json.Decoder(float_hook=Decimal)


def plainly_written(raw: bytes) -> bytes:
    """The same JSON without a byte order mark, and without the escapes that it could do without: `\\/`, `\\u004b`.

    Some writers escape slashes, or letters. What is looked for in bytes is then found all the same.
    """
    raw = raw.removeprefix(BOM_UTF8)
    return _ESCAPE.sub(_unescaped, raw) if _has_needless_escape(raw) else raw


def _has_needless_escape(raw: bytes) -> bool:
    """Told from backslash to backslash: to look for one byte is fifty times as fast as for two."""
    at = raw.find(b"\\")
    while at >= 0:
        if raw.startswith((b"/", b"u00"), at + 1):
            return True
        at = raw.find(b"\\", at + 2)
    return False


def _unescaped(escape: re.Match[bytes]) -> bytes:
    written = escape.group()
    if written == b"\\\\":
        return written
    character = b"/" if written == b"\\/" else bytes([int(written[-2:], 16)])
    return written if character in _NEEDED or character == b"\x7f" else character


def plain(raw: msgspec.Raw | bytes) -> Any:
    """The value as dicts, lists, strings, ints and Decimals. Raises one of `UNREADABLE`."""
    return _plain.decode(raw)
