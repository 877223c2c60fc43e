"""The orders of one hook call: which of them are for Kresladi, read as tolerantly as they are sent.

A draft may lack what FHIR requires of a finished order, and a 1.x client sends a MedicationOrder. Both are brought
into R4's shape before they are read; what still cannot be read costs the part that is broken, not the order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cds_service.chart.handling_words import is_around_kresladi
from cds_service.chart.order_shapes import (
    concept_in_r4_shape,
    in_r4_shape,
    listed,
    named_subject,
    timing_in_r4_shape,
    with_concepts_in_r4_shape,
)
from cds_service.chart.ordering_words import are_of_an_order, is_paperwork
from cds_service.exact_json import UNREADABLE, plain
from cds_service.fhir.bundle import Entry
from cds_service.fhir.elements import name_text
from cds_service.fhir.identity import split_literal
from cds_service.fhir.records import Records
from cds_service.fhir.resources import Unreadable, validated
from cds_service.fhir.terminology import NDC, Terminology, normalised
from cds_service.frozen import frozen

KINDS = ("MedicationRequest", "ServiceRequest", "MedicationOrder")
OUT_OF_SCOPE = frozenset({"entered-in-error", "cancelled", "stopped", "completed"})
_LEAST = (
    "resourceType",
    "status",
    "intent",
    "subject",
    "code",
    "medicationCodeableConcept",
    "medicationReference",
)
_AS_IN_DOSAGE = {
    "occurrenceTiming": "timing",
    "asNeededBoolean": "asNeededBoolean",
    "asNeededCodeableConcept": "asNeededCodeableConcept",
}
"""Members of a service order that say what a dosage instruction says by the other name."""
_CHAIN = ("basedOn", "priorPrescription", "replaces")
"""Members of an order that refer to the order which it carries out, or takes the place of."""


@frozen
class DraftOrder:
    """An order for Kresladi. `id` is None where it has none; `unreadable` says what of it could not be read."""

    reference: str
    kind: str
    id: str | None
    model: Any
    names_subject: bool
    identifiers: frozenset[tuple[str, str]] = frozenset()
    unreadable: str = ""
    full_url: str | None = None
    instructions: tuple[Any, ...] = ()
    """Its dosage instructions; a service order's timing is read as one, for it says the same."""
    carries_on: frozenset[str] = frozenset()
    """Literal references to the orders that it is based on, or takes the place of."""

    @property
    def type(self) -> str:
        """What R4 calls its kind: DSTU2's MedicationOrder is the MedicationRequest of today."""
        return "MedicationRequest" if self.kind == "MedicationOrder" else self.kind

    def is_at(self, kind: str, id_: str | None) -> bool:
        """Whether it is the resource of this type (R4's) and id."""
        return self.id is not None and (kind, id_) == (self.type, self.id)


def kresladi_orders(
    entries: Iterable[Entry], records: Records, terminology: Terminology, patient_id: str
) -> tuple[DraftOrder, ...]:
    """The orders for Kresladi among the entries of `draftOrders`, in their order."""
    found = []
    for place, entry in enumerate(entries):
        resource = _as_dict(entry)
        if resource is None or resource.get("resourceType") not in KINDS or not _may_be_signed(resource):
            continue
        if Naming(terminology, records).names_kresladi(resource) and not _is_around_it(resource):
            found.append(_draft(resource, place, patient_id, entry.fullUrl))
    return tuple(found)


def needs_more_to_tell(entries: Iterable[Entry]) -> bool:
    """Whether any order names its medication by a reference only, so that the chart is needed to tell what it is."""
    orders = (_as_dict(entry) for entry in entries)
    return any(order and any(isinstance(each, dict) for each in _medication_references(order)) for order in orders)


def _medication_references(order: dict[str, Any]) -> tuple[Any, Any]:
    """R4's reference to the medication, and R5's."""
    r5 = order.get("medication")
    return order.get("medicationReference"), r5.get("reference") if isinstance(r5, dict) else None


def _as_dict(entry: Entry) -> dict[str, Any] | None:
    if not bytes(entry.resource):
        return None
    try:
        value = plain(entry.resource)
    except UNREADABLE:
        return None
    return with_concepts_in_r4_shape(value) if isinstance(value, dict) else None


def _may_be_signed(resource: dict[str, Any]) -> bool:
    return str(resource.get("status")) not in OUT_OF_SCOPE and resource.get("doNotPerform") is not True


def _is_around_it(resource: dict[str, Any]) -> bool:
    """Whether a service order is for a consultation, a test, papers or the bag, and only mentions Kresladi."""
    code = resource.get("code")
    if resource.get("resourceType") != "ServiceRequest" or not isinstance(code, dict):
        return False
    said = [name_text(text) for text in _words_of(code)]
    return is_around_kresladi(said) or is_paperwork(said)


def _words_of(concept: dict[str, Any]) -> list[str]:
    """A CodeableConcept's text and displays, as a dict may hold them."""
    codings = [coding for coding in listed(concept.get("coding")) if isinstance(coding, dict)]
    said = (concept.get("text"), *(coding.get("display") for coding in codings))
    return [text for text in said if isinstance(text, str)]


