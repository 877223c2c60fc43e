"""Once in a lifetime: every record that is, or may be, an earlier dose of Kresladi."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cds_service.chart import phrases
from cds_service.chart.orders import DraftOrder
from cds_service.chart.source import Sifted, Source
from cds_service.exact_json import UNREADABLE
from cds_service.facts import EarlierDose
from cds_service.fhir.elements import first_when, meanings, name_of, plain_text, texts, when
from cds_service.fhir.identity import split_literal
from cds_service.fhir.records import Record
from cds_service.fhir.resources import Unreadable
from cds_service.logic import Cause, Evidence, Gap
from cds_service.wording import reasons, shown

REQUIRED = ("MedicationRequest", "MedicationAdministration", "Procedure")
WANTED = reasons.WANTED_NO_EARLIER_DOSE
_OTHER_RECORD = ("replaced-by", "replaces", "refer")
_NOT_GIVEN = {
    "MedicationAdministration": {"not-done", "entered-in-error"},
    "MedicationDispense": {"cancelled", "declined", "preparation", "entered-in-error"},
    "MedicationStatement": {"not-taken", "intended", "entered-in-error"},
    "Procedure": {"not-done", "preparation", "entered-in-error"},
    "Immunization": {"not-done", "entered-in-error"},
}
_GIVEN = {
    "MedicationAdministration": {"completed", "in-progress"},
    "Procedure": {"completed"},
    "Immunization": {"completed"},
}


_MENTIONS = (b"kresladi", b"marnetegra", b"rp-l201", b"rpl201", b"rp l201", b"83537", b"nct03812263")


class _Reference(msgspec.Struct):
    reference: str | None = None
    display: str | None = None


_reference = msgspec.json.Decoder(_Reference)


@dataclass(slots=True)
class _Doses:
    """What was found so far."""

    given: list[Evidence] = field(default_factory=list)
    possible: list[Gap] = field(default_factory=list)
    unread: list[Gap] = field(default_factory=list)
    sifted: Sifted = field(default_factory=Sifted)

    def may_be(self, source: str, because: str, cause: Cause = Cause.UNUSABLE) -> None:
        (self.unread if cause is Cause.UNAVAILABLE else self.possible).append(Gap(WANTED, because, cause, source))


def read_earlier_dose(source: Source, order: DraftOrder) -> EarlierDose:
    """Every dose on record, everything that may be one, and whether the chart could be read far enough to tell."""
    doses = _Doses()
    for kind in (
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationStatement",
        "MedicationRequest",
    ):
        _medications(source, order, kind, doses)
    _procedures(source, doses)
    _immunizations(source, doses)
    _histories(source, doses)
    _claims(source, doses)
    _trials(source, doses)
    _other_records(source, doses)
    doses.unread += source.unread(WANTED, *REQUIRED)
    read = tuple(Evidence(shown.read_through(kind, _count(source, kind)), kind) for kind in REQUIRED)
    return EarlierDose(
        tuple(doses.given), tuple(doses.possible), tuple(doses.unread), read, tuple(doses.sifted.set_aside)
    )


def _count(source: Source, kind: str) -> int:
    return sum(1 for _ in source.records.of(kind))


# --- medications -----------------------------------------------------------------------------------------------------


def _medications(source: Source, order: DraftOrder, kind: str, doses: _Doses) -> None:
    records = [record for record in source.records.of(kind) if not _is_same_order(record, order)]
    named, open_ = [], []
    for record in records:
        told = names_kresladi(source, record)
        if told is True:
            named.append(record)
        elif told is None and kind in ("MedicationAdministration", "MedicationRequest"):
            open_.append(record)
    sifted = source.sift(named, (kind,) if kind in REQUIRED else ())
    doses.sifted.set_aside += sifted.set_aside
    for reference, because in sifted.troubles:
        doses.may_be(reference, because)
    for record, model in sifted.usable:
        _sort_medication(kind, record, model, doses)
    _sort_untold(source, kind, open_, doses)


def _is_same_order(record: Record, order: DraftOrder) -> bool:
    return record.type == order.kind and order.id is not None and record.header.id == order.id


def _sort_medication(kind: str, record: Record, model: Any, doses: _Doses) -> None:
    status = str(model.status)
    moment = first_when(
        model,
        "effectiveDateTime",
        "effectivePeriod",
        "whenHandedOver",
        "whenPrepared",
        "authoredOn",
        "dateAsserted",
    )
    says = shown.dose_record(kind, status, moment)
    if kind == "MedicationRequest":
        if status == "completed" and model.intent not in ("proposal", "plan"):
            doses.may_be(record.reference, reasons.may_be_a_dose(says))
        else:
            doses.sifted.aside(record, reasons.order_is_no_dose(status))
    elif status in _NOT_GIVEN[kind]:
        doses.sifted.aside(record, reasons.status_not_counted(says, status))
    elif status in _GIVEN.get(kind, ()):
        doses.given.append(Evidence(says, record.reference))
    else:
        doses.may_be(record.reference, reasons.may_be_a_dose(says))


def _sort_untold(source: Source, kind: str, records: Iterable[Record], doses: _Doses) -> None:
    """Records that do not tell which drug they are of: masked, or their Medication is not to be had."""
    for record in records:
        if record.header.status in _NOT_GIVEN.get(kind, {"entered-in-error"}):
            continue
        if kind == "MedicationRequest" and record.header.status != "completed":
            continue
        sifted = source.sift([record])
        doses.sifted.set_aside += sifted.set_aside
        if sifted.usable or sifted.troubles:
            missing = _medication_is_elsewhere(source, record)
            cause = Cause.UNAVAILABLE if missing else Cause.UNUSABLE
            doses.may_be(record.reference, reasons.drug_not_told(kind), cause)


def names_kresladi(source: Source, record: Record) -> bool | None:
    """Whether a record is of Kresladi; None where it does not tell of which drug it is."""
    concept = record.header.code if record.type == "ServiceRequest" else record.header.medicationCodeableConcept
    means = source.concept_means(concept)
    if means & {"kresladi", "~kresladi"}:
        return True
    if bytes(record.header.medicationReference):
        return _names_through_reference(source, record)
    if "?" in means:
        return None
    return False if _says_something(concept) else None


def _says_something(raw: msgspec.Raw) -> bool:
    """Whether a concept holds any code or word, and is not just an empty or masked shell."""
    text = bytes(raw)
    return b'"code"' in text or b'"text"' in text or b'"display"' in text


def _names_through_reference(source: Source, record: Record) -> bool | None:
    try:
        reference = _reference.decode(record.header.medicationReference)
    except UNREADABLE:
        return None
    if reference.display and phrases.names("kresladi", (plain_text(reference.display),)):
        return True
    literal = reference.reference or ""
    try:
        if literal.startswith("#"):
            inside = [each for each in record.read().contained or () if each.id == literal[1:]]
            medication = inside[0] if inside else None
        else:
            _, kind, id_ = split_literal(literal)
            found = source.records.at(literal) or source.records.at(f"{kind}/{id_}")
            medication = found.read() if found else None
    except Unreadable:
        medication = None
    if medication is None or medication.get_resource_type() != "Medication":
        return False if reference.display else None
    return _is_kresladi(source, medication)


def _is_kresladi(source: Source, medication: Any) -> bool | None:
    concepts = [medication.code, *(i.itemCodeableConcept for i in medication.ingredient or ())]
    concepts = [concept for concept in concepts if concept is not None]
    if not concepts:
        return None
    return any(
        "kresladi" in meanings(source.terminology, concept) or phrases.names("kresladi", texts(concept))
        for concept in concepts
    )


def _medication_is_elsewhere(source: Source, record: Record) -> bool:
    """Whether the drug is named by a reference to a Medication that was not sent."""
    try:
        reference = _reference.decode(record.header.medicationReference)
    except UNREADABLE:
        return False
    literal = reference.reference or ""
    _, kind, id_ = split_literal(literal)
    there = source.records.at(literal) or source.records.at(f"{kind}/{id_}")
    return bool(literal) and not literal.startswith("#") and there is None


# --- procedures, immunizations, diagnoses that say "has had" ------------------------------------------------------------


def _procedures(source: Source, doses: _Doses) -> None:
    tags = ("kresladi", "~kresladi", "~gene-therapy", "genetically-modified-cell-infusion")
    records = source.about(("Procedure",), *tags)
    in_words = [record for record in source.records.of("Procedure") if _mentions_it(record)]
    sifted = source.sift(dict.fromkeys([*records, *in_words]), ("Procedure",))
    doses.sifted.set_aside += sifted.set_aside
    for reference, because in sifted.troubles:
        doses.may_be(reference, because)
    for record, model in sifted.usable:
        _sort_procedure(source, record, model, doses)


def _sort_procedure(source: Source, record: Record, model: Any, doses: _Doses) -> None:
    said = [*texts(model.code), *(text for concept in model.usedCode or () for text in texts(concept))]
    said += [reference.display for reference in model.usedReference or () if reference.display]
    said += [note.text for note in model.note or () if note.text]
    named = "kresladi" in source.means(record) or phrases.names("kresladi", [plain_text(text) for text in said])
    status = str(model.status)
    says = shown.dose_procedure(name_of(model.code), status, first_when(model, "performedDateTime", "performedPeriod"))
    if status in _NOT_GIVEN["Procedure"]:
        doses.sifted.aside(record, reasons.status_not_counted(says, status))
    elif named and not phrases.about_a_procedure(said):
        if status in _GIVEN["Procedure"]:
            doses.given.append(Evidence(says, record.reference))
        else:
            doses.may_be(record.reference, reasons.may_be_a_dose(says))
    elif phrases.names("other-gene-therapy", said) or phrases.about_a_procedure(said):
        doses.sifted.aside(record, reasons.ANOTHER_PRODUCT)
    elif source.means(record) & {"~gene-therapy", "genetically-modified-cell-infusion"}:
        doses.may_be(record.reference, reasons.unnamed_gene_therapy(says))


def _immunizations(source: Source, doses: _Doses) -> None:
    sifted = source.sift(source.about(("Immunization",), "kresladi", "~kresladi"), subject="patient")
    for record, model in sifted.usable:
        if source.means(record) & {"kresladi", "~kresladi"} and model.status not in _NOT_GIVEN["Immunization"]:
            says = shown.dose_record("Immunization", str(model.status), when(model.occurrenceDateTime))
            doses.given.append(Evidence(says, record.reference))


def _histories(source: Source, doses: _Doses) -> None:
    """Conditions and Observations that say a gene therapy was had, without naming or while naming Kresladi."""
    sifted = source.sift(source.about(("Condition",), "gene-therapy-history", "~kresladi", "~gene-therapy"))
    doses.sifted.set_aside += sifted.set_aside
    for record, model in sifted.usable:
        said = texts(model.code)
        status = {c.code for c in (model.verificationStatus.coding or () if model.verificationStatus else ())}
        named = "~kresladi" in source.means(record)
        if "refuted" in status or (not named and phrases.names("other-gene-therapy", said)):
            continue
        history = "gene-therapy-history" in source.means(record)
        if history or named or phrases.plainly_named("gene-therapy", said):
            doses.may_be(record.reference, reasons.unnamed_gene_therapy(name_of(model.code)))


# --- claims, trials, other records --------------------------------------------------------------------------------------


def _claims(source: Source, doses: _Doses) -> None:
    """A paid claim that names the drug is a dose; a billed one may be. A preauthorization is neither."""
    for kind in ("ExplanationOfBenefit", "Claim"):
        records = [record for record in source.records.of(kind) if _mentions_it(record)]
        sifted = source.sift(records, subject="patient")
        for record, model in sifted.usable:
            if model.use != "claim" or model.status in ("cancelled", "draft") or not _item_names(source, model):
                doses.sifted.aside(record, reasons.NO_PAID_CLAIM)
            elif kind == "Claim":
                doses.may_be(record.reference, reasons.may_be_a_dose(shown.billed(when(model.created))))
            elif _denied(model):
                doses.sifted.aside(record, reasons.NO_PAID_CLAIM)
            elif _paid(model):
                doses.given.append(Evidence(shown.paid(when(model.created)), record.reference))
            else:
                doses.may_be(record.reference, reasons.may_be_a_dose(shown.billed(when(model.created))))


def _mentions_it(record: Record) -> bool:
    """Whether the drug's name, number or trial stands anywhere in the resource, before it is read in full."""
    text = bytes(record.raw).lower()
    return any(word in text for word in _MENTIONS)


