"""Which orders are for Kresladi, in every form that one may be written; and other orders for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    KRESLADI,
    RXNORM,
    Resource,
    answered,
    complete,
    concept,
    criteria,
    determination,
    dose,
    order,
    request,
    subject,
    topics,
)

NDC = "http://hl7.org/fhir/sid/ndc"
UNII = "http://fdasis.nlm.nih.gov"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
IN, OUT = True, False


def of(text: str | None, *codings: tuple[str, str]) -> Resource:
    return order(medicationCodeableConcept=concept(text, *codings))


def service(code: Resource, **more: Any) -> Resource:
    base = {"resourceType": "ServiceRequest", "id": "draft-1", "status": "draft", "intent": "order",
            "subject": subject(), "code": code}  # fmt: skip
    return base | more


def old(**more: Any) -> Resource:
    base = {"resourceType": "MedicationOrder", "id": "draft-1", "status": "draft", "patient": subject(),
            "medicationCodeableConcept": KRESLADI}  # fmt: skip
    return base | more


def by_reference(reference: Resource, **more: Any) -> Resource:
    return order(medicationCodeableConcept=None, medicationReference=reference, **more)


MEDICATION = {"resourceType": "Medication", "id": "m", "code": KRESLADI}
OTHER_MEDICATION = {"resourceType": "Medication", "id": "m", "code": concept("Casgevy")}
AT_M = {"reference": "Medication/m"}
WRITTEN = [
    ("RxNorm 2740386", of(None, (RXNORM, "2740386")), IN),
    ("RxNorm 2740392", of(None, (RXNORM, "2740392")), IN),
    ("RxNorm under its OID", of(None, ("urn:oid:2.16.840.1.113883.6.88", "2740386")), IN),
    ("another RxNorm code", of(None, (RXNORM, "2740387")), OUT),
    ("NDC 5-3-2", of(None, (NDC, "83537-034-01")), IN),
    ("NDC with blanks around it", of(None, (NDC, " 83537-034-01 ")), IN),
    ("NDC 5-4-2", of(None, (NDC, "83537-0034-01")), IN),
    ("NDC of 11 digits", of(None, (NDC, "83537003401")), IN),
    ("NDC of 10 digits", of(None, (NDC, "8353703401")), IN),
    ("NDC of the product", of(None, (NDC, "83537-034")), IN),
    ("NDC under its OID", of(None, ("urn:oid:2.16.840.1.113883.6.69", "83537-034-01")), IN),
    ("NDC of another product", of(None, (NDC, "83537-035-01")), OUT),
    ("NDC of Casgevy", of(None, (NDC, "51167-290-09")), OUT),
    ("UNII", of(None, (UNII, "RD86XHH46N")), IN),
    ("the code of another system", of(None, ("https://site.example", "2740386")), OUT),
    ("brand", of("KRESLADI"), IN),
    ("brand in a sentence", of("Infusion of Kresladi, 2 bags"), IN),
    ("generic", of("marnetegragene autotemcel"), IN),
    ("generic as the policy spells it", of("Marnetegrane autotemcel"), IN),
    ("RP-L201", of("RP-L201"), IN),
    ("RP-L201 with another hyphen", of("RP‑L201"), IN),
    ("RPL201", of("RPL201"), IN),
    ("in a display", order(medicationCodeableConcept={"coding": [{"code": "x", "display": "Kresladi bag"}]}), IN),
    ("autotemcel alone", of("autotemcel"), OUT),
    ("another autotemcel", of("exagamglogene autotemcel"), OUT),
    ("a word that holds it", of("Kresladine"), OUT),
    ("J3590 alone", of(None, (HCPCS, "J3590")), OUT),
    ("C9399 alone", of(None, (HCPCS, "C9399")), OUT),
    ("J3590 and the name", of("Kresladi", (HCPCS, "J3590")), IN),
    ("another drug", of("Busulfan"), OUT),
    # status
    ("draft", order(status="draft"), IN),
    ("active", order(status="active"), IN),
    ("on hold", order(status="on-hold"), IN),
    ("without a status", order(status=None), IN),
    ("cancelled", order(status="cancelled"), OUT),
    ("stopped", order(status="stopped"), OUT),
    ("completed", order(status="completed"), OUT),
    ("entered in error", order(status="entered-in-error"), OUT),
    ("not to be done", order(doNotPerform=True), OUT),
    ("to be done", order(doNotPerform=False), IN),
    # kinds
    ("a service order", service(concept("Kresladi infusion")), IN),
    ("a service order by NDC", service(concept(None, (NDC, "83537-034-01"))), IN),
    ("a service order, the drug in its detail", service(concept("Infusion"), orderDetail=[concept("Kresladi")]), IN),
    ("a service order not to be done", service(concept("Kresladi infusion"), doNotPerform=True), OUT),
    ("a service order for a consultation", service(concept("Consultation on Kresladi eligibility")), OUT),
    ("a service order that irradiates the bag", service(concept("Irradiate Kresladi infusion bag")), OUT),
    ("a service order that filters it", service(concept("Filter Kresladi before infusion")), OUT),
    ("a service order that samples the bag", service(concept("Sample Kresladi bag for sterility culture")), OUT),
    ("a service order that washes and infuses it", service(concept("Wash and infuse Kresladi")), IN),
    ("a service order that says not to filter", service(concept("Kresladi infusion, do not filter")), IN),
    ("a service order that names a filter in the line", service(concept("Kresladi, 170 micron filter")), IN),
    ("a count before it", service(concept("CBC before Kresladi infusion")), OUT),
    ("red cells after it", service(concept("Transfuse PRBC after Kresladi infusion")), OUT),
    ("an assay long after it", service(concept("Vector copy number, 12 months post-Kresladi")), OUT),
    *[(f"its giving: {text}", service(concept(text)), IN) for text in (
        "Admission for Kresladi infusion", "Infusion center visit for Kresladi infusion",
        "Prior authorization obtained for Kresladi infusion")],
    ("itself, after conditioning", service(concept("Kresladi infusion after conditioning")), IN),
    ("itself, and a count after it", service(concept("Kresladi infusion; CBC after Kresladi")), IN),
    ("a service order by vein that filters", service(concept("Kresladi IV once, filter")), IN),
    *[(f"another drug: {text}", of(text), OUT) for text in (
        "Busulfan (conditioning for Kresladi)", "filgrastim for RP-L201 mobilization",
        "Plerixafor to mobilize before Kresladi", "Premedication for Kresladi: acetaminophen",
        "Plerixafor for Kresladi collection", "Filgrastim - Kresladi mobilization",
        "Filgrastim (Kresladi mobilization)", "Kresladi premedication: acetaminophen",
        "Kresladi pre-med - diphenhydramine", "Kresladi pre-infusion acetaminophen",
        "Busulfan, Kresladi conditioning", "Busulfan conditioning - Kresladi", "Busulfan (Kresladi day -4)",
        "Busulfan day -4, Kresladi",
        "Kresladi day -3: busulfan", "Busulfan per Kresladi protocol", "Busulfan for Kresladi",
        "Cryopreserved HSC back-up for Kresladi", "Kresladi back-up cells", "Heparin flush post-Kresladi",
        "Furosemide post Kresladi infusion", "Vancomycin (fever after Kresladi)", "Filgrastim, Kresladi day +7",
        "Levetiracetam prophylaxis (Kresladi protocol)", "Levetiracetam following marnetegragene autotemcel infusion",
        "Ursodiol, day +1 after RP-L201", "Plerixafor for marnetegragene autotemcel (Kresladi) apheresis",
        "IV immunoglobulin since Kresladi")],
    *[(f"itself: {text}", of(text), IN) for text in (
        "Kresladi (after busulfan conditioning)", "Order for Kresladi", "Kresladi, mobilization complete",
        "Kresladi infusion", "Infusion of Kresladi (bag 1 of 2)", "Kresladi 30 mL bag, day 0", "Kresladi day 0",
        "marnetegragene autotemcel (Kresladi) suspension for IV infusion", "Kresladi per protocol",
        "Autologous CD34+ gene therapy - Kresladi", "Study drug RP-L201 (Kresladi), protocol NCT03812263",
        "RP-L201 study drug", "Infusion for Kresladi", "Kresladi protocol", "Infusion per Kresladi protocol",
        "Gene therapy (Kresladi protocol)", "Following conditioning, Kresladi infusion",
        "Premedication, then Kresladi infusion", "Kresladi, back-up cells on site", "Kresladi - conditioning completed",
        "HPC, Apheresis - Kresladi", "Kresladi apheresis product", "Formulary exception - Kresladi",
        "Kresladi infusion, day 0; filgrastim if no engraftment after Kresladi")],
    ("coded, whatever its words", of("Busulfan (conditioning for Kresladi)", (RXNORM, "2740386")), IN),
    *[(f"coded as another drug: {text}", of(text, (RXNORM, code)), OUT) for text, code in (
        ("Busulfan Kresladi", "1828"), ("Kresladi", "1828"), ("Filgrastim (Kresladi)", "68442"),
        ("Mozobil - Kresladi", "735381"), ("Kresladi: oral busulfan", "203010"))],
    *[(f"papers: {text}", service(concept(text)), OUT) for text in (
        "Prior authorization for Kresladi", "Kresladi prior authorization", "Insurance verification, Kresladi",
        "Kresladi benefit investigation")],
    *[(f"no papers: {text}", service(concept(text)), IN) for text in (
        "Kresladi (prior authorization obtained)", "Kresladi infusion, prior authorization pending",
        "Prior authorization approved: Kresladi")],
    ("a 1.x order", old(), IN),
    ("a 1.x order, cancelled", old(status="cancelled"), OUT),
    ("an administration", {"resourceType": "MedicationAdministration", "id": "a", "status": "completed",
                           "subject": subject(), "medicationCodeableConcept": KRESLADI}, OUT),
    ("R5, a concept", order(medicationCodeableConcept=None, medication={"concept": KRESLADI}), IN),
    ("R5, another concept", order(medicationCodeableConcept=None, medication={"concept": concept("Busulfan")}), OUT),
    ("R5, by reference", order(medicationCodeableConcept=None, medication={"reference": AT_M}), IN),
    # by reference; Medication/m is Kresladi, in prefetch
    ("by reference, sent", by_reference(AT_M), IN),
    ("by absolute reference, sent", by_reference({"reference": "https://ehr.example/fhir/Medication/m"}), IN),
    # not quite FHIR
    ("a text for a concept", order(medicationCodeableConcept="Kresladi"), IN),
    ("a text for a concept, another drug", order(medicationCodeableConcept="Busulfan"), OUT),
    ("a list of one concept", order(medicationCodeableConcept=[KRESLADI]), IN),
    ("a list of a text", order(medicationCodeableConcept=["Kresladi"]), IN),
    ("a list of one concept, another drug", order(medicationCodeableConcept=[concept("Busulfan")]), OUT),
    ("a list of two concepts", order(medicationCodeableConcept=[concept("Stem cells"), KRESLADI]), IN),
    ("a code that is a number", order(medicationCodeableConcept={"coding": [{"system": RXNORM, "code": 2740386}]}), IN),
    ("one coding in place of a list", order(medicationCodeableConcept={"coding": {"display": "Kresladi"}}), IN),
    ("R5, a text", order(medicationCodeableConcept=None, medication={"concept": "Kresladi"}), IN),
    ("a service order's code as a text", service("Kresladi infusion"), IN),
    ("a service order's code as a text, a consultation", service("Consultation on Kresladi eligibility"), OUT),
    ("a service order's detail as a text", service(concept("Infusion"), orderDetail="Kresladi"), IN),
    ("by reference, not sent", by_reference({"reference": "Medication/gone"}), OUT),
    ("by the reference's display", by_reference({"reference": "Medication/gone", "display": "Kresladi"}), IN),
    ("contained", by_reference({"reference": "#c"}, contained=[MEDICATION | {"id": "c"}]), IN),
    ("contained, another drug", by_reference({"reference": "#c"}, contained=[OTHER_MEDICATION | {"id": "c"}]), OUT),
    ("contained, by its ingredient", by_reference({"reference": "#c"}, contained=[
        {"resourceType": "Medication", "id": "c", "ingredient": [{"itemCodeableConcept": KRESLADI}]}]), IN),
    ("contained, but not there", by_reference({"reference": "#x"}, contained=[MEDICATION | {"id": "c"}]), OUT),
]  # fmt: skip


@pytest.mark.parametrize(("drafted", "in_scope"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_which_orders_are_for_kresladi(drafted: Resource, in_scope: bool) -> None:
    """An order in scope gets a determination; any other order gets an empty answer."""
    answer = answered(request([*complete(), MEDICATION], orders=[drafted]))
    assert ("extension" in answer) is in_scope
    if not in_scope:
        assert answer == {"cards": []}


def test_a_medication_beside_the_order() -> None:
    """The Medication may stand in draftOrders itself."""
    body = request(complete(), orders=[MEDICATION, by_reference(AT_M)])
    assert determination(body)["order"] == "MedicationRequest/draft-1"


def test_an_order_without_an_id_is_named_by_its_place() -> None:
    """The second entry of the drafts, without an id."""
    body = request(complete(), orders=[of("Busulfan"), order(id=None)])
    assert determination(body)["order"] == "draftOrders.entry[1]"


SUBJECTS = [
    ("relative", {"reference": "Patient/p1"}, True),
    ("left out", None, True),
    ("another patient", {"reference": "Patient/p2"}, False),
    ("another server's p1", {"reference": "https://elsewhere.example/fhir/Patient/p1"}, False),
]


@pytest.mark.parametrize(("named", "ours"), [row[1:] for row in SUBJECTS], ids=[row[0] for row in SUBJECTS])
def test_whose_order_it_is(named: Resource | None, ours: bool) -> None:
    """An order for another patient is not evaluated; one without a subject is the context patient's."""
    body = request(complete(), orders=[order(subject=named)])
    assert ("extension" in answered(body)) is ours
    assert ("wrong-patient" in topics(body)) is not ours


