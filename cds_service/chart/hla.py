"""Whether an HLA match result says that a donor is matched: `n of n` loci, or words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cds_service.chart.hedging import denied

LOCI = frozenset({6, 8, 10, 12})
"""The numbers of loci that are typed: n of n is a full match for these n alone."""

# Neither a date (10/10/2026) nor an allele (B*08:08) is a count of loci.
_COUNT = re.compile(r"(?<![\d/.*:])(\d{1,2})\s*(?:/|of|out of)\s*(\d{1,2})(?![\d/.:])", re.IGNORECASE)
_NO_MISMATCH = re.compile(r"\b(?:no|zero|0|without)(?: hla| antigen| allele)* mis-?match(?:es)?", re.IGNORECASE)
_NOT_MATCHED = re.compile(
    r"mis-?match|\bnot\b[^.;]{0,20}match|non-?match|\bno\b[^.;]{0,20}\bmatch|un-?match|haplo(?!typ)|"
    r"haplotype[- ](?:mis)?match|(?:one|1|single|shar\w+)[- ](?:hla[- ])?haplotype|half|partial|unrelated|\bmud\b",
    re.IGNORECASE,
)
"""A haplotype alone is what a typing found, no word on a match."""
_QUALIFIED = re.compile(
    r"\b(?:except\w*|excluding|other than|apart from|aside from|save for)\b|\bbut (?:for\b|(?:hla-?)?d[pqr])|"
    r"\bonly (?:at|for|class|(?:hla-?)?d[pqr]\w*)\b|"
    r"\bonly (?:hla-[abcd]|[abc](?=\W*(?:$|,|and\b|&|/))|one (?:locus|allele|antigen))|\bonly\W*$|"
    r"\b(?:near(?:ly)?|almost|close(?:ly)?|approximat\w*)\b[^.;]{0,20}\bmatch|"
    r"\b(?:best|closest)\b[^.;]{0,20}\bmatch(?!.*\d ?/ ?\d)|"
    r"(?:\bmatch(?:ed|es)?|\bidentical|\bcompatible|\d) (?:to|with|for) "
    r"(?:the |his |her |their |patient's |biological )*(?:mother|father|mom|mum|dad|parent)|"
    r"\b(?:maternal|paternal|parental) match|\b(?:mother|father|parent)s? (?:(?:is|are) )?(?:an? )?(?:hla[- ])?match",
    re.IGNORECASE,
)
"""A match but for a locus, one that only comes near, or a parent's: no match of this donor with the patient."""
_OF_SOMETHING_ELSE = re.compile(
    r"(?<![/&+])(?<![/&+] )(?<!and )\b(?:abo|cmv|sex|gender|age|rh|blood[- ](?:group|type))[- ]?"
    r"(?:mis-?)?match(?:ed|es)?\b",
    re.IGNORECASE,
)
"""A blood group or a sex may match or not whatever the HLA does."""
_MATCHED = re.compile(r"\bmatch(?:ed|es)?\b|hla[- ]identical|fully compatible|genotypically identical", re.IGNORECASE)
_PERHAPS = re.compile(
    r"possib|probab|potential|pending|presum|likely|unknown|indeterminate|equivocal|suspect|awaiting|to be |\?|"
    r"preliminar|provisional|tentative|\binterim\b|unconfirmed|\bexpected\b|predicted|inferred|assumed|"
    r"confirm\w* (?:hla |typing |testing |is )*(?:needed|required|requested|recommended|ordered)|"
    r"(?:needs?|requires?|requiring) confirm",
    re.IGNORECASE,
)


def speaks_of_a_match(said: Iterable[str]) -> bool:
    """Whether words speak of a match at all, whatever they say of it."""
    return any(_MATCHED.search(text) or _NOT_MATCHED.search(text) or _COUNT.search(text) for text in said)


def matched(ratio: Any, values: Iterable[str]) -> bool | None:
    """Matched, not matched, or (None) not to be told; `n of n` loci decides before words do."""
    if ratio is not None and ratio.numerator is not None and ratio.denominator is not None:
        if ratio.numerator.comparator or ratio.denominator.comparator:
            return None
        return _is_full(ratio.numerator.value, ratio.denominator.value)
    verdicts = {verdict for value in values if (verdict := _verdict(value)) is not None}
    return verdicts.pop() if len(verdicts) == 1 else None


def is_hedged(text: str) -> bool:
    """Whether words only suppose, or wait for, what they name."""
    return bool(_PERHAPS.search(text))


def _verdict(value: str) -> bool | None:
    if _PERHAPS.search(value):
        return None
    if _QUALIFIED.search(value):
        return None
    said = _NO_MISMATCH.sub("matched", _OF_SOMETHING_ELSE.sub("", value))
    counts = {_is_full(int(match.group(1)), int(match.group(2))) for match in _COUNT.finditer(said)}
    if _NOT_MATCHED.search(said):
        return None if True in counts else False
    if counts:
        return counts.pop() if len(counts) == 1 else None
    return True if _MATCHED.search(said) and not denied((said,)) else None


def _is_full(matched_loci: Any, of: Any) -> bool:
    return matched_loci is not None and matched_loci == of and of in LOCI
