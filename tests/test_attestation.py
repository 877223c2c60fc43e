"""I.A.5: a transplant specialist attests that the patient is stable and eligible. The author is looked at first."""

from __future__ import annotations

import pytest

from tests.charts import ATTESTED, QUESTIONNAIRE, Resource, asked, care_team, causes, concept, patient, response, role

STABLE, ELIGIBLE = "attest-clinically-stable", "attest-eligible-for-conditioning-and-hsct"
BMT = role("bmt", "Pediatric bone marrow transplant")
ICU = role("icu", "Pediatric intensive care")
PHARMACIST = role("pharm", "BMT PharmD")
REFUSED = {STABLE: False, ELIGIBLE: True}


def ask(*resources: Resource) -> Resource:
    return asked("I.A.5", [patient(), BMT, ICU, PHARMACIST, *resources])


def nested(answers: dict[str, bool], *, below_answer: bool = False) -> list[Resource]:
    """The items two groups deep, or below another item's answer."""
    items = [{"linkId": link, "answer": [{"valueBoolean": value}]} for link, value in answers.items()]
    if below_answer:
        return [{"linkId": "seen", "answer": [{"valueBoolean": True, "item": items}]}]
    return [{"linkId": "page", "item": [{"linkId": "group", "item": items}]}]


def items(*answers: tuple[str, Resource]) -> list[Resource]:
    return [{"linkId": link, "answer": [answer]} for link, answer in answers]


ONE = [
    ("both true", {}, "met", set()),
    ("amended", {"status": "amended"}, "met", set()),
    ("the author is a person, joined to the role", {"author": "Practitioner/bmt"}, "met", set()),
    ("a draft", {"status": "in-progress"}, "unknown", {"unusable"}),
    ("stopped", {"status": "stopped"}, "unknown", {"unusable"}),
    ("entered in error", {"status": "entered-in-error"}, "unknown", {"absent"}),
    ("no author", {"author": None}, "unknown", {"unusable"}),
    ("an author with another specialty", {"author": "PractitionerRole/icu"}, "unknown", {"unusable"}),
    ("a transplant pharmacist is the author", {"author": "PractitionerRole/pharm"}, "unknown", {"unusable"}),
    ("an author who was not sent", {"author": "Practitioner/nobody"}, "unknown", {"unavailable"}),
    ("the patient is the author", {"author": "Patient/p1"}, "unknown", {"unusable"}),
    ("an organization is the author", {"author": "Organization/bmt"}, "unknown", {"unusable"}),
    ("the source is the specialist, the author is not",
     {"author": "PractitionerRole/icu", "source": {"reference": "PractitionerRole/bmt"}}, "unknown", {"unusable"}),
    ("another patient's", {"subject": {"reference": "Patient/p2"}}, "unknown", {"absent"}),
    ("nobody's", {"subject": None}, "unknown", {"unusable"}),
    ("the canonical with a version", {"questionnaire": f"{QUESTIONNAIRE}|2.0"}, "met", set()),
    ("the canonical on another base",
     {"questionnaire": "https://plan.example/r4/Questionnaire/kresladi-prior-authorization"}, "met", set()),
    ("another questionnaire", {"questionnaire": "https://plan.example/Questionnaire/other"}, "unknown", {"absent"}),
    ("a questionnaire of nearly that name", {"questionnaire": f"{QUESTIONNAIRE}-draft"}, "unknown", {"absent"}),
    ("no questionnaire named", {"questionnaire": None}, "unknown", {"absent"}),
    ("nested in groups", {"item": nested(ATTESTED)}, "met", set()),
    ("nested below an answer", {"item": nested(ATTESTED, below_answer=True)}, "met", set()),
    ("answered yes and no", {"item": [*nested(ATTESTED), *nested({STABLE: False})]}, "unknown", {"conflict"}),
    ("answered in words", {"item": items((STABLE, {"valueString": "yes"}), (ELIGIBLE, {"valueBoolean": True}))},
     "unknown", {"unusable"}),
    ("modified in meaning", {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}, "unknown", {"unusable"}),
    ("masked", {"meta": {"security": [{"code": "MASKED"}]}}, "unknown", {"unusable"}),
    ("undated", {"authored": None}, "met", set()),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "changes", "status", "expected"), ONE, ids=[row[0] for row in ONE])
def test_one_attestation(remark: str, changes: Resource, status: str, expected: set[str]) -> None:
    """Both statements true, in one response, with one thing changed."""
    stated = response(ATTESTED) | changes
    if isinstance(stated["author"], str):
        stated["author"] = {"reference": stated["author"]}
    found = ask({key: value for key, value in stated.items() if value is not None})
    assert found["status"] == status, remark
    assert causes(found) == expected, remark


ANSWERS = [
    ("both true", ATTESTED, "met", set()),
    ("not stable", {STABLE: False, ELIGIBLE: True}, "not-met", set()),
    ("not eligible", {STABLE: True, ELIGIBLE: False}, "not-met", set()),
    ("neither", {STABLE: False, ELIGIBLE: False}, "not-met", set()),
    ("stable alone", {STABLE: True}, "unknown", {"absent"}),
    ("eligible alone", {ELIGIBLE: True}, "unknown", {"absent"}),
    ("not stable, the other open", {STABLE: False}, "not-met", set()),
    ("another question alone", {"sibling-donor-available": False}, "unknown", {"absent"}),
]


