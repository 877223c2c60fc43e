"""II.A, once in a lifetime: what is a dose, what may be one, and what is none, resource by resource."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    ICD,
    KRESLADI,
    PCS,
    RXNORM,
    SCT,
    Resource,
    asked,
    bundle,
    causes,
    complete,
    concept,
    condition,
    criteria,
    determination,
    observation,
    order,
    patient,
    request,
    subject,
    topics,
    without,
)

NONE, GIVEN, OPEN = "met", "not-met", "unknown"
LABORATORY = concept(None, ("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory"))
NDC = "http://hl7.org/fhir/sid/ndc"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
NULL = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
MASKED = {"meta": {"security": [{"code": "MASKED"}]}}
MODIFIER = [{"url": "https://ehr.example/x", "valueBoolean": True}]


def on_record(*resources: Resource, **more: Any) -> Resource:
    """II.A of a complete chart that also holds these."""
    return asked("II.A", [*complete(), *resources], **more)


def med(kind: str, status: str, drug: Resource | None = KRESLADI, **more: Any) -> Resource:
    base = {"resourceType": kind, "id": "it", "status": status, "subject": subject()}
    dated = {} if kind != "MedicationAdministration" else {"effectiveDateTime": "2026-08-01"}
    intent = {"intent": "order"} if kind in ("MedicationRequest", "ServiceRequest") else {}
    return base | dated | intent | ({"medicationCodeableConcept": drug} if drug else {}) | more


def admin(status: str = "completed", drug: Resource | None = KRESLADI, **more: Any) -> Resource:
    return med("MedicationAdministration", status, drug, **more)


def procedure(code: Resource | None, status: str = "completed", **more: Any) -> Resource:
    base = {"resourceType": "Procedure", "id": "it", "status": status, "subject": subject()}
    return base | ({"code": code} if code else {}) | {"performedDateTime": "2026-08-01"} | more


def medication(code: Resource | None, id_: str = "m") -> Resource:
    return {"resourceType": "Medication", "id": id_} | ({"code": code} if code else {})


IN_ERROR = {"status": "entered-in-error"}
REFERENCE = {"medicationReference": {"reference": "Medication/m"}}
CASGEVY = concept("Casgevy (exagamglogene autotemcel)", (NDC, "51167-290-09"))
INFUSION = concept(None, (PCS, "30243C0"))

MEDICATIONS = [
    ("administration completed", admin("completed"), GIVEN),
    ("administration in progress", admin("in-progress"), GIVEN),
    ("administration stopped", admin("stopped"), OPEN),
    ("administration on hold", admin("on-hold"), OPEN),
    ("transduced cells", admin(drug=concept("Autologous CD34+ cells transduced with Chim-CD18-WPRE")), OPEN),
    ("gene-edited cells", admin(drug=concept("Gene-edited CD34+ cells")), OPEN),
    ("HSC-GT", admin(drug=concept("HSC-GT")), OPEN),
    ("a drug that is only given for one", admin(drug=concept("plerixafor for gene therapy mobilization")), NONE),
    ("administration of unknown status", admin("unknown"), OPEN),
    ("administration not done", admin("not-done"), NONE),
    ("administration entered in error", admin("entered-in-error"), NONE),
    ("dispense completed", med("MedicationDispense", "completed"), OPEN),
    ("dispense in progress", med("MedicationDispense", "in-progress"), OPEN),
    ("dispense cancelled", med("MedicationDispense", "cancelled"), NONE),
    ("dispense declined", med("MedicationDispense", "declined"), NONE),
    ("dispense in preparation", med("MedicationDispense", "preparation"), NONE),
    ("statement completed", med("MedicationStatement", "completed"), OPEN),
    ("statement active", med("MedicationStatement", "active"), OPEN),
    ("statement not taken", med("MedicationStatement", "not-taken"), NONE),
    ("statement intended", med("MedicationStatement", "intended"), NONE),
    ("order completed", med("MedicationRequest", "completed"), OPEN),
    ("order active", med("MedicationRequest", "active"), NONE),
    ("order cancelled", med("MedicationRequest", "cancelled"), NONE),
    ("plan completed", med("MedicationRequest", "completed", intent="plan"), NONE),
    ("order completed, not to be done", med("MedicationRequest", "completed", doNotPerform=True), NONE),
    ("service order completed", med("ServiceRequest", "completed", None, code=concept("Kresladi infusion")), OPEN),
    *[(f"service order for {text}, completed", med("ServiceRequest", "completed", None, code=concept(text)), NONE)
      for text in ("Kresladi teaching", "Kresladi infusion education", "Echocardiogram prior to Kresladi infusion")],
    *[(f"service order for {text}, completed", med("ServiceRequest", "completed", None, code=concept(text)), OPEN)
      for text in ("Infusion of Kresladi", "Kresladi", "Admission for Kresladi infusion")],
    ("service order for a gene therapy, completed",
     med("ServiceRequest", "completed", None, code=concept("Gene therapy infusion")), OPEN),
    ("service order for a gene therapy, active",
     med("ServiceRequest", "active", None, code=concept("Gene therapy infusion")), NONE),
    ("service order for cells, noted, completed", med("ServiceRequest", "completed", None,
     code=concept("Cell infusion"), note=[{"text": "Kresladi, 2 bags"}]), OPEN),
    *[(f"service order for {text}, completed", med("ServiceRequest", "completed", None, code=concept(text)), NONE)
      for text in ("Gene therapy consultation", "Leukapheresis for gene therapy", "Casgevy gene therapy infusion")],
    ("service order for a consult, completed",
     med("ServiceRequest", "completed", None, code=concept("Consultation on Kresladi")), NONE),
    ("the triggering order itself, on the chart", med("MedicationRequest", "completed", id="draft-1"), NONE),
    # how it is named
    ("by RxNorm alone", admin(drug=concept(None, (RXNORM, "2740392"))), GIVEN),
    ("by NDC of 10 digits", admin(drug=concept(None, (NDC, "83537-034-01"))), GIVEN),
    ("by NDC of 11 digits", admin(drug=concept(None, (NDC, "83537003401"))), GIVEN),
    ("by UNII", admin(drug=concept(None, ("http://fdasis.nlm.nih.gov", "RD86XHH46N"))), GIVEN),
    ("by the trial's name", admin(drug=concept("RP-L201")), GIVEN),
    ("by the policy's spelling", admin(drug=concept("Marnetegrane autotemcel")), GIVEN),
    ("by the label's spelling", admin(drug=concept("marnetegragene autotemcel")), GIVEN),
    ("by J3590 and its name", admin(drug=concept("Kresladi", (HCPCS, "J3590"))), GIVEN),
    ("J3590 alone", admin(drug=concept(None, (HCPCS, "J3590"))), NONE),
    ("autotemcel alone", admin(drug=concept("autotemcel")), NONE),
    ("another gene therapy", admin(drug=CASGEVY), NONE),
    ("a gene therapy without a name", admin(drug=concept("Autologous gene-modified CD34+ cells")), OPEN),
    ("a gene therapy without a name, not done", admin("not-done", drug=concept("Gene therapy product")), NONE),
    ("a completed order of one without a name",
     med("MedicationRequest", "completed", concept("Gene therapy product")), OPEN),
    ("an active order of one without a name",
     med("MedicationRequest", "active", concept("Gene therapy product")), NONE),
    ("a study's product, noted as RP-L201",
     admin(drug=concept("Investigational product"), note=[{"text": "RP-L201 per protocol"}]), OPEN),
    ("a study's product, nothing noted", admin(drug=concept("Study drug")), NONE),
    ("a drug that names what it is for", admin(drug=concept("Busulfan (conditioning for Kresladi)")), NONE),
    *[(f"another drug, for it: {text}", admin(drug=concept(text, (RXNORM, "68442"))), NONE) for text in (
        "Plerixafor for Kresladi collection", "Filgrastim - Kresladi mobilization", "Busulfan, Kresladi conditioning",
        "Kresladi premedication: acetaminophen", "Levetiracetam prophylaxis (Kresladi protocol)",
        "Acetaminophen 30 minutes before the Kresladi infusion", "Busulfan (Kresladi day -4)",
        "Busulfan for Kresladi", "Kresladi pre-infusion acetaminophen")],
    *[(f"itself: {text}", admin(drug=concept(text)), GIVEN) for text in (
        "Kresladi infusion", "Infusion of Kresladi (bag 1 of 2)", "Kresladi 30 mL bag, day 0", "Kresladi per protocol",
        "marnetegragene autotemcel (Kresladi) suspension for IV infusion", "Autologous CD34+ gene therapy - Kresladi",
        "Study drug RP-L201 (Kresladi), protocol NCT03812263", "Kresladi (after busulfan conditioning)")],
    ("Kresladi by its code, whatever the words",
     admin(drug=concept("Heparin flush post-Kresladi", (RXNORM, "2740392"))), GIVEN),
    ("another drug, after it, stated as taken",
     med("MedicationStatement", "completed", concept("Letermovir after Kresladi")), OPEN),
    ("another drug, after it, not done", admin("not-done", drug=concept("Heparin flush post-Kresladi")), NONE),
    *[(f"another drug, perhaps after it: {text}", admin(drug=concept(text)), OPEN) for text in (
        "Heparin flush post-Kresladi", "Vancomycin (fever after Kresladi)", "Furosemide post Kresladi infusion",
        "Cryopreserved HSC back-up for Kresladi", "Kresladi flush", "Methylprednisolone for Kresladi infusion reaction",
        "Filgrastim, Kresladi day +7", "Acetaminophen (Kresladi)")],
    ("another drug, after it, by reference",
     admin(drug=None, medicationReference={"display": "Heparin flush post-Kresladi"}), OPEN),
    ("another drug by its code", admin(drug=concept("Kresladi", (RXNORM, "68442"))), OPEN),
    ("papers for it, completed", med("ServiceRequest", "completed", None, code=concept("Prior authorization for "
     "Kresladi")), NONE),
    ("a drug given on the way to Kresladi",
     admin(drug=concept("Plerixafor"), note=[{"text": "Mobilisation for Kresladi"}]), NONE),
    ("given under the order at hand, drug not told",
     admin(drug=None, request={"reference": "MedicationRequest/draft-1"}) | REFERENCE, GIVEN),
    ("given under the order at hand, called something else",
     admin(drug=concept("Infusion"), request={"reference": "MedicationRequest/draft-1"}), OPEN),
    ("another drug", admin(drug=concept("Busulfan")), NONE),
    # masked, modified, somebody else's
    ("masked", admin(drug=concept("Masked")) | MASKED, OPEN),
    ("masked, whatever its words", admin(drug=concept("Saline")) | MASKED, OPEN),
    ("redacted, whatever its code", admin(drug=concept(None, (RXNORM, "1828")),
                                          meta={"security": [{"code": "REDACTED"}]}), OPEN),
    ("masked, not done", admin("not-done", drug=concept("Masked")) | MASKED, NONE),
    ("labelled, but not masked", admin(drug=concept("Saline"), meta={"security": [{"code": "N"}]}), NONE),
    ("not masked, though it says the word", admin(drug=concept("Saline"), meta={"security": [{"code": "R"}]},
                                                  note=[{"text": "MASKED study arm"}]), NONE),
    ("an order completed, masked", med("MedicationRequest", "completed", concept("Saline")) | MASKED, OPEN),
    ("an order active, masked", med("MedicationRequest", "active", concept("Saline")) | MASKED, NONE),
    *[(f"not told: {said}", admin(drug=concept(said)), OPEN) for said in (
        "Masked", "*** REDACTED ***", "Restricted medication", "Withheld due to privacy", "***", "Unknown")],
    ("a drug whose name says masked of something else", admin(drug=concept("Masked-taste ibuprofen")), NONE),
    ("absent: masked", admin(drug=concept(None, (ABSENT, "masked"))), OPEN),
    ("absent: masked, with its display", admin(drug={"coding": [
        {"system": ABSENT, "code": "masked", "display": "Masked"}], "text": "masked"}), OPEN),
    ("absent: unknown", admin(drug=concept(None, (ABSENT, "unknown"))), OPEN),
    ("absent in the code, told in the text", admin(drug=concept("Busulfan", (ABSENT, "unknown"))), NONE),
    ("a null flavour", admin(drug=concept(None, (NULL, "MSK"))), OPEN),
    ("a null flavour beside a code", admin(drug=concept(None, (NULL, "UNK"), (RXNORM, "1828"))), NONE),
    ("a medication that is masked by its display", admin(drug=None, medicationReference={"display": "Masked"}), OPEN),
    ("masked, no drug told", admin(drug=None) | MASKED, OPEN),
    ("masked, an empty concept", admin(drug={"extension": [{"url": "u", "valueCode": "masked"}]}), OPEN),
    ("Kresladi, masked", admin() | MASKED, OPEN),
    ("Kresladi, modified", admin(modifierExtension=MODIFIER), OPEN),
    ("Kresladi, cannot be read", admin(effectiveDateTime="last summer"), OPEN),
    ("another patient's", admin(subject={"reference": "Patient/brother"}), NONE),
    ("nobody's", admin(subject={"display": "baby"}), OPEN),
    ("an immunization", {"resourceType": "Immunization", "id": "it", "status": "completed", "patient": subject(),
                         "vaccineCode": concept("Kresladi"), "occurrenceDateTime": "2026-08-01"}, GIVEN),
    ("an immunization not done", {"resourceType": "Immunization", "id": "it", "status": "not-done",
     "patient": subject(), "vaccineCode": concept("Kresladi"), "occurrenceDateTime": "2026-08-01"}, NONE),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "status"), [row[1:] for row in MEDICATIONS], ids=[row[0] for row in MEDICATIONS])
def test_medications(stated: Resource, status: str) -> None:
    """Administrations, dispenses, statements and orders, by status and by how they name the drug."""
    found = on_record(stated)
    assert found["status"] == status
    if status == GIVEN:
        assert found["evidence"][0]["reference"] == f"{stated['resourceType']}/it"
    if status == OPEN:
        assert found["gaps"][0]["reference"] == f"{stated['resourceType']}/it"


REFERENCES = [
    ("sent beside", [admin(drug=None, **REFERENCE), medication(KRESLADI)], GIVEN, set()),
    ("sent beside, another drug", [admin(drug=None, **REFERENCE), medication(CASGEVY)], NONE, set()),
    ("sent beside, without a code", [admin(drug=None, **REFERENCE), medication(None)], OPEN, {"unusable"}),
    ("by an ingredient", [admin(drug=None, **REFERENCE), medication(None) | {"ingredient": [
        {"itemCodeableConcept": concept("marnetegragene autotemcel")}]}], GIVEN, set()),
    ("not sent", [admin(drug=None, **REFERENCE)], OPEN, {"unavailable"}),
    ("not sent, not done", [admin("not-done", None, **REFERENCE)], NONE, set()),
    ("not sent, its display names it", [admin(drug=None, medicationReference={
        "reference": "Medication/m", "display": "Kresladi"})], GIVEN, set()),
    ("not sent, its display names another", [admin(drug=None, medicationReference={
        "reference": "Medication/m", "display": "Busulfan"})], NONE, set()),
    ("contained", [admin(drug=None, medicationReference={"reference": "#m"}, contained=[medication(KRESLADI)])],
     GIVEN, set()),
    ("contained, another drug", [admin(drug=None, medicationReference={"reference": "#m"},
                                       contained=[medication(CASGEVY)])], NONE, set()),
    ("masked in its code", [admin(drug=None, **REFERENCE), medication(concept("Masked"))], OPEN, {"unusable"}),
    ("masked by its label", [admin(drug=None, **REFERENCE), medication(concept("Saline")) | MASKED], OPEN,
     {"unusable"}),
    ("contained, but not there", [admin(drug=None, medicationReference={"reference": "#x"})], OPEN, {"unusable"}),
    ("a gene therapy without a name", [admin(drug=None, **REFERENCE), medication(concept("Gene-edited CD34+ cells"))],
     OPEN, {"unusable"}),
    ("a Medication entered in error", [admin(drug=None, **REFERENCE), medication(KRESLADI) | IN_ERROR], OPEN,
     {"unusable"}),
    ("a Medication entered in error, its display names another", [admin(drug=None, medicationReference={
        "reference": "Medication/m", "display": "Busulfan"}), medication(concept("Busulfan")) | IN_ERROR], NONE, set()),
    ("a completed order's, not sent", [med("MedicationRequest", "completed", None, **REFERENCE)], OPEN,
     {"unavailable"}),
    ("an active order's, not sent", [med("MedicationRequest", "active", None, **REFERENCE)], NONE, set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "status", "why"), [row[1:] for row in REFERENCES], ids=[row[0] for row in REFERENCES]
)
def test_a_medication_by_reference(stated: list[Resource], status: str, why: set[str]) -> None:
    """A dose whose drug is named by reference; one that cannot be resolved is not taken for another drug."""
    found = on_record(*stated)
    assert (found["status"], causes(found)) == (status, why)


def test_an_administration_under_the_order_at_hand_is_a_dose() -> None:
    """One given under the very order that is being signed counts too."""
    assert on_record(admin(request={"reference": "MedicationRequest/draft-1"}))["status"] == GIVEN


INFUSED = {"note": [{"text": "Kresladi infused without complication"}]}
BAG = {"text": "Kresladi bag 1 of 2"}
UNNAMED = concept("Cellular therapy product")
NOTED_BESIDE = [
    *[(f"noted, {text}", [admin(drug=concept(text), **INFUSED)], OPEN) for text in (
        "Cellular therapy product", "HPC, Apheresis", "Autologous CD34+ cells", "IV infusion", "Non-formulary drug",
        "Cryopreserved autologous HPC (patient's own)")],
    ("noted, billed without a name", [admin(drug=concept(None, (HCPCS, "J3590")), **INFUSED)], OPEN),
    ("noted, by reference", [admin(drug=None, **REFERENCE, **INFUSED), medication(UNNAMED)], OPEN),
    ("in the dosage's words", [admin(drug=concept("HPC, Apheresis"), dosage=BAG)], OPEN),
    ("noted, not done", [admin("not-done", UNNAMED, **INFUSED)], NONE),
    ("a dispense, noted", [med("MedicationDispense", "completed", UNNAMED, **INFUSED)], OPEN),
    ("a dispense, in its instruction",
     [med("MedicationDispense", "completed", UNNAMED, dosageInstruction=[BAG])], OPEN),
    ("a statement, noted", [med("MedicationStatement", "completed", UNNAMED, **INFUSED)], OPEN),
    ("an order completed, noted", [med("MedicationRequest", "completed", UNNAMED, **INFUSED)], OPEN),
    ("an order active, noted", [med("MedicationRequest", "active", UNNAMED, **INFUSED)], NONE),
    ("cells without a word of it", [admin(drug=UNNAMED, note=[{"text": "Infused without complication"}])], NONE),
    ("cells given before it", [admin(drug=UNNAMED, note=[{"text": "Given before Kresladi"}])], NONE),
    *[(f"a drug with a name: {text}", [admin(drug=concept(text), note=[{"text": "Flush after Kresladi"}])], NONE)
      for text in ("Heparin", "Packed red blood cells", "Normal saline infusion", "Granulocyte transfusion")],
    ("a drug with a code", [admin(drug=concept(None, (RXNORM, "1828")), note=[{"text": "With Kresladi"}])], NONE),
]  # fmt: skip


@pytest.mark.parametrize(("chart", "status"), [row[1:] for row in NOTED_BESIDE], ids=[row[0] for row in NOTED_BESIDE])
def test_what_a_note_says_of_a_product_without_a_name(chart: list[Resource], status: str) -> None:
    """A note or an instruction may name what the drug's own words leave open; a drug that has a name is that drug."""
    assert on_record(*chart)["status"] == status