@frozen
class Naming:
    """Tells whether a resource, as a dict, names Kresladi: by code, by words, or through its Medication."""

    terminology: Terminology
    records: Records

    def names_kresladi(self, resource: dict[str, Any]) -> bool:
        concepts = [resource.get("medicationCodeableConcept"), resource.get("code")]
        concepts += listed(resource.get("orderDetail"))
        r5 = resource.get("medication")
        if isinstance(r5, dict):
            concepts.append(r5.get("concept"))
        if any(self.concept_names(concept) for concept in concepts):
            return True
        return any(self._reference_names(reference, resource) for reference in _medication_references(resource))

    def concept_names(self, concept: Any) -> bool:
        """Whether a CodeableConcept, as a dict, names Kresladi; of several, whether any does."""
        concept = concept_in_r4_shape(concept)
        if isinstance(concept, list):
            return any(self.concept_names(each) for each in concept)
        if not isinstance(concept, dict):
            return False
        codings = [coding for coding in listed(concept.get("coding")) if isinstance(coding, dict)]
        means = frozenset[str]().union(*map(self._meanings, codings))
        if "kresladi" in means:
            return True
        numbers = [coding.get("code") for coding in codings if _is_ndc(coding.get("system"))]
        return _named([*_words_of(concept), *numbers], means)

    def medication_names(self, medication: Any) -> bool:
        """Whether a Medication, as a dict, is Kresladi, by its code or an ingredient."""
        if not isinstance(medication, dict):
            return False
        ingredients = [
            i.get("itemCodeableConcept") for i in listed(medication.get("ingredient")) if isinstance(i, dict)
        ]
        return any(self.concept_names(concept) for concept in (medication.get("code"), *ingredients))

    def _reference_names(self, reference: Any, resource: dict[str, Any]) -> bool:
        if not isinstance(reference, dict):
            return False
        if _named([reference.get("display")]):
            return True
        literal = reference.get("reference")
        if not isinstance(literal, str):
            return False
        if literal.startswith("#"):
            inside = [
                c for c in listed(resource.get("contained")) if isinstance(c, dict) and c.get("id") == literal[1:]
            ]
            return any(self.medication_names(each) for each in inside)
        _, kind, id_ = split_literal(literal)
        record = self.records.at(literal) or self.records.at(f"{kind}/{id_}")
        if record is None or record.type != "Medication":
            return False
        try:
            return self.medication_names(record.plain())
        except Unreadable:
            return False

    def _meanings(self, coding: dict[str, Any]) -> frozenset[str]:
        system, code = coding.get("system"), coding.get("code")
        if not isinstance(code, str):
            return frozenset()
        return self.terminology.meanings(system if isinstance(system, str) else None, code)


def _is_ndc(system: Any) -> bool:
    """Whether a coding's system is NDC's, or left out: a product number is then told by its digits."""
    return system is None or (isinstance(system, str) and normalised(system, "").system == NDC)


def _named(said: Iterable[Any], means: frozenset[str] = frozenset()) -> bool:
    return are_of_an_order([name_text(text) for text in said if isinstance(text, str)], means)


# --- one order -------------------------------------------------------------------------------------------------------


def _draft(resource: dict[str, Any], place: int, patient_id: str, full_url: str | None) -> DraftOrder:
    id_ = resource.get("id") if isinstance(resource.get("id"), str) else None
    kind = str(resource["resourceType"])
    reference = f"{kind}/{id_}" if id_ else f"draftOrders.entry[{place}]"
    names_subject = named_subject(resource, patient_id) is not None
    # The id is kept beside the model: one that FHIR does not allow (`draft_1`) costs nothing.
    shaped = {name: value for name, value in in_r4_shape(resource, patient_id).items() if name != "id"}
    model, unreadable = _read(shaped)
    instructions, unreadable_timing = _instructions(shaped, model)
    identifiers = frozenset((each.system, each.value) for each in model.identifier or () if each.system and each.value)
    problem = unreadable or unreadable_timing
    chain = _carried_on_by(resource)
    return DraftOrder(reference, kind, id_, model, names_subject, identifiers, problem, full_url, instructions, chain)


def _carried_on_by(order: dict[str, Any]) -> frozenset[str]:
    stated = [each for member in _CHAIN for each in listed(order.get(member)) if isinstance(each, dict)]
    literals = [each.get("reference") for each in stated]
    return frozenset(each.strip() for each in literals if isinstance(each, str))


def _read(shaped: dict[str, Any]) -> tuple[Any, str]:
    """The order as a model; where it cannot be read whole, what identifies it, and what was wrong."""
    try:
        return validated(shaped), ""
    except Unreadable as unreadable:
        least = {name: value for name, value in shaped.items() if name in _LEAST}
        try:
            return validated(least), str(unreadable)
        except Unreadable:
            return _bare_of(shaped), str(unreadable)


def _bare_of(shaped: dict[str, Any]) -> Any:
    """The order with nothing but its patient, and without even that where it cannot be read."""
    bare = _bare(str(shaped["resourceType"]))
    try:
        return validated(bare | {"subject": shaped["subject"]})
    except Unreadable:
        return validated(bare)


def _bare(kind: str) -> dict[str, Any]:
    """An order of which nothing could be read but that it is one."""
    bare = {"resourceType": kind, "status": "draft", "intent": "order", "subject": {"reference": "Patient/unknown"}}
    return bare | ({"medicationCodeableConcept": {"text": "Kresladi"}} if kind == "MedicationRequest" else {})


def _instructions(shaped: dict[str, Any], model: Any) -> tuple[tuple[Any, ...], str]:
    """The dosage instructions; a service order's timing in the shape of one; and what could not be read of it."""
    if shaped["resourceType"] == "MedicationRequest" or not shaped.keys() & _AS_IN_DOSAGE.keys():
        return tuple(getattr(model, "dosageInstruction", None) or ()), ""
    dosage = {name: timing_in_r4_shape(shaped[here]) for here, name in _AS_IN_DOSAGE.items() if here in shaped}
    try:
        return tuple(validated(_bare("MedicationRequest") | {"dosageInstruction": [dosage]}).dosageInstruction), ""
    except Unreadable as unreadable:
        return (), str(unreadable)
