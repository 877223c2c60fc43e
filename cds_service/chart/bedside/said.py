"""What words say, and what they only mention to deny it.

A word does not count where no, not, never, without or avoid stands before it in its sentence, where non- stands right
before it, or where what follows takes it back ("irradiation: no", "filter not to be used"). A list is denied as one
("do not wash, filter or irradiate"); an order behind a thing that is left out is a sentence of its own ("no
premedication, transfuse PRBC").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cds_service.fhir.elements import plain_text

_PIECE = re.compile(r"\S(?:.{0,398}\S)?(?=\s|$)|\S{1,400}")
"""At most 400 characters, up to a blank where there is one."""
_SENTENCE = re.compile(r"(?<=[.;!])\s+|(?<=\?)\s+(?!no\b|none\b|n\b)|;|\b(?:but|however|instead)\b", re.IGNORECASE)
_NO = re.compile(
    r"\b(?:no|not|never|without|nor|neither|avoid(?:s|ed|ing)?|cannot|\w+n['’]t)\b|\b(?:non|un)[- ]?$", re.IGNORECASE
)
_NEXT_ORDER = re.compile(
    r"[,:–-]\s+(?:(?:and|then|please|just|only)\s+)*(?=(?:transfuse|give|administer|infuse|use|start|begin)\b)",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(r"\b(?:no|without)\b", re.IGNORECASE)
_NOT_TO_BE_DONE = re.compile(r"\b(?:not|never|nor|neither|avoid\w*|cannot|\w+n['’]t)\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"^\w*(?: \w+)?\s*(?:\(y/n\))?\s*[:?(=-]+\s*(?:no|none|n|n/a|false|unknown)\s*(?:$|[,.)])|"
    r"^[^.;!?,]{0,30}?\b(?:(?:is|are|be|was|were|should|must|may|need|do|does) not\b|not (?:to be|needed|required|"
    r"indicated|necessary|permitted|allowed|available)|to be avoided|unavailable|prohibited|forbidden|"
    r"contraindicated|unnecessary|declined|refused|cancell?ed)\b",
    re.IGNORECASE,
)


def lines(text: str) -> Iterator[str]:
    """A text line by line, each in one form: a line of a note ends its sentence.

    A line without end is taken in pieces: what belongs together stands together, and looking through a text takes no
    longer than it is long.
    """
    for line in map(plain_text, text.splitlines()):
        yield from _PIECE.findall(line)


def sentences(text: str) -> list[str]:
    """A text in its sentences; what follows "but" is one of its own, and so is an order behind what it leaves out."""
    return [part for sentence in _SENTENCE.split(text) if sentence for part in _orders_in(sentence)]


def _orders_in(sentence: str) -> tuple[str, ...]:
    """A sentence in two where it first leaves a thing out, and then has something done."""
    following = _NEXT_ORDER.search(sentence)
    if following is None:
        return (sentence,)
    before, after = sentence[: following.start()], sentence[following.end() :]
    left_out = _LEFT_OUT.search(before) and not _NOT_TO_BE_DONE.search(before)
    return (before, after) if left_out else (sentence,)


def says(pattern: re.Pattern[str], texts: Iterable[str]) -> bool:
    """Whether any of the texts says what the pattern looks for, without denying it."""
    return saying(pattern, texts) is not None


def saying(pattern: re.Pattern[str], texts: Iterable[str]) -> str | None:
    """The sentence that says what the pattern looks for; None where none does."""
    for text in texts:
        for sentence in sentences(text):
            if any(not _denied(sentence, match) for match in pattern.finditer(sentence)):
                return sentence
    return None


def _denied(sentence: str, match: re.Match[str]) -> bool:
    return bool(_NO.search(sentence[: match.start()]) or _TAKEN_BACK.search(sentence[match.end() :]))