OURS = "https://ehr.example/fhir"
URN = "urn:uuid:7b1fb1b0-8a0e-4c7f-9a55-0b9f6f0d3a11"
NUMBER = {"system": "https://ehr.example/orders", "value": "7"}
UNDER = [
    ("relative", {"reference": "MedicationRequest/draft-1"}, True),
    ("blanks around it", {"reference": " MedicationRequest/draft-1 "}, True),
    ("a version", {"reference": "MedicationRequest/draft-1/_history/1"}, True),
    ("absolute", {"reference": f"{OURS}/MedicationRequest/draft-1"}, True),
    ("absolute, a version", {"reference": f"{OURS}/MedicationRequest/draft-1/_history/1"}, True),
    ("the entry's own address", {"reference": URN}, True),
    ("its number", {"identifier": NUMBER}, True),
    ("its number beside a reference that leads elsewhere", {"reference": "#o", "identifier": NUMBER}, True),
    ("no Reference, but its id", "MedicationRequest/draft-1", True),
    ("another server's", {"reference": "https://other.example/fhir/MedicationRequest/draft-1"}, False),
    ("another order", {"reference": "MedicationRequest/draft-10"}, False),
    ("another type", {"reference": "ServiceRequest/draft-1"}, False),
    ("another entry's address", {"reference": f"{URN[:-1]}2"}, False),
    ("the same number of another system", {"identifier": NUMBER | {"system": "https://other.example"}}, False),
    ("the number without a system", {"identifier": {"value": "7"}}, False),
    ("no Reference, another id", "MedicationRequest/7", False),
    ("no Reference, a longer id", "MedicationRequest/draft-10", False),
    ("words alone", {"display": "Order for the cells"}, False),
]


