"""What names, notes and conclusions say of a variant: whose it is, of which origin, and how it is classified now.

A name is taken at its word. Of prose only a sentence that plainly speaks of this variant is read: reports also say what
they leave out, what may come, and what else was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cds_service.chart.circumstances import spoilt_by_its_words
from cds_service.chart.gates import is_of_another_person
from cds_service.chart.genes import names_other_gene
from cds_service.remembered import remembered

CHANGE = re.compile(r"\b[cgp]\.[^\s,;)]+")
"""A change in HGVS, without transcript or gene."""

# --- names ------------------------------------------------------------------------------------------------------------

_WITH_THE_PATIENT = re.compile(r"\b(?:trio|duo|quad|with|plus|inherit\w*)\b|\+", re.IGNORECASE)
_UNBORN = re.compile(r"\b(?:pre-?natal|f(?:o)?et(?:al|us)|amnio\w*|chorionic|products of conception)\b", re.IGNORECASE)
_NOT_SOMATIC = re.compile(r"\b(?:non|not)[- ]?somatic\b", re.IGNORECASE)
_SOMATIC = re.compile(r"\bsomatic\b(?! hypermut)", re.IGNORECASE)
_OF_A_TUMOUR = re.compile(
    r"\btumou?rs?\b(?! necrosis)|\bneoplas|\bcancers?\b|\bcarcinoma|\bsarcoma|\bmalignan|\bmetasta|\bleuka?emi[ac]|"
    r"\blymphoma|\bblasts?\b",
    re.IGNORECASE,
)
_GERMLINE = re.compile(r"\bgerm[- ]?line|\bconstitutional|\bhereditary|\binherited|\bpredisposition", re.IGNORECASE)


@remembered
def is_named_anothers(name: str) -> bool:
    """Whether the name of a result or report says that it is a relative's or a donor's, and not the patient's too."""
    return is_of_another_person(name) and not _WITH_THE_PATIENT.search(name)


def origin_named(names: Iterable[str]) -> str:
    """The origin of which names and specimens say the variants are: `germline` where they say nothing."""
    said = _NOT_SOMATIC.sub("", " | ".join(names))
    germline = bool(_GERMLINE.search(said))
    if _SOMATIC.search(said):
        return "origin-not-germline" if germline else "somatic"
    return "origin-not-germline" if _OF_A_TUMOUR.search(said) and not germline else "germline"


# --- whose sample, in names and notes ---------------------------------------------------------------------------------

_COMPARES = re.compile(
    r"\b(?:also|too|both|and|confirm\w*|carriers?|\w*zygous|segregat\w*|trans|cis|inherit\w*|compar\w*|contaminat\w*|"
    r"positive|negative|absent|not|trio|recommend\w*|request\w*|availab\w*|pending)\b",
    re.IGNORECASE,
)
"""Words by which a sentence on a parent's sample tells what was found there, beside the patient's."""


def not_plainly_patients(names: Iterable[str], notes: Iterable[str]) -> str | None:
    """The words by which a result may be of another person's cells: a parent's sample, a child not yet born, a
    transplant."""
    names = tuple(names)
    sentences = (said for said in _sentences(notes) if not _COMPARES.search(said))
    doubtful = (
        *(name for name in names if _UNBORN.search(name) or spoilt_by_its_words((name,), ())),
        *(said for said in sentences if spoilt_by_its_words((), (said,))),
    )
    return next(iter(doubtful), None)


# --- how it is classified now, in prose -------------------------------------------------------------------------------

