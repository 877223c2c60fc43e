"""Which drug a record of the chart is of, in codes and words: its own, or those of the Medication it refers to."""

from __future__ import annotations

from typing import NamedTuple

from cds_service.chart.bedside.members import concepts_of, dicts, folded, meanings_of, medication_at, words_of
from cds_service.chart.source import Source
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.fhir.terminology import NO_MEANING


class Drug(NamedTuple):
    """The ids of the ValueSets that hold a code of a drug, the words for it, and those for its form."""

    means: frozenset[str]
    said: tuple[str, ...]
    form: tuple[str, ...] = ()


def drug_of(source: Source, record: Record) -> Drug:
    """The drug of a record; one without codes and words where nothing tells."""
    try:
        resource = record.plain()
    except Unreadable:
        return Drug(NO_MEANING, ())
    reference = next(iter(dicts(resource.get("medicationReference"))), {})
    medication = medication_at(source.records, reference.get("reference"), resource)
    concepts = (*dicts(resource.get("medicationCodeableConcept")), *concepts_of(medication))
    said = (*words_of(*concepts), *folded((reference.get("display"),)))
    return Drug(meanings_of(source.terminology, concepts), said, words_of((medication or {}).get("form")))
