"""Genetic findings on ITGB2: pathogenic variants, and whether both alleles carry one.

The significance of a variant stands on the variant (older reports) or on an implication derived from it (Genomics
Reporting 2 and later); both are read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.source import Sifted, Source
from cds_service.facts import Documentation
from cds_service.fhir.elements import first_when, meanings, name_of, references, texts
from cds_service.fhir.records import Record
from cds_service.fhir.terminology import Terminology
from cds_service.logic import Evidence, Gap, Remedy, SetAside
from cds_service.wording import reasons, shown

FINAL = ("final", "amended", "corrected")
_SIGNIFICANCES = ("pathogenic", "likely-pathogenic", "uncertain-significance", "benign")
_SIGNIFICANCE_TEXT = {
    "pathogenic": "pathogenic",
    "likely pathogenic": "likely-pathogenic",
    "uncertain significance": "uncertain-significance",
    "variant of uncertain significance": "uncertain-significance",
    "vus": "uncertain-significance",
    "likely benign": "benign",
    "benign": "benign",
}
_HARMLESS = {"benign", "absent"}


@dataclass(slots=True)
class Variant:
    """One variant of ITGB2: what it is called, how significant, on how many alleles, of which origin."""

    record: Record
    name: str
    significance: set[str]
    present: bool | None
    homozygous: bool
    heterozygous: bool
    somatic: bool
    final: bool
    withdrawn: bool
    says: str
    implied: set[str] = field(default_factory=set)

    @property
    def finding(self) -> str:
        """In one word, what the variant comes to: `pathogenic`, or why it does not count."""
        if self.withdrawn:
            return "withdrawn"
        if not self.final:
            return "not-final"
        if self.present is False:
            return "absent"
        if self.somatic:
            return "somatic"
        if len(self.significance) > 1:
            return "disputed"
        if self.present is None:
            return "presence-not-stated"
        return next(iter(self.significance), "significance-not-stated")


@dataclass(frozen=True, slots=True)
class Genetics:
    """What the chart holds on ITGB2."""

    pathogenic: Documentation
    biallelic: Documentation


def read_genetics(source: Source) -> Genetics:
    """All variants of ITGB2 on record, with their significance."""
    observations = source.sift(
        source.about(("Observation",), "genetic-variant", "diagnostic-implication", "genotype", "allelic-phase"),
        ("Observation",),
    )
    variants, others = _variants(source, observations)
    _add_implications(source, observations, variants)
    text_only = _text_only(source)
    return Genetics(
        _pathogenic(source, observations, variants, others, text_only),
        _biallelic(source, observations, variants),
    )


def _variants(source: Source, observations: Sifted) -> tuple[list[Variant], list[SetAside]]:
    variants, others = [], []
    for record, model in observations.usable:
        if "genetic-variant" not in meanings(source.terminology, model.code):
            continue
        if _is_itgb2(source.terminology, model):
            variants.append(_variant(source.terminology, record, model))
        else:
            others.append(SetAside(record.reference, reasons.ANOTHER_GENE))
    return variants, others


def _is_itgb2(terminology: Terminology, observation: Any) -> bool:
    genes = _components(terminology, observation, "gene-studied")
    concepts = [component.valueCodeableConcept for component in genes if component.valueCodeableConcept]
    said = [text for concept in concepts for text in texts(concept)]
    said += [component.valueString for component in genes if component.valueString]
    if any("itgb2" in meanings(terminology, concept) for concept in concepts):
        return True
    if concepts or said:
        return any(text.strip().upper() in ("ITGB2", "CD18") or phrases.names("itgb2", (text,)) for text in said)
    return phrases.names("itgb2", texts(observation.code))


def _components(terminology: Terminology, observation: Any, meaning: str) -> list[Any]:
    return [each for each in observation.component or () if meaning in meanings(terminology, each.code)]


def _variant(terminology: Terminology, record: Record, model: Any) -> Variant:
    states = [c.valueCodeableConcept for c in _components(terminology, model, "allelic-state")]
    origins = [c.valueCodeableConcept for c in _components(terminology, model, "genomic-source-class")]
    state = meanings(terminology, *states)
    state_text = " ".join(text.lower() for concept in states for text in texts(concept))
    origin_text = " ".join(text.lower() for concept in origins for text in texts(concept))
    change = name_of_change(terminology, model)
    moment = first_when(model, "effectiveDateTime", "effectivePeriod")
    return Variant(
        record,
        change,
        _significance(terminology, model),
        _presence(terminology, model, bool(states)),
        "homozygous" in state or "homozyg" in state_text,
        "heterozygous" in state or "heterozyg" in state_text,
        "somatic" in meanings(terminology, *origins) or "somatic" in origin_text,
        model.status in FINAL,
        model.status in ("cancelled", "entered-in-error"),
        shown.variant(change, moment),
    )


def name_of_change(terminology: Terminology, model: Any) -> str:
    """The change in HGVS, on DNA or protein, where the report gives one."""
    for meaning in ("dna-change", "protein-change"):
        for component in _components(terminology, model, meaning):
            name = name_of(component.valueCodeableConcept) or component.valueString
            if name:
                return str(name)
    return ""


def _presence(terminology: Terminology, model: Any, has_state: bool) -> bool | None:
    """Present, absent, or (None) not stated; an allelic state without a value implies presence."""
    value = model.valueCodeableConcept
    if value is None:
        return True if has_state and model.dataAbsentReason is None and model.valueString is None else None
    if "variant-present" in meanings(terminology, value):
        return True
    said = {text.lower() for text in texts(value)}
    codes = {coding.code for coding in value.coding or ()}
    if said & {"present", "detected", "positive"} and not codes:
        return True
    return False if said & {"absent", "not detected", "negative", "not present"} or "LA9634-2" in codes else None


def _significance(terminology: Terminology, model: Any) -> set[str]:
    concepts = [
        component.valueCodeableConcept
        for component in _components(terminology, model, "clinical-significance")
        if component.valueCodeableConcept is not None
    ]
    found = set()
    for concept in concepts:
        coded = meanings(terminology, concept) & set(_SIGNIFICANCES)
        said = {_SIGNIFICANCE_TEXT.get(text.lower().strip()) for text in texts(concept)} - {None}
        found |= coded or said or {"significance-not-read"}
    return {str(each) for each in found}


def _add_implications(source: Source, observations: Sifted, variants: list[Variant]) -> None:
    by_reference: dict[str, list[Variant]] = defaultdict(list)
    for variant in variants:
        by_reference[variant.record.reference].append(variant)
    for _record, model in observations.usable:
        if "genetic-variant" in meanings(source.terminology, model.code) or model.status not in FINAL:
            continue
        significance = _significance(source.terminology, model)
        for reference in references(model.derivedFrom):
            target = source.at(reference)
            for variant in by_reference.get(target.reference, ()) if target else ():
                variant.significance |= significance


def _pathogenic(
    source: Source,
    observations: Sifted,
    variants: list[Variant],
    others: list[SetAside],
    text_only: tuple[tuple[str, str], ...],
) -> Documentation:
    wanted = reasons.WANTED_VARIANT
    remedy = Remedy.ITGB2_ANALYSIS
    counted = [variant for variant in variants if variant.finding == "pathogenic"]
    rest = [variant for variant in variants if variant.finding != "pathogenic"]
    harmless_only = bool(rest) and not counted and all(variant.finding in _HARMLESS for variant in rest)
    denies = _in_final_report(source, rest) if harmless_only else ()
    found = [(v.record.reference, reasons.variant_found(v.says, v.finding)) for v in rest]
    troubles = [*found, *text_only, *observations.troubles]
    return Documentation(
        wanted,
        shows=tuple(Evidence(shown.pathogenic(v.says), v.record.reference) for v in counted),
        denies=denies,
        gaps=_unusable(wanted, troubles, remedy),
        unread=source.unread(wanted, "Observation", "DiagnosticReport", remedy=remedy),
        set_aside=(*observations.set_aside, *others),
        remedy=remedy,
    )


def _unusable(wanted: str, troubles: list[tuple[str, str]], remedy: Remedy) -> tuple[Gap, ...]:
    sifted = Sifted(troubles=troubles)
    return sifted.gaps(wanted, remedy)


def _in_final_report(source: Source, harmless: list[Variant]) -> tuple[Evidence, ...]:
    """Benign or absent findings contradict only when a final genetic report lists them, and nothing else."""
    reported = []
    for variant in harmless:
        for panel in source.panels_of(variant.record):
            if panel.type == "DiagnosticReport" and panel.header.status in (*FINAL, "appended"):
                reported.append(Evidence(reasons.variant_found(variant.says, variant.finding), panel.reference))
                break
    return tuple(reported) if len(reported) == len(harmless) else ()


def _biallelic(source: Source, observations: Sifted, variants: list[Variant]) -> Documentation:
    counted = [v for v in variants if v.finding in ("pathogenic", "likely-pathogenic")]
    shows = [Evidence(shown.homozygous(v.says), v.record.reference) for v in counted if v.homozygous]
    names = {v.record.reference: v for v in counted}
    for record, model in observations.usable:
        means = meanings(source.terminology, model.code)
        if model.status not in FINAL or not means & {"genotype", "allelic-phase"}:
            continue
        parts = {target.reference for ref in references(model.derivedFrom) if (target := source.at(ref))}
        both = len(parts & set(names)) > 1
        trans = "allelic-phase" in means and any(text.lower() == "trans" for text in texts(model.valueCodeableConcept))
        if both and ("genotype" in means or trans):
            shows.append(Evidence(shown.two_alleles(), record.reference))
    return Documentation(reasons.WANTED_BIALLELIC, shows=tuple(shows))


def _text_only(source: Source) -> tuple[tuple[str, str], ...]:
    """Reports that name the gene in words only: evidence to attach, not to count."""
    records = source.about(("DiagnosticReport", "Observation"), "genetic-report", "~itgb2")
    found = []
    for record in records:
        means = source.means(record)
        if means & {"genetic-variant", "diagnostic-implication", "cd18"} or bytes(record.header.result):
            continue
        if record.type == "Observation" and "~genetic" not in means and "~itgb2" in means and "~cd18" in means:
            continue
        sifted = source.sift([record])
        for usable, model in sifted.usable:
            conclusion = getattr(model, "conclusion", None) or ""
            if phrases.names("itgb2", (*texts(model.code), conclusion)) or getattr(model, "valueString", None):
                found.append((usable.reference, reasons.GENETIC_REPORT_AS_TEXT))
    return tuple(found)
