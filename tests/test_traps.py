"""The traps of real charts, each once, by the number it has in the catalogue: what looks like an answer and is none.

The remark begins with the trap's number. The readers' own tables hold the variations.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    ATTESTED,
    ICD,
    KRESLADI,
    LOINC,
    NUCC,
    PCS,
    ROLE_CODE,
    RXNORM,
    SCT,
    Resource,
    answered,
    asked,
    bundle,
    complete,
    concept,
    condition,
    criteria,
    determination,
    dose,
    flow,
    infection,
    lad,
    observation,
    order,
    patient,
    prefetch,
    quantity,
    request,
    response,
    role,
    subject,
    topics,
    variant,
    without,
)

NDC = "http://hl7.org/fhir/sid/ndc"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
MODIFIED: Resource = {"modifierExtension": [{"url": "https://ehr.example/x", "valueBoolean": True}]}
MASKED: Resource = {"meta": {"security": [{"code": "MASKED"}]}}
MOTHER = {"reference": "Patient/mother"}
CONTAINED = {"resourceType": "Observation", "id": "in", "status": "final"}
LOW_CD11A, HIGH_CD18 = flow("CD11a", 0.5), flow("CD18", 5)


def admin(status: str = "completed", **more: Any) -> Resource:
    base = {"resourceType": "MedicationAdministration", "id": "given", "status": status, "subject": subject()}
    return base | {"medicationCodeableConcept": KRESLADI, "effectiveDateTime": "2026-08-01"} | more


def relative(code: str | None, disease: str = "LAD-I", **more: Any) -> Resource:
    relationship = concept(None, (ROLE_CODE, code)) if code else concept("A brother, they say")
    base = {"resourceType": "FamilyMemberHistory", "id": "fmh", "status": "completed", "patient": subject()}
    return base | {"relationship": relationship, "condition": [{"code": concept(disease)}]} | more


def donor(code: str, said: str = "10/10") -> list[Resource]:
    """A match result about one relative."""
    person = {
        "resourceType": "RelatedPerson",
        "id": "kin",
        "patient": subject(),
        "relationship": [concept(None, (ROLE_CODE, code))],
    }
    match = observation(
        "match",
        concept(None, (LOINC, "96061-7")),
        valueString=said,
        focus=[{"reference": "RelatedPerson/kin"}],
    )
    return [person, match]


def consulted(specialty: Resource | str) -> list[Resource]:
    """A care team of one clinician, who is of this specialty."""
    member = {"participant": [{"member": {"reference": "PractitionerRole/x"}}]}
    team = {"resourceType": "CareTeam", "id": "t", "status": "active", "subject": subject()}
    return [role("x", specialty), team | member]


def nucc(code: str) -> Resource:
    return concept(None, (NUCC, code))


def done(code: Resource, when: str | None = "2026-02-01", **more: Any) -> Resource:
    base = {"resourceType": "Procedure", "id": "done", "status": "completed", "subject": subject(), "code": code}
    return base | ({"performedDateTime": when} if when else {}) | more


def billed(kind: str, use: str, code: Resource, **more: Any) -> Resource:
    item = {"sequence": 1, "productOrService": code}
    base = {"resourceType": kind, "id": "bill", "status": "active", "use": use, "patient": subject(), "item": [item]}
    rest = {"type": concept("institutional"), "created": "2026-09-01", "provider": {"display": "A hospital"},
            "priority": concept("normal"),
            "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "A plan"}}]}  # fmt: skip
    return base | rest | more


def marker(code: Resource, value: Any = 1.2) -> Resource:
    """A CD18 result under another code or text."""
    return flow("CD18", value) | {"code": code}


def in_report(kind: str) -> list[Resource]:
    """CD18 as a component, as a member of a panel, or contained in a report."""
    code = concept(None, (LOINC, "17121-5"))
    if kind == "component":
        return [observation("p", concept("Panel"), component=[{"code": code, "valueQuantity": quantity(1.2)}])]
    if kind == "member":
        return [flow(), observation("p", concept("Panel"), hasMember=[{"reference": "Observation/cd18"}])]
    inside = CONTAINED | {"code": code, "valueQuantity": quantity(1.2), "effectiveDateTime": "2026-03-04"}
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": concept("Flow")}
    return [report | {"subject": subject(), "contained": [inside], "result": [{"reference": "#in"}]}]


def of_subject(reference: Resource, **more: Any) -> list[Resource]:
    return [flow(subject=reference, **more)]


MRN = {"system": "urn:mrn", "value": "7"}
A, B, DX = "I.A.1.a", "I.A.1.b", "I.A.1.diagnosis"
GENE, HISTORY, KIN, INFECTION = "I.A.1.b.ii", "I.A.1.b.iii", "I.A.3.a", "I.A.3.b"
DONOR, DOSES = "I.A.4", "II.A"
MET, NOT_MET, OPEN = "met", "not-met", "unknown"

CHARTS: list[tuple[str, str, list[Resource], str]] = [
    ("1 a result entered in error", A, [flow(status="entered-in-error")], OPEN),
    ("1 a diagnosis entered in error", DX, [lad("entered-in-error")], OPEN),
    ("1 a family history entered in error", KIN, [relative("NBRO", status="entered-in-error")], OPEN),
    ("1 an administration entered in error", DOSES, [admin("entered-in-error")], MET),
    ("2 preliminary flow cytometry", A, [flow(status="preliminary")], OPEN),
    ("3 below 2 %", A, [flow(value={"valueQuantity": quantity(2, comparator="<")})], MET),
    ("3 below 5 % may be either side", A, [flow(value={"valueQuantity": quantity(5, comparator="<")})], OPEN),
    ("3 2 % or less may be 2 %", A, [flow(value={"valueQuantity": quantity(2, comparator="<=")})], OPEN),
    ("4 exactly 2 % is not below", A, [flow(value=2)], NOT_MET),
    ("4 1.99 % is below", A, [flow(value=1.99)], MET),
    ("5 below 2 % as text", A, [flow(value={"valueString": "<2%"})], MET),
    ("5 a decimal comma", A, [flow(value={"valueString": "1,8 %"})], MET),
    ("5 the word absent", A, [flow(value={"valueString": "absent"})], OPEN),
    ("6 a fraction of 1", A, [flow(value={"valueQuantity": quantity(0.015, "1")})], MET),
    ("6 a ratio", A, [flow(value={"valueRatio": {"numerator": {"value": 3}, "denominator": {"value": 200}}})], MET),
    ("7 an annotation is no percent", A, [flow(value={"valueQuantity": quantity(1.2, "{percent}")})], OPEN),
    ("7 an intensity", A, [flow(value={"valueQuantity": quantity(1.2, "{MFI}")})], OPEN),
    ("8 percent of the control", A, [flow(value={"valueQuantity": quantity(1.2, "%{of_control}")})], OPEN),
    ("9 lymphocytes", A, [marker(concept("CD18 on lymphocytes", (LOINC, "17121-5")))], OPEN),
    ("9 monocytes", A, [marker(concept("CD18 on monocytes", (LOINC, "17121-5")))], OPEN),
    ("9 CD11b in marrow", "I.A.1.b.i",
     [HIGH_CD18, flow("CD11b", 0.5, specimen={"display": "Bone marrow"})], OPEN),
    ("10 CD11c instead of CD11a", "I.A.1.b.i", [HIGH_CD18, marker(concept("CD11c on neutrophils"), 0.5)], OPEN),
    ("11 CD18 of 5 % without CD11", B, [HIGH_CD18, variant(), condition("c", concept(None, (ICD, "P96.82")))], OPEN),
    ("12 CD11a without CD18", B, [LOW_CD11A, variant(), condition("c", concept(None, (ICD, "P96.82")))], OPEN),
    ("13 a value that is absent for a reason", A, [flow(value=None, dataAbsentReason=concept("Not performed"))], OPEN),
    ("14 a result after the transplant", A, [flow(), done(concept("Bone marrow transplant"))], OPEN),
    ("14 a result before the transplant", A, [flow(), done(concept("Bone marrow transplant"), "2026-05-01")], MET),
    ("14 the newest is not the right one", A,
     [flow("CD18", 98, "new", effectiveDateTime="2026-06-01"), flow(), done(concept("BMT"), "2026-05-01")], MET),
    ("15 results on both sides", A, [flow(), flow("CD18", 5, "second")], OPEN),
    ("16 in a component", A, in_report("component"), MET),
    ("16 as a member", A, in_report("member"), MET),
    ("16 contained in a report", A, in_report("contained"), MET),
    ("17 the mother's result", A, of_subject(MOTHER), OPEN),
    ("17 the mother's infection", INFECTION, [infection(subject=MOTHER)], OPEN),
    ("17 the patient by address", A, of_subject({"reference": "https://ehr.example/fhir/Patient/p1"}), MET),
    ("17 the same id on another server", A, of_subject({"reference": "https://other.example/Patient/p1"}), OPEN),
    ("17 an unknown urn", A, of_subject({"reference": "urn:uuid:0000"}), OPEN),
    ("17 by identifier", A, [patient(identifier=[MRN]), *of_subject({"identifier": MRN})], MET),
    ("17 by another identifier", A, [patient(identifier=[MRN]), *of_subject({"identifier": MRN | {"value": "8"}})],
     OPEN),
    ("17 contained, of the patient's identifier", A,
     [patient(identifier=[MRN]), *of_subject({"reference": "#p"}, contained=[
         {"resourceType": "Patient", "id": "p", "identifier": [MRN]}])], MET),
    ("18 refuted", DX, [lad("refuted")], NOT_MET),
    ("18 differential", DX, [lad("differential")], OPEN),
    ("18 unconfirmed", DX, [lad("unconfirmed")], OPEN),
    ("18 not stated", DX, [lad(None)], MET),
    ("19 a resolved infection", INFECTION, [infection(clinicalStatus=concept(None, ("cs", "resolved")))], MET),
    ("20 viral pneumonia", INFECTION, [infection("J12.9")], OPEN),
    ("20 gastroenteritis, organism not said", INFECTION, [infection("A09")], OPEN),
    ("21 pyoderma gangrenosum", INFECTION, [infection("L88")], OPEN),
    ("21 multifocal osteomyelitis", INFECTION, [infection("M86.30")], OPEN),
    ("21 allergic aspergillosis", INFECTION, [infection("B44.81")], OPEN),
    ("21 serous otitis media", INFECTION, [infection("H65.9")], OPEN),
    ("21 without dot, in small letters", INFECTION, [infection("j151")], MET),
    ("21 the diagnosis without dot", DX, [condition("dx", concept(None, (ICD, "d711")))], MET),
    ("21 the diagnosis with a trailing X", DX, [condition("dx", concept(None, (ICD, "D71.1X")))], MET),
    ("21 an infection with a trailing X", INFECTION, [infection("J15.1X")], MET),
    ("21 pyoderma gangrenosum with a trailing X", INFECTION, [infection("L88X")], OPEN),
    ("22 D71.1 in the words of LAD-II", DX, [condition("dx", concept("LAD-II", (ICD, "D71.1")))], OPEN),
    ("22 a coronary artery", DX, [condition("dx", concept("LAD stenosis", (ICD, "I25.10")))], OPEN),
    ("22 the old code D71", DX, [condition("dx", concept(None, (ICD, "D71")))], OPEN),
    ("23 uncertain significance", GENE, [HIGH_CD18, variant("LA26333-7")], OPEN),
    ("23 likely pathogenic", GENE, [HIGH_CD18, variant("LA26332-9")], OPEN),
    ("23 a variant that is absent", GENE,
     [HIGH_CD18, variant(valueCodeableConcept=concept("Absent", (LOINC, "LA9634-2")))], OPEN),
    ("23 significance on the implication", GENE, [
        HIGH_CD18, variant(None),
        observation("implied", concept(None, (
            "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs", "diagnostic-implication")),
            derivedFrom=[{"reference": "Observation/variant"}],
            component=[{"code": concept(None, (LOINC, "53037-8")),
                        "valueCodeableConcept": concept(None, (LOINC, "LA6668-3"))}])], MET),
    ("24 a relative without LAD-I", KIN, [relative("NBRO", "No leukocyte adhesion deficiency")], OPEN),
    ("24 a carrier", KIN, [relative("NMTH", "LAD-I carrier")], OPEN),
    ("24 a stepbrother", KIN, [relative("STPBRO")], OPEN),
    ("24 an adoptive mother", KIN, [relative("ADOPTM")], OPEN),
    ("24 a father-in-law", KIN, [relative("FTHINLAW")], OPEN),
    ("24 a relation in words only", KIN, [relative(None)], OPEN),
    ("24 Z83.2 alone", KIN, [condition("z", concept(None, (ICD, "Z83.2")))], OPEN),
    ("24 a brother by blood", KIN, [relative("NBRO")], MET),
    ("25 a matched full sister", DONOR, donor("NSIS"), NOT_MET),
    ("25 a half-sister", DONOR, donor("HSIS"), OPEN),
    ("25 a sister, full or half not said", DONOR, donor("SIS"), OPEN),
    ("25 an identical twin", DONOR, donor("ITWINSIS"), OPEN),
    ("25 9 of 10", DONOR, donor("NSIS", "9/10"), OPEN),
    ("25 a haploidentical father", DONOR, donor("NFTH", "5/10"), OPEN),
    ("25 a matched unrelated donor", DONOR, [observation("m", concept("Matched unrelated donor found"))], OPEN),
    ("25 silence", DONOR, [], OPEN),
    ("26 a hypertension specialist", "I.A.2.a", consulted(nucc("207RH0005X")), OPEN),
    ("26 transplant hepatology", "I.A.2.a", consulted(nucc("207RT0003X")), OPEN),
    ("26 transplant cardiology", "I.A.2.a", consulted(nucc("207RA0001X")), OPEN),
    ("26 a bone marrow transplant nurse", "I.A.2.a", consulted("Bone marrow transplant nurse"), OPEN),
    ("26 a haematology technologist", "I.A.2.b", consulted(nucc("246QH0000X")), OPEN),
    ("26 a haematopathologist", "I.A.2.b", consulted(concept(None, (SCT, "394916005"))), OPEN),
    ("26 a paediatric oncologist is no transplant specialist", "I.A.2.a", consulted(nucc("2080P0207X")), OPEN),
    ("26 one clinician of both specialties", "I.A.2", consulted("Pediatric hematology and bone marrow transplant"),
     MET),
    ("27 attested by another specialist", "I.A.5",
     [role("heme", nucc("2080P0207X")), response(ATTESTED, author="PractitionerRole/heme")], OPEN),
    ("27 a draft", "I.A.5", [role("bmt", "Bone marrow transplant"), response(ATTESTED, status="in-progress")], OPEN),
    ("27 one of two statements", "I.A.5",
     [role("bmt", "Bone marrow transplant"), response({"attest-clinically-stable": True})], OPEN),
    ("27 both statements", "I.A.5", [role("bmt", "Bone marrow transplant"), response(ATTESTED)], MET),
    ("28 an unclassified biologic", DOSES, [billed("Claim", "claim", concept(None, (HCPCS, "J3590")))], MET),
    ("28 another autotemcel", DOSES, [admin(medicationCodeableConcept=concept("Casgevy autotemcel"))], MET),
    ("28 not done", DOSES, [admin("not-done")], MET),
    ("28 a claim that names it", DOSES, [billed("Claim", "claim", KRESLADI)], OPEN),
    ("28 a preauthorization", DOSES, [billed("Claim", "preauthorization", KRESLADI)], MET),
    ("28 ten digits on an administration", DOSES,
     [admin(medicationCodeableConcept=concept(None, (NDC, "8353703401")))], NOT_MET),
    ("28 eleven digits on an administration", DOSES,
     [admin(medicationCodeableConcept=concept(None, (NDC, "83537003401")))], NOT_MET),
    ("28 the trial's name", DOSES, [admin(medicationCodeableConcept=concept("RP-L201"))], NOT_MET),
    ("28 an unnamed modified cell infusion", DOSES, [done(concept(None, (PCS, "30243C0")))], OPEN),
    ("34 a result with a modifier", A, [flow(**MODIFIED)], OPEN),
    ("34 a diagnosis with a modifier", DX, [lad(**MODIFIED)], OPEN),
    ("34 an administration with a modifier", DOSES, [admin(**MODIFIED)], OPEN),
    ("36 a result of the transplant's year", A, [flow(), done(concept("Bone marrow transplant"), "2026")], OPEN),
    ("36 a result of the transplant's month", A, [flow(), done(concept("Bone marrow transplant"), "2026-03")], OPEN),
    ("36 a result of the month before", A, [flow(), done(concept("Bone marrow transplant"), "2026-04")], MET),
    ("36 an hour later in another zone", A, [
        flow(effectiveDateTime="2026-03-04T23:30:00-05:00"),
        done(concept("Bone marrow transplant"), "2026-03-05T03:30:00Z")], OPEN),
    ("36 an hour earlier in another zone", A, [
        flow(effectiveDateTime="2026-03-04T23:30:00-05:00"),
        done(concept("Bone marrow transplant"), "2026-03-05T05:30:00Z")], MET),
    ("37 a masked result", A, [flow(**MASKED)], OPEN),
    ("37 a masked administration", DOSES, [admin(**MASKED)], OPEN),
    ("37 a masked value", A, [flow(value=None, dataAbsentReason=concept(None, (
        "http://terminology.hl7.org/CodeSystem/data-absent-reason", "masked")))], OPEN),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "clause", "chart", "status"), CHARTS, ids=[row[0] for row in CHARTS])
def test_what_a_chart_says(remark: str, clause: str, chart: list[Resource], status: str) -> None:
    """One trap in a chart that holds nothing else that could answer the clause; nobody relevant prescribes."""
    whole = chart if any(each["resourceType"] == "Patient" for each in chart) else [patient(), *chart]
    found = asked(clause, whole, orders=[order(requester=None)])
    assert found["status"] == status


def test_24_a_denial_beside_a_relative_is_a_conflict() -> None:
    """24 family history negated: a denial alone contradicts, beside a relative nobody knows."""
    denial = response({"family-history-of-lad-i": False})
    assert asked(KIN, [patient(), denial])["status"] == NOT_MET
    assert asked(KIN, [patient(), denial, relative("NBRO")])["gaps"][0]["cause"] == "conflict"


def test_26_a_referral_only_ordered_is_no_consultation() -> None:
    """26 an active ServiceRequest for a transplant consultation shows nobody consulted; a completed one does."""
    referral = {
        "resourceType": "ServiceRequest",
        "id": "referral",
        "intent": "order",
        "subject": subject(),
        "code": concept("Bone marrow transplant consultation"),
        "performer": [{"reference": "PractitionerRole/x"}],
    }
    team = role("x", "Bone marrow transplant")
    for status, answer in (("active", OPEN), ("completed", MET)):
        chart = [patient(), team, referral | {"status": status}]
        assert asked("I.A.2.a", chart, orders=[order(requester=None)])["status"] == answer


def test_28_the_triggering_order_is_no_dose_and_two_bags_are_one() -> None:
    """28 the order at hand, sent again in the prefetch, is no earlier dose; two bags of one order are one infusion."""
    again = [*complete(), order(status="active")]
    assert criteria(determination(request(again)))[DOSES]["status"] == MET
    two_bags = order(dosageInstruction=[dose(1.5), dose(1.5)])
    assert asked("I.A.6", complete(), orders=[two_bags])["status"] == MET


# --- the order -------------------------------------------------------------------------------------------------------


def weighed(value: Any, code: str = "kg", when: str = "2026-05-01", id_: str = "weight") -> Resource:
    measured = {"valueQuantity": quantity(value, code), "effectiveDateTime": when}
    return observation(id_, concept("Body weight", (LOINC, "29463-7")), **measured)


def total(value: Any) -> Resource:
    return dose(value, "10*6")


APHERESIS = done(concept("Leukapheresis"), "2026-06-01")
DOSED: list[tuple[str, Resource, list[Resource], str]] = [
    ("29 exactly 2.8", dose(2.8), [], MET),
    ("29 2.79", dose(2.79), [], NOT_MET),
    ("29 cells per kg", dose(2800000, "/kg"), [], MET),
    ("29 2799999 cells per kg", dose(2799999, "/kg"), [], NOT_MET),
    ("29 28 times 10^5", dose(28, "10*5/kg"), [], MET),
    ("29 an annotation for a power", dose(2.8, "{10*6}/kg"), [], OPEN),
    ("29 total by 22 lb", total(27.95), [weighed(22, "[lb_av]")], MET),
    ("29 total by 22 lb, too little", total(27.9), [weighed(22, "[lb_av]")], NOT_MET),
    ("29 total by 6500 g", total(18.2), [weighed(6500, "g")], MET),
    ("29 total by 6500 g, too little", total(18.1), [weighed(6500, "g")], NOT_MET),
    ("29 weighed only after apheresis", total(28), [weighed(10, when="2026-07-01"), APHERESIS], OPEN),
    ("29 the weight before apheresis counts", total(28),
     [weighed(10), weighed(12, when="2026-07-01", id_="later"), APHERESIS], MET),
    ("29 the birth weight is not the latest", total(28), [weighed(3, when="2024-02-03"), weighed(11, id_="now")],
     NOT_MET),
    ("29 no weight", total(28), [], OPEN),
    ("29 mL say nothing", dose(30, "mL"), [], OPEN),
    ("34 an apheresis with a modifier", total(28), [weighed(10), APHERESIS | MODIFIED], OPEN),
    ("34 a plasmapheresis with a modifier bears on nothing", total(28),
     [weighed(10), done(concept("Plasmapheresis")) | MODIFIED], MET),
    ("34 an apheresis under way is one", total(28),
     [weighed(10), weighed(12, when="2026-07-01", id_="later"), APHERESIS | {"status": "in-progress"}], MET),
    ("36 an apheresis of a year", total(28), [weighed(10), APHERESIS | {"performedDateTime": "2026"}], OPEN),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "instruction", "chart", "status"), DOSED, ids=[row[0] for row in DOSED])
def test_what_an_order_doses(remark: str, instruction: Resource, chart: list[Resource], status: str) -> None:
    """The dose of the order, with the weights and procedures that bear on it."""
    found = asked("I.A.6", [patient(), *chart], orders=[order(dosageInstruction=[instruction])])
    assert found["status"] == status


SERVICE = {
    "resourceType": "ServiceRequest",
    "id": "s",
    "status": "draft",
    "intent": "order",
    "subject": subject(),
    "code": concept("Kresladi infusion"),
}
SCOPE: list[tuple[str, Resource, bool]] = [
    ("28 J3590 alone names nothing", order(medicationCodeableConcept=concept(None, (HCPCS, "J3590"))), False),
    ("28 C9399 alone names nothing", order(medicationCodeableConcept=concept(None, (HCPCS, "C9399"))), False),
    ("28 J3590 with the name", order(medicationCodeableConcept=concept("Kresladi", (HCPCS, "J3590"))), True),
    ("28 Lenmeldy", order(medicationCodeableConcept=concept("atidarsagene autotemcel")), False),
    ("28 ten digits", order(medicationCodeableConcept=concept(None, (NDC, "8353703401"))), True),
    ("32 R5's medication", order(medicationCodeableConcept=None,
                                 medication={"concept": {"coding": [{"system": RXNORM, "code": "2740392"}]}}), True),
    ("33 do not perform", order(doNotPerform=True), False),
    ("33 a service not to be performed", SERVICE | {"doNotPerform": True}, False),
    ("33 a service", SERVICE, True),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "draft", "in_scope"), SCOPE, ids=[row[0] for row in SCOPE])
def test_which_orders_are_for_kresladi(remark: str, draft: Resource, in_scope: bool) -> None:
    """An order in scope has a determination; for any other the answer is empty."""
    assert bool(answered(request(orders=[draft])).get("extension")) is in_scope


# --- coverage, age, shapes, paging -----------------------------------------------------------------------------------

SOPT = "https://nahdo.org/sopt"
MEDICAID, COMMERCIAL, MARKETPLACE = "CP.PMN.53", "CP.CPA.09", "HIM.PA.154"


def covered(code: str | None = "2", **more: Any) -> Resource:
    kind = {"type": concept(None, (SOPT, code))} if code else {}
    base = {"resourceType": "Coverage", "id": "cov", "status": "active", "beneficiary": subject()}
    return base | {"payor": [{"display": "Example"}]} | kind | more


COVERED: list[tuple[str, list[Resource], set[str]]] = [
    ("30 Medicaid", [covered()], {MEDICAID}),
    ("30 expired", [covered(period={"end": "2026-01-01"})], {MEDICAID, COMMERCIAL, MARKETPLACE}),
    ("30 dual", [covered("14")], {MEDICAID, COMMERCIAL, MARKETPLACE}),
    ("30 CHIP", [covered("23")], {MEDICAID, COMMERCIAL, MARKETPLACE}),
    ("30 self-pay", [covered(None, payor=[{"reference": "Patient/p1"}])], {MEDICAID, COMMERCIAL, MARKETPLACE}),
    ("30 only a payer's display", [covered(None, payor=[{"display": "Medicaid of Ohio"}])],
     {MEDICAID, COMMERCIAL, MARKETPLACE}),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "coverages", "named"), COVERED, ids=[row[0] for row in COVERED])
def test_which_policies_the_card_names(remark: str, coverages: list[Resource], named: set[str]) -> None:
    """For another disease the card names the policies of the line of business, all of them where it is not known."""
    sickle = order(reasonCode=[concept(None, (ICD, "D57.1"))])
    cards = answered(request([*without(complete(), "dx"), *coverages], [sickle]))["cards"]
    assert {each for each in (MEDICAID, COMMERCIAL, MARKETPLACE) if each in cards[0]["detail"]} == named


def test_31_an_adult_is_advised_not_refused() -> None:
    """31 the label speaks of children, the policy does not."""
    for born, advised in (("2008-11-21", True), ("2008-11-22", False)):
        found = determination(request([patient(birthDate=born), *complete()[1:]]))
        assert found["outcome"] == "criteria-met"
        assert ("label-paediatric" in [each["code"] for each in found.get("advice", [])]) is advised


def test_32_an_encounter_with_a_list_of_classes_is_read_or_said() -> None:
    """32 R5's shape costs no answer: nothing is met by it, nothing fails."""
    visit = {
        "resourceType": "Encounter",
        "id": "v",
        "status": "finished",
        "class": [concept("inpatient")],
        "subject": subject(),
    }
    assert determination(request([*complete(), visit]))["outcome"] == "criteria-met"


