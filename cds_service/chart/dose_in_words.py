"""A dose that stands only in words: read when it is one number with one unit, not otherwise."""

from __future__ import annotations

import re
from decimal import Decimal

from cds_service.chart.hedging import hedged
from cds_service.chart.values import compared
from cds_service.facts import Level
from cds_service.fhir.units import POWER, million_cells_of_text
from cds_service.frozen import frozen
from cds_service.wording import dose_reasons

_KILOGRAM = re.compile(r"\bkilo(?:gram)?s?\b", re.IGNORECASE)
_PER_KG = r"[^/.,;()]{0,40}(?:/|\s+per\s+)\s*kg\b"
_DOSE = re.compile(
    rf"(?<![\d.,])(?!10\s*e)(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>{POWER}{_PER_KG})|"
    rf"(?<![\d.,])(?P<whole>\d{{1,3}}(?P<mark>[,. '])\d{{3}}(?:(?P=mark)\d{{3}})+|\d{{6,}})\s*"
    rf"(?P<each>(?:viable |autologous )*(?:cd ?34|cells?\b){_PER_KG})",
    re.IGNORECASE,
)
"""A number of powers of ten, or one written out (`2,800,000`). `10e6` may mean ten million or one: it is neither."""
_SEPARATED = re.compile(r"\d,\d{3}")
"""A comma before three digits of a number of powers of ten: it may set thousands or decimals apart."""
_CELLS = re.compile(r"\d.*(?:cells?\b|cd ?34|/ ?kg|per kg|per kilo)", re.IGNORECASE)
_ANOTHER_AMOUNT = re.compile(
    r"collect|apheresis|harvest|back-?up|rescue|mobili[sz]|previous|prior|cryopreserv|\bgiven\b|received", re.IGNORECASE
)
_IN_CASE = re.compile(r"\b(?:if|unless|when|should)\b[^.;]*$", re.IGNORECASE)
_NOT_THE_DOSE = re.compile(
    r"\b(?:not|never|no longer|avoid\w*|don't|cannot|cancel\w*|instead|rather than|hold|held|reserve\w*|reject\w*|was|"
    r"were|got|had|sibling|sister|brother|mother|father)\b",
    re.IGNORECASE,
)
"""Said in the number's own clause: a dose that is refused, past, kept back, or somebody else's."""
_OTHER_CELLS = re.compile(r"cd ?34 ?(?:-(?!\w)|neg)", re.IGNORECASE)
_NOT_SURE = re.compile(
    r"\b(?:roughly|nearly|almost|approx\w*|estimat\w*|expect\w*|anticipat\w*|tb[acd]|"
    r"to be (?:confirmed|determined|decided))\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?:~|≈|\babout|\baround|\bcirca|\bca\.?|\bapprox\w*\.?|\bestimated)\s*$", re.IGNORECASE)
_RANGE_BEFORE = re.compile(r"\d[^.;]{0,12}?(?:-|–|\bto\b|\band\b|\bor\b|/|±|\+)\s*$", re.IGNORECASE)
_RANGE_AFTER = re.compile(r"^\s*(?:/|-|–|to|±|x|×)\s*\d|^\s*/", re.IGNORECASE)
_COMPARATORS = (
    ("<=", re.compile(
        r"(?:max(?:imum)?\.?(?: dose)?(?: of)?|up to|at most|≤|<=|no(?:t)? (?:more|greater|higher) than|"
        r"(?:not|never|without) (?:to )?exceed(?:ing)?|limit(?:ed)? (?:of|to))\s*:?\s*$", re.I)),
    (">=", re.compile(
        r"(?:min(?:imum)?\.?(?: dose)?(?: of)?|at least|≥|>=|"
        r"(?:not?|never) (?:less|fewer|lower) than)\s*:?\s*$", re.I)),
    ("<", re.compile(r"(?:<|less than|fewer than|under|below)\s*$", re.I)),
    (">", re.compile(r"(?:>|more than|greater than|over|above|exceeding)\s*$", re.I)),
)  # fmt: skip
_COMPARATORS_AFTER = (
    ("<=", re.compile(r"^\s*\(?(?:or (?:less|fewer|lower)|max(?:imum)?\b)", re.I)),
    (">=", re.compile(r"^\s*\(?(?:or (?:more|higher|greater)|min(?:imum)?\b)", re.I)),
)


@frozen
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
    found = [amount for line in lines for amount in _amounts(line)]
    known = {(amount.level, amount.per_kg): amount for amount in found if amount is not None}
    if None in found or len(known) != 1:
        return dose_reasons.dose_only_in_words(lines[0])
    return next(iter(known.values()))


def _amounts(line: str) -> list[Amount | None]:
    """Every amount in a line; None for one that is not plainly the dose to give."""
    return [_amount(line, match) for match in _DOSE.finditer(line)]


def _amount(line: str, match: re.Match[str]) -> Amount | None:
    comparator, before, after = _without_comparator(line[: match.start()], line[match.end() :])
    unit = million_cells_of_text(match["unit"] or match["each"])
    number = _number(match)
    if (
        unit is None
        or number is None
        or _is_part_of_more(before, after)
        or not _is_to_be_given(before, match.group(0), after)
    ):
        return None
    factor, per_kg = unit
    return Amount(compared(number, comparator).times(factor), per_kg, match.group(0))


def _number(match: re.Match[str]) -> Decimal | None:
    if match["whole"]:
        return Decimal("".join(filter(str.isdigit, match["whole"])))
    if _SEPARATED.fullmatch(match["number"]):
        return None
    return Decimal(match["number"].replace(",", "."))


def _is_to_be_given(before: str, dose: str, after: str) -> bool:
    """Whether nothing around the dose says that it is another amount, not sure, or not to be given."""
    sentence = re.split(r"; |\. ", before)[-1] + dose + re.split(r"; |\. ", after)[0]
    clause = re.split(r"[;,] |\. ", before)[-1] + dose + re.split(r"[;,] |\. ", after)[0]
    if (
        _OTHER_CELLS.search(sentence)
        or _ANOTHER_AMOUNT.search(sentence)
        or _NOT_SURE.search(sentence)
        or _NOT_THE_DOSE.search(clause)
    ):
        return False
    return not hedged(before + dose + after, len(before), len(before) + len(dose))


def _is_part_of_more(before: str, after: str) -> bool:
    """Whether the number is an end of a range, an estimate, or said only for a certain case."""
    parts = (_RANGE_BEFORE, _ABOUT, _IN_CASE)
    return any(part.search(before) for part in parts) or bool(_RANGE_AFTER.search(after))


def _without_comparator(before: str, after: str) -> tuple[str | None, str, str]:
    """The comparator in words beside a number, and what is left of the words before and after."""
    for sign, words in _COMPARATORS:
        if found := words.search(before):
            return sign, before[: found.start()], after
    for sign, words in _COMPARATORS_AFTER:
        if found := words.search(after):
            return sign, before, after[found.end() :]
    return None, before, after


def _one_line(text: str) -> str:
    """In one written form; not folded further, which would make 106 of a raised six."""
    plain = _KILOGRAM.sub("kg", text.replace("−", "-").replace("⁺", "+"))
    return " ".join(plain.split())
