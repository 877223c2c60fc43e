"""Whose is it: the one place that compares a reference with the patient at hand."""

from __future__ import annotations

import pytest

from tests.charts import (
    Resource,
    asked,
    bundle,
    complete,
    criteria,
    determination,
    lad,
    patient,
    request,
    without,
)

HERE = "https://ehr.example/fhir"
MRN = {"system": "urn:oid:1.2.3", "value": "4711"}
PATIENT_OTHERWISE = {"system": "urn:oid:1.2.3", "value": "4712"}
UUID = "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"


def diagnosis_of(subject: Resource, full_url: str | None = None, contained: list[Resource] | None = None) -> str:
    """The answer to I.A.1.diagnosis where the only diagnosis has this subject."""
    body = request([patient(identifier=[MRN]), *without(complete()[1:], "dx")], fhirServer=HERE)
    resource = lad(subject=subject) | ({"contained": contained} if contained else {})
    entry: Resource = {"resource": resource} | ({"fullUrl": full_url} if full_url else {})
    body["prefetch"]["conditions"] = {"resourceType": "Bundle", "entry": [entry]}
    return str(criteria(determination(body))["I.A.1.diagnosis"]["status"])


@pytest.mark.parametrize(
    ("remark", "subject", "full_url", "counts"),
    [
        ("relative", {"reference": "Patient/p1"}, None, True),
        ("relative with a version", {"reference": "Patient/p1/_history/2"}, None, True),
        ("absolute, the request's server", {"reference": f"{HERE}/Patient/p1"}, None, True),
        ("absolute, the entry's own base", {"reference": "https://b.example/r4/Patient/p1"},
         "https://b.example/r4/Condition/dx", True),
        ("absolute, another path of the server", {"reference": "https://ehr.example/other/Patient/p1"}, None, False),
        ("absolute, another server", {"reference": "https://b.example/fhir/Patient/p1"}, None, False),
        ("absolute, another base than the entry's", {"reference": "https://c.example/r4/Patient/p1"},
         "https://b.example/r4/Condition/dx", False),
        ("another id", {"reference": "Patient/p2"}, None, False),
        ("an id that begins alike", {"reference": "Patient/p1x"}, None, False),
        ("an id in other letters", {"reference": "Patient/P1"}, None, False),
        ("another type of that id", {"reference": "RelatedPerson/p1"}, None, False),
        ("a group", {"reference": "Group/g"}, None, False),
        ("the urn of the id", {"reference": "urn:uuid:p1"}, None, True),
        ("another urn", {"reference": UUID}, None, False),
        ("the patient's identifier", {"identifier": MRN}, None, True),
        ("another identifier", {"identifier": PATIENT_OTHERWISE}, None, False),
        ("an identifier without a system", {"identifier": {"value": "4711"}}, None, False),
        ("a name only", {"display": "Jane Doe"}, None, False),
        ("a fragment that leads nowhere", {"reference": "#nobody"}, None, False),
    ],
)  # fmt: skip
def test_whose_a_diagnosis_is(remark: str, subject: Resource, full_url: str | None, counts: bool) -> None:
    """Only the patient's own is used; what does not say whose it is, is not."""
    assert diagnosis_of(subject, full_url) == ("met" if counts else "unknown")


@pytest.mark.parametrize(("identifier", "counts"), [(MRN, True), (PATIENT_OTHERWISE, False)])
def test_a_contained_patient_is_told_by_the_identifier(identifier: Resource, counts: bool) -> None:
    """A contained resource has no id of its own outside."""
    inside = {"resourceType": "Patient", "id": "pat", "identifier": [identifier]}
    assert diagnosis_of({"reference": "#pat"}, None, [inside]) == ("met" if counts else "unknown")


def test_the_patients_own_full_url() -> None:
    """Bundles of documents refer by urn."""
    body = request(without(complete(), "dx"))
    body["prefetch"]["patient"] = {"resourceType": "Bundle", "entry": [{"fullUrl": UUID, "resource": patient()}]}
    body["prefetch"]["conditions"] = bundle([lad(subject={"reference": UUID})])
    assert criteria(determination(body))["I.A.1.diagnosis"]["status"] == "met"


def test_a_resource_that_names_nobody_is_a_gap() -> None:
    """It is neither used nor passed over."""
    criterion = asked("I.A.1.diagnosis", [*without(complete(), "dx"), lad(subject={"display": "Jane"})])
    assert [(gap["cause"], gap["reference"]) for gap in criterion["gaps"]] == [("unusable", "Condition/dx")]


def test_another_patients_diagnosis_is_no_gap() -> None:
    """It is set aside: the patient's own is what is missing."""
    other = lad(subject={"reference": "Patient/p2"})
    criterion = asked("I.A.1.diagnosis", [*without(complete(), "dx"), other])
    assert [gap["cause"] for gap in criterion["gaps"]] == ["absent"]