def _item_names(source: Source, model: Any) -> bool:
    concepts = [item.productOrService for item in model.item or () if item.productOrService is not None]
    concepts += [c.procedureCodeableConcept for c in model.procedure or () if c.procedureCodeableConcept is not None]
    for item in model.item or ():
        concepts += item.modifier or ()
        concepts += [d.productOrService for d in item.detail or () if d.productOrService is not None]
    return any(
        "kresladi" in meanings(source.terminology, concept) or phrases.names("kresladi", texts(concept))
        for concept in concepts
    )


def _denied(eob: Any) -> bool:
    return bool(eob.disposition and phrases.names_denial(eob.disposition)) or eob.outcome == "error"


def _paid(eob: Any) -> bool:
    """Whether the explanation shows money paid: a payment, or a benefit among the totals."""
    payment = eob.payment.amount.value if eob.payment is not None and eob.payment.amount is not None else None
    if payment is not None:
        return bool(payment > 0)
    for total in eob.total or ():
        codes = {coding.code for coding in (total.category.coding or () if total.category else ())}
        if codes & {"benefit", "paidtoprovider", "paidtopatient"} and total.amount is not None:
            return bool(total.amount.value and total.amount.value > 0)
    return False


def _trials(source: Source, doses: _Doses) -> None:
    for record, model in _subjects(source):
        if model.status not in (
            "withdrawn",
            "ineligible",
            "not-registered",
            "potential-candidate",
            "screening",
        ):
            doses.may_be(record.reference, reasons.TRIAL)


def _subjects(source: Source) -> Iterator[tuple[Record, Any]]:
    records = [r for r in source.records.of("ResearchSubject") if _is_our_trial(source, r)]
    yield from source.sift(records, subject="individual").usable


def _is_our_trial(source: Source, record: Record) -> bool:
    if _mentions_it(record):
        return True
    try:
        study = source.at(record.read().study)
    except Unreadable:
        return False
    return study is not None and _mentions_it(study)


def _other_records(source: Source, doses: _Doses) -> None:
    """A patient merged with, or replaced by, another record that was not read: nothing is known of that one."""
    patient = source.identity.record
    if patient is None:
        return
    try:
        links = patient.read().link or ()
    except Unreadable:
        return
    for link in links:
        if link.type in _OTHER_RECORD:
            doses.may_be(patient.reference, reasons.OTHER_RECORD, Cause.UNAVAILABLE)