# --- other orders for Kresladi ---------------------------------------------------------------------------------------

IDENTIFIED = {"identifier": [{"system": "https://ehr.example/orders", "value": "7"}]}


def on_chart(**more: Any) -> Resource:
    return order(**({"id": "other", "status": "active"} | more))


OTHERS = [
    ("active", on_chart(), True),
    ("the same id", on_chart(id="draft-1"), False),
    ("the same id, of another type", service(concept("Kresladi infusion"), status="active"), True),
    ("a shared identifier", on_chart(**IDENTIFIED), False),
    ("on hold", on_chart(status="on-hold"), False),
    ("a draft", on_chart(status="draft"), False),
    ("cancelled", on_chart(status="cancelled"), False),
    ("a plan", on_chart(intent="plan"), False),
    ("not to be done", on_chart(doNotPerform=True), False),
    ("another patient's", on_chart(subject={"reference": "Patient/x"}), False),
    ("another drug", on_chart(medicationCodeableConcept=concept("Busulfan")), False),
    ("a service order", service(concept("Kresladi infusion"), id="other", status="active"), True),
    ("a service order for a test", service(concept("HLA typing before Kresladi"), id="other", status="active"), False),
    *[(f"for another drug: {text}", on_chart(medicationCodeableConcept=concept(text)), False) for text in (
        "Heparin flush post-Kresladi", "Filgrastim - Kresladi mobilization", "Kresladi premedication: acetaminophen",
        "Levetiracetam prophylaxis (Kresladi protocol)")],
    ("coded as another drug", on_chart(medicationCodeableConcept=concept("Kresladi", (RXNORM, "1828"))), False),
    ("one in words that nobody knows", on_chart(medicationCodeableConcept=concept("Zz Kresladi")), True),
    ("one by reference", on_chart(medicationCodeableConcept=None, medicationReference={"display": "Kresladi"}), True),
    ("another drug's by reference",
     on_chart(medicationCodeableConcept=None, medicationReference={"display": "Heparin flush post Kresladi"}), False),
]  # fmt: skip