def under_our_order(request_: Any, **more: Any) -> Resource:
    """A complete chart with an administration under this request, and the order at hand in full."""
    body = request([*complete(), admin(request=request_, **more)], fhirServer=OURS)
    entry = {"fullUrl": URN, "resource": order(identifier=[NUMBER])}
    body["context"]["draftOrders"] = {"resourceType": "Bundle", "entry": [entry]}
    return criteria(determination(body))["II.A"]


@pytest.mark.parametrize(("stated", "ours"), [row[1:] for row in UNDER], ids=[row[0] for row in UNDER])
def test_what_is_given_under_the_order_at_hand(stated: Any, ours: bool) -> None:
    """In every form of reference; by whatever name the product went, it may be a dose."""
    found = under_our_order(stated, drug=concept("Cellular product"))
    assert found["status"] == (OPEN if ours else NONE)


@pytest.mark.parametrize(("stated", "ours"), [row[1:] for row in UNDER], ids=[row[0] for row in UNDER])
def test_what_is_given_under_the_order_at_hand_is_what_it_orders(stated: Any, ours: bool) -> None:
    """Where the drug is not told, the order tells it."""
    found = under_our_order(stated, drug=None, **REFERENCE)
    assert found["status"] == (GIVEN if ours and isinstance(stated, dict) else OPEN)


CELLS = concept("Stem cell infusion")
SIGNED = {"resourceType": "ServiceRequest", "code": concept("Kresladi infusion")}
EARLIER = {"reference": "MedicationRequest/old"}
SERVICE = {"reference": "ServiceRequest/old"}


def earlier(status: str = "active", **more: Any) -> Resource:
    """An order for Kresladi that the chart holds."""
    return order(id="old", status=status, **more)


