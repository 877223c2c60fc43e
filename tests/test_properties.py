"""What holds for every chart: examples drawn by hypothesis, the same ones in each run."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.chart.queries import QUERIES
from cds_service.errors import RequestError
from tests.charts import (
    ATTESTED,
    ICD,
    KRESLADI,
    LOINC,
    NO_DONOR,
    OFFER,
    Resource,
    answered,
    care_team,
    complete,
    concept,
    condition,
    criteria,
    determination,
    dose,
    flow,
    infection,
    observation,
    order,
    quantity,
    request,
    response,
    subject,
    variant,
)

quick = settings(max_examples=60, deadline=None, derandomize=True, database=None)
RANK = {"not-met": 0, "unknown": 1, "met": 2}
KEYS = [query.key for query in QUERIES if query.user_token is None]


def plain(kind: str, id_: str, **more: Any) -> Resource:
    return {"resourceType": kind, "id": id_, "status": "completed", "subject": subject()} | more


MORE: list[Resource] = [
    flow("CD18", 5, "high"),
    flow("CD18", 1.9, "low", status="preliminary"),
    flow("CD11a", 0.5),
    flow("CD11b", 40),
    variant(),
    variant("LA26333-7", "vus"),
    condition("refuted", concept("LAD-I"), "refuted"),
    infection("L02.1", "mild"),
    infection("A41.9", "sepsis", clinicalStatus=concept(None, ("http://terminology.hl7.org/CodeSystem/x", "resolved"))),
    condition("cord", concept("Delayed separation of umbilical cord", (ICD, "P96.82"))),
    condition("omphalitis", concept("Omphalitis", (ICD, "P38.9"))),
    response(NO_DONOR, "older", authored="2025-01-01"),
    response({"sibling-donor-available": True}, "donor", authored="2026-11-21T01:00:00Z"),
    response(ATTESTED, "by-another", author="PractitionerRole/heme"),
    care_team("PractitionerRole/bmt", status="inactive") | {"id": "old-team"},
    plain("MedicationAdministration", "given", medicationCodeableConcept=KRESLADI, effectiveDateTime="2026-06-01"),
    plain("MedicationAdministration", "halted", status="stopped", medicationCodeableConcept=KRESLADI),
    plain("Procedure", "hsct", code=concept("Allogeneic stem cell transplant"), performedDateTime="2026-05-01"),
    plain("Procedure", "apheresis", code=concept("Leukapheresis"), performedDateTime="2026-08-01"),
    observation("weight", concept("Body weight", (LOINC, "29463-7")), valueQuantity=quantity(9.8, "kg")),
    order(id="active", status="active"),
]
"""What real charts add to a complete one, to its good and to its harm."""

IRRELEVANT: list[Resource] = [
    observation("glucose", concept("Glucose", (LOINC, "2345-7")), valueQuantity=quantity(90, "mg/dL")),
    condition("fracture", concept("Fracture of forearm", (ICD, "S52.9"))),
    plain("Procedure", "cast", code=concept("Application of cast")),
    plain("MedicationRequest", "vitamin", intent="order", medicationCodeableConcept=concept("Cholecalciferol")),
    plain("MedicationAdministration", "saline", medicationCodeableConcept=concept("Sodium chloride 0.9 %")),
    {"resourceType": "Device", "id": "pump"},
    {"resourceType": "Unheard", "id": "of", "nested": {"a": [1]}},
    {"resourceType": "Basic"},
    flow("CD18", 70, "brothers", subject={"reference": "Patient/brother"}),
]

charts = st.lists(st.sampled_from([*complete(), *MORE]), unique_by=lambda each: str(each["id"]), max_size=20)
orders = st.sampled_from(
    [
        order(),
        order(dosageInstruction=[dose(2)]),
        order(dosageInstruction=[dose(30, "10*6")]),
        order(reasonCode=[concept("Wiskott-Aldrich syndrome", (ICD, "D82.0"))]),
    ]
)


def judged(resources: list[Resource], draft: Resource, **more: Any) -> Resource:
    return determination(request(resources, [draft], **more))


def statuses(determined: Resource) -> dict[str, str]:
    return {id_: criterion["status"] for id_, criterion in criteria(determined).items()}


@quick
@given(charts, orders, st.sampled_from(IRRELEVANT), st.integers(0, 20))
def test_an_irrelevant_resource_changes_nothing(
    chart: list[Resource], draft: Resource, irrelevant: Resource, place: int
) -> None:
    """Status, evidence of what is met, outcome, advice: all as before. Only the count of what was read may grow."""
    before, after = judged(chart, draft), judged([*chart[:place], irrelevant, *chart[place:]], draft)
    assert without_counts(after) == without_counts(before)


def without_counts(determined: Resource) -> Resource:
    """The determination but for the evidence of II.A, which counts the resources that were looked through."""
    determined = copy.deepcopy(determined)
    if determined["criteria"][0]["status"] == "met":
        del determined["criteria"][0]["evidence"]
    return determined


@quick
@given(charts, orders, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(chart: list[Resource], draft: Resource, random: Any) -> None:
    """Statuses and outcome are the same, however a server sorts."""
    shuffled = random.sample(chart, len(chart))
    before, after = judged(chart, draft), judged(shuffled, draft)
    assert statuses(after) == statuses(before)
    assert after["outcome"] == before["outcome"]


@quick
@given(charts, orders, st.sets(st.sampled_from(KEYS), min_size=1, max_size=3))
def test_what_is_not_read_never_answers_an_open_question(
    chart: list[Resource], draft: Resource, keys: set[str]
) -> None:
    """Emptying a search and losing it differ: lost, it leaves no criterion more met than found empty."""
    empty, lost = request(chart, [draft]), request(chart, [draft])
    for key in keys:
        empty["prefetch"][key] = None
        del lost["prefetch"][key]
    if not lost["prefetch"]:
        return
    found, unread = statuses(determination(empty)), statuses(determination(lost))
    for id_ in found.keys() & unread.keys():
        assert not (found[id_] == "unknown" and unread[id_] == "met"), id_


@quick
@given(charts, orders, st.data())
def test_taking_evidence_away_never_helps(chart: list[Resource], draft: Resource, data: st.DataObject) -> None:
    """Without a resource that a met leaf cites, that leaf is met by other evidence or not at all."""
    before = judged(chart, draft)
    cited = [
        (id_, evidence["reference"])
        for id_, criterion in criteria(before).items()
        if criterion["status"] == "met"
        for evidence in criterion.get("evidence", [])
        if any(evidence["reference"] == f"{each['resourceType']}/{each['id']}" for each in chart)
    ]
    if not cited:
        return
    leaf, reference = data.draw(st.sampled_from(cited))
    rest = [each for each in chart if f"{each['resourceType']}/{each['id']}" != reference]
    after = criteria(judged(rest, draft)).get(leaf)
    assert after is None or RANK[after["status"]] <= RANK["met"]
    assert after is None or all(each["reference"] != reference for each in after.get("evidence", []))


@quick
@given(charts, orders)
def test_what_is_open_is_said(chart: list[Resource], draft: Resource) -> None:
    """Each answer has a card; an undecided leaf has a gap, and only a chart without one has "criteria met"."""
    answer = answered(request(chart, [draft]))
    (determined,) = answer["extension"]["example.kresladi-cds.determinations"]
    topics = [card["source"]["topic"]["code"] for card in answer["cards"]]
    assert topics
    assert len(topics) == len(set(topics))
    assert ("criteria-met" in topics) <= (determined["outcome"] == "criteria-met")
    for criterion in criteria(determined).values():
        if "criteria" not in criterion and criterion["status"] == "unknown":
            assert criterion["gaps"]


# --- mutated resources -----------------------------------------------------------------------------------------------

JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**25),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["", " ", "#", "Patient/", "urn:uuid:", "2026", "9999-12-31T23:59:59-12:00", "%", "<2", "1,8 %"]),
    st.just({}),
    st.just([]),
    st.just([None]),
    st.just([{}]),
    st.just({"reference": "#"}),
    st.just({"coding": [{"system": None, "code": 5}]}),
    st.recursive(st.none(), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner)),
)


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every member and element."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, each in inside for place in ((*path, key), *places_in(each, (*path, key)))]


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _remove(holder: Any, key: Any, _: Any) -> None:
    del holder[key]


def _replace(holder: Any, key: Any, junk: Any) -> None:
    holder[key] = junk


def _wrap(holder: Any, key: Any, _: Any) -> None:
    holder[key] = [holder[key]]


def _unwrap(holder: Any, key: Any, junk: Any) -> None:
    value = holder[key]
    holder[key] = value[0] if isinstance(value, list) and value else junk


def _double(holder: Any, key: Any, _: Any) -> None:
    holder[key] = [holder[key], holder[key]]


MUTATIONS: list[Callable[[Any, Any, Any], None]] = [_remove, _replace, _wrap, _unwrap, _double]


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_no_mutation_is_a_defect(data: st.DataObject) -> None:
    """A mutated chart is answered or refused, never with a 500; a chart that holds an order never without a word."""
    body = request(
        [*complete(), *data.draw(st.lists(st.sampled_from(MORE), max_size=4))], fhirServer="https://e.example"
    )
    body = copy.deepcopy(body)
    for _ in range(data.draw(st.integers(1, 3))):
        root = body[data.draw(st.sampled_from(["prefetch", "prefetch", "context"]))]
        places = places_in(root)
        if places:
            *path, key = data.draw(st.sampled_from(places))
            data.draw(st.sampled_from(MUTATIONS))(at(root, tuple(path)), key, data.draw(JUNK))
    try:
        answer = answered(body)
    except RequestError:
        return
    assert answer["cards"] or not _names_kresladi(body["context"])
    json.dumps(answer)


def _names_kresladi(context: Any) -> bool:
    """Whether the draft is still one whole order for Kresladi that may be signed."""
    try:
        (entry,) = context["draftOrders"]["entry"]
        draft = entry["resource"]
        signable = draft.get("status") not in ("entered-in-error", "cancelled", "stopped", "completed")
        whole = draft["resourceType"] == "MedicationRequest" and draft.get("doNotPerform") is not True
        return signable and whole and draft["medicationCodeableConcept"]["text"] == "Kresladi"
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


@quick
@given(st.recursive(JUNK, lambda inner: st.dictionaries(st.sampled_from(["hook", "context", "prefetch"]), inner)))
def test_any_json_at_all_is_refused_or_answered(document: Any) -> None:
    """Whatever the document, there is a status for it."""
    for service in OFFER.services:
        hooked = document | {"hook": service.hook} if isinstance(document, dict) else document
        assert status_of(hooked) in (200, 400, 412)


def status_of(document: Any) -> int:
    try:
        assert "cards" in answered(document)
    except RequestError as error:
        return error.status
    return 200
