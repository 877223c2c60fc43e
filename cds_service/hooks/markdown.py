"""Text in GitHub-Flavored Markdown. What comes from a chart is written in HTML entities: it cannot become markup,
a link or an image, in Markdown or in HTML."""

from __future__ import annotations

import re

_ENTITIES = {sign: f"&#{ord(sign)};" for sign in '"[]`*_|\\~#!@'}
_ENTITIES |= {"&": "&amp;", "<": "&lt;", ">": "&gt;", "://": "&#58;//", "www.": "www&#46;"}
_MARKUP = re.compile("|".join(map(re.escape, _ENTITIES)))


def escaped(text: str) -> str:
    """Text that shows as it is written, on one line."""
    line = " ".join(text.split())
    safe = line if line.isprintable() else "".join(sign for sign in line if sign.isprintable())
    return _MARKUP.sub(lambda found: _ENTITIES[found[0]], safe)
