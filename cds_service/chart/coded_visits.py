"""Infections that stand only on a visit or a claim: an Encounter's reason, a Claim's or an ExplanationOfBenefit's
diagnosis. A diagnosis that refers to a Condition is read there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from cds_service.chart.infection_tiers import TIER_A, TIER_B, TIERS, ruled_out, tier_of
from cds_service.chart.source import Sifted, Source
from cds_service.exact_json import EMPTY, UNREADABLE
from cds_service.fhir.elements import meanings, name_of, period, when
from cds_service.fhir.records import Record
from cds_service.frozen import frozen
from cds_service.logic import Evidence
from cds_service.timing import When
from cds_service.wording import shown

_TOOK_PLACE = ("finished", "in-progress", "onleave")


class _Reasons(msgspec.Struct):
    reasonCode: list[msgspec.Raw] = []


class _Diagnosis(msgspec.Struct):
    diagnosisCodeableConcept: msgspec.Raw = EMPTY


class _Diagnoses(msgspec.Struct):
    diagnosis: list[_Diagnosis] = []


_reasons = msgspec.json.Decoder(_Reasons)
_diagnoses = msgspec.json.Decoder(_Diagnoses)


@frozen
class AtVisit:
    """An infection coded at a visit or on a claim, and whether that alone shows that it was significant."""

    evidence: Evidence
    significant: bool


def coded_at_visits(source: Source, into: Sifted) -> Iterator[AtVisit]:
    """The infections of tier A and B that encounters and claims give as codes; what will not do is noted in `into`."""
    encounters = [each for each in source.records.of("Encounter") if _names_one(source, each)]
    for record, model in _sifted(source, into, encounters, "subject"):
        if model.status in _TOOK_PLACE:
            yield from _coded(
                source, record, model.reasonCode, period(model.period), in_hospital=_is_stay(source, model)
            )
    claims = [each for each in source.records.of("Claim", "ExplanationOfBenefit") if _names_one(source, each)]
    for record, model in _sifted(source, into, claims, "patient"):
        if model.use == "claim" and model.status == "active":
            concepts = [each.diagnosisCodeableConcept for each in model.diagnosis or ()]
            moment = period(model.billablePeriod) or when(model.created)
            yield from _coded(source, record, concepts, moment, in_hospital=False)


def _sifted(source: Source, into: Sifted, records: list[Record], subject: str) -> list[tuple[Record, Any]]:
    sifted = source.sift(records, subject=subject)
    into.troubles += sifted.troubles
    into.set_aside += sifted.set_aside
    return sifted.usable


def _coded(
    source: Source, record: Record, concepts: Any, moment: When | None, *, in_hospital: bool
) -> Iterator[AtVisit]:
    if moment is not None and moment.first.date() > source.today:
        return
    for concept in concepts or ():
        tier = tier_of(source, concept)
        if tier in (TIER_A, TIER_B) and not ruled_out(concept):
            recurrent = "infection-recurrent" in meanings(source.terminology, concept)
            says = shown.infection(name_of(concept), moment)
            yield AtVisit(Evidence(says, record.reference), tier == TIER_A or in_hospital or recurrent)


def _is_stay(source: Source, encounter: Any) -> bool:
    kind = encounter.class_fhir
    return "hospital-stay" in source.terminology.meanings(kind.system, kind.code)


def _names_one(source: Source, record: Record) -> bool:
    """Whether any of its codes is in a tier, told before it is read in full."""
    try:
        concepts = (
            _reasons.decode(record.raw).reasonCode
            if record.type == "Encounter"
            else [each.diagnosisCodeableConcept for each in _diagnoses.decode(record.raw).diagnosis]
        )
    except UNREADABLE:
        return False
    return any(source.concepts.means(concept) & set(TIERS) for concept in concepts)
