"""Resources that leave out what FHIR asks for, and resources that are wrong but none of the patient's.

What no rule needs costs nothing; what decides whether a resource counts is never taken for granted; whose a resource is
comes before whether it is valid.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    ICD,
    KRESLADI,
    LOINC,
    ROLE_CODE,
    Resource,
    answered,
    asked,
    complete,
    concept,
    condition,
    criteria,
    determination,
    flow,
    infection,
    lad,
    less,
    observation,
    order,
    patient,
    request,
    subject,
    topics,
    without,
)

Row = tuple[str, list[Resource], str, str]


def of(kind: str, **members: Any) -> Resource:
    """A resource of which nothing is said but this."""
    return {"resourceType": kind, "id": "it"} | members


SIBLINGS = {"reference": "Patient/sib77"}
CONSULT = concept("Consult note", (LOINC, "11488-4"))
BY_HEME = [{"reference": "PractitionerRole/heme"}]
PAID = {"adjudication": [{"category": concept(None, ("x", "benefit")), "amount": {"value": 100}}]}
LINE = {"productOrService": KRESLADI}
EOB = of("ExplanationOfBenefit", status="active", use="claim", outcome="complete", item=[LINE | PAID])
CLAIM = of("Claim", status="active", use="preauthorization", patient=subject(), item=[LINE])
GIVEN = of("MedicationAdministration", status="completed", subject=subject(), medicationCodeableConcept=KRESLADI)
COUSIN = of(
    "FamilyMemberHistory",
    patient=subject(),
    relationship=concept("Cousin", (ROLE_CODE, "COUSN")),
    condition=[{"code": concept("LAD-I")}],
)
NO_TEAM = without(complete(), "team")
NO_INFECTION = without(complete(), "infection")


NOT_NEEDED: list[Row] = [
    # remark, chart, clause, status
    ("a consult note without content",
     [*NO_TEAM, of("DocumentReference", status="current", type=CONSULT, subject=subject(), author=BY_HEME)],
     "I.A.2", "met"),
    ("a consultation without intent",
     [*NO_TEAM, of("ServiceRequest", status="completed", code=concept("Consult to hematology"), subject=subject(),
                   performer=BY_HEME)], "I.A.2", "met"),
    ("a claim that was paid, without insurer", [*complete(), EOB | {"patient": subject()}], "II.A", "not-met"),
    ("a preauthorization without priority", [*complete(), CLAIM], "II.A", "met"),
    ("a cancelled claim without provider", [*complete(), CLAIM | {"use": "claim", "status": "cancelled"}], "II.A",
     "met"),
    ("a claim that was billed, without priority", [*complete(), CLAIM | {"use": "claim"}], "II.A", "unknown"),
    ("a dose without a date", [*complete(), GIVEN], "II.A", "not-met"),
    ("a dose without a date leaves it open what came after", [*complete(), GIVEN], "I.A.1.a", "unknown"),
    ("a dose that does not say of which drug", [*complete(), less(GIVEN, "medicationCodeableConcept")], "II.A",
     "unknown"),
    ("given as a vaccine, no day said",
     [*complete(), of("Immunization", status="completed", patient=subject(), vaccineCode=KRESLADI)], "II.A", "not-met"),
    ("a family history without status", [*NO_INFECTION, COUSIN], "I.A.3.a", "met"),
    ("a family history that was not completed", [*NO_INFECTION, COUSIN | {"status": "health-unknown"}], "I.A.3.a",
     "unknown"),
    ("a relative of no relation said", [*NO_INFECTION, less(COUSIN, "relationship")], "I.A.3.a", "unknown"),
    ("a disease of a relative without its name", [*NO_INFECTION, COUSIN | {"condition": [{"note": [{"text": "x"}]}]}],
     "I.A.3.a", "unknown"),
    ("a report without code", [*complete(), of("DiagnosticReport", status="final", subject=subject(),
                                               result=[{"reference": "Observation/cd18"}])], "I.A.1.a", "met"),
    ("a panel without code",
     [patient(), lad(), of("Observation", status="final", subject=subject(), effectiveDateTime="2026-03-04",
                           component=[{"code": flow()["code"], "valueQuantity": flow()["valueQuantity"]}])],
     "I.A.1.a", "met"),
    ("a component without code", [patient(), lad(), flow(component=[{"valueString": "x"}])], "I.A.1.a", "met"),
    ("a note without text", [patient(), lad(), flow(note=[{"time": "2026-03-04"}])], "I.A.1.a", "met"),
    ("a specimen of nothing said", [patient(), lad(), flow(contained=[{"resourceType": "Condition"}])], "I.A.1.a",
     "met"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("resources", "clause", "status"), [row[1:] for row in NOT_NEEDED], ids=[row[0] for row in NOT_NEEDED]
)
def test_what_no_rule_needs_may_be_left_out(resources: list[Resource], clause: str, status: str) -> None:
    """FHIR asks for it, the policy does not."""
    assert asked(clause, resources)["status"] == status


def test_answers_without_link_ids_cost_only_themselves() -> None:
    """At whatever depth they stand."""
    answers = next(each for each in complete() if each["resourceType"] == "QuestionnaireResponse")
    nameless = {"answer": [{"valueBoolean": True, "item": [{"text": "why", "item": [{"text": "really"}]}]}]}
    chart = [*without(complete(), answers["id"]), answers | {"item": [*answers["item"], nameless]}]
    told = criteria(determination(request(chart)))
    assert (told["I.A.4"]["status"], told["I.A.5"]["status"]) == ("met", "met")


def test_an_active_order_without_intent_is_a_second_order() -> None:
    """It may be the same treatment, ordered twice; it is no dose."""
    other = of("MedicationRequest", status="active", medicationCodeableConcept=KRESLADI, subject=subject())
    body = request([*complete(), other])
    assert "duplicate-order" in topics(body)
    assert criteria(determination(body))["II.A"]["status"] == "met"


def test_coverage_without_payor_tells_its_line() -> None:
    """Private insurance by its type: the card names one column of the policy, not three."""
    coverage = of(
        "Coverage", status="active", beneficiary=subject(), type=concept(None, ("https://nahdo.org/sopt", "512"))
    )
    sickle = order(reasonCode=[concept(None, (ICD, "D57.1"))])
    detail = answered(request([*without(complete(), "dx"), coverage], [sickle]))["cards"][0]["detail"]
    assert "CP.CPA.09" in detail
    assert "CP.PMN.53" not in detail


DECIDES: list[tuple[str, list[Resource], str, str]] = [
    # remark, chart, clause, what the gap says
    ("a result without status", [patient(), lad(), less(flow(), "status")], "I.A.1.a", "without status"),
    ("a result with a word on why it has none",
     [patient(), lad(), less(flow(), "status") | {"_status": {"extension": [{"url": "x", "valueCode": "unknown"}]}}],
     "I.A.1.a", "without status"),
    ("a contained result without status",
     [patient(), lad(), of("DiagnosticReport", status="final", subject=subject(), code=concept("Flow"),
                           contained=[less(flow(), "status")], result=[{"reference": "#cd18"}])],
     "I.A.1.a", "without status"),
    ("a result in a report without status",
     [patient(), lad(), flow(), of("DiagnosticReport", subject=subject(), code=concept("Flow"),
                                   result=[{"reference": "Observation/cd18"}])], "I.A.1.a", "could not all be read"),
    ("a procedure without status", [*complete(), of("Procedure", code=concept("Kresladi infusion"), subject=subject())],
     "II.A", "without status"),
    ("an administration without status", [*complete(), less(GIVEN, "status")], "II.A", "without status"),
    ("a claim without outcome", [*complete(), less(EOB, "outcome") | {"patient": subject()}], "II.A",
     "without outcome"),
    ("a claim without use", [*complete(), less(CLAIM, "use")], "II.A", "without use"),
    ("a dose of nobody", [*complete(), less(GIVEN, "subject")], "II.A", "does not say whose"),
    ("a claim of nobody", [*complete(), EOB], "II.A", "does not say whose"),
    ("an infection of nobody", [*NO_INFECTION, less(infection(), "subject")], "I.A.3.b", "does not say whose"),
    ("a visit without class",
     [*NO_TEAM, of("Encounter", status="finished", subject=subject(), period={"start": "2026-09-09"},
                   participant=[{"individual": BY_HEME[0]}])], "I.A.2.b", "without class"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("resources", "clause", "because"), [row[1:] for row in DECIDES], ids=[row[0] for row in DECIDES]
)
def test_what_decides_is_never_taken_for_granted(resources: list[Resource], clause: str, because: str) -> None:
    """Without it the answer is open, and the gap says what is not there."""
    criterion = asked(clause, resources)
    assert criterion["status"] == "unknown"
    assert because in " | ".join(gap["because"] for gap in criterion["gaps"])


WRONG_DATE = {"effectiveDateTime": "11/02/2026"}
NOT_OURS: list[tuple[str, Resource, str]] = [
    ("another patient's claim", EOB | {"patient": SIBLINGS, "item": [LINE | PAID | {"sequence": "one"}]}, "met"),
    ("another patient's dose, its status a list", GIVEN | {"subject": SIBLINGS, "status": ["completed"]}, "met"),
    ("the patient's dose, its status a list", GIVEN | {"status": ["completed"]}, "unknown"),
    ("another patient's dose, wrongly dated", GIVEN | {"subject": SIBLINGS} | WRONG_DATE, "met"),
    ("the same without status", less(GIVEN, "status") | {"subject": SIBLINGS}, "met"),
    ("the patient's own, wrongly dated", GIVEN | WRONG_DATE, "unknown"),
    ("nobody's, wrongly dated", less(GIVEN, "subject") | WRONG_DATE, "unknown"),
    ("of a subject that is text", GIVEN | {"subject": "Patient/sib77"} | WRONG_DATE, "unknown"),
    ("entered in error, wrongly dated", GIVEN | {"status": "entered-in-error"} | WRONG_DATE, "met"),
    ("entered in error, with nothing else said", of("MedicationAdministration", status="entered-in-error",
                                                     medicationCodeableConcept=KRESLADI), "met"),
    ("not done, wrongly dated", GIVEN | {"status": "not-done"} | WRONG_DATE, "met"),
    ("not done, no date", GIVEN | {"status": "not-done"}, "met"),
    ("not done, by an extension that may turn it round",
     GIVEN | {"status": "not-done", "modifierExtension": [{"url": "x", "valueBoolean": True}]} | WRONG_DATE, "unknown"),
    ("a diagnosis verified as error, wrongly dated",
     condition("it", concept("s/p Kresladi gene therapy", (ICD, "Z92.86")), "entered-in-error", onsetDateTime="then"),
     "met"),
    ("a cancelled claim, wrongly dated", CLAIM | {"use": "claim", "status": "cancelled", "created": "then"}, "met"),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "status"), [row[1:] for row in NOT_OURS], ids=[row[0] for row in NOT_OURS])
def test_whose_it_is_comes_before_whether_it_is_valid(resource: Resource, status: str) -> None:
    """What is another's, in error or never done stops nobody, however it is made; the patient's own does."""
    assert asked("II.A", [*complete(), resource])["status"] == status


def test_what_was_put_aside_unread_is_said() -> None:
    """With the reason, as of one that could be read."""
    unread = observation("other", flow()["code"], subject=SIBLINGS, issued="never")
    (told,) = [each for each in explained([*complete(), unread]) if each["reference"] == "Observation/other"]
    assert told["because"] == "it is another person's"


def explained(resources: list[Resource]) -> list[Resource]:
    """What was considered for CD18 and set aside."""
    body = request(resources, extension={"example.kresladi-cds.explain": True})
    return criteria(determination(body))["I.A.1.a"].get("considered", [])
