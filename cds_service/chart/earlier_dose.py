"""Once in a lifetime: every record that is, or may be, an earlier dose of Kresladi."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cds_service.chart.claims_and_trials import read_claims, read_trials
from cds_service.chart.concepts import UNTOLD
from cds_service.chart.dose_histories import read_histories, read_reasons
from cds_service.chart.dose_in_doubt import is_in_doubt
from cds_service.chart.dose_procedures import read_procedures
from cds_service.chart.dose_visits import read_visits_and_notes
from cds_service.chart.doses_found import WANTED, DosesFound
from cds_service.chart.giving_words import only_around_kresladi
from cds_service.chart.naming import (
    has_labels,
    is_labelled_masked,
    medication_is_elsewhere,
    names_kresladi,
)
from cds_service.chart.order_at_hand import under_orders
from cds_service.chart.ordering_words import is_paperwork
from cds_service.chart.orders import DraftOrder
from cds_service.chart.source import Source
from cds_service.chart.unnamed_products import drug_of, hiding, may_be_noted
from cds_service.facts import EarlierDose
from cds_service.fhir.elements import first_when, name_of, texts, when
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.logic import Cause, Evidence
from cds_service.wording import dose_reasons, not_read, reasons, shown

REQUIRED = ("MedicationRequest", "MedicationAdministration", "Procedure")
_ORDERS = ("MedicationRequest", "ServiceRequest")
_MEDICATIONS = ("MedicationAdministration", "MedicationDispense", "MedicationStatement", *_ORDERS)
_OTHER_RECORD = ("replaced-by", "replaces", "refer")
_NOT_GIVEN = {
    "MedicationAdministration": {"not-done", "entered-in-error"},
    "MedicationDispense": {"cancelled", "declined", "preparation", "entered-in-error"},
    "MedicationStatement": {"not-taken", "intended", "entered-in-error"},
    "Immunization": {"not-done", "entered-in-error"},
}
_GIVEN = {"MedicationAdministration": {"completed", "in-progress"}}
_WORTH_A_LOOK = ("kresladi", "~kresladi", "~gene-therapy", "~study", UNTOLD)

_Told = tuple[Record, bool | None]
"""A record, and whether it is of Kresladi; None where it does not tell."""


def read_earlier_dose(source: Source, order: DraftOrder) -> EarlierDose:
    """Every dose on record, everything that may be one, and whether the chart could be read far enough to tell."""
    found = DosesFound()
    told = {kind: _told_of(source, order, kind) for kind in _ORDERS}
    ordered = [record for kind in _ORDERS for record, is_kresladi in told[kind] if is_kresladi is True]
    under = under_orders(source, order, ordered)
    told |= {kind: _told_of(source, order, kind, under) for kind in _MEDICATIONS if kind not in told}
    for kind in _MEDICATIONS:
        _medications(source, kind, told[kind], under, found)
    read_procedures(source, under, found)
    _immunizations(source, found)
    read_histories(source, found)
    read_visits_and_notes(source, found)
    read_claims(source, found)
    read_trials(source, found)
    read_reasons(source, order, found)
    _other_records(source, found)
    found.unread += source.unread(WANTED, *REQUIRED)
    counts = {kind: len(source.records.by_type.get(kind, ())) for kind in REQUIRED}
    return found.as_fact(tuple(Evidence(shown.read_through(kind, count), kind) for kind, count in counts.items()))


# --- medications -----------------------------------------------------------------------------------------------------


def _medications(source: Source, kind: str, told: list[_Told], under: frozenset[Record], found: DosesFound) -> None:
    named = [record for record, is_kresladi in told if is_kresladi is True]
    for record, model in found.take(source.sift(named, (kind,) if kind in REQUIRED else ())).usable:
        _sort_medication(kind, record, model, found, in_doubt=is_in_doubt(source, record))
    others = [record for record, is_kresladi in told if is_kresladi is False and _was_given(kind, record)]
    possible = under.union(hiding(source, others))
    for record, _ in found.take(source.sift(each for each in others if each in possible)).usable:
        found.may_be(record.reference, dose_reasons.unnamed_gene_therapy(name_of(drug_of(source, record))))
    untold = [record for record, is_kresladi in told if is_kresladi is None]
    _sort_untold(source, kind, [each for each in untold if kind in REQUIRED or each in under], under, found)


def _told_of(source: Source, order: DraftOrder, kind: str, under: frozenset[Record] = frozenset()) -> list[_Told]:
    """The records that may be of Kresladi, or do not tell; a chart has thousands of others."""
    named = {*under, *source.about((kind,), *_WORTH_A_LOOK), *may_be_noted(source, kind)}
    return [
        (record, _told(source, record))
        for record in source.records.of(kind)
        if (record in named or len(record.header.medicationReference) or has_labels(record))
        and not order.is_at(record.type, record.header.id)
    ]


def _told(source: Source, record: Record) -> bool | None:
    """Whether a record is of Kresladi; of one that was masked, what is left to be read does not tell."""
    is_kresladi = names_kresladi(source, record)
    looked_at = record.type in REQUIRED and is_kresladi is False and _was_given(record.type, record)
    return None if looked_at and is_labelled_masked(record) else is_kresladi


def _was_given(kind: str, record: Record) -> bool:
    """Whether its status leaves room for a dose; of an order, only that it was carried out does."""
    status = record.header.status
    return status == "completed" if kind in _ORDERS else status not in _NOT_GIVEN.get(kind, ())


def _sort_medication(kind: str, record: Record, model: Any, found: DosesFound, *, in_doubt: bool = False) -> None:
    status = str(model.status)
    moment = first_when(
        model, "effectiveDateTime", "effectivePeriod", "whenHandedOver", "whenPrepared", "authoredOn", "dateAsserted"
    )
    says = shown.dose_record(kind, status, moment)
    if kind in _ORDERS:
        said = texts(model.code) if kind == "ServiceRequest" else ()
        around = only_around_kresladi(said) or is_paperwork(said)
        if status == "completed" and model.intent not in ("proposal", "plan") and not model.doNotPerform and not around:
            found.may_be(record.reference, dose_reasons.may_be_a_dose(says))
        else:
            found.no_dose(record.reference, dose_reasons.order_is_no_dose(status))
    elif status in _NOT_GIVEN[kind]:
        found.no_dose(record.reference, reasons.status_not_counted(says, status))
    elif status in _GIVEN.get(kind, ()) and not in_doubt:
        found.dose(record.reference, says)
    else:
        found.may_be(record.reference, dose_reasons.may_be_a_dose(says))


def _sort_untold(
    source: Source, kind: str, records: Iterable[Record], under: frozenset[Record], found: DosesFound
) -> None:
    """Records that do not tell which drug they are of: masked, or their Medication is not to be had.

    What was given under an order for Kresladi is of the drug that it orders.
    """
    for record in records:
        if not _was_given(kind, record):
            continue
        sifted = source.sift([record])
        found.set_aside += sifted.set_aside
        if sifted.usable and record in under:
            _sort_medication(kind, record, sifted.usable[0][1], found)
        elif sifted.usable or sifted.troubles:
            missing = medication_is_elsewhere(source, record)
            cause = Cause.UNAVAILABLE if missing else Cause.UNUSABLE
            found.may_be(record.reference, dose_reasons.drug_not_told(kind), cause)


# --- what else may tell of a dose -----------------------------------------------------------------------------------


def _immunizations(source: Source, found: DosesFound) -> None:
    records = [each for each in source.records.of("Immunization") if source.means(each) & {"kresladi", "~kresladi"}]
    for record, model in found.take(source.sift(records, subject="patient")).usable:
        if model.status not in _NOT_GIVEN["Immunization"]:
            found.dose(
                record.reference,
                shown.dose_record("Immunization", str(model.status), when(model.occurrenceDateTime)),
            )


def _other_records(source: Source, found: DosesFound) -> None:
    """A patient merged with, or replaced by, another record that was not read: nothing is known of that one."""
    patient = source.identity.record
    if patient is None:
        return
    try:
        linked = any(link.type in _OTHER_RECORD for link in patient.read().link or ())
    except Unreadable:
        linked = b'"link"' in bytes(patient.raw)
    if linked:
        found.may_be(patient.reference, not_read.OTHER_RECORD, Cause.UNAVAILABLE)
