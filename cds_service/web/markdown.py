"""The Markdown of cards as HTML. HTML in it stays text, and nothing in it fetches anything."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markupsafe import Markup

_LINKED = re.compile(r"https?://|mailto:", re.IGNORECASE)


class _Parser(MarkdownIt):
    """Links to the web and to mail alone: an address may start another program, or lead to a page of our own."""

    def validateLink(self, url: str) -> bool:
        return bool(_LINKED.match(url))


_parser = _Parser("commonmark", {"html": False}).disable(["image", "html_inline", "html_block"])


def as_html(text: str) -> Markup:
    """Safe HTML: no element, attribute or address of the text's own but links to http(s) and mail."""
    return Markup(_parser.render(text))
