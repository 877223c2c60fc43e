"""JSON as it is sent, made plain without loss."""

from __future__ import annotations

import json
from codecs import BOM_UTF8

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.exact_json import plain, plainly_written

_ESCAPES = [
    ("nothing escaped", rb'"Kresladi"', b'"Kresladi"'),
    ("a slash, as PHP writes it", rb'"MedicationRequest\/draft-1"', b'"MedicationRequest/draft-1"'),
    ("a letter by its number", rb'"\u004bresladi"', b'"Kresladi"'),
    ("digits in capitals", rb'"\u004A\u004a"', b'"JJ"'),
    ("a quotation mark stays escaped", rb'"\u0022"', rb'"\u0022"'),
    ("a backslash stays escaped", rb'"\u005cu004b"', rb'"\u005cu004b"'),
    ("an escaped backslash before a slash", rb'"\\/"', rb'"\\/"'),
    ("an escaped backslash before a number", rb'"\\u004b"', rb'"\\u004b"'),
    ("two escaped backslashes, then a letter", rb'"\\\\\u004b"', rb'"\\\\K"'),
    ("a control character stays escaped", rb'"\u000a\u007f"', rb'"\u000a\u007f"'),
    ("beyond ASCII stays as it is", rb'"\u00ae\u2122"', rb'"\u00ae\u2122"'),
    ("an escaped quotation mark", rb'"\"\/\""', rb'"\"/\""'),
    ("a byte order mark", BOM_UTF8 + b'"Kresladi"', b'"Kresladi"'),
    ("decimals stay as they are", rb'{"\u0061":1.80}', b'{"a":1.80}'),
]


@pytest.mark.parametrize(("raw", "written"), [row[1:] for row in _ESCAPES], ids=[row[0] for row in _ESCAPES])
def test_no_escape_that_is_not_needed(raw: bytes, written: bytes) -> None:
    """What a letter or a slash is written as makes no difference to what is found; the value stays the same."""
    assert plainly_written(raw) == written
    assert plain(written) == plain(raw.removeprefix(BOM_UTF8))


@given(st.text(), st.data())
def test_the_value_stays(text: str, data: st.DataObject) -> None:
    """Whatever is escaped in whichever way."""
    chosen = data.draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))
    pairs = zip(text, chosen, strict=True)
    inside = "".join(f"\\u{ord(c):04x}" if e and ord(c) < 0x10000 else json.dumps(c)[1:-1] for c, e in pairs)
    raw = f'"{inside}"'.replace("/", "\\/").encode()
    assert plain(plainly_written(raw)) == text
