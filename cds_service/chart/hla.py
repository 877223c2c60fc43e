"""Whether an HLA match result says that a donor is matched: `n of n` loci, or words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cds_service.chart.hedging import denied

LOCI = frozenset({6, 8, 10, 12})
"""The numbers of loci that are typed: n of n is a full match for these n alone."""

# Neither a date (10/10/2026) nor an allele (B*08:08) is a count of loci.
_COUNT = re.compile(r"(?<![\d/.*])(?<!\d:)(?<!\b\w:)(\d{1,2})\s*(?:/|of|out of)\s*(\d{1,2})(?![\d/.:])", re.IGNORECASE)
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
    r"(?<![/&+])(?<![/&+] )(?<!and )\b(?:abo|cmv|sex|gender|age|rh|cross|blood[- ](?:group|type))[- ]?"
    r"(?:mis-?)?match(?:ed|es)?\b",
    re.IGNORECASE,
)
"""A blood group, a sex or a crossmatch may match or not whatever the HLA does."""
_SPOKEN_OF = re.compile(r"\bmatch(?:ed|es)?\b|hla[- ]identical|fully compatible|genotypically identical", re.IGNORECASE)
_FOUND = (
    r"(?:confirmed|verified|found|identified|documented|detected|established|obtained|available|present|"
    r"yes|y|true|positive|full|complete|perfect|identical|100 ?%)"
)
_MATCHED = re.compile(
    r"\bmatch(?:ed|es)\b|hla[- ]identical|fully compatible|genotypically identical|"
    r"\bmatch(?: (?:sibling|brother|sister|donor)){0,3}(?:"
    # It ends its clause, or is said to be there.
    rf" ?(?:$|[.;,)(!/]|[-–] )|(?: (?:status|result|type))?(?: (?:is|was|has been)\b)? ?[:=]? ?\b{_FOUND}(?!\w)|"
    # Whose match it is, and where: "match with the patient", "match at A, B and DRB1".
    r" (?:with|to(?! follow)|for|at|in(?! pro(?:gress|cess))|on(?! hold)|by|between|and|or|per|from|as|but)\b|"
    r" (?:the|his|her|their|each|all|patient|recipient|exactly|fully|completely|perfectly)\b)",
    re.IGNORECASE,
)
"""That there is a match. The noun alone also heads what is no result: a match grade, a match run, a match failed."""
_PERHAPS = re.compile(
    r"possib|probab|potential|pending|presum|likel[yi]|unknown|indeterminate|equivocal|suspect|awaiting|to be |\?|"
    r"preliminar|provisional|tentative|\binterim\b|unconfirmed|\bexpected\b|predicted|inferred|assumed|"
    r"confirm\w* (?:hla |typing |testing |is )*(?:needed|required|requested|recommended|ordered)|"
    r"(?:needs?|requires?|requiring) confirm",
    re.IGNORECASE,
)

_UNDONE = (
    r"(?:failed|fails|cancell?ed|excluded|ruled out|withdrawn|retracted|rescinded|revoked|invalid(?:ated)?|"
    r"(?:reported |entered |issued )?in error|erroneous|refuted|disproven?|disproved|qns|"
    r"(?:quantity |sample )?(?:not sufficient|insufficient)|inconclusive|uninterpretable)"
)
_TAKEN_BACK = re.compile(
    r"(?:^|[;.]|(?<!donor)[,:(]|(?<!donor) [-–]|\bmatch(?:ed)?\b|\d ?/ ?\d+)\s*"
    r"(?:(?:but|now|then|later|since|subsequently|was|is|has|been|the|this|it|result|report|match|typing|tests?) )"
    r"{0,6}"
    rf"{_UNDONE}\s*(?:$|[.;,)]|(?:by|on|after|at|due to|because|upon)\b)",
    re.IGNORECASE,
)
"""A clause that only takes back what was said; what names something else (`LAD-I excluded`) takes no match back."""
_ORDERED = r"(?:ordered|requested|recommended|sent|scheduled|planned|refused|declined|in progress|underway|outstanding)"
_NO_RESULT = re.compile(
    rf"\b(?:{_UNDONE}|{_ORDERED}|deferred|not (?:done|performed|tested))\b",
    re.IGNORECASE,
)
_LOOKED_FOR = re.compile(
    rf"\b(?:{_UNDONE}|{_ORDERED}|order|request|recommend|schedule|plan|repeat|(?:search\w*|look\w*|test\w*|sent) for) "
    r"(?:an? |the |hla[- ]|donor |sibling )*match\b|"
    rf"(?:\bmatch(?:ed)?\b|identical)[^.;,]{{0,40}}\b(?:test\w*|typing|search|run)\b[^.;,]{{0,20}}\b{_ORDERED}\b",
    re.IGNORECASE,
)
"""A match that is asked for, or a search for one."""
_NUMBERED = re.compile(
    r"\b(?:grade|score)\b|\b(?:0|zero) (?:\w+ )?match|"
    r"\bmatch(?:ed|es)?(?: (?:hla|loci|alleles?|antigens?|count|found|identified))* ?[:=] ?\d+(?![\d%/.-]| ?%)",
    re.IGNORECASE,
)
"""A grade, or a number without that of which it is one."""
_PART = re.compile(r"(?<!\b100)(?<!\b100 )(?:%|\bper ?cent)", re.IGNORECASE)
"""A percentage, of loci or of likelihood, beside which nothing is a full match."""


def speaks_of_a_match(said: Iterable[str]) -> bool:
    """Whether words speak of a match at all, whatever they say of it."""
    return any(_SPOKEN_OF.search(text) or _NOT_MATCHED.search(text) or _COUNT.search(text) for text in said)


def matched(ratio: Any, values: Iterable[str]) -> bool | None:
    """Matched, not matched, or (None) not to be told; `n of n` loci decides before words do."""
    if ratio is not None and ratio.numerator is not None and ratio.denominator is not None:
        if ratio.numerator.comparator or ratio.denominator.comparator:
            return None
        return _is_full(ratio.numerator.value, ratio.denominator.value)
    said = tuple(values)
    # What one wording doubts, another does not settle.
    if any(map(_is_doubted, said)):
        return None
    verdicts = {verdict for value in said if (verdict := _verdict(value)) is not None}
    return verdicts.pop() if len(verdicts) == 1 else None


def is_hedged(text: str) -> bool:
    """Whether words only suppose, or wait for, what they name."""
    return bool(_PERHAPS.search(text))


def is_no_result(text: str) -> bool:
    """Whether words only suppose or wait for a result, or say that none came of it."""
    return is_hedged(text) or bool(_NO_RESULT.search(text))


def _is_doubted(value: str) -> bool:
    return any(pattern.search(value) for pattern in (_PERHAPS, _TAKEN_BACK, _PART))


def _verdict(value: str) -> bool | None:
    if _QUALIFIED.search(value):
        return None
    said = _NO_MISMATCH.sub("matched", _OF_SOMETHING_ELSE.sub("", value))
    counts = {_is_full(int(match.group(1)), int(match.group(2))) for match in _COUNT.finditer(said)}
    if _NOT_MATCHED.search(said):
        return None if True in counts else False
    if counts:
        return counts.pop() if len(counts) == 1 else None
    if _LOOKED_FOR.search(said) or _NUMBERED.search(said) or denied((said,)):
        return None
    return True if _MATCHED.search(said) else None


def _is_full(matched_loci: Any, of: Any) -> bool:
    return matched_loci is not None and matched_loci == of and of in LOCI
