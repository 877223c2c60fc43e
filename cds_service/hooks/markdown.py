"""Text in GitHub-Flavored Markdown. What comes from a chart is written in HTML entities: it cannot become markup,
a link or an image, in Markdown or in HTML."""

from __future__ import annotations

_ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in '"[]`*_|\\~#!@'}
_ENTITIES |= {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}


def escaped(text: str) -> str:
    """Text that shows as it is written, on one line."""
    line = " ".join(text.split())
    safe = line if line.isprintable() else "".join(sign for sign in line if sign.isprintable())
    return safe.translate(_ENTITIES).replace("://", "&#58;//").replace("www.", "www&#46;")