@pytest.mark.parametrize(("other", "duplicate"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS])
def test_another_order_on_the_chart(other: Resource, duplicate: bool) -> None:
    """Another active order makes its own card, and no more than that."""
    body = request([*complete(), other], orders=[order(**IDENTIFIED)])
    assert topics(body) == (["duplicate-order"] if duplicate else ["criteria-met"])


AT_OTHER = {"reference": "MedicationRequest/other"}
CHAINS = [
    ("based on it", {"basedOn": [AT_OTHER]}, False),
    ("based on it, at its address", {"basedOn": [{"reference": "https://ehr.example/fhir/MedicationRequest/other"}]},
     False),
    ("based on it, one reference in place of a list", {"basedOn": AT_OTHER}, False),
    ("in place of it", {"priorPrescription": AT_OTHER}, False),
    ("based on another", {"basedOn": [{"reference": "MedicationRequest/x"}]}, True),
    ("based on another server's", {"basedOn": [{"reference": "https://x.example/fhir/MedicationRequest/other"}]}, True),
    ("based on a service order of that id", {"basedOn": [{"reference": "ServiceRequest/other"}]}, True),
    ("based on what cannot be read", {"basedOn": ["other", {"reference": 5}]}, True),
    ("for a reason that refers to it", {"supportingInformation": [AT_OTHER]}, True),
]  # fmt: skip


