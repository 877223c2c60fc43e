"""Resources one by one: bytes and a header first, validated only where a reader asks, never lost in silence."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from cds_service.exact_json import EMPTY
from cds_service.fhir.bundle import Answered, Entry, State, answered, entries_of
from cds_service.fhir.headers import BundleRead
from cds_service.fhir.records import Records
from cds_service.fhir.resources import READ, Undecided, Unreadable, reference_in, validated
from tests.charts import Resource, bundle, flow, lad, order, patient, quantity, role


def records_of(*resources: Any) -> Records:
    records = Records()
    records.take([Entry(msgspec.Raw(json.dumps(resource).encode())) for resource in resources], "", "Condition")
    return records


def test_a_resource_is_found_by_type_and_reference() -> None:
    """And by the address it stands under."""
    records = Records()
    records.take([Entry(msgspec.Raw(json.dumps(lad()).encode()), "urn:uuid:1")], "here")
    assert [record.reference for record in records.of("Condition")] == ["Condition/dx"]
    assert records.at("Condition/dx") is records.at("urn:uuid:1")
    assert records.at("Condition/other") is None


def test_the_same_resource_is_taken_once() -> None:
    """Sent under two keys, it is still one; another version of it is another."""
    assert len(list(records_of(lad(), lad()).of("Condition"))) == 1
    assert len(list(records_of(lad(), lad("refuted")).of("Condition"))) == 2


def taken_apart(*resources: Any) -> list[Any]:
    """Entries as they come from a prefetch that was taken apart down to the members that are read."""
    entries = [{"resource": resource} for resource in resources]
    return msgspec.json.decode(json.dumps({"resourceType": "Bundle", "entry": entries}), type=BundleRead).entry


def test_a_resource_that_was_taken_apart_is_the_same() -> None:
    """It comes once with its bytes and once without, and with a member that is none of FHIR's; another version is
    another."""
    records = records_of(lad())
    records.take(taken_apart(lad() | {"vendor": 1}), "there")
    assert len(list(records.of("Condition"))) == 1
    records.take(taken_apart(lad("refuted")), "there")
    assert len(list(records.of("Condition"))) == 2


def test_what_was_taken_apart_is_read_as_it_was_written() -> None:
    """Its decimals, its class, what is looked at before it is read; what no type has is empty."""
    resource = flow(value={"valueQuantity": quantity("1.20", unit="%")}) | {"vendor": 1}
    records = Records()
    sent = json.dumps(resource).replace('"1.20"', "1.20")
    entries = msgspec.json.decode(b'{"entry":[{"resource":%b}]}' % sent.encode(), type=BundleRead).entry
    records.take(entries, "here")
    (record,) = records.of("Observation")
    assert str(record.read().valueQuantity.value) == "1.20"
    assert (record.header.medicationReference, record.header.result) == (EMPTY, EMPTY)
    assert "vendor" not in record.plain()
    encounter = {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "IMP"}}
    records.take(taken_apart(encounter), "there")
    assert bytes(records.at("Encounter/e").header.klass) == b'{"code": "IMP"}'
    assert records.at("Encounter/e").plain() == encounter


@pytest.mark.parametrize(
    ("remark", "resource", "named"),
    [
        ("no type", {"id": "x"}, "Condition/x"),
        ("an id that is a number", {"resourceType": "Observation", "id": 5}, "entry[0]"),
        ("a status that is an object", {"resourceType": "Observation", "id": "o", "status": {}}, "Observation/o"),
        ("text", "a condition", "entry[0]"),
        ("null", None, "entry[0]"),
        ("a list", [], "entry[0]"),
    ],
)
def test_what_has_no_header_is_kept_as_illegible(remark: str, resource: Any, named: str) -> None:
    """Named as far as can be, under the type it says or was sent for."""
    records = records_of(resource)
    assert [each.reference for each in records.illegible_of(("Condition", "Observation"))] == [named]


@pytest.mark.parametrize(
    ("remark", "changes"),
    [
        ("an unknown field", {"vendor": 1}),
        ("an unknown field in an element", {"code": {"text": "CD18", "vendor": {"a": 1}}}),
        ("a null", {"note": None}),
        ("empties", {"component": [], "note": [{}], "method": {}, "bodySite": {"text": " "}}),
        ("what looks like a Reference, in the place of a concept", {"method": {"reference": "Observation/x"}}),
        ("what looks like a concept, in the place of a Reference", {"specimen": {"coding": [{"code": "x"}]}}),
        (
            "a contained resource with an address for a reference",
            {
                "contained": [
                    {
                        "resourceType": "Immunization",
                        "status": "completed",
                        "patient": {"reference": "Patient/p1"},
                        "vaccineCode": {"text": "x"},
                        "occurrenceString": "once",
                        "education": [{"reference": "http://vis.example/x"}],
                    }
                ]
            },
        ),
        ("a broken narrative", {"text": {"status": "generated", "div": "<p>"}}),
        ("a category that is an object", {"category": {"text": "laboratory"}}),
        ("a date that is none", {"effectiveDateTime": "0001-01-01T00:00:00Z"}),
        ("an underscored twin", {"_status": {"extension": [{"url": "urn:x", "valueString": "y"}]}}),
    ],
)
def test_what_no_rule_reads_does_no_harm(remark: str, changes: Resource) -> None:
    """The resource is read all the same."""
    assert validated(flow() | changes).status == "final"


@pytest.mark.parametrize(
    ("remark", "changes"),
    [
        ("a date that is wrong", {"effectiveDateTime": "last week"}),
        ("a value in two types", {"valueString": "x"}),
        ("a code that is text", {"code": "CD18"}),
        ("an unknown field and a wrong one", {"vendor": 1, "issued": "never"}),
        ("a number out of range", {"valueQuantity": {"value": Decimal("1e400")}}),
        ("no status", {"status": None}),
        ("a type that is not read", {"resourceType": "Basic"}),
        ("a type that is no text", {"resourceType": ["Observation"]}),
        ("no type", {"resourceType": None}),
    ],
)
def test_what_cannot_be_read_says_so_without_values(remark: str, changes: Resource) -> None:
    """The message names elements, never what was in them."""
    with pytest.raises(Unreadable) as unreadable:
        validated(flow() | changes)
    assert str(unreadable.value)
    assert not {"last week", "CD18", "never", "x"} & set(str(unreadable.value).split())


def test_what_is_missing_is_no_reason_to_invent() -> None:
    """What FHIR asks for and nobody sent is blank in the model."""
    claim = validated(
        {"resourceType": "Claim", "status": "active", "use": "claim", "item": [{}, {"quantity": {"value": 1}}]}
    )
    assert (claim.patient.reference, claim.created, claim.insurance, claim.item[0].sequence) == (None, None, [], None)
    given = validated({"resourceType": "MedicationAdministration", "status": "completed"})
    assert (given.medicationCodeableConcept.text, given.effectiveDateTime, given.effectivePeriod.start) == (
        None,
        None,
        None,
    )


def test_what_decides_is_named_where_it_is_missing() -> None:
    """And a resource that is wrong besides is unreadable, not undecided."""
    with pytest.raises(Undecided, match="without status"):
        validated({"resourceType": "Observation", "vendor": 1, "component": [{"valueString": "x"}]})
    with pytest.raises(Unreadable, match="invalid: issued") as unreadable:
        validated({"resourceType": "Observation", "issued": "never"})
    assert not isinstance(unreadable.value, Undecided)


@pytest.mark.parametrize(
    ("remark", "member", "found"),
    [
        ("a reference", {"reference": "Patient/2", "vendor": 1}, "Patient/2"),
        ("an empty one", {}, None),
        ("text", "Patient/2", None),
        ("nothing", None, None),
    ],
)
def test_a_reference_is_read_by_itself(remark: str, member: Any, found: str | None) -> None:
    """Whatever the rest of its resource is."""
    named = reference_in({"resourceType": "Procedure", "status": ["x"], "subject": member}, "subject")
    assert (named.reference if named else None) == found


@pytest.mark.parametrize(("resource", "expected"), [(role("r", "Haematology"), 1), (order(), 1), (patient(), None)])
def test_single_elements_and_other_versions(resource: Resource, expected: int | None) -> None:
    """A specialty that is an object is read as a list of one."""
    if "specialty" in resource:
        resource = resource | {"specialty": resource["specialty"][0]}
        assert len(validated(resource).specialty) == expected
    else:
        assert validated(resource).id == resource["id"]


def test_an_encounter_of_a_later_version() -> None:
    """R5's list of classes is read as its first."""
    encounter = {"resourceType": "Encounter", "id": "e", "status": "finished", "subject": {"reference": "Patient/p1"}}
    assert validated(encounter | {"class": [{"coding": [{"code": "IMP"}]}]}).class_fhir.code == "IMP"


