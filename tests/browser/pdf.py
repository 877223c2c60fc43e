"""The text of a PDF that Chromium printed, page by page: enough of the format for that, and no more."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>")
_ONE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")

Characters = dict[int, str]


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, in the order in which it is drawn, without blanks between lines."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    fonts = {
        number: _characters(_stream(objects[int(named[1])]))
        for number, body in objects.items()
        if (named := re.search(rb"/ToUnicode (\d+) 0 R", body))
    }
    return [_text(body, objects, fonts) for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]


def _text(page: bytes, objects: dict[int, bytes], fonts: dict[int, Characters]) -> str:
    named = {name: fonts.get(int(number), {}) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", page)}
    contents = re.search(rb"/Contents (\d+) 0 R", page)
    assert contents is not None
    text, font = "", Characters()
    for name, glyphs in _SHOWN.findall(_stream(objects[int(contents[1])])):
        if name:
            font = named[name]
        else:
            text += "".join(font.get(int(glyphs[at : at + 4], 16), "?") for at in range(0, len(glyphs), 4))
    return text


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1]) if b"FlateDecode" in body else found[1]


def _characters(table: bytes) -> Characters:
    """Glyph numbers and what they stand for."""
    found: Characters = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        found |= {
            int(glyph, 16): bytes.fromhex(code.decode()).decode("utf-16-be") for glyph, code in _ONE.findall(block)
        }
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, code in _RANGE.findall(block):
            start = int(first, 16)
            found |= {glyph: chr(int(code, 16) + glyph - start) for glyph in range(start, int(last, 16) + 1)}
    return found