@pytest.mark.parametrize(("drafted", "duplicate"), [row[1:] for row in CHAINS], ids=[row[0] for row in CHAINS])
def test_an_order_that_carries_on_another(drafted: Resource, duplicate: bool) -> None:
    """An order that is based on an active one, or takes its place, is no second one."""
    body = request([*complete(), on_chart()], orders=[order(**drafted)])
    assert ("duplicate-order" in topics(body)) is duplicate


SIGNED = [
    ("two orders", order(id="second"), 2),
    ("the same identifier", order(id="second", **IDENTIFIED), 0),
    ("the same id", order(), 0),
    ("the same id, of another type", service(concept("Kresladi infusion")), 2),
    ("the same id, as DSTU2 calls its type", old(), 0),
    ("another patient's", order(id="second", subject={"reference": "Patient/x"}), 0),
    ("one based on the first", service(concept("Kresladi infusion"), id="second",
                                       basedOn=[{"reference": "MedicationRequest/draft-1"}]), 0),
]  # fmt: skip


@pytest.mark.parametrize(("second", "cards"), [row[1:] for row in SIGNED], ids=[row[0] for row in SIGNED])
def test_two_orders_signed_together(second: Resource, cards: int) -> None:
    """Two orders in one call warn on each of them, unless they are one order."""
    body = request(complete(), orders=[order(**IDENTIFIED), second])
    assert topics(body).count("duplicate-order") == cards


@pytest.mark.parametrize(
    ("written", "expected"),
    [("Kresladi", "met"), ([KRESLADI], "met"), ([concept("Stem cells"), KRESLADI], "unknown")],
    ids=["a text", "a list of one", "a list of two"],
)
def test_an_order_that_is_not_quite_fhir_is_read(written: Any, expected: str) -> None:
    """Its drug in another form costs it nothing; two drugs in one order make it one that cannot be read whole."""
    found = determination(request(orders=[order(medicationCodeableConcept=written)]))
    assert criteria(found)["I.A.6"]["status"] == expected


@pytest.mark.parametrize("id_", [5, " 5 "])
@pytest.mark.parametrize(("per_kg", "status"), [(2.8, "met"), (2.799999999999999, "not-met")])
def test_an_id_in_another_form_is_mended(id_: Any, per_kg: float, status: str) -> None:
    """The order is known by it, keeps its exact dose, and is no earlier dose of itself."""
    found = determination(request(orders=[order(id=id_, dosageInstruction=[dose(per_kg)])]))
    assert found["order"] == "MedicationRequest/5"
    assert criteria(found)["II.A"]["status"] == "met"
    assert criteria(found)["I.A.6"]["status"] == status