def test_32_a_procedure_in_the_shape_of_r5_is_no_silence() -> None:
    """32 a Procedure with R5's `occurrenceDateTime` that names Kresladi is a dose."""
    given = done(concept("Kresladi infusion"), None) | {"occurrenceDateTime": "2026-05-01"}
    assert asked(DOSES, [*complete(), given])["status"] == NOT_MET


PAGED = {"link": [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]}
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
ANSWERS: list[tuple[str, Any, str]] = [
    ("35 a complete bundle", bundle([]), MET),
    ("35 null", None, MET),
    ("35 only the first page", bundle([]) | PAGED, OPEN),
    ("35 an OperationOutcome", OUTCOME, OPEN),
    ("35 an OperationOutcome among the entries", bundle([]) | {"entry": [
        {"search": {"mode": "outcome"}, "resource": OUTCOME}]}, OPEN),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "value", "status"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_what_a_prefetch_value_means(remark: str, value: Any, status: str) -> None:
    """Only null and a complete Bundle let the service say that nothing is on record."""
    sent = prefetch(complete()) | {"medicationAdministrations": value}
    body = request(prefetch=sent)
    found = criteria(determination(body))[DOSES]
    assert found["status"] == status
    assert ("chart-unavailable" in topics(body)) is (status == OPEN)


def test_every_trap_is_shown() -> None:
    """All 37 numbers of the catalogue stand in a remark or a test of their own."""
    tables = (CHARTS, DOSED, SCOPE, COVERED, ANSWERS)
    shown = {row[0].split()[0] for table in tables for row in table}
    shown |= {name.split("_")[1] for name in globals() if name.startswith("test_")}
    assert {str(number) for number in range(1, 38)} <= shown


def test_the_rest_of_the_chart_is_complete() -> None:
    """The chart that the traps are taken from documents everything, so that what fails is the trap."""
    assert determination(request())["outcome"] == "criteria-met"
