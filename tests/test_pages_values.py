"""The values of a request that a reader may change on the try-it page, and what a changed one does to the request."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cds_service.exact_json import plain
from cds_service.web.strip import NO_STRIP, Strip, strip_of
from cds_service.web.values import values_in, with_edits
from tests.charts import complete, order, request

CD18 = "/prefetch/observations/entry/0/resource/valueQuantity/value"


def document(value: str = "1.0") -> Any:
    """A request with one result, as its JSON is read."""
    return plain(
        b'{"hook": "order-sign", "prefetch": {"observations": {"resourceType": "Bundle", "entry": [{"resource": '
        b'{"resourceType": "Observation", "id": "cd18", "code": {"coding": [{"code": "x"}, {"display": "CD18"}]}, '
        b'"valueQuantity": {"value": ' + value.encode() + b', "unit": "%"}}}]}}}'
    )


def of(resource: Any) -> list[tuple[str, str]]:
    """Labels and values of one resource."""
    return [(value.label, value.shown) for value in values_in({"entry": [{"resource": resource}]})]


@pytest.mark.parametrize(
    ("remark", "resource", "found"),
    [
        (
            "a result",
            {"resourceType": "Observation", "code": {"text": "CD18"}, "valueQuantity": {"value": 2, "unit": "%"}},
            [("CD18", "2 %")],
        ),
        (
            "members of a panel, each by its own name",
            {
                "resourceType": "Observation",
                "code": {"text": "Panel"},
                "component": [
                    {"code": {"text": "CD11a"}, "valueQuantity": {"value": Decimal("0.4")}},
                    {"code": {"text": "CD11b"}, "valueInteger": 1},
                ],
            },
            [("CD11a", "0.4"), ("CD11b", "1")],
        ),
        (
            "an answer, by its question",
            {
                "resourceType": "QuestionnaireResponse",
                "item": [{"linkId": "attest-clinically-stable", "answer": [{"valueBoolean": True}]}],
            },
            [("Attest clinically stable", "yes")],
        ),
        (
            "an order: dose and refills, by what they are",
            {
                "resourceType": "MedicationRequest",
                "medicationCodeableConcept": {"text": "Kresladi"},
                "dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"value": 3, "unit": "10*6/kg"}}]}],
                "dispenseRequest": {"numberOfRepeatsAllowed": 0},
            },
            [("Dose ordered", "3 10*6/kg"), ("Refills", "0")],
        ),
        ("a value that is no number", {"resourceType": "Observation", "valueQuantity": {"value": "<2"}}, []),
        ("true is no number", {"resourceType": "Observation", "valueInteger": True}, []),
        ("no values", {"resourceType": "Patient", "active": True}, []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_can_be_changed(remark: str, resource: Any, found: list[tuple[str, str]]) -> None:
    """Numbers and yes-or-no answers, each with the nearest name."""
    assert of(resource) == found


@pytest.mark.parametrize(
    ("remark", "before", "after", "value"),
    [
        ("another number", "1.0", "3", 3),
        ("digits are kept", "1.0", "2.50", Decimal("2.50")),
        ("a comma for a point", "1.0", "2,5", Decimal("2.5")),
        ("the same again", "1.0", "1.0", Decimal("1.0")),
        ("no number", "1.0", "many", Decimal("1.0")),
        ("nothing", "1.0", "", Decimal("1.0")),
        ("not finite", "1.0", "Infinity", Decimal("1.0")),
        ("without end", "1.0", "1e999999999", Decimal("1.0")),
        ("the JSON was edited meanwhile: it counts", "1.4", "3", Decimal("1.0")),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_an_edit(remark: str, before: str, after: str, value: Any) -> None:
    """It is written where the value still is what the reader saw."""
    changed = document()
    written = with_edits(changed, {CD18: (before, after)})
    now = changed["prefetch"]["observations"]["entry"][0]["resource"]["valueQuantity"]["value"]
    assert str(now) == str(value)
    assert written is (str(value) != "1.0")


@pytest.mark.parametrize("pointer", ["/hook", "/nowhere", "", "/prefetch/observations/entry/7/resource/valueInteger"])
def test_an_edit_of_what_is_no_value(pointer: str) -> None:
    """Only what the page showed as a value can be written to."""
    changed = document()
    assert not with_edits(changed, {pointer: ("order-sign", "order-select")})
    assert changed == document()


def test_an_answer_is_yes_or_no() -> None:
    """And nothing else."""
    found: Any = {"entry": [{"resource": {"resourceType": "QuestionnaireResponse", "valueBoolean": True}}]}
    assert not with_edits(found, {"/entry/0/resource/valueBoolean": ("true", "maybe")})
    assert with_edits(found, {"/entry/0/resource/valueBoolean": ("true", "false")})
    assert found["entry"][0]["resource"]["valueBoolean"] is False


@pytest.mark.parametrize(
    ("remark", "found", "strip"),
    [
        ("a request", request(complete()), Strip("", "2024-05-01", ("Kresladi",))),
        ("nothing", None, NO_STRIP),
        ("a list", [1], NO_STRIP),
        ("members of other kinds", {"prefetch": {"patient": {"name": "Jane", "birthDate": 7}}, "entry": [1]}, NO_STRIP),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_line_above_the_chart(remark: str, found: Any, strip: Strip) -> None:
    """Read leniently: what is not there is not shown."""
    if remark == "a request":
        found["prefetch"]["patient"] |= {"birthDate": "2024-05-01"}
        found["context"]["draftOrders"]["entry"] = [
            {"resource": order() | {"medicationCodeableConcept": {"text": "Kresladi"}}}
        ]
        found["prefetch"]["patient"].pop("name", None)
    assert strip_of(found) == strip
