"""Genetic findings on ITGB2: pathogenic variants, and whether both alleles carry one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from cds_service.chart.genetic_reports import MEANINGS, is_final_report, not_counted
from cds_service.chart.observed import Observed, observed
from cds_service.chart.source import Sifted, Source
from cds_service.chart.treatments import TELL_OF_TREATMENT, Treatments
from cds_service.chart.variants import Variant, derived_from, read_variants
from cds_service.facts import Documentation
from cds_service.fhir.elements import meanings, texts
from cds_service.frozen import frozen
from cds_service.logic import Cause, Evidence, Gap, Remedy
from cds_service.wording import reasons, shown, wants

WANTED = wants.VARIANT
REMEDY = Remedy.ITGB2_ANALYSIS
_HARMLESS = {"benign", "absent"}
_HARMFUL = {"pathogenic", "likely-pathogenic"}


@frozen
class Genetics:
    """What the chart holds on ITGB2."""

    pathogenic: Documentation
    biallelic: Documentation


def read_genetics(source: Source, treatments: Treatments) -> Genetics:
    """All variants of ITGB2 on record, with their significance."""
    found, sifted = observed(source, *MEANINGS)
    variants = read_variants(source, found, treatments, sifted)
    return Genetics(_pathogenic(source, sifted, variants), _biallelic(source, found, variants))


def _pathogenic(source: Source, sifted: Sifted, variants: list[Variant]) -> Documentation:
    counted = [variant for variant in variants if variant.finding == "pathogenic"]
    rest = [variant for variant in variants if variant.finding != "pathogenic"]
    looked_at = frozenset((*_carriers(variants), *(each.source for each in sifted.set_aside)))
    doubts = [*sifted.troubles, *not_counted(source, looked_at)]
    found = [Gap(WANTED, v.because, _cause(v), v.reference, REMEDY) for v in rest]
    return Documentation(
        WANTED,
        shows=tuple(Evidence(shown.pathogenic(v.says), v.reference) for v in counted),
        denies=() if counted or doubts else _harmless_alone(source, rest),
        gaps=(*found, *Sifted(troubles=doubts).gaps(WANTED, REMEDY)),
        unread=source.unread(WANTED, "Observation", "DiagnosticReport", remedy=REMEDY),
        set_aside=tuple(sifted.set_aside),
        remedy=REMEDY,
    )


def _cause(variant: Variant) -> Cause:
    return Cause.CONFLICT if variant.finding == "disputed" else Cause.UNUSABLE


def _carriers(variants: list[Variant]) -> Iterator[str]:
    """The references of what holds the variants, and of the reports and panels over them."""
    for variant in variants:
        yield from (each.record.reference for each in (variant.seen, *variant.seen.panels))


def _harmless_alone(source: Source, variants: list[Variant]) -> tuple[Evidence, ...]:
    """Benign or absent findings contradict only when final genetic reports list them, and nothing else is known."""
    if not variants or any(variant.finding not in _HARMLESS for variant in variants):
        return ()
    if source.unread(WANTED, "Observation", *TELL_OF_TREATMENT):
        return ()  # what was not read may tell of a transplant: the finding would be the donor's
    reports = [[panel for panel in v.seen.panels if is_final_report(panel)] for v in variants]
    if not all(reports):
        return ()
    return tuple(
        Evidence(reasons.variant_found(v.says, v.finding), found[0].record.reference)
        for v, found in zip(variants, reports, strict=True)
    )


# --- both alleles ----------------------------------------------------------------------------------------------------


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
    return Documentation(wants.BIALLELIC, shows=tuple(shows))


def _joined(source: Source, found: Iterable[Observed]) -> Iterator[tuple[Observed, set[str], str]]:
    """Genotypes, and phases that say cis or trans, with the keys of the variants they join."""
    for each in found:
        means = meanings(source.terminology, each.model.code)
        phase = next((p for p in ("cis", "trans") if p in _words(each.model.valueCodeableConcept)), "")
        if each.withheld is None and ("genotype" in means or ("allelic-phase" in means and phase)):
            yield each, derived_from(source, each), phase


def _words(concept: Any) -> set[str]:
    return {word for text in texts(concept) for word in re.findall(r"[a-z]+", text.lower())}


def _are_distinct(variants: list[Variant]) -> bool:
    names = [variant.change for variant in variants]
    return len(variants) > 1 and (not all(names) or len(set(names)) > 1)
