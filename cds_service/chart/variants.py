"""One variant of ITGB2 as an Observation states it: how significant, on how many alleles, of which origin.

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

from cds_service.chart.genes import components, is_itgb2, name_of_change, said
from cds_service.chart.hedging import denied
from cds_service.chart.observed import WITHDRAWN, Observed
from cds_service.chart.source import Sifted, Source
from cds_service.chart.treatments import Treatments
from cds_service.chart.variant_significance import classes_of, interpretations, significance_of
from cds_service.chart.variant_surroundings import names_of, own_names, undone_by
from cds_service.chart.variant_words import CHANGE, is_named_anothers, origin_named
from cds_service.fhir.elements import meanings, references, texts
from cds_service.fhir.terminology import Terminology
from cds_service.logic import SetAside
from cds_service.wording import reasons, shown

_GERMLINE = re.compile(r"germ[- ]?line|de novo|inherited|constitutional", re.IGNORECASE)
_WILD = re.compile(r"wild|reference|normal|absent|negative", re.IGNORECASE)
_PRESENT = {"present", "detected", "positive"}
_FINDING_OF = dict.fromkeys(WITHDRAWN, "withdrawn") | {reasons.IN_UNREAD_REPORT: "in-unread-report"}
_ABSENT = {"absent", "not detected", "negative", "not present"}


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
    perhaps_of_a_donor: bool = False
    """Whether it is not known to be from before a transplant or gene therapy: blood then holds a donor's cells."""
    told_by: list[Observed] = field(init=False)
    """The Observations that speak of it: itself, and the implications that count."""
    undone_by: str = ""
    """Words of the chart by which it is not the patient's, or no longer what it was coded as."""
    says: str = field(init=False)

    def __post_init__(self) -> None:
        self.told_by = [self.seen]
        self.says = shown.variant(self.name, self.seen.when)

    @property
    def change(self) -> str:
        """The change alone, without transcript or gene; empty where none is named."""
        match = CHANGE.search(self.name)
        return match[0] if match else ""

    @property
    def reference(self) -> str:
        """What names it as evidence."""
        return self.seen.record.reference

    @property
    def because(self) -> str:
        """Why it does not count, for the reader."""
        if self.finding == "undone":
            return reasons.variant_undone(self.says, self.undone_by)
        return reasons.variant_found(self.says, self.finding)

    @property
    def finding(self) -> str:
        """In one word, what the variant comes to: `pathogenic`, or why it does not count."""
        if (withheld := self.seen.withheld) is not None:
            return _FINDING_OF.get(withheld, "not-final")
        if self.perhaps_of_a_donor:
            return "after-treatment"
        if self.undone_by:
            return "undone"
        if self.present is False:
            return "absent"
        if self.origin != "germline":
            return self.origin
        if len(self.significance) > 1:
            return "disputed"
        if self.significance == {"pathogenic"} and self.present is None:
            return "presence-not-stated"
        return next(iter(self.significance), "significance-not-stated")


def read_variants(source: Source, found: Iterable[Observed], treatments: Treatments, sifted: Sifted) -> list[Variant]:
    """The variants of ITGB2 among the Observations; the other ones are noted with the reason."""
    found = tuple(found)
    variants = list(_variants(source, found, sifted))
    for variant in variants:
        variant.perhaps_of_a_donor = treatments.after_transplant(variant.seen.when) is not None
    _add_implications(source, found, variants)
    for variant in variants:
        _add_interpretations(source.terminology, variant)
        _add_words(source.terminology, variant)
    _add_reclassifications(variants)
    return variants


def derived_from(source: Source, each: Observed) -> set[str]:
    """The keys of what an Observation is derived from, as far as it is here."""
    keys = set()
    for reference in references(each.model.derivedFrom):
        literal = (reference.reference or "").strip()
        target = source.at(reference)
        keys.add(f"{each.record.reference}{literal}" if literal.startswith("#") else target.reference if target else "")
    return keys - {""}


