"""How an infection went, as its own words tell: severe, recurrent, extensive.

The adjective has to lead to the infection's own name, or to follow it at once: how severe or extensive something else
was, which the same words name, says nothing of the infection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cds_service.chart import phrases
from cds_service.chart.hedging import illness_hedged

SEVERE = r"severe(?:ly)?(?! combined| congenital| chronic neutrop)"
RECURRENT = r"recurr\w*|relaps\w*|repeated"
_INVASIVE = r"disseminated|systemic|invasive|necroti\w+"
_WIDE = (
    r"extensive(?:ly)?|widespread|generali[sz]ed|progressi(?:ve|vely|ng)|"
    r"(?:(?:spreading|extending|involving|covering|affecting|over|to|of|a) )*large areas?"
)
_LIMITED = r"mild\w*|slight\w*|moderate\w*|minor|superficial|locali[sz]ed"
_MODERATELY = re.compile(r"moderate", re.IGNORECASE)
_TITLES = re.compile(r"pneumonia \(recurrent\)|severe sepsis|periodontitis, generali[sz]ed", re.IGNORECASE)
"""Words of a code's own title (Z87.01, R65.2, K05), which say nothing on how this patient's infection went."""
_OTHER_NAMES = re.compile(
    r"\w*(?:itis|osis|thorax)\b|impetigo|thrush|quinsy|erysipelas|actinomyc\w*|\w*mycoses|phlegmon|furuncul\w*|"
    r"carbunc\w*|\bboils?\b|\bulcers?\b|mycetoma",
    re.IGNORECASE,
)
_LAST_OF_A_CLAUSE = re.compile(r"\w+(?=\W*$|[.;:,()]| - )")
_ADJECTIVE = rf"(?:{SEVERE}|{RECURRENT}|{_INVASIVE}|{_WIDE})"

_JOINED = (
    r"(?:,? and|,|/)? ?(?:acute|chronic|persistent|recurrent|severe|extensive|invasive|progressive|widespread|deep|"
    r"soft|subcutaneous|bone|joint)(?=[ ,/])"
)
"""What may be joined to the adjective or the name: `severe and recurrent`, `skin and soft tissue`."""
_SOMETHING_ELSE = (
    r"with|without|and|or|in|on|by|after|due|from|to|for|plus|complicat\w+|following|surgery|trauma|burns?|injur\w+|"
    r"wounds?|eczema|dermatitis|neutropenia|neutrophilia|deficiency|immunodeficiency|lad|pain|fever|allerg\w+|disease|"
    r"illness|ventilation"
)
_LEADS_TO_THE_NAME = re.compile(rf"(?:{_JOINED}|[ /-](?!(?:{_SOMETHING_ELSE})\b)\w+){{0,7}}[ -]*", re.IGNORECASE)

_REST_OF_THE_NAME = (
    rf"(?:(?: (?!(?:with|in|on|of|due|as|{_ADJECTIVE})\b)[\w-]+){{0,3}}? "
    r"(?:media|externa|abscess(?:es)?|infections?|pneumonia|sepsis|\w+itis|disease|nos|unspecified)\b){0,3}"
)
_PLACE = r"(?: (?:of|on|at|over)(?: (?!with\b)[\w-]+){1,7}?)?"
_QUALIFIER = (
    r"(?:acute|chronic|left|right|unspecified|locali[sz]ed|is|was|very|now|and|skin|rapidly|\w{3,}(?:al|ar))\b[ ,]*"
)
_FOLLOWS_THE_NAME = re.compile(
    rf"{_REST_OF_THE_NAME}{_PLACE}[ ,(:;.-]*(?:{_QUALIFIER}|{_ADJECTIVE}\b[ ,/]*)*+", re.IGNORECASE
)
_NOTHING_ELSE_FOLLOWS = re.compile(
    r"[ ]*(?:$|[.;,)/]|- )| (?:with|of|on|in|at|to|and|enough|requiring|needing|since|form|course|episodes?|attacks?|"
    r"infections?|community|hospital|x ?\d|\(?\d)",
    re.IGNORECASE,
)


def says(adjectives: str, said: Iterable[str]) -> bool:
    """Whether any text says one of the adjectives (a pattern) of the infection that it names, and means it."""
    return any(_is_of(name, match) for text in said for name, match in _named(adjectives, _TITLES.sub("", text)))


def says_extensive(said: Iterable[str]) -> bool:
    """Whether any text says that the infection was invasive, or that it was extensive and not a limited one."""
    said = tuple(said)
    return says(_INVASIVE, said) or says(_WIDE, [text for text in said if not says(_LIMITED, (text,))])


def plainly_says(adjectives: str, said: Iterable[str]) -> bool:
    """Whether any text that names no infection, such as a severity, says one of the adjectives and means it."""
    return any(True for text in said for _ in _meant(adjectives, text))


def own_name(text: str) -> re.Match[str] | None:
    """Where the text names an infection: by a phrase, or by another name that infections have."""
    return phrases.found("infection", text) or _OTHER_NAMES.search(text)


def _named(adjectives: str, text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """The infection's name beside each of the adjectives; where no name is known, the last word of the first clause."""
    name = own_name(text) or _LAST_OF_A_CLAUSE.search(text)
    if name is not None:
        yield from ((name, match) for match in _meant(adjectives, text))


def _meant(adjectives: str, text: str) -> Iterator[re.Match[str]]:
    """The adjectives that nothing denies or weakens: not `not severe`, not `moderate to severe`."""
    for match in re.finditer(rf"\b(?:{adjectives})\b", text, re.IGNORECASE):
        weakened = _MODERATELY.search(text[: match.start()])
        if not weakened and not illness_hedged(text, *match.span()):
            yield match


def _is_of(name: re.Match[str], adjective: re.Match[str]) -> bool:
    """Whether the adjective belongs to the name: it leads to it, or follows it with nothing else between."""
    text = name.string
    if adjective.start() < name.end():
        between = text[adjective.end() : name.start()]
        return adjective.end() > name.start() or _LEADS_TO_THE_NAME.fullmatch(between) is not None
    follows = _FOLLOWS_THE_NAME.fullmatch(text, name.end(), adjective.start())
    return follows is not None and _NOTHING_ELSE_FOLLOWS.match(text, adjective.end()) is not None