_CLASS = (
    r"(?:likely|probably|possibly)[- ]pathogenic|"
    r"(?:uncertain|unknown|undetermined|unclear)(?: clinical)?(?: significance| pathogenicity)?|\bvo?us\b|"
    r"conflicting (?:interpretation|classification)s?|"
    r"(?:likely[- ]|probably )?benign|polymorphism|\bnon-?pathogenic|"
    r"\bnot (?:\w+ ){0,2}(?:pathogenic|disease[- ]causing)|"
    r"(?:likely |probably )?\bsomatic|\bpathogenic"
)
_NAMES_CLASS = re.compile(_CLASS, re.IGNORECASE)
_OF_A_KIND = re.compile(
    rf"(?:{_CLASS})\b (?:variants|changes|polymorphisms|alleles|findings|mutations)\b|"
    rf"\bvariants (?:of|with) (?:{_CLASS})",
    re.IGNORECASE,
)
"""Variants of a class in general: "benign variants are not reported"."""
_FORMER = re.compile(
    r"(?:\b(?:from|previous(?:ly)?|former(?:ly)?|initial(?:ly)?|original(?:ly)?|earlier|prior|once|first|had been)\b|"
    r"[(,] ?was\b)\W*(?:(?:an?|the|of|as|by|being|been|its|status|clinical|significance|class|variant|"
    rf"classif\w+|reported|called|considered|listed|interpret\w+|annotated|categor\w+)\W+)*(?:{_CLASS})",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:re-?classif\w+|re-?categori[sz]\w+|down-?grad\w+|re-?interpret\w+|re-?assign\w+|re-?assess\w+|"
    r"re-?evaluat\w+|re-?analy[sz]\w+|amended|"
    rf"(?:now|currently)(?=(?:\W+\w+){{0,4}}\W+(?:{_CLASS}))|"
    r"(?:revised|changed|corrected|updated|altered|lowered)(?=:? (?:\S+ ){0,6}?(?:(?:to|as)\b|->|=>|→)))\b|->|=>|→",
    re.IGNORECASE,
)
_NOT_MOVED = re.compile(r"\b(?:not|never|no|may|might|could|can|would|should|will|if)\b(?: \w+){0,3} *$", re.IGNORECASE)
_LOWERED = re.compile(
    r"\bno longer (?:\w+ ){0,4}pathogenic|"
    r"\b(?:re-?classif\w+|down-?grad\w+|changed|revised|lowered)\b[^.;]{0,40}\bfrom pathogenic\b",
    re.IGNORECASE,
)
_ANOTHER_VARIANT = re.compile(r"\b(?:other|another|second|additional|different)\b", re.IGNORECASE)
_LEAD = (
    r"(?:(?:the|this|that|it|its|an?|as|to be|of|in|on|by|gene|variant|change|mutation|finding|result|call|allele|"
    r"itgb2|[cgp]\.[^\s,;)]+|is|was|has|have|been|be|and|but|amended|amendment|addendum|correct(?:ed|ion)|updated?|note|"
    r"comment|[\d-]+|ngs|presence|reported|familial|known|detected|found|homozygous|heterozygous|could|classif\w+|"
    r"interpret\w+|should|consider\w+|categor\w+|regarded|deemed|clinical|significance|class|final|acmg|now|currently)\W+)*"
)
"""What may stand before the word that decides, where the clause is on this variant and on nothing else."""
_PLAINLY = re.compile(
    rf"(?:(?:as of|in|on|by|per|after|following|at)\b.{{0,60}}?\b(?=(?:this|the) variant\b))?{_LEAD}"
    rf"(?P<said>{_CLASS})\b(?:[ ,(-]*\b(?:variant|change|mutation|polymorphism|finding|allele|vo?us)\b\)?)?"
    r"(?= *$| *[(\[:,-]| (?:by|per|according|based|due|because|following|as of|since|at this time|today|now)\b)",
    re.IGNORECASE,
)
_OPINIONS = re.compile(r"\b(?:clinvar|hgmd|lovd|gnomad|in[- ]silico|predict\w*|polyphen\S*|sift)\b", re.IGNORECASE)
"""Whose classes are not the report's own."""
_NOT_OF_THE_PHASE = r"(?![^.;]*\b(?:parent|mother|father|maternal|paternal|trans|cis|phase|segregat|de novo|inherit))"
_NOT_CONFIRMED = re.compile(
    rf"{_LEAD}(?:(?:not|never)(?: be| been)? (?:\w+ly )?(?:sanger[- ])?|cannot be |un)"
    rf"(?:confirmed|reproduc\w+|replicated|verified)\b{_NOT_OF_THE_PHASE}",
    re.IGNORECASE,
)
_CONFIRMATION_FAILED = re.compile(
    r"\b(?:sanger|repeat\w*|re-?test\w*|orthogonal|confirmat\w+|independent)\b[\w -]{0,40}\b"
    rf"(?:did not|could not|failed to|was unable to) (?:confirm|detect|reproduce|verify)\b{_NOT_OF_THE_PHASE}",
    re.IGNORECASE,
)
_FALSE = re.compile(
    r"\bfalse[- ]positive\b|\b(?:artefact|artifact)(?:ual)?\b|\bsequencing error\b|"
    r"\b(?:withdrawn|retracted|rescinded|invalid(?:ated)?)\b",
    re.IGNORECASE,
)
_NOT_SAID_FALSE = re.compile(
    r"\b(?:may|might|can|cannot|could|rare|risk|rate|exclud\w*|rule[sd]? out|unlikely|no|never|avoid|reduc\w*|without|"
    r"not an?|possib\w*|results|previous|prior|earlier|original|limitation\w*)\b",
    re.IGNORECASE,
)
_HERE = (
    r"(?= *$| *[(:]| (?:in|from|on|by|upon|after|with)\b (?:the |this |our |an? )?"
    r"(?:patient|proband|child|index|infant|re-?(?:peat|test|analys|sequenc)|sanger|orthogonal|confirm|second|independent))"
)
_ABSENT = re.compile(
    rf"{_LEAD}(?:not (?:detected|found|identified|present|seen|observed)|absent|negative|"
    r"no (?:pathogenic )?(?:itgb2 )?(?:variants?|mutations?) (?:in itgb2 )?(?:was |were )?"
    r"(?:detected|found|identified))"
    rf"{_HERE}|{_LEAD}not (?:carried )?(?:in|by) (?:the |this )?(?:patient|proband|child)\b",
    re.IGNORECASE,
)
_NOT_CARRIED = re.compile(
    r"\b(?:patient|proband|child)\b "
    r"(?:(?:does|did) not (?:carry|harbou?r|have|inherit)|(?:is|was|tested) negative for) "
    r"(?:the|this|it\b|itgb2|[cgp]\.)",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<!\bvs)[.;|\n]+(?:\s|$)|[;|]", re.IGNORECASE)
