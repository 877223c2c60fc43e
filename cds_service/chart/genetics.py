"""Genetic findings on ITGB2: pathogenic variants, and whether both alleles carry one.

The significance of a variant stands on the variant (older reports) or on an implication derived from it (Genomics
Reporting 2 and later); both are read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cds_service.chart import phrases
from cds_service.chart.observed import REPORT_IS_FINAL, WITHDRAWN, Observed, observed
from cds_service.chart.source import Sifted, Source
from cds_service.facts import Documentation
from cds_service.fhir.elements import meanings, name_of, plain_text, references, texts
from cds_service.fhir.records import Record
from cds_service.fhir.terminology import Terminology
from cds_service.logic import Cause, Evidence, Gap, Remedy
from cds_service.wording import reasons, shown

WANTED = reasons.WANTED_VARIANT
REMEDY = Remedy.ITGB2_ANALYSIS
_MEANINGS = ("genetic-variant", "diagnostic-implication", "clinical-significance", "genotype", "allelic-phase")
_SIGNIFICANCES = frozenset({"pathogenic", "likely-pathogenic", "uncertain-significance", "benign"})
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
_HARMFUL = {"pathogenic", "likely-pathogenic"}
_GENE_SYSTEM = re.compile(r"genenames\.org", re.IGNORECASE)
_ITGB2 = re.compile(r"\bITGB2\b(?!-)", re.IGNORECASE)
"""The gene, not ITGB2-AS1, which is another."""
_CHANGE = re.compile(r"\b[cgp]\.\S+")
_GERMLINE = re.compile(r"germ[- ]?line|de novo|inherited|constitutional", re.IGNORECASE)
_WILD = re.compile(r"wild|reference|normal|absent|negative", re.IGNORECASE)
_PRESENT = {"present", "detected", "positive"}
_ABSENT = {"absent", "not detected", "negative", "not present"}
_PATHOGENIC = re.compile(r"(?<!non-)(?<!non )\bpathogenic", re.IGNORECASE)


@dataclass(slots=True)
class Variant:
    """One variant of ITGB2: what it is called, how significant, on how many alleles, of which origin."""

    seen: Observed
    name: str
    significance: set[str]
    present: bool | None
    homozygous: bool
    origin: str
    """`germline` (also where it is not stated), `somatic`, or `origin-not-germline`."""
    says: str = field(init=False)

    def __post_init__(self) -> None:
        self.says = shown.variant(self.name, self.seen.when)

    @property
    def change(self) -> str:
        """The change alone, without transcript or gene; empty where none is named."""
        match = _CHANGE.search(self.name)
        return match[0] if match else ""

    @property
    def reference(self) -> str:
        """What names it as evidence."""
        return self.seen.record.reference

    @property
    def finding(self) -> str:
        """In one word, what the variant comes to: `pathogenic`, or why it does not count."""
        if self.seen.withheld is not None:
            return "withdrawn" if self.seen.withheld in WITHDRAWN else "not-final"
        if self.present is False:
            return "absent"
        if self.origin != "germline":
            return self.origin
        if len(self.significance) > 1:
            return "disputed"
        if self.significance == {"pathogenic"} and self.present is None:
            return "presence-not-stated"
        return next(iter(self.significance), "significance-not-stated")


@dataclass(frozen=True, slots=True)
class Genetics:
    """What the chart holds on ITGB2."""

    pathogenic: Documentation
    biallelic: Documentation


def read_genetics(source: Source) -> Genetics:
    """All variants of ITGB2 on record, with their significance."""
    found, sifted = observed(source, *_MEANINGS)
    variants = list(_variants(source, found, sifted))
    _add_implications(source, found, variants)
    _add_reclassifications(variants)
    return Genetics(_pathogenic(source, sifted, variants), _biallelic(source, found, variants))


# --- variants --------------------------------------------------------------------------------------------------------


def _variants(source: Source, found: Iterable[Observed], sifted: Sifted) -> Iterator[Variant]:
    for each in found:
        if "genetic-variant" not in meanings(source.terminology, each.model.code):
            continue
        itgb2 = _is_itgb2(source.terminology, each.model)
        if itgb2 and each.when is not None and each.when.first.date() > source.today + timedelta(days=1):
            sifted.trouble(
                each.record, reasons.in_the_future(name_of_change(source.terminology, each.model) or "ITGB2")
            )
        elif itgb2:
            yield _variant(source.terminology, each)
        elif itgb2 is None:
            sifted.trouble(each.record, reasons.GENE_NOT_STATED)
        else:
            sifted.aside(each.record, reasons.ANOTHER_GENE)


def _is_itgb2(terminology: Terminology, observation: Any) -> bool | None:
    """Whether the variant is of ITGB2; None where no gene is stated, or another one too."""
    genes = {_names_itgb2(terminology, each) for each in _components(terminology, observation, "gene-studied")}
    if genes:
        return genes.pop() if len(genes) == 1 else None
    changes = [each for tag in ("dna-change", "protein-change") for each in _components(terminology, observation, tag)]
    return True if any(map(_ITGB2.search, (*texts(observation.code), *_said(changes)))) else None


def _names_itgb2(terminology: Terminology, gene: Any) -> bool:
    """Whether a gene component names ITGB2; its code decides before its words."""
    codings = (gene.valueCodeableConcept.coding or ()) if gene.valueCodeableConcept else ()
    if "itgb2" in meanings(terminology, gene.valueCodeableConcept):
        return True
    if any(_GENE_SYSTEM.search(coding.system or "") for coding in codings):
        return False
    return any(_ITGB2.search(text) or text.strip().upper() == "CD18" for text in _said([gene]))


def _components(terminology: Terminology, observation: Any, meaning: str) -> list[Any]:
    """The components of a meaning that have a value and no modifier extension."""
    return [
        each
        for each in observation.component or ()
        if meaning in meanings(terminology, each.code) and each.dataAbsentReason is None and not each.modifierExtension
    ]


def _said(components: Iterable[Any]) -> tuple[str, ...]:
    """What the values of components say in words."""
    words = [(*texts(each.valueCodeableConcept), plain_text(each.valueString or "")) for each in components]
    return tuple(text for several in words for text in several if text)


def _variant(terminology: Terminology, seen: Observed) -> Variant:
    states = _components(terminology, seen.model, "allelic-state")
    state = meanings(terminology, *(each.valueCodeableConcept for each in states))
    words = " ".join(_said(states)).lower()
    stated = not _WILD.search(words) and (bool(state & {"homozygous", "heterozygous"}) or "zygous" in words)
    return Variant(
        seen,
        name_of_change(terminology, seen.model),
        _significance(terminology, seen.model),
        _presence(terminology, seen.model, stated),
        stated and ("homozygous" in state or "homozyg" in words),
        _origin(terminology, seen.model),
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
    others = (model.valueString, model.valueBoolean, model.valueQuantity, model.valueInteger, model.dataAbsentReason)
    if value is None or model.dataAbsentReason is not None:
        return True if has_state and all(each is None for each in others) else None
    said = {text.lower() for text in texts(value)}
    codes = {coding.code for coding in value.coding or ()}
    absent = bool(said & _ABSENT) or "LA9634-2" in codes
    present = "variant-present" in meanings(terminology, value) or (bool(said & _PRESENT) and not codes)
    if absent and present:
        return None
    return True if present else False if absent else None


def _origin(terminology: Terminology, model: Any) -> str:
    origins = _components(terminology, model, "genomic-source-class")
    means = meanings(terminology, *(each.valueCodeableConcept for each in origins))
    words = " ".join(_said(origins))
    if "somatic" in means or "somatic" in words.lower():
        return "somatic"
    return "germline" if not origins or "germline" in means or _GERMLINE.search(words) else "origin-not-germline"


def _significance(terminology: Terminology, model: Any) -> set[str]:
    """What the clinical significance is said to be, by code and by words; several where they differ."""
    holders = _components(terminology, model, "clinical-significance")
    if "clinical-significance" in meanings(terminology, model.code) and model.dataAbsentReason is None:
        holders.append(model)
    found: set[str] = set()
    for holder in holders:
        coded = meanings(terminology, holder.valueCodeableConcept) & _SIGNIFICANCES
        if phrases.denied(texts(holder.valueCodeableConcept)):
            found.add("significance-not-read")
        said = {_SIGNIFICANCE_TEXT[text] for each in _said([holder]) if (text := each.lower()) in _SIGNIFICANCE_TEXT}
        found |= (coded | said) or {"significance-not-read"}
    return found


def _add_implications(source: Source, found: Iterable[Observed], variants: list[Variant]) -> None:
    by_key = {variant.seen.key: variant for variant in variants}
    for each in found:
        if "genetic-variant" in meanings(source.terminology, each.model.code) or each.withheld is not None:
            continue
        if _is_taken_back(each.model):
            continue
        for key in _derived_from(source, each):
            if key in by_key:
                by_key[key].significance |= _significance(source.terminology, each.model)


def _add_reclassifications(variants: list[Variant]) -> None:
    """One change that several results classify differently is disputed in all of them."""
    by_change: dict[str, set[str]] = defaultdict(set)
    live = [v for v in variants if v.seen.withheld is None and v.change]
    for variant in live:
        by_change[variant.change] |= variant.significance
    for variant in live:
        variant.significance = by_change[variant.change]


def _is_taken_back(implication: Any) -> bool:
    """Whether an implication's own value says that it does not hold."""
    return implication.valueBoolean is False or phrases.denied(texts(implication.valueCodeableConcept))


