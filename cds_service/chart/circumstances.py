"""What a result on a marker says in words of how it came to be: on whose sample, on what tube, after which treatment.

Its name, and the names over it, are taken at their word; of a note, only what plainly says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from cds_service.chart import phrases
from cds_service.wording import reasons

_PERSON = (
    r"(?:mother|father|mom|mum|dad|parent|sibling|brother|sister|twin|donor|relative|"
    r"healthy (?:volunteer|person|adult))"
)
_SAMPLE = r"(?:samples?|specimens?|blood|cells|aliquot)"
_ANOTHERS_SAMPLE = re.compile(
    rf"\b{_SAMPLE} (?:(?:is|was|are|were|drawn|collected|obtained|taken|comes?|from|of|the|an?|his|her|their|patient's|"
    rf"older|younger|healthy|biological) )+{_PERSON}\b|\b(?:{_PERSON}(?:'?s)|maternal|paternal|donor) {_SAMPLE}\b",
    re.IGNORECASE,
)
_THE_PATIENTS_TOO = re.compile(
    r"\b(?:patient|proband|recipient|child)\b(?!'s (?:\w+ )?(?:mo|fa|par|sib|bro|sis|twin|d))", re.IGNORECASE
)
_A_CONTROL = re.compile(
    r"(?:(?:this|it|result|value|tube|sample|is|of|from|the|an?|negative|healthy|normal|staining|stain) )*"
    r"(?:isotype|unstained|fmo|fluorescence[- ]minus[- ]one|"
    r"(?:healthy|normal|negative)(?= (?:controls?|donor|sample|specimen|tube)))(?: (?:controls?|donor))?"
    r"(?: (?:sample|specimen|tube|cells|only))*",
    re.IGNORECASE,
)
_TREATMENT = (
    r"(?:(?:allo|auto|haplo|hemato|haemato)\w*[- ]|bone[- ]marrow |stem[- ]cell )*"
    r"(?:transplant\w*|bmt|hsct|hct|sct|txp?|gene[- ]therapy|gene[- ]modified|kresladi|marnetegragene|rp-?l?201|"
    r"engraftment|infusion of (?:gene|stem))"
)
_AFTER = re.compile(
    rf"\b(?:post|after|following|since|status[- ]post|s/p|p/)[- ]*(?:the |his |her )?{_TREATMENT}\b|"
    r"\b(?:day|d) ?\+ ?\d|\+ ?\d+ days?\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:no|not|never|non|without|denies)(?: \w+){0,2}[ -]*$", re.IGNORECASE)
_STILL_TO_COME = re.compile(
    r"\b(?:before|prior to|repeat|recommend\w*|will|to be|compar\w*|plan\w*|consider\w*|await\w*|again|expect\w*|"
    r"if|when|until)\b",
    re.IGNORECASE,
)
"""Words before a treatment by which the result itself is not of after it."""
_LONG_AGO = re.compile(r"\b(?:[89]|[1-9]\d+) days?\b|\b(?:weeks?|months?|years?)\b", re.IGNORECASE)
_RESULT = r"(?:results?|values?|reports?|samples?|specimens?|tests?|assays?|analysis|study|measurements?|tube|aliquot)"
_THIS = r"(?:^|[-–,:(] ?|\b(?:this|the|these|that|his|her|cd ?18|cd ?11 ?[ab]|flow|cytometry) )"
_IS = r"(?: (?:is|was|are|were|be|been|has|have|should|must|to|considered|deemed|declared|found|now|therefore))*"
_INVALID = (
    r"(?:invalid(?:ated)?|void(?:ed)?|erroneous|retracted|disregarded|uninterpretable|unevaluable|"
    r"not (?:valid|evaluable|interpretable|assessable|to be used))\b"
)
_TAKEN_BACK = re.compile(
    rf"{_THIS}{_RESULT}{_IS} {_INVALID}|^{_INVALID}(?= {_RESULT}| (?:due|because|for|as)\b|$)|"
    r"\b(?:report|result|enter|releas|issu|fil|post|chart)\w* in error\b(?! as\b)|"
    r"\bwrong[- ](?:patient|person|child|baby|sample|specimen|chart)\b|\bmis-?(?:labell?ed|identified)\b|"
    r"\b(?:sample|specimen|tube|patient)s? (?:mix(?:ed)?[- ]?up|swap\w*|switched)\b|"
    rf"\b(?:{_RESULT}|blood) (?:is |was |are |were )?(?:of|from|for) (?:another|a different|the wrong) "
    r"(?:patient|person|child)\b|"
    rf"\b(?:disregard|ignore|(?:do not|don't) use)(?: (?:this|the|these|all|above))*(?: {_RESULT}\b|$)|"
    r"\b(?:no|too few|insufficient|not enough) (?:viable )?(?:neutrophil|granulocyte|pmn|poly)s?"
    r"(?: (?:was|were|are))? (?:in|for|to|present|seen|found|detected|available)\b"
    r"(?!.*(?:cd ?1[18]|express|positiv|stain))",
    re.IGNORECASE,
)
"""What a laboratory writes to a result that must not be used."""
_OF_ANOTHER_RESULT = re.compile(
    r"\b(?:previous\w*|prior|earlier|former\w*|initial\w*|original\w*|first|preliminary|replac\w+|supersed\w+)\b|"
    r"\bcd ?(?!18\b|11 ?[ab]\b)\d|(?:excluded|ruled out|in parallel|alongside)$",
    re.IGNORECASE,
)
"""The one before this, one beside it, or another marker's; or a doubt that was laid to rest."""
_IF = re.compile(r"\b(?:if|unless|when|in case|until)\b", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<!\bvs)[.;|\n]+(?:\s|$)|[;|]", re.IGNORECASE)


def spoilt_by_its_words(names: Iterable[str], notes: Iterable[str]) -> str | None:
    """Why a result says nothing about the diagnosis, by its own words; None where they do not say so."""
    after = (reasons.after_treatment(reasons.quoted(said)) for said in names if _is_after(said))
    noted = (why for said in _sentences(notes) if (why := _spoilt_by_note(said)))
    return next(chain(after, noted), None)


def _is_after(name: str) -> bool:
    """Whether a name says that it is of after a treatment."""
    return bool(_AFTER.search(name.replace("_", " ")))


def _spoilt_by_note(said: str) -> str | None:
    """The same of one sentence of a note. That the result was held against a control is no word of its being one."""
    if _ANOTHERS_SAMPLE.search(said) and not _THE_PATIENTS_TOO.search(said):
        return reasons.of_anothers_sample(said)
    if _A_CONTROL.fullmatch(said):
        return reasons.of_a_control(said)
    if _is_taken_back(said):
        return reasons.not_to_be_used(said)
    after = _AFTER.search(said)
    if after and not _STILL_TO_COME.search(said[: after.start()]) and not _NOT.search(said[: after.start()]):
        return reasons.after_treatment(reasons.quoted(said))
    granulocytes = phrases.plainly_named("granulocyte-transfusion", (said,))
    if granulocytes and not _LONG_AGO.search(said) and not _STILL_TO_COME.search(said):
        return reasons.after_granulocytes(reasons.quoted(said))
    return None


def _is_taken_back(said: str) -> bool:
    """Whether a sentence says of this result that it must not be used."""
    found = _TAKEN_BACK.search(said)
    if found is None or _OF_ANOTHER_RESULT.search(said):
        return False
    before = said[: found.start()]
    return not (_NOT.search(before) or _IF.search(before))


def _sentences(notes: Iterable[str]) -> list[str]:
    return [said for note in notes for each in _SENTENCES.split(note) if (said := each.strip(" .,:"))]
