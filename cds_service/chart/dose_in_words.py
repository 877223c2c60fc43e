"""A dose that stands only in words: read when it is one number with one unit, not otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from cds_service.chart import phrases
from cds_service.chart.values import compared
from cds_service.facts import Level
from cds_service.fhir.units import million_cells_of_text
from cds_service.wording import reasons

_POWER = r"(?:(?:x|×|\*)\s*10\s*(?:\^|\*|E|e)?\s*\(?(?:6|⁶)\)?(?!\d)|million|10\s*(?:\^|\*)\s*6(?!\d)|10⁶|e6(?!\d))"
_DOSE = re.compile(
    rf"(?<![\d.,])(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>{_POWER}[^/.,;()]{{0,40}}(?:/|\s+per\s+)\s*kg\b)", re.I
)
_CELLS = re.compile(r"\d.*(?:cells?\b|cd ?34|/ ?kg|per kg|per kilo)", re.IGNORECASE)
_ANOTHER_AMOUNT = re.compile(
    r"collect|apheresis|harvest|back-?up|rescue|mobili[sz]|previous|prior|cryopreserv|\bgiven\b|received", re.IGNORECASE
)
_IN_CASE = re.compile(r"\b(?:if|unless|when|should)\b[^.;]*$", re.IGNORECASE)
_ABOUT = re.compile(r"(?:~|≈|\babout|\baround|\bcirca|\bca\.?|\bapprox\w*\.?|\bestimated)\s*$", re.IGNORECASE)
_RANGE_BEFORE = re.compile(r"\d[^.;]{0,12}?(?:-|–|\bto\b|\band\b|\bor\b|/|±|\+)\s*$", re.IGNORECASE)
_RANGE_AFTER = re.compile(r"^\s*(?:/|-|–|to|±|x|×)\s*\d|^\s*/", re.IGNORECASE)
_COMPARATORS = (
    ("<=", re.compile(
        r"(?:max(?:imum)?\.?(?: dose)?(?: of)?|up to|at most|≤|<=|no(?:t)? (?:more|greater|higher) than|"
        r"(?:not|never|without) (?:to )?exceed(?:ing)?|limit(?:ed)? (?:of|to))\s*:?\s*$", re.I)),
    (">=", re.compile(r"(?:min(?:imum)?\.?(?: dose)?(?: of)?|at least|≥|>=|no(?:t)? less than)\s*:?\s*$", re.I)),
    ("<", re.compile(r"(?:<|less than|fewer than|under|below)\s*$", re.I)),
    (">", re.compile(r"(?:>|more than|greater than|over|above|exceeding)\s*$", re.I)),
)  # fmt: skip
_COMPARATORS_AFTER = (
    ("<=", re.compile(r"^\s*\(?(?:or (?:less|fewer|lower)|max(?:imum)?\b)", re.I)),
    (">=", re.compile(r"^\s*\(?(?:or (?:more|higher|greater)|min(?:imum)?\b)", re.I)),
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of CD34+ cells, in millions: per kg or in total."""

    level: Level
    per_kg: bool
    shown: str


def names_cells(text: str) -> bool:
    """Whether a text seems to give a number of cells."""
    return bool(_CELLS.search(_one_line(text)))


def amount_in_words(said: list[str]) -> Amount | str:
    """The one amount that all the texts give together; a string is why there is none ("" where nothing is said)."""
    lines = list(dict.fromkeys(map(_one_line, said)))
    if not lines:
        return ""
    found = {amount for line in lines for amount in _amounts(line)}
    only = found.pop() if len(found) == 1 else None
    return only if only is not None else reasons.dose_only_in_words(lines[0])


def _amounts(line: str) -> list[Amount | None]:
    """Every amount in a line; None for one that is not plainly the dose to give."""
    return [_amount(line, match) for match in _DOSE.finditer(line)]


def _amount(line: str, match: re.Match[str]) -> Amount | None:
    before, after = line[: match.start()], line[match.end() :]
    unit = million_cells_of_text(match["unit"])
    sentence = re.split(r"; |\. ", before)[-1] + match.group(0) + re.split(r"; |\. ", after)[0]
    comparator = _comparator(before, after)
    if unit is None or _ANOTHER_AMOUNT.search(sentence) or _is_part_of_more(before, after):
        return None
    if comparator is None and phrases.hedged(line, *match.span()):
        return None
    factor, per_kg = unit
    level = compared(Decimal(match["number"].replace(",", ".")), comparator).times(factor)
    return Amount(level, per_kg, match.group(0))


def _is_part_of_more(before: str, after: str) -> bool:
    """Whether the number is an end of a range, an estimate, or said only for a certain case."""
    parts = (_RANGE_BEFORE, _ABOUT, _IN_CASE)
    return any(part.search(before) for part in parts) or bool(_RANGE_AFTER.search(after))


def _comparator(before: str, after: str) -> str | None:
    found = [sign for sign, words in _COMPARATORS if words.search(before)]
    found += [sign for sign, words in _COMPARATORS_AFTER if words.search(after)]
    return found[0] if found else None


def _one_line(text: str) -> str:
    return " ".join(text.replace("−", "-").split())