def served(text: str) -> Resource:
    return med("ServiceRequest", "active", None, id="old", code=concept(text))


UNDER_OTHERS = [
    ("given under an active order", [earlier(), admin(drug=concept("Cell product"), request=EARLIER)], OPEN),
    ("given under a cancelled order", [earlier("cancelled"), admin(drug=concept("Cell product"), request=EARLIER)],
     OPEN),
    ("given under it by its number", [earlier(identifier=[NUMBER]), admin(drug=concept("Cell product"),
                                                                          request={"identifier": NUMBER})], OPEN),
    ("given under an order in error", [earlier("entered-in-error"), admin(drug=concept("Cell product"),
                                                                          request=EARLIER)], NONE),
    ("given under another's order", [earlier(subject={"reference": "Patient/x"}),
                                     admin(drug=concept("Cell product"), request=EARLIER)], NONE),
    ("given under an order of another drug", [earlier(medicationCodeableConcept=concept("Busulfan")),
                                              admin(drug=concept("Cell product"), request=EARLIER)], NONE),
    ("not given under it", [earlier(), admin("not-done", concept("Cell product"), request=EARLIER)], NONE),
    ("drug not told, under it", [earlier(), admin(drug=None, request=EARLIER, **REFERENCE)], GIVEN),
    ("dispensed under the order at hand", [med("MedicationDispense", "completed", concept("Cell product"),
     authorizingPrescription=[{"reference": "MedicationRequest/draft-1"}])], OPEN),
    ("dispensed under it, drug not told", [med("MedicationDispense", "completed", None, **REFERENCE,
     authorizingPrescription=[{"reference": "MedicationRequest/draft-1"}])], OPEN),
    ("dispensed under an active order", [earlier(), med("MedicationDispense", "completed", concept("Cell product"),
                                                        authorizingPrescription=[EARLIER])], OPEN),
    ("dispensed under another order", [med("MedicationDispense", "completed", concept("Cell product"),
                                           authorizingPrescription=[EARLIER])], NONE),
    ("not dispensed", [earlier(), med("MedicationDispense", "declined", concept("Cell product"),
                                      authorizingPrescription=[EARLIER])], NONE),
    ("stated under an active order", [earlier(), med("MedicationStatement", "completed", concept("Cell product"),
                                                     basedOn=[EARLIER])], OPEN),
    ("a procedure under an active order", [earlier(), procedure(CELLS, basedOn=[EARLIER])], OPEN),
    ("a procedure under a service order", [served("Kresladi infusion"), procedure(CELLS, basedOn=[SERVICE])], OPEN),
    ("a procedure under an order to teach", [served("Kresladi teaching"), procedure(CELLS, basedOn=[SERVICE])], NONE),
    ("a procedure under it and another", [earlier(), procedure(CELLS, basedOn=[SERVICE, EARLIER])], OPEN),
    ("under it, whatever it is called", [earlier(), procedure(concept("Cell therapy"), basedOn=[EARLIER])], OPEN),
    ("a collection under it", [earlier(), procedure(concept("Leukapheresis"), basedOn=[EARLIER])], NONE),
    ("an analysis under it", [earlier(), procedure(None, category=LABORATORY, basedOn=[EARLIER])], NONE),
    ("not done under it", [earlier(), procedure(CELLS, "not-done", basedOn=[EARLIER])], NONE),
    ("a procedure under another order", [earlier(), procedure(CELLS, basedOn=[SERVICE])], NONE),
    ("based on what is no Reference, but its id", [earlier(), procedure(CELLS, basedOn="MedicationRequest/old")],
     OPEN),
]  # fmt: skip


@pytest.mark.parametrize("wrapped", [False, True], ids=["by keys", "in a Bundle"])
@pytest.mark.parametrize(("chart", "status"), [row[1:] for row in UNDER_OTHERS], ids=[row[0] for row in UNDER_OTHERS])
def test_what_is_given_under_any_order_for_kresladi(chart: list[Resource], status: str, wrapped: bool) -> None:
    """What was given, dispensed or done under an order for Kresladi may have been Kresladi, by whatever name."""
    body = request([*complete(), *chart])
    if wrapped:
        body["prefetch"]["whole"] = bundle(chart)
    assert criteria(determination(body))["II.A"]["status"] == status


@pytest.mark.parametrize(("literal", "status"), [("ServiceRequest/draft-1", OPEN), ("ServiceRequest/draft-10", NONE)])
def test_a_procedure_under_the_order_at_hand(literal: str, status: str) -> None:
    """Whatever was done under the very order that is being signed may have been the infusion."""
    signed = order(**SIGNED, medicationCodeableConcept=None, dosageInstruction=None)
    found = on_record(procedure(CELLS, basedOn=[{"reference": literal}]), orders=[signed])
    assert found["status"] == status


@pytest.mark.parametrize(
    ("drafted", "recorded", "same"),
    [
        ("MedicationRequest", "MedicationRequest", True),
        ("MedicationOrder", "MedicationRequest", True),
        ("ServiceRequest", "ServiceRequest", True),
        ("ServiceRequest", "MedicationRequest", False),
        ("MedicationRequest", "ServiceRequest", False),
    ],
)
def test_an_order_of_the_same_id(drafted: str, recorded: str, same: bool) -> None:
    """It is the order at hand only if its type is the same too."""

    def of(kind: str, **more: Any) -> Resource:
        return order(resourceType=kind, id="1", **({"code": KRESLADI} if kind == "ServiceRequest" else {}), **more)

    found = asked("II.A", [*complete(), of(recorded, status="completed")], orders=[of(drafted)])
    assert found["status"] == (NONE if same else OPEN)


def test_two_bags_in_a_day_are_on_one_card() -> None:
    """Two bags are one dose: one card, both on it."""
    first = admin(id="bag-1", effectiveDateTime="2026-08-01T09:00:00Z")
    second = admin(id="bag-2", effectiveDateTime="2026-08-01T10:00:00Z")
    body = request([*complete(), first, second])
    assert topics(body) == ["prior-lifetime-dose"]
    assert len(criteria(determination(body))["II.A"]["evidence"]) == 2


