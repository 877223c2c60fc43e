"""The Markdown of cards as HTML. HTML in it stays text, and nothing in it fetches anything."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markupsafe import Markup

_parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_inline", "html_block"])


def as_html(text: str) -> Markup:
    """Safe HTML: no element, attribute or address of the text's own but links to http(s) and mail."""
    return Markup(_parser.render(text))