def _derived_from(source: Source, each: Observed) -> set[str]:
    """The keys of what an Observation is derived from, as far as it is here."""
    keys = set()
    for reference in references(each.model.derivedFrom):
        literal = (reference.reference or "").strip()
        target = source.at(reference)
        keys.add(f"{each.record.reference}{literal}" if literal.startswith("#") else target.reference if target else "")
    return keys - {""}


# --- what they come to -----------------------------------------------------------------------------------------------


def _pathogenic(source: Source, sifted: Sifted, variants: list[Variant]) -> Documentation:
    counted = [variant for variant in variants if variant.finding == "pathogenic"]
    rest = [variant for variant in variants if variant.finding != "pathogenic"]
    doubts = [*sifted.troubles, *_text_only(source)]
    found = [Gap(WANTED, reasons.variant_found(v.says, v.finding), Cause.UNUSABLE, v.reference, REMEDY) for v in rest]
    return Documentation(
        WANTED,
        shows=tuple(Evidence(shown.pathogenic(v.says), v.reference) for v in counted),
        denies=() if counted or doubts else _harmless_alone(source, rest),
        gaps=(*found, *Sifted(troubles=doubts).gaps(WANTED, REMEDY)),
        unread=source.unread(WANTED, "Observation", "DiagnosticReport", remedy=REMEDY),
        set_aside=tuple(sifted.set_aside),
        remedy=REMEDY,
    )