NOTED = [{"text": "Kresladi infused without reaction"}]
PROCEDURES = [
    ("named in its text", procedure(concept("Kresladi infusion")), GIVEN),
    ("named in its text, with the code", procedure(concept("Infusion of Kresladi", (PCS, "30243C0"))), GIVEN),
    ("its NDC among what was used", procedure(INFUSION, usedCode=[concept(None, (NDC, "83537-034-01"))]), GIVEN),
    ("its name among what was used", procedure(INFUSION, usedReference=[{"display": "Kresladi"}]), GIVEN),
    ("its name in a note to the code", procedure(INFUSION, note=NOTED), GIVEN),
    ("its name in a note to another procedure", procedure(concept("Infusion"), note=NOTED), OPEN),
    ("in progress", procedure(concept("Kresladi infusion"), "in-progress"), OPEN),
    ("stopped", procedure(concept("Kresladi infusion"), "stopped"), OPEN),
    ("not done", procedure(concept("Kresladi infusion"), "not-done"), NONE),
    ("in preparation", procedure(concept("Kresladi infusion"), "preparation"), NONE),
    ("entered in error", procedure(concept("Kresladi infusion"), "entered-in-error"), NONE),
    ("another patient's", procedure(concept("Kresladi infusion"), subject={"reference": "Patient/x"}), NONE),
    ("infused, with consent and evaluation noted",
     procedure(concept("Kresladi infusion"), note=[{"text": "Consent obtained, evaluated daily"}]), GIVEN),
    ("infused after conditioning", procedure(concept("Kresladi infusion after conditioning")), GIVEN),
    ("denied in its text", procedure(concept("No Kresladi infusion")), OPEN),
    ("a collection for it", procedure(concept("Leukapheresis for Kresladi")), NONE),
    ("a consultation on it", procedure(concept("Consultation: Kresladi")), NONE),
    ("a line placed before it", procedure(concept("Central line placement"), note=[{"text": "before Kresladi"}]), NONE),
    ("the code by a central vein alone", procedure(INFUSION), OPEN),
    ("the code by a peripheral vein alone", procedure(concept(None, (PCS, "30233C0"))), OPEN),
    ("cells not modified", procedure(concept(None, (PCS, "30243Y0"))), NONE),
    ("an unnamed gene therapy", procedure(concept("Gene therapy infusion")), OPEN),
    ("a gene therapy consultation", procedure(concept("Gene therapy consultation")), NONE),
    ("another product by the same code", procedure(concept("Casgevy infusion", (PCS, "30243C0"))), NONE),
    ("CAR-T", procedure(concept("CAR-T cell infusion, genetically modified")), NONE),
    ("an ordinary procedure", procedure(concept("Incision and drainage")), NONE),
    ("masked", procedure(None) | MASKED, OPEN),
    ("masked, in words", procedure(concept("Masked")) | MASKED, OPEN),
    ("masked, whatever its words", procedure(concept("Incision and drainage")) | MASKED, OPEN),
    ("masked in words alone", procedure(concept("Masked")), OPEN),
    ("absent: masked", procedure(concept(None, (ABSENT, "masked"))), OPEN),
    ("without a code", procedure(None), OPEN),
    ("without a code, not done", procedure(None, "not-done"), NONE),
    ("without a code, an analysis of the laboratory", procedure(None, category=LABORATORY), NONE),
    ("without a code, a diagnostic procedure", procedure(None, category=concept(None, (SCT, "103693007"))), NONE),
    ("without a code, a surgical procedure", procedure(None, category=concept(None, (SCT, "387713003"))), OPEN),
    ("without a code, a category in words", procedure(None, category=concept("Laboratory")), OPEN),
    ("named, in whatever category", procedure(concept("Kresladi infusion"), category=LABORATORY), GIVEN),
    ("named, but modified", procedure(concept("Kresladi infusion"), modifierExtension=MODIFIER), OPEN),
    *[(f"given: {text}", procedure(concept(text)), GIVEN) for text in (
        "Kresladi", "Infusion of marnetegragene autotemcel through central venous catheter",
        "Kresladi infusion following busulfan conditioning", "Kresladi administered via central line",
        "Kresladi infusion, consent verified", "RP-L201 administration per protocol, eligibility confirmed",
        "Infusion of autologous gene therapy (Kresladi)", "Infusion of Kresladi, bag 1 of 2",
        "Kresladi (marnetegragene autotemcel) infusion completed", "Patient dosed with Kresladi")],
    *[(f"perhaps given: {text}", procedure(concept(text)), OPEN) for text in (
        "Kresladi product received at cell therapy lab", "Kresladi cells not infused, returned",
        "Kresladi infusion cancelled", "Planned Kresladi infusion", "Kresladi infusion bag thaw",
        "Kresladi infusion visit", "Kresladi infusion family education", "Kresladi infusion reaction management",
        "Kresladi via central line", "Follow-up after Kresladi", "CBC after Kresladi",
        "Admission for Kresladi infusion", "Infusion clinic visit: Kresladi",
        "Infusion of gene-modified cells for RP-L201 study")],
    *[(f"around it: {text}", procedure(concept(text)), NONE) for text in (
        "Kresladi teaching", "Sedated MRI pre Kresladi", "Anesthesia for Kresladi line placement",
        "Kresladi certificate of analysis review", "Kresladi infusion education", "Scheduling of Kresladi infusion",
        "Kresladi prior authorization", "PRBC transfusion pre Kresladi", "Echocardiogram prior to Kresladi infusion",
        "Kresladi (marnetegragene autotemcel) education")],
    *[(f"around a gene therapy: {text}", procedure(concept(text)), NONE) for text in (
        "ECG pre gene therapy", "IR tunneled CVC placement for gene therapy", "Care conference - gene therapy",
        "Video visit: gene therapy", "Gene therapy infusion education", "Gene therapy case management",
        "Second opinion regarding gene therapy")],
    *[(f"perhaps a gene therapy: {text}", procedure(concept(text)), OPEN) for text in (
        "Gene therapy day 0", "Infusion of modified cells for gene therapy", "Admission for gene therapy",
        "Echocardiogram after gene therapy", "Gene therapy, consent on file")],
    ("the code of an infusion, whatever is said", procedure(concept("Echocardiogram pre gene therapy",
                                                                    (PCS, "30243C0"))), OPEN),
    ("used, and collected", procedure(concept("Leukapheresis"), usedReference=[{"display": "Kresladi"}]), NONE),
    ("used, and thawed", procedure(concept("Thawing of cells"), usedReference=[{"display": "Kresladi"}]), OPEN),
    ("used, through a catheter", procedure(concept("Infusion through central venous catheter"),
                                           usedReference=[{"display": "Kresladi"}]), GIVEN),
    ("something else before it, in a note", procedure(concept("ECG"), note=[{"text": "pre Kresladi"}]), NONE),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "status"), [row[1:] for row in PROCEDURES], ids=[row[0] for row in PROCEDURES])
def test_procedures(stated: Resource, status: str) -> None:
    """A completed procedure that names the drug is a dose; what goes before one is none; the rest may be one."""
    assert on_record(stated)["status"] == status


USED = {"usedReference": [{"reference": "Medication/m"}]}


def used(thing: Resource, *, inside: bool = False, code: str = "Infusion of cells") -> list[Resource]:
    """A procedure that used this thing, contained or sent beside."""
    reference = "#u" if inside else f"{thing['resourceType']}/u"
    did = procedure(concept(code), usedReference=[{"reference": reference}])
    thing = thing | {"id": "u"}
    return [did | {"contained": [thing]}] if inside else [did, thing]


def substance(code: Resource) -> Resource:
    return {"resourceType": "Substance", "code": code}


def device(name: str | None = None, **more: Any) -> Resource:
    named = {"deviceName": [{"name": name, "type": "user-friendly-name"}]} if name else {}
    return {"resourceType": "Device"} | named | more


THINGS = [
    ("a substance by its code", substance(concept(None, (RXNORM, "2740386"))), GIVEN),
    ("a substance by its name", substance(concept("Kresladi")), GIVEN),
    ("a substance by an ingredient", substance(concept("Suspension")) | {
        "ingredient": [{"substanceCodeableConcept": KRESLADI}]}, GIVEN),
    ("another substance", substance(concept("Normal saline")), NONE),
    ("a device by its type", device(type=KRESLADI), GIVEN),
    ("a device by its name", device("Kresladi"), GIVEN),
    ("a device for it", device("Kresladi infusion set"), OPEN),
    ("another device", device("Infusion pump"), NONE),
]  # fmt: skip


@pytest.mark.parametrize("inside", [False, True], ids=["beside", "contained"])
@pytest.mark.parametrize(("thing", "status"), [row[1:] for row in THINGS], ids=[row[0] for row in THINGS])
def test_things_that_a_procedure_used(thing: Resource, status: str, inside: bool) -> None:
    """What was used may be recorded as a substance or a device."""
    assert on_record(*used(thing, inside=inside))["status"] == status