_CLAUSES = re.compile(r",\s|\b(?:but|however)\b", re.IGNORECASE)
_MAY_TELL = re.compile(
    rf"{_CLASS}|not |absent|negative|confirm|detect|reproduc|verif|false|artefact|artifact|error|withdrawn|retracted|"
    r"rescinded|invalid|no (?:pathogenic|itgb2|variant|mutation)",
    re.IGNORECASE,
)
"""A word without which no sentence tells anything."""
_LONGEST = 500
"""Characters of a sentence that are read."""


def classified_now(notes: Iterable[str], change: str) -> Iterator[tuple[str, str]]:
    """What prose says that the variant is now, with the sentence: a significance, `somatic`, or `absent`."""
    for said in _sentences(notes):
        if _MAY_TELL.search(said) and not _is_on_another(said, change) and (now := _now(said)):
            yield now, said


def _is_on_another(said: str, change: str) -> bool:
    """Whether a sentence is on another variant or another gene."""
    of_its_kind = {each.rstrip(".:") for each in CHANGE.findall(said) if each[:1] == change[:1]}
    on_other_change = bool(of_its_kind) and change not in of_its_kind
    return on_other_change or bool(_ANOTHER_VARIANT.search(said)) or names_other_gene(said)


def _now(said: str) -> str | None:
    clauses = [each.strip(" .,:") for each in _CLAUSES.split(said)]
    if _is_unconfirmed(said) or any(map(_is_absent, clauses)):
        return "absent"
    of_it = _FORMER.sub("", _OF_A_KIND.sub("", said))
    moved = next((each for each in _MOVED.finditer(of_it) if not _NOT_MOVED.search(of_it[: each.start()])), None)
    classes = _NAMES_CLASS.findall(of_it[moved.end() :]) if moved else []
    classes = classes or _plainly(of_it)
    if classes:
        return _class(classes[-1].lower())
    return "no-longer-pathogenic" if _LOWERED.search(said) else None


def _plainly(said: str) -> list[str]:
    clauses = () if _OPINIONS.search(said) else _CLAUSES.split(said)
    return [match["said"] for each in clauses if (match := _PLAINLY.match(each.strip()))]


def _is_unconfirmed(said: str) -> bool:
    said_false = _FALSE.search(said) and not _NOT_SAID_FALSE.search(said)
    return bool(said_false or _NOT_CONFIRMED.match(said) or _CONFIRMATION_FAILED.search(said))


def _is_absent(clause: str) -> bool:
    return bool(_ABSENT.match(clause) or _NOT_CARRIED.search(clause))


def _class(words: str) -> str:
    if "somatic" in words:
        return "somatic"
    if "benign" in words or "polymorphism" in words or words.startswith("no"):
        return "benign"
    if words.endswith("pathogenic"):
        return "pathogenic" if words == "pathogenic" else "likely-pathogenic"
    return "uncertain-significance"


def _sentences(notes: Iterable[str]) -> Iterator[str]:
    for note in notes:
        yield from (said[:_LONGEST] for each in _SENTENCES.split(note) if (said := each.strip(" .,:")))