def test_decimals_stay_exact() -> None:
    """From the JSON on: 1.80 is neither rounded nor shortened."""
    records = Records()
    raw = json.dumps(flow(value={"valueQuantity": quantity("@")})).replace('"@"', "1.80")
    records.take([Entry(msgspec.Raw(raw.encode()))], "here")
    assert str(next(records.of("Observation")).read().valueQuantity.value) == "1.80"


@pytest.mark.parametrize("kind", READ)
def test_every_type_that_is_read_has_its_model(kind: str) -> None:
    """A member that R4 does not know would be one that no rule can ever read."""
    nothing = {"resourceType": kind, "id": "x", "meta": {"security": "secret"}}
    with pytest.raises(Unreadable, match="meta"):
        validated(nothing)


def test_of_meta_only_the_labels_are_read() -> None:
    """A time stamp that is none does no harm; a label that cannot be read might hide a mask."""
    read = validated({"resourceType": "Patient", "id": "x", "meta": {"lastUpdated": "yesterday"}})
    assert read.id == "x"
    with pytest.raises(Unreadable, match="meta"):
        validated({"resourceType": "Patient", "id": "x", "meta": {"security": [{"code": 1}]}})


@pytest.mark.parametrize(
    ("concept", "read"),
    [
        pytest.param({"coding": [{"code": "x"}], "text": "y"}, {"coding": [{"code": "x"}], "text": "y"}, id="whole"),
        pytest.param({"coding": [None, {"code": ""}], "text": "y"}, {"text": "y"}, id="nothing in its codings"),
        pytest.param({"coding": [{}]}, None, id="nothing in it at all"),
        pytest.param({"coding": [{"code": "x", "name": 1}]}, {"coding": [{"code": "x"}]}, id="an element FHIR has not"),
    ],
)
def test_a_concept_is_read_in_its_resource(concept: Any, read: Any) -> None:
    """Each time alike, although it is validated but once."""
    subject = {"reference": "Patient/1"}
    for _ in range(2):
        model = validated({"resourceType": "Condition", "id": "c", "subject": subject, "code": concept})
        assert (model.code and model.code.model_dump()) == read


