"""Whether free text speaks of giving a treatment, or only of what goes with one: a visit, a collection."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from cds_service.chart.phrases import KRESLADI, names, plainly_named
from cds_service.chart.purposes import ABOUT, apart, comes_for, without_notes

_ABOUT_A_PROCEDURE = re.compile(
    r"consult|evaluat|assess|planning|counsel|educat|work-?up|discuss|referr|typing|harvest|collect|apheresis|biops|"
    r"eligib|candidates?\b|candidacy|screen|schedul|follow[- ]up|consent|mobili[sz]ation|shipment",
    re.IGNORECASE,
)
_BEFORE_GIVING = re.compile(
    r"prepar|prior to|before|await|planned|conditioning|\bpre-|manufactur|access|catheter|central line", re.IGNORECASE
)
_MOMENT = re.compile(
    r"\b(?:before|prior to|ahead of|until|after|following|since|pre|post|s/p|status post)[- ]+"
    rf"(?:(?:the|first|planned|day of) )*(?:{KRESLADI})",
    re.IGNORECASE,
)
_BETWEEN = (
    rf"(?:[ ,()/:-]+(?:{KRESLADI}|autotemcel|autologous|gene|therapy|cells?|cd34\+?|product|suspension|drug|study|the|"
    r"of|an?|first|single|one|dose|bags?|\d+|iv|intravenous(?:ly)?|was|were|is|been|has|successfully|completed?|today|day))"
    r"{0,12}[ ,()/:-]+"
)
_GIVEN = re.compile(
    rf"(?:{KRESLADI}){_BETWEEN}(?:re-?)?(?:infus(?:ions?|ed|ing)|administ\w+|transfus\w+|inject\w+|given|dosed)\b"
    r"(?![ -]+(?:lines?|access|set|chair|cent(?:er|re)|site|port|catheter|pump|orders?|visits?|encounter|appointment|"
    r"monitoring|reactions?|room|suite|clinic|plans?|bags?(?! ?#?\d))\b)"
    rf"(?!(?: (?!(?:after|following|via|through|with|post|by|per|under|and)\b)[\w&]+){{0,3}}[ -]+{ABOUT})|"
    r"\b(?:re-?)?(?:infus(?:ions?|ed|ing)|administ(?:ration|ered|ering)|transfus\w+|inject\w+|given|gave|giving|"
    rf"dosed with|treat(?:ed|ment) with){_BETWEEN}(?:{KRESLADI})",
    re.IGNORECASE,
)
"""A word of giving next to the name."""
_NOT_DONE = re.compile(
    r"\b(?:cancel\w*|defer\w*|postpon\w*|abort\w*|declin\w*|refus\w*|withheld|never|planned|(?:re)?scheduled?|upcoming|"
    r"to be|pending|awaiting|returned|discarded|"
    r"not (?:yet )?(?:been )?(?:done|given|infused|performed|started|administered|completed))\b",
    re.IGNORECASE,
)
_NAME_ALONE = re.compile(
    rf"(?:{KRESLADI}|autotemcel|gene therapy|suspension|bags?|dose|lot|\biv\b|\bof\b|[\W\d_])+", re.IGNORECASE
)
_HANDLING = re.compile(
    r"\bthaw|\bstor(?:e|ed|age|ing)\b|\bship|\breceipt|\brelease|quality|\blabel|verif|\bcryo|transport|deliver",
    re.IGNORECASE,
)
_GIVING = re.compile(r"infus|administ|transfus|inject|\bgiven\b|\breceived\b|\bdosed?\b|transplant", re.IGNORECASE)


class Telling(Enum):
    """What words that name Kresladi tell of its giving."""

    GIVEN = "a word of giving stands next to the name"
    NAMED = "the name alone"
    PERHAPS = "neither that it was given nor that it was not"
    AROUND = "what goes with it: a visit, a collection, teaching"


def what_it_tells(text: str) -> Telling:
    """What a text that names Kresladi tells of its giving."""
    left = apart(text)
    if not names("kresladi", (left,)):
        return Telling.PERHAPS if comes_for(text) else Telling.AROUND
    if _NAME_ALONE.fullmatch(text):
        return Telling.NAMED
    if _GIVEN.search(left) and plainly_named("kresladi", (left,)) and not _NOT_DONE.search(text):
        return Telling.GIVEN
    return Telling.PERHAPS


def only_for_a_gene_therapy(said: Iterable[str]) -> bool:
    """Whether words name a gene therapy, and only as what something else is for, comes before or is about."""
    said = tuple(said)
    if not names("gene-therapy", said) or any(map(comes_for, said)):
        return False
    return not names("gene-therapy", map(apart, said))


def leaves_open(said: Iterable[str]) -> bool:
    """Whether the words beside a product used leave open that it was given: of a collection, of handling it."""
    said = tuple(said)
    if about_a_procedure(said):
        return True
    beside = around_giving(said) or any(map(_HANDLING.search, said))
    return beside and not any(map(_GIVING.search, said))


def about_a_procedure(said: Iterable[str]) -> bool:
    """Whether words speak of something around a treatment (a visit, a collection), not of the treatment itself."""
    return any(_ABOUT_A_PROCEDURE.search(without_notes(text)) for text in said)


def around_giving(said: Iterable[str]) -> bool:
    """Whether words speak of what goes with a treatment: a visit, a collection, a preparation."""
    said = tuple(said)
    return about_a_procedure(said) or any(_BEFORE_GIVING.search(text) for text in said)


def only_around_giving(said: Iterable[str]) -> bool:
    """Whether words speak of what goes with a treatment, and nothing in them of giving it."""
    said = tuple(said)
    return around_giving(said) and not any(_GIVING.search(text) for text in said)


def only_around_kresladi(said: Iterable[str]) -> bool:
    """Whether words that may name Kresladi speak of no more than what goes with it: a visit, a collection, teaching."""
    said = tuple(said)
    named = [text for text in said if names("kresladi", (text,))]
    told = {what_it_tells(text) for text in named}
    return only_around_giving(said) or told == {Telling.AROUND}


def gives(said: Iterable[str]) -> bool:
    """Whether words speak of giving something, and not only of what goes with it."""
    said = tuple(said)
    return any(map(_GIVING.search, said)) and not around_giving(said)


def only_as_a_moment(said: Iterable[str]) -> bool:
    """Whether words name Kresladi, and only as what something else comes before or after."""
    said = tuple(said)
    return any(map(_MOMENT.search, said)) and not names("kresladi", (_MOMENT.sub(" ", text) for text in said))