@pytest.mark.parametrize(("remark", "answers", "status", "expected"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_the_two_statements(remark: str, answers: dict[str, bool], status: str, expected: set[str]) -> None:
    """Both true is met, one false is not met, one missing is open."""
    found = ask(response(answers))
    assert found["status"] == status, remark
    assert causes(found) == expected, remark


EARLY, LATE = "2026-10-01T08:00:00Z", "2026-11-01T08:00:00Z"
SPECIALIST, OTHER = "PractitionerRole/bmt", "PractitionerRole/icu"


def two(
    older: tuple[dict[str, bool], str, str | None], newer: tuple[dict[str, bool], str, str | None]
) -> list[Resource]:
    """Two responses: answers, author, date."""
    made = []
    for id_, (answers, author, authored) in (("older", older), ("newer", newer)):
        stated = response(answers, id_, author) | {"authored": authored}
        made.append({key: value for key, value in stated.items() if value is not None})
    return made


SEVERAL = [
    ("the newest authored wins, yes", (REFUSED, SPECIALIST, EARLY), (ATTESTED, SPECIALIST, LATE), "met"),
    ("the newest authored wins, no", (ATTESTED, SPECIALIST, EARLY), (REFUSED, SPECIALIST, LATE), "not-met"),
    ("question by question", ({STABLE: True}, SPECIALIST, EARLY), ({ELIGIBLE: True}, SPECIALIST, LATE), "met"),
    ("question by question, one taken back", (ATTESTED, SPECIALIST, EARLY), ({STABLE: False}, SPECIALIST, LATE),
     "not-met"),
    ("a newer no of another author does not override", (ATTESTED, SPECIALIST, EARLY), (REFUSED, OTHER, LATE), "met"),
    ("a newer yes of another author does not override", (REFUSED, SPECIALIST, EARLY), (ATTESTED, OTHER, LATE),
     "not-met"),
    ("a statement by another author does not complete it", ({STABLE: True}, SPECIALIST, EARLY),
     ({ELIGIBLE: True}, OTHER, LATE), "unknown"),
    ("of one moment, contradictory", (ATTESTED, SPECIALIST, LATE), (REFUSED, SPECIALIST, LATE), "unknown"),
    ("of one moment, agreeing", (ATTESTED, SPECIALIST, LATE), (ATTESTED, SPECIALIST, LATE), "met"),
    ("an overlapping partial date, contradictory", (ATTESTED, SPECIALIST, "2026-11"), (REFUSED, SPECIALIST, LATE),
     "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "older", "newer", "status"), SEVERAL, ids=[row[0] for row in SEVERAL])
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "turned round"])
def test_several_attestations(remark: str, older: object, newer: object, status: str, turned: bool) -> None:
    """The newest answer of a transplant specialist counts; the order of the entries does not."""
    made = two(older, newer)  # type: ignore[arg-type]
    assert ask(*(reversed(made) if turned else made))["status"] == status, remark


AUTHORS = [
    ("an inactive role", [role("a", "Bone marrow transplant", active=False)], "unknown"),
    ("a role that ended", [role("a", "Bone marrow transplant", period={"end": "2026-10-31"})], "unknown"),
    ("transplant surgery, organ not said", [role("a", "Transplant surgeon")], "unknown"),
    ("a liver transplant specialist", [role("a", "Liver transplant")], "unknown"),
    ("a haematologist-oncologist", [role("a", "Pediatric hematology-oncology")], "unknown"),
    ("a transplant nurse", [role("a", "Bone marrow transplant", code=[concept("Nurse practitioner")])], "unknown"),
    ("a second role that is the one", [role("a", "Pediatrics"), role("a2", "HSCT", "a")], "met"),
    ("by the qualification", [{"resourceType": "Practitioner", "id": "a", "qualification": [
        {"code": {"text": "Blood and marrow transplantation"}}]}], "met"),
    ("by the role in the care team", [care_team(participant=[
        {"member": {"reference": "Practitioner/a"}, "role": [concept("BMT attending")]}])], "met"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "resources", "status"), AUTHORS, ids=[row[0] for row in AUTHORS])
def test_who_is_a_transplant_specialist(remark: str, resources: list[Resource], status: str) -> None:
    """The author is a transplant specialist by the same rules as the one consulted."""
    assert ask(*resources, response(ATTESTED, author="Practitioner/a"))["status"] == status, remark


def test_a_contained_author_counts() -> None:
    """The role of the author may stand inside the response."""
    inside = {"resourceType": "PractitionerRole", "id": "me", "specialty": [concept("Bone marrow transplant")]}
    assert ask(response(ATTESTED, author="#me", contained=[inside]))["status"] == "met"


@pytest.mark.parametrize(
    ("remark", "author", "expected"),
    [
        ("identifier only", {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1"}}, "unavailable"),
        ("name only", {"display": "Dr. A. Example, BMT"}, "unusable"),
    ],
)
def test_an_author_without_a_reference(remark: str, author: Resource, expected: str) -> None:
    """An author whom nothing in the chart tells the specialty of is not counted, and the gap says which way."""
    found = ask(response(ATTESTED) | {"author": author})
    assert found["status"] == "unknown", remark
    assert causes(found) == {expected}, remark


def test_the_evidence_names_the_response() -> None:
    """Each statement is shown with the response that makes it."""
    found = ask(response({STABLE: True}, "one"), response({ELIGIBLE: True}, "two"))
    assert {each["reference"] for each in found["evidence"]} == {
        "QuestionnaireResponse/one",
        "QuestionnaireResponse/two",
    }


def test_answers_that_were_not_sent_are_unavailable() -> None:
    """Without the responses nothing is concluded."""
    found = asked("I.A.5", [patient(), BMT], leave_out=("questionnaireResponses",))
    assert found["status"] == "unknown"
    assert causes(found) == {"unavailable"}