INSIDE = {"usedReference": [{"reference": "#m"}], "contained": [medication(KRESLADI)]}
USES = [
    ("Kresladi, sent beside", [procedure(concept("Infusion"), **USED), medication(KRESLADI)], GIVEN),
    ("Kresladi, contained", [procedure(concept("Infusion"), **INSIDE)], GIVEN),
    ("Kresladi, beside the code", [procedure(INFUSION, **USED), medication(KRESLADI)], GIVEN),
    ("Kresladi, stopped", [procedure(concept("Infusion"), "stopped", **USED), medication(KRESLADI)], OPEN),
    ("Kresladi, not done", [procedure(concept("Infusion"), "not-done", **USED), medication(KRESLADI)], NONE),
    ("Kresladi, collected", [procedure(concept("Leukapheresis"), **USED), medication(KRESLADI)], NONE),
    ("another drug", [procedure(concept("Infusion"), **USED), medication(CASGEVY)], NONE),
    ("a drug without a code", [procedure(concept("Infusion"), **USED), medication(None)], OPEN),
    ("a drug that was not sent", [procedure(concept("Infusion"), **USED)], OPEN),
    ("a drug that was not sent, for something else", [procedure(concept("Incision and drainage"), **USED)], NONE),
    ("a drug entered in error", [procedure(concept("Infusion"), **USED), medication(KRESLADI) | IN_ERROR], OPEN),
    ("a device", [procedure(concept("Infusion"), usedReference=[{"reference": "Device/pump"}])], NONE),
    (
        "a substance that was not sent",
        [procedure(concept("Infusion"), usedReference=[{"reference": "Substance/u"}])],
        OPEN,
    ),
    ("a substance, collected", used(substance(KRESLADI), code="Leukapheresis"), NONE),
    ("a substance that cannot be read", used({"resourceType": "Substance", "code": ["Kresladi"]}), OPEN),
    (
        "a cell product of its name",
        used({"resourceType": "BiologicallyDerivedProduct", "productCode": KRESLADI}),
        GIVEN,
    ),
    (
        "a device, contained",
        [
            procedure(
                concept("Infusion"),
                usedReference=[{"reference": "#d"}],
                contained=[{"resourceType": "Device", "id": "d"}],
            )
        ],
        NONE,
    ),
    ("a reference that cannot be read", [procedure(concept("Infusion"), usedReference="Medication/m")], OPEN),
]


@pytest.mark.parametrize(("chart", "status"), [row[1:] for row in USES], ids=[row[0] for row in USES])
def test_what_a_procedure_used_by_reference(chart: list[Resource], status: str) -> None:
    """The product may stand in a Medication that the procedure refers to."""
    assert on_record(*chart)["status"] == status


HISTORIES = [
    ("personal history of gene therapy", condition("it", concept(None, (ICD, "Z92.86"))), OPEN),
    ("the same, refuted", condition("it", concept(None, (ICD, "Z92.86")), "refuted"), NONE),
    ("the same, of another product", condition("it", concept("History of Casgevy", (ICD, "Z92.86"))), NONE),
    ("the same, another patient's", condition("it", concept(None, (ICD, "Z92.86")),
                                              subject={"reference": "Patient/x"}), NONE),
    ("status post Kresladi", condition("it", concept("Status post Kresladi")), OPEN),
    ("a candidate", condition("it", concept("Candidate for Kresladi")), NONE),
    ("a subject of the trial", condition("it", concept("Participant in NCT03812263")), OPEN),
    ("gene therapy had: yes", observation("it", concept("Prior gene therapy"), valueBoolean=True), OPEN),
    ("gene therapy had: no", observation("it", concept("Prior gene therapy"), valueBoolean=False), NONE),
    ("Kresladi had: no", observation("it", concept("Kresladi received"), valueBoolean=False), NONE),
    ("in a clinical trial: RP-L201",
     observation("it", concept("Clinical trial participation"), valueString="RP-L201 arm"), OPEN),
    ("in a clinical trial: another",
     observation("it", concept("Clinical trial participation"), valueString="Asthma"), NONE),
    *[(f"not the patient's: {text}", condition("it", concept(text)), NONE) for text in (
        "Brother treated with Kresladi", "Sibling with LAD-I s/p Kresladi",
        "Kresladi given to the patient's sister", "Sibling received gene therapy",
        "Kresladi declined by family", "Kresladi offered but declined", "No prior Kresladi", "Never received Kresladi",
        "Kresladi not given")],
    *[(f"perhaps the patient's: {text}", condition("it", concept(text)), OPEN) for text in (
        "No matched brother, received Kresladi", "Kresladi, no complications", "Brother healthy; s/p Kresladi",
        "Possible Kresladi in 2024")],
    ("not had, by the code's word", condition("it", concept("No gene therapy", (ICD, "Z92.86"))), OPEN),
    ("yet to come", condition("it", concept("Central line in place for gene therapy infusion")), NONE),
    ("candidate to be evaluated", condition("it", concept("Evaluation for Kresladi")), NONE),
    ("an observation that names it", observation("it", concept("RP-L201 vector copy number")), OPEN),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "status"), [row[1:] for row in HISTORIES], ids=[row[0] for row in HISTORIES])
def test_histories(stated: Resource, status: str) -> None:
    """A history of gene therapy may be of Kresladi."""
    assert on_record(stated)["status"] == status


def visit(reason: str, status: str = "finished", **more: Any) -> Resource:
    klass = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}
    return {"resourceType": "Encounter", "id": "it", "status": status, "class": klass, "subject": subject(),
            "reasonCode": [concept(reason)]} | more  # fmt: skip


def note(**more: Any) -> Resource:
    return {"resourceType": "DocumentReference", "id": "it", "status": "current", "subject": subject(),
            "content": [{"attachment": {"contentType": "text/plain"}}]} | more  # fmt: skip


HISTORY = concept(None, (ICD, "Z92.86"))
OTHERS_HISTORY = concept("History of Casgevy", (ICD, "Z92.86"))


def reason(*concepts: Resource) -> Resource:
    return {"reasonCode": list(concepts)}


PORT = concept("Port removal")
REASONS = [
    ("of a visit", visit("", **reason(HISTORY)), OPEN),
    ("of a visit under way", visit("", "in-progress", **reason(HISTORY)), OPEN),
    ("of a visit, in error", visit("", "entered-in-error", **reason(HISTORY)), NONE),
    ("of another's visit", visit("", subject={"reference": "Patient/x"}, **reason(HISTORY)), NONE),
    ("of a visit, of another product", visit("", **reason(OTHERS_HISTORY)), NONE),
    ("of a visit, beside another", visit("", **reason(concept("Fever"), HISTORY)), OPEN),
    ("of a procedure", procedure(PORT, **reason(HISTORY)), OPEN),
    ("of a procedure, of another product", procedure(PORT, **reason(OTHERS_HISTORY)), NONE),
    ("of an administration", admin(drug=concept("Immunoglobulin"), **reason(HISTORY)), OPEN),
    ("of an order", med("MedicationRequest", "active", concept("Penicillin"), **reason(HISTORY)), OPEN),
    ("of a laboratory order",
     med("ServiceRequest", "active", None, code=concept("Vector copy number"), **reason(HISTORY)), OPEN),
    *[(f"in words: {text}", visit(text), OPEN) for text in (
        "Personal history of gene therapy", "S/p gene therapy", "Follow-up after gene therapy", "Prior gene therapy",
        "Post gene therapy monitoring")],
    *[(f"in words: {text}", visit(text), NONE) for text in (
        "Gene therapy evaluation", "Before gene therapy", "No history of gene therapy", "Brother s/p gene therapy",
        "Gene therapy consent", "History of Casgevy gene therapy", "Family history of gene therapy")],
]  # fmt: skip


@pytest.mark.parametrize(("stated", "status"), [row[1:] for row in REASONS], ids=[row[0] for row in REASONS])
def test_a_history_given_as_a_reason(stated: Resource, status: str) -> None:
    """A history of gene therapy says the same as the reason of a visit, a procedure or an order."""
    assert on_record(stated)["status"] == status