def _variants(source: Source, found: Iterable[Observed], sifted: Sifted) -> Iterator[Variant]:
    for each in found:
        if "genetic-variant" not in meanings(source.terminology, each.model.code):
            continue
        if _set_aside_as_anothers(each, sifted):
            continue
        itgb2 = is_itgb2(source.terminology, each.model)
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


def _set_aside_as_anothers(seen: Observed, sifted: Sifted) -> bool:
    """Whether its name, or one over it, says that it is another person's; what is named so is set aside."""
    named = [each for each in (seen, *seen.panels) if any(map(is_named_anothers, own_names(each)))]
    records = dict.fromkeys(each.record for each in (seen, *named)) if named else ()
    for record in records:
        if SetAside(record.reference, reasons.ANOTHER_PATIENT) not in sifted.set_aside:
            sifted.aside(record, reasons.ANOTHER_PATIENT)
    return bool(named)


def _variant(terminology: Terminology, seen: Observed) -> Variant:
    states = components(terminology, seen.model, "allelic-state")
    state = meanings(terminology, *(each.valueCodeableConcept for each in states))
    words = " ".join(said(states)).lower()
    stated = not _WILD.search(words) and (bool(state & {"homozygous", "heterozygous"}) or "zygous" in words)
    return Variant(
        seen,
        name_of_change(terminology, seen.model),
        significance_of(terminology, seen.model),
        _presence(terminology, seen.model, stated),
        stated and ("homozygous" in state or "homozyg" in words),
        _origin(terminology, seen),
    )


def _presence(terminology: Terminology, model: Any, has_state: bool) -> bool | None:
    """Present, absent, or (None) not stated; an allelic state without a value implies presence."""
    value = model.valueCodeableConcept
    others = (model.valueString, model.valueBoolean, model.valueQuantity, model.valueInteger, model.dataAbsentReason)
    if value is None or model.dataAbsentReason is not None:
        return True if has_state and all(each is None for each in others) else None
    words = {text.lower() for text in texts(value)}
    codes = {coding.code for coding in value.coding or ()}
    absent = bool(words & _ABSENT) or "LA9634-2" in codes
    present = "variant-present" in meanings(terminology, value) or (bool(words & _PRESENT) and not codes)
    if absent and present:
        return None
    return True if present else False if absent else None


def _origin(terminology: Terminology, seen: Observed) -> str:
    """The origin that is stated; where none is, the one by which the result, its report or its specimen is named."""
    origins = components(terminology, seen.model, "genomic-source-class")
    if not origins:
        return origin_named(names_of(seen))
    means = meanings(terminology, *(each.valueCodeableConcept for each in origins))
    words = " ".join(said(origins))
    if "somatic" in means or "somatic" in words.lower():
        return "somatic"
    return "germline" if "germline" in means or _GERMLINE.search(words) else "origin-not-germline"


# --- significance ----------------------------------------------------------------------------------------------------


def _add_interpretations(terminology: Terminology, variant: Variant) -> None:
    """An interpretation may dispute a significance; alone it makes no variant pathogenic."""
    concepts = [concept for each in variant.told_by for concept in interpretations(each.model)]
    interpreted = classes_of(terminology, concepts, (text for concept in concepts for text in texts(concept)))
    variant.significance |= interpreted if variant.significance else interpreted - {"pathogenic"}


def _add_words(terminology: Terminology, variant: Variant) -> None:
    """What words take back of this result, they dispute of another on the same change."""
    coded = variant.significance if variant.present else None
    variant.undone_by, classes = undone_by(terminology, variant.told_by, variant.change, coded)
    variant.significance |= classes


def _add_implications(source: Source, found: Iterable[Observed], variants: list[Variant]) -> None:
    by_key = {variant.seen.key: variant for variant in variants}
    for each in found:
        if "genetic-variant" in meanings(source.terminology, each.model.code) or each.withheld is not None:
            continue
        if _is_taken_back(each.model):
            continue
        for key in derived_from(source, each):
            if key in by_key:
                by_key[key].significance |= significance_of(source.terminology, each.model)
                by_key[key].told_by.append(each)


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
    return implication.valueBoolean is False or denied(texts(implication.valueCodeableConcept))
