"""Cultures that grew a bacterium or a fungus: alone, in a panel, listed by a report or contained in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.hedging import hedged
from cds_service.chart.observed import REPORT_IS_FINAL, Observed, observed
from cds_service.chart.source import Source
from cds_service.fhir.elements import plain_text, references, texts
from cds_service.fhir.records import Record
from cds_service.frozen import frozen

_KNOWN = re.compile(
    r"staphylo|\bstaph\b|strepto|\bstrep\b|pseudomonas|escherichia|\be\.? ?coli|klebsiella|enterobacter|enterococc|"
    r"serratia|proteus|acinetobacter|salmonella|haemophilus|neisseria|burkholderia|stenotrophomonas|bacteroides|clostrid|"
    r"fusobacter|prevotella|actinomyc|nocardia|mycobacter|citrobacter|candida|aspergill|fusarium|mucor|rhizopus|"
    r"cryptococc|histoplasm|\bs\.? ?aureus|\bmrsa\b|\bmssa\b|gram[- ](?:positive|negative)|yeast|fung|"
    r"bacteri(?:um|a)\b|listeria|legionella",
    re.IGNORECASE,
)
_SPECIES = (
    r"(?:spp?\b|species\b|complex\b|(?!\w*itis\b)[a-z]{2,}(?:us|um|is|a|ae|i|ns|es|ense|x)\b)"
    r"(?! (?:growth|flora|fluid|swab|tissue|culture|sample|specimen)\b)"
)
_GENUS = r"(?:[A-Z][a-z]{2,}(?:(?<!o)us|um|a|monas|bacter|yces|oides|opsis|ystis|sporon|phyton|thrix|ibrio)|[A-Z]\.)"
_BINOMIAL = rf"\b{_GENUS} {_SPECIES}"
_GENUS_AND_SPECIES = re.compile(_BINOMIAL)
_IN_CAPITALS = re.compile(_BINOMIAL, re.IGNORECASE)
"""A genus and its species in Latin, as `Moraxella catarrhalis` and `K. kingae`; laboratories also write in capitals."""
_NEITHER = re.compile(
    r"vir(?:us|uses|al)\b|virus|influenza\b|herpes|varicella|zoster|\b(?:hsv|vzv|cmv|ebv|rsv|hiv)\b|trichomonas|giardia|"
    r"entamoeb|plasmodium|toxoplasm|leishman|trypanosom|cryptosporid|acanthamoeb|ascaris|strongyl|schistosom|babesi",
    re.IGNORECASE,
)
"""Viruses and parasites, whose names are Latin too."""
_GRAM = re.compile(r"gram[- ]negative", re.IGNORECASE)
_NO_GROWTH = re.compile(
    r"\bno\b|none|sterile|negative|not |absent|contamina|coloni[sz]|flora\b|\bcommensal|reject|cancel|pending|"
    r"to follow|unsatisfactory|insufficient|inadequate|unable",
    re.IGNORECASE,
)
_STILL_TO_COME = re.compile(
    r"(?:suscept\w*|sensitivit\w*|speciation|identification)(?: test\w*| results?| report)*:? "
    r"(?:(?:is|are) )?(?:pending|to follow)",
    re.IGNORECASE,
)
"""Of an organism that grew, only its kind or what it is susceptible to is not known yet."""
_SURVEILLANCE = re.compile(r"screen|surveillance|coloni[sz]", re.IGNORECASE)
_NO_CULTURE = re.compile(r"stain|smear|microscop|suscept|sensitiv|\bpcr\b|antigen|source|specimen type", re.IGNORECASE)
"""What a culture's report lists beside the organism."""
_NEGATIVE = {"NEG", "ND", "N"}


@frozen
class Culture:
    """A final culture of the patient's, and what it grew."""

    seen: Observed
    organism: str

    @property
    def references(self) -> frozenset[str]:
        """The references of itself and of the reports and panels over it."""
        return frozenset(each.record.reference for each in (self.seen, *self.seen.panels))


def positive_cultures(source: Source) -> Iterator[Culture]:
    """The cultures that count; none of somebody else's, none that was withdrawn or only looks for carriage."""
    for seen in _cultures(source):
        organism = next(filter(_is_organism, _grown(seen.model)), None)
        if organism is not None and _counts(seen) and not seen.anothers and _is_culture(seen):
            yield Culture(seen, organism)


def _cultures(source: Source) -> Iterator[Observed]:
    reports = [Observed(source, *each) for each in source.sift(source.about(("DiagnosticReport",), "~culture")).usable]
    found, _ = observed(source, "~culture")
    known = {each.record for each in found}
    listed = dict.fromkeys(record for each in (*reports, *found) for record in _listed(source, each))
    members = source.sift(record for record in listed if record not in known)
    yield from (*reports, *found, *(Observed(source, *each) for each in members.usable))


def _listed(source: Source, seen: Observed) -> Iterator[Record]:
    """The Observations that a culture's report or panel lists, whatever they are called themselves."""
    listed = (getattr(seen.model, "result", None), getattr(seen.model, "hasMember", None))
    for member in (each for members in listed for each in references(members)):
        record = source.at(member)
        if record is not None and record.type == "Observation":
            yield record


def _counts(seen: Observed) -> bool:
    if seen.model.get_resource_type() == "DiagnosticReport":
        return seen.model.status in REPORT_IS_FINAL
    return seen.withheld is None


def _is_culture(seen: Observed) -> bool:
    """Whether it, or what lists it, is called a culture, and none of them a look for carriage."""
    own = _said(seen)
    whole = (*own, *(text for each in seen.panels for text in _said(each)))
    if any(map(_SURVEILLANCE.search, whole)):
        return False
    return phrases.names("culture", own) or (phrases.names("culture", whole) and not any(map(_NO_CULTURE.search, own)))


def _said(seen: Observed) -> tuple[str, ...]:
    holders = (seen.model, *(getattr(seen.model, "component", None) or ())) if seen.model is not None else ()
    return tuple(text for holder in holders for text in texts(holder.code))


def _grown(model: Any) -> Iterator[str]:
    """What a culture says it grew, in words: an Observation's value and components, a report's conclusion."""
    if model.get_resource_type() == "DiagnosticReport":
        yield from ([plain_text(model.conclusion)] if model.conclusion else [])
        yield from (text for concept in model.conclusionCode or () for text in texts(concept))
        return
    for holder in (model, *(each for each in model.component or () if not each.modifierExtension)):
        if not _is_flagged_negative(holder):
            yield from texts(holder.valueCodeableConcept)
            yield from ([plain_text(holder.valueString)] if holder.valueString else [])


def _is_flagged_negative(holder: Any) -> bool:
    codes = {coding.code for each in holder.interpretation or () for coding in each.coding or ()}
    return bool(codes & _NEGATIVE)


def _is_organism(text: str) -> bool:
    """Whether a text names a bacterium or a fungus, and does not take it back."""
    text = _STILL_TO_COME.sub("", text)
    binomial = (_IN_CAPITALS if text.isupper() else _GENUS_AND_SPECIES).search(text)
    named = binomial or _KNOWN.search(text)
    if named is None or hedged(text, *named.span()):
        return False
    return not _NEITHER.search(text) and not _NO_GROWTH.search(_GRAM.sub("", text))