INSIDE_ORDER = {"reasonReference": [{"reference": "#h"}], "contained": [condition("h", HISTORY)]}
ORDERED_FOR = [
    ("beside the disease", reason(concept(None, (ICD, "D71.1")), HISTORY), OPEN),
    ("in words", reason(concept("LAD-I, status post gene therapy", (ICD, "D71.1"))), OPEN),
    ("of another product", reason(concept(None, (ICD, "D71.1")), OTHERS_HISTORY), NONE),
    ("in a Condition", INSIDE_ORDER, OPEN),
    ("in a Condition, refuted", INSIDE_ORDER | {"contained": [condition("h", HISTORY, "refuted")]}, NONE),
    ("the disease alone", reason(concept("LAD-I, for gene therapy", (ICD, "D71.1"))), NONE),
]  # fmt: skip


@pytest.mark.parametrize(("why", "status"), [row[1:] for row in ORDERED_FOR], ids=[row[0] for row in ORDERED_FOR])
def test_a_history_given_as_a_reason_of_the_order_at_hand(why: Resource, status: str) -> None:
    """The order itself may say that the patient had a gene therapy."""
    assert on_record(orders=[order(**why)])["status"] == status


VISITS_AND_NOTES = [
    ("admitted for the infusion", visit("Admission for Kresladi infusion"), OPEN),
    ("a visit of its name", visit("Kresladi"), OPEN),
    ("a visit after it", visit("Follow-up after Kresladi"), OPEN),
    ("admitted after conditioning", visit("Admission for Kresladi infusion after conditioning"), OPEN),
    ("infused through a line", visit("Kresladi infusion via central line"), OPEN),
    ("admitted now", visit("Admission for Kresladi infusion", "in-progress"), NONE),
    ("to be admitted", visit("Admission for Kresladi infusion", "planned"), NONE),
    ("entered in error", visit("Admission for Kresladi infusion", "entered-in-error"), NONE),
    ("another patient's", visit("Admission for Kresladi infusion", subject={"reference": "Patient/x"}), NONE),
    ("a consultation on it", visit("Consultation: Kresladi infusion"), NONE),
    ("an evaluation for it", visit("Evaluation for Kresladi"), NONE),
    ("a visit for something else", visit("Infusion of albumin"), NONE),
    ("a note on the infusion", note(description="Kresladi infusion note"), OPEN),
    ("a note of that type", note(type=concept("Kresladi administration record")), OPEN),
    ("a note of that title", note(content=[{"attachment": {"title": "RP-L201 infusion record"}}]), OPEN),
    ("a note superseded", note(description="Kresladi infusion note", status="superseded"), OPEN),
    ("a note entered in error", note(description="Kresladi infusion note", status="entered-in-error"), NONE),
    ("a consent to the trial", note(type=concept("Research consent NCT03812263")), OPEN),
    ("a title of the trial", note(content=[{"attachment": {"title": "NCT03812263 visit"}}]), OPEN),
    ("a description of the trial", note(description="Study visit, NCT03812263"), OPEN),
    ("a visit in the trial", visit("Study visit NCT03812263"), OPEN),
    ("a letter that cites the trial", note(description="Letter of medical necessity (NCT03812263)"), NONE),
    ("the trial declined", note(description="NCT03812263: declined by family"), NONE),
    ("a brother's trial", note(description="Brother enrolled in NCT03812263"), NONE),
    ("another trial", note(type=concept("Research consent NCT00000001")), NONE),
    ("a consent to it", note(description="Consent to Kresladi infusion"), NONE),
    ("a letter for it", note(description="Letter of medical necessity: Kresladi infusion"), NONE),
    ("a plan of it", note(description="Kresladi infusion plan"), NONE),
    ("a note that cannot be read", note(description=["Kresladi"]), NONE),
]


@pytest.mark.parametrize(
    ("stated", "status"), [row[1:] for row in VISITS_AND_NOTES], ids=[row[0] for row in VISITS_AND_NOTES]
)
def test_visits_and_notes(stated: Resource, status: str) -> None:
    """A finished visit for the infusion, or a note on one, may tell of a dose; what prepares one does not."""
    assert on_record(stated)["status"] == status


# --- claims and trials -----------------------------------------------------------------------------------------------


def item(code: Resource, paid: Any = None) -> Resource:
    adjudication = [{"category": concept(None, ("adj", "benefit")), "amount": {"value": paid, "currency": "USD"}}]
    return {"sequence": 1, "productOrService": code} | ({} if paid is None else {"adjudication": adjudication})


DRUG = concept("Kresladi", (NDC, "83537-034-01"))


def claim(*items: Resource, kind: str = "ExplanationOfBenefit", paid: Any = None, **more: Any) -> Resource:
    base = {
        "resourceType": kind, "id": "it", "status": "active", "use": "claim", "patient": subject(),
        "type": concept("institutional"), "created": "2026-08-15", "priority": concept("normal"),
        "provider": {"display": "A hospital"}, "insurer": {"display": "A plan"}, "outcome": "complete",
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "cover"}}],
        "item": list(items) or [item(DRUG)],
    }  # fmt: skip
    payment = {} if paid is None else {"payment": {"amount": {"value": paid, "currency": "USD"}}}
    return base | payment | more


ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
DENIED = {"adjudication": [{"category": concept(None, (ADJUDICATION, "denied"))}]}
ROOM = concept("Room", ("https://www.nubc.org/CodeSystem/RevenueCodes", "0110"))


def coded(member: str, code: Resource) -> Resource:
    """A procedure or a diagnosis of a claim."""
    return {member: [{"sequence": 1, f"{member}CodeableConcept": code}]}


def detail(code: Resource, **more: Any) -> Resource:
    return {"detail": [{"sequence": 1, "productOrService": code} | more]}


def sub_detail(code: Resource, **more: Any) -> Resource:
    return detail(ROOM, subDetail=[{"sequence": 1, "productOrService": code} | more])