@pytest.mark.parametrize(
    ("code", "because"),
    [
        pytest.param({"coding": "x"}, "invalid: code", id="codings that are none"),
        pytest.param([{"coding": [{"code": "x"}]}], "invalid: code", id="a list of concepts where one belongs"),
        pytest.param(
            {"coding": [{"code": "x"}], "extension": [{"url": "u", "valueInteger": 10**30}]},
            "out of any range",
            id="a number that no decoder takes",
        ),
    ],
)
def test_a_concept_that_is_none_is_said(code: Any, because: str) -> None:
    """By the resource that has it."""
    with pytest.raises(Unreadable, match=because):
        validated({"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/1"}, "code": code})


# --- Bundles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "value", "state", "entries"),
    [
        ("null", None, State.COMPLETE, 0),
        ("a resource", lad(), State.COMPLETE, 1),
        ("a Bundle", bundle([lad(), flow()]), State.COMPLETE, 2),
        ("a total of included ones too", bundle([lad()], total=1), State.COMPLETE, 1),
        ("more than it holds", bundle([lad()], total=2), State.FIRST_PAGE, 1),
        ("a next page", bundle([lad()], link=[{"relation": "next", "url": "u"}]), State.FIRST_PAGE, 1),
        ("an error", bundle([lad(), {"resourceType": "OperationOutcome"}]), State.FAILED, 1),
        ("no resource", {"a": 1}, State.FAILED, 0),
    ],
)
def test_how_complete_an_answer_is(remark: str, value: Any, state: State, entries: int) -> None:
    """The state, and what came in any case."""
    told = answered(json.dumps(value).encode())
    assert (told.state, len(told.entries)) == (state, entries)


def test_a_key_that_was_left_out() -> None:
    """Is not the same as null."""
    assert answered(None) == Answered(State.LEFT_OUT)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (bundle([lad()]), 1),
        ({"entry": [{"resource": lad()}]}, 1),
        ([lad(), lad()], 2),
        ({"resourceType": "Bundle"}, 0),
        (lad(), None),
        ({}, None),
        ("x", None),
    ],
)
def test_entries_of_a_bundle_or_a_list(value: Any, number: int | None) -> None:
    """None where it is neither."""
    entries = entries_of(json.dumps(value).encode())
    assert (None if entries is None else len(entries)) == number