def _harmless_alone(source: Source, variants: list[Variant]) -> tuple[Evidence, ...]:
    """Benign or absent findings contradict only when final genetic reports list them, and nothing else is known."""
    if not variants or any(variant.finding not in _HARMLESS for variant in variants):
        return ()
    if source.unread(WANTED, "Observation"):
        return ()
    reports = [[panel for panel in v.seen.panels if _is_final_report(source, panel)] for v in variants]
    if not all(reports):
        return ()
    return tuple(
        Evidence(reasons.variant_found(v.says, v.finding), f"DiagnosticReport/{found[0].id}")
        for v, found in zip(variants, reports, strict=True)
    )


def _is_final_report(source: Source, panel: Any) -> bool:
    """Whether it is a final report, all of whose results are here, and which concludes nothing pathogenic."""
    if panel.get_resource_type() != "DiagnosticReport" or panel.status not in REPORT_IS_FINAL:
        return False
    inside = {f"#{each.id}" for each in panel.contained or ()}
    complete = all(r.reference in inside or source.at(r) is not None for r in panel.result or ())
    concluded = (
        plain_text(panel.conclusion or ""),
        *(text for code in panel.conclusionCode or () for text in texts(code)),
    )
    return complete and not any(map(_concludes_pathogenic, concluded))