CLAIMS = [
    ("its line denied, another paid", claim(item(DRUG) | DENIED, item(ROOM, 1000), paid=1000), NONE),
    ("its line denied by a reason", claim(item(DRUG) | {"adjudication": [
        {"category": concept("Decision"), "reason": concept("Not covered")}]}, item(ROOM, 1000), paid=1000), NONE),
    ("a denied amount of nothing", claim(item(DRUG) | {"adjudication": [
        {"category": concept("Denied amount"), "amount": {"value": 0, "currency": "USD"}}]}), OPEN),
    ("denied, and paid after all", claim(item(DRUG, 9) | {"adjudication": [
        *item(DRUG, 9)["adjudication"], *DENIED["adjudication"]]}), GIVEN),
    ("one of two lines denied", claim(item(DRUG) | DENIED, item(DRUG, 9)), GIVEN),
    ("another line paid, its own not said", claim(item(DRUG), item(ROOM, 1000), paid=1000), OPEN),
    ("a bed beside it, paid as a whole", claim(item(DRUG), item(ROOM), paid=1000), GIVEN),
    ("two lines of it, paid as a whole", claim(item(DRUG), item(DRUG), paid=1000), GIVEN),
    ("a line that the payer added", claim(item(ROOM), addItem=[item(DRUG, 9)]), GIVEN),
    ("in a detail of a detail", claim(item(ROOM, 9) | sub_detail(DRUG)), GIVEN),
    ("in a detail that was denied, its line paid",
     claim(item(ROOM, 9) | sub_detail(DRUG, **DENIED)), NONE),
    ("in a detail that was paid", claim(item(ROOM) | detail(DRUG, **{"adjudication": item(DRUG, 9)["adjudication"]})),
     GIVEN),
    ("a visit for it, paid", claim(item(concept("Kresladi evaluation visit"), 100)), NONE),
    *[(f"{text}, paid", claim(item(concept(text), 100)), NONE)
      for text in ("Kresladi teaching", "Patient education, Kresladi", "Lodging for Kresladi family")],
    *[(f"{text}, paid", claim(item(concept(text), 100)), GIVEN)
      for text in ("Kresladi", "Administration of Kresladi", "marnetegragene autotemcel, per dose")],
    ("its infusion, paid", claim(item(concept("Kresladi infusion"), 100)), GIVEN),
    ("not processed yet", claim(item(DRUG, 9), outcome="queued"), OPEN),
    ("processed in part", claim(item(DRUG, 9), outcome="partial"), GIVEN),
    ("a procedure that names it, paid", claim(item(ROOM), paid=9, **coded("procedure", concept("Kresladi infusion"))),
     GIVEN),
    ("the code by a central vein", claim(item(ROOM), paid=9, **coded("procedure", INFUSION)), OPEN),
    ("the same, as billed", claim(item(ROOM), kind="Claim", **coded("procedure", INFUSION)), OPEN),
    ("the same, of another product",
     claim(item(CASGEVY), paid=9, **coded("procedure", INFUSION)), NONE),
    ("the same, denied", claim(item(ROOM), disposition="Denied", **coded("procedure", INFUSION)), NONE),
    ("a history of gene therapy", claim(item(ROOM), **coded("diagnosis", concept(None, (ICD, "Z92.86")))), OPEN),
    ("another diagnosis", claim(item(ROOM), **coded("diagnosis", concept(None, (ICD, "D71.1")))), NONE),
    ("a gene therapy without a name", claim(item(concept("Gene therapy product"), 9)), OPEN),
    ("a visit for a gene therapy", claim(item(concept("Gene therapy consultation"), 9)), NONE),
    ("paid", claim(paid=4000000), GIVEN),
    ("paid, by the line", claim(item(DRUG, 4000000)), GIVEN),
    ("paid in the totals", claim(total=[{"category": concept(None, ("adj", "benefit")),
                                         "amount": {"value": 4000000, "currency": "USD"}}]), GIVEN),
    ("its line paid with the stay's, not by itself", claim(item(DRUG, 0), item(concept("Bed"), 900), paid=900), OPEN),
    ("nothing paid by this plan", claim(paid=0), OPEN),
    ("nothing paid, denied", claim(paid=0, disposition="Claim denied"), NONE),
    ("payment not said", claim(), OPEN),
    ("denied", claim(paid=4000000, disposition="Denied"), NONE),
    ("in error", claim(outcome="error"), NONE),
    ("cancelled", claim(paid=4000000, status="cancelled"), NONE),
    ("a preauthorization", claim(paid=4000000, use="preauthorization"), NONE),
    ("a predetermination", claim(paid=4000000, use="predetermination"), NONE),
    ("by RxNorm alone", claim(item(concept(None, (RXNORM, "2740386"))), paid=1), GIVEN),
    ("J3590 and the name", claim(item(concept("Kresladi", (HCPCS, "J3590"))), paid=1), GIVEN),
    ("J3590 alone", claim(item(concept(None, (HCPCS, "J3590"))), paid=1), NONE),
    ("J3590, the number in a detail", claim(item(concept(None, (HCPCS, "J3590"))) | {
        "detail": [{"sequence": 1, "productOrService": concept(None, (NDC, "83537-034-01"))}]}, paid=1), GIVEN),
    ("another product", claim(item(CASGEVY), paid=1), NONE),
    ("another patient's", claim(paid=1, patient={"reference": "Patient/x"}), NONE),
    ("one that cannot be read", claim(paid=1, created="last summer"), OPEN),
    ("a claim as billed", claim(kind="Claim"), OPEN),
    ("a claim as billed, preauthorization", claim(kind="Claim", use="preauthorization"), NONE),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "status"), [row[1:] for row in CLAIMS], ids=[row[0] for row in CLAIMS])
def test_claims(stated: Resource, status: str) -> None:
    """A paid claim that names the drug is a dose, a billed one may be; a preauthorization is neither."""
    assert on_record(stated)["status"] == status


STUDY = {"resourceType": "ResearchStudy", "id": "s", "status": "completed", "title": "RP-L201 in LAD-I"}
OTHER_STUDY = {"resourceType": "ResearchStudy", "id": "s", "status": "completed", "title": "Another study"}


def trial(status: str = "on-study", **more: Any) -> Resource:
    base = {"resourceType": "ResearchSubject", "id": "it", "status": status, "individual": subject(),
            "study": {"reference": "ResearchStudy/s"}}  # fmt: skip
    return base | more


TRIALS = [
    ("on the study", [trial(), STUDY], OPEN),
    ("off the study", [trial("off-study"), STUDY], OPEN),
    ("by the display of the study", [trial(study={"display": "NCT03812263"})], OPEN),
    ("withdrawn before registration", [trial("withdrawn"), STUDY], NONE),
    ("ineligible", [trial("ineligible"), STUDY], NONE),
    ("screening", [trial("screening"), STUDY], NONE),
    ("another study", [trial(), OTHER_STUDY], NONE),
    ("another patient", [trial(individual={"reference": "Patient/x"}), STUDY], NONE),
]


@pytest.mark.parametrize(("stated", "status"), [row[1:] for row in TRIALS], ids=[row[0] for row in TRIALS])
def test_trials(stated: list[Resource], status: str) -> None:
    """A subject of the RP-L201 trial may have been given it there."""
    assert on_record(*stated)["status"] == status


# --- how far the chart was read --------------------------------------------------------------------------------------

LINKS = [
    ("replaced by another record", "replaced-by", OPEN),
    ("replaces another record", "replaces", OPEN),
    ("refers to another record", "refer", OPEN),
    ("see also", "seealso", NONE),
]


@pytest.mark.parametrize(("kind", "status"), [row[1:] for row in LINKS], ids=[row[0] for row in LINKS])
def test_merged_records(kind: str, status: str) -> None:
    """A merged or replaced record whose other half was not read leaves it open, never met."""
    linked = patient(link=[{"other": {"reference": "Patient/p0"}, "type": kind}])
    found = asked("II.A", [linked, *without(complete(), "p1")])
    assert found["status"] == status
    assert causes(found) == ({"unavailable"} if status == OPEN else set())


PARTS = [
    ("medicationRequests", OPEN),
    ("medicationAdministrations", OPEN),
    ("procedures", OPEN),
    ("medicationDispenses", NONE),
    ("medicationStatements", NONE),
    ("conditions", NONE),
]


@pytest.mark.parametrize(("key", "status"), PARTS, ids=[row[0] for row in PARTS])
@pytest.mark.parametrize("how", ["left out", "failed", "first page"])
def test_parts_that_were_not_read(key: str, status: str, how: str) -> None:
    """Orders, administrations and procedures have to be there completely; other sources help but need not be."""
    body = request(leave_out=(key,) if how == "left out" else ())
    if how == "failed":
        body["prefetch"][key] = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "x"}]}
    if how == "first page":
        body["prefetch"][key]["link"] = [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]
    found = criteria(determination(body))["II.A"]
    assert found["status"] == status
    assert causes(found) == ({"unavailable"} if status == OPEN else set())


def test_a_dose_counts_however_little_was_read() -> None:
    """What is found is found, whatever else could not be read."""
    assert on_record(admin(), leave_out=("procedures", "medicationRequests"))["status"] == GIVEN


def test_met_names_what_was_read() -> None:
    """No dose is evidence only with what was looked through."""
    found = asked("II.A", complete())
    assert [each["reference"] for each in found["evidence"]] == [
        "MedicationRequest",
        "MedicationAdministration",
        "Procedure",
    ]


def test_what_may_be_a_dose_has_its_own_card() -> None:
    """An unnamed gene therapy is a card of its own; what could not be read is another."""
    history = condition("it", concept(None, (ICD, "Z92.86")))
    assert "possible-prior-dose" in topics(request([*complete(), history]))
    assert "chart-unavailable" in topics(request(leave_out=("procedures",)))
    assert "possible-prior-dose" not in topics(request(leave_out=("procedures",), orders=[order()]))