def _concludes_pathogenic(text: str) -> bool:
    match = _PATHOGENIC.search(text)
    return match is not None and not phrases.hedged(text, *match.span())


def _biallelic(source: Source, found: Iterable[Observed], variants: list[Variant]) -> Documentation:
    """Homozygous, or two distinct variants that a genotype or a phase `trans` joins and no phase `cis` does."""
    counted = {v.seen.key: v for v in variants if v.present and v.finding in _HARMFUL}
    shows = [Evidence(shown.homozygous(v.says), v.reference) for v in counted.values() if v.homozygous]
    joined = list(_joined(source, found))
    on_one_allele = [pair for _, pair, phase in joined if phase == "cis"]
    for each, pair, phase in joined:
        parts = [counted[key] for key in pair if key in counted]
        if phase != "cis" and pair not in on_one_allele and _are_distinct(parts):
            shows.append(Evidence(shown.two_alleles(), each.record.reference))
    return Documentation(reasons.WANTED_BIALLELIC, shows=tuple(shows))


def _joined(source: Source, found: Iterable[Observed]) -> Iterator[tuple[Observed, set[str], str]]:
    """Genotypes, and phases that say cis or trans, with the keys of the variants they join."""
    for each in found:
        means = meanings(source.terminology, each.model.code)
        phase = next((p for p in ("cis", "trans") if p in _words(each.model.valueCodeableConcept)), "")
        if each.withheld is None and ("genotype" in means or ("allelic-phase" in means and phase)):
            yield each, _derived_from(source, each), phase


def _words(concept: Any) -> set[str]:
    return {word for text in texts(concept) for word in re.findall(r"[a-z]+", text.lower())}


def _are_distinct(variants: list[Variant]) -> bool:
    names = [variant.change for variant in variants]
    return len(variants) > 1 and (not all(names) or len(set(names)) > 1)


# --- reports in words ------------------------------------------------------------------------------------------------


def _text_only(source: Source) -> Iterator[tuple[str, str]]:
    """Reports on the gene in words only: evidence to attach, not to count."""
    records = source.about(("DiagnosticReport", "DocumentReference", "Observation"), "genetic-report", "~itgb2")
    records += [r for r in source.records.of("DiagnosticReport") if b"ITGB2" in bytes(r.raw) and r not in records]
    sifted = source.sift(record for record in records if _holds_no_results(source, record))
    yield from sifted.troubles
    for record, model in sifted.usable:
        if model.status not in (*WITHDRAWN, "superseded") and _says_something(source, record, model):
            yield record.reference, reasons.GENETIC_REPORT_AS_TEXT


def _holds_no_results(source: Source, record: Record) -> bool:
    if source.means(record) & {*_MEANINGS, "cd18"} or bytes(record.header.result) or bytes(record.header.hasMember):
        return False
    return b"Observation" not in bytes(record.header.contained)


def _says_something(source: Source, record: Record, model: Any) -> bool:
    if record.type == "Observation":
        words = bool(set(_words_named(model)) & {"genetic", "itgb2"}) and "cd18" not in _words_named(model)
        return words and (model.valueString is not None or model.valueCodeableConcept is not None)
    named = _ITGB2.search(" ".join((*texts(getattr(model, "code", None)), getattr(model, "conclusion", None) or "")))
    return bool(named) or "genetic-report" in source.means(record) or b"ITGB2" in bytes(record.raw)


def _words_named(model: Any) -> frozenset[str]:
    return phrases.named_in(texts(model.code))
