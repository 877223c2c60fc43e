"""Fetching what prefetch left out: what is asked for, what is not, and that the answer does not tell the difference."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from cds_service.chart.fetch import MOST_REFERENCES, Fetching, missing_parts
from cds_service.chart.gather import Call, Sent, sent_with, source_of
from cds_service.chart.orders import kresladi_orders
from cds_service.chart.queries import QUERIES
from cds_service.chart.read import read_chart
from cds_service.chart.source import Source
from cds_service.exact_json import EMPTY
from cds_service.fhir.bundle import Answered, Entry, State
from cds_service.fhir.client import FhirClient, Limits, Read, Rest, Search
from cds_service.hooks.determination import determination_shape
from cds_service.policy.kresladi import determine
from cds_service.policy.model import Evaluation, Order
from tests import fhir_server as misbehave
from tests.charts import (
    TERMINOLOGY,
    TODAY,
    Resource,
    bundle,
    care_team,
    complete,
    concept,
    flow,
    order,
    prefetch,
    response,
    role,
    subject,
    without,
)
from tests.fhir_server import TOKEN, Behaviour, FhirServer, serving

USER = "PractitionerRole/bmt"
KEYS = tuple(query.key for query in QUERIES if query.user_token is None)


class Chart:
    """A chart as it was fetched: what came of it, and what the policy says of it."""

    def __init__(
        self,
        server: FhirServer,
        sent: Resource | None = None,
        *,
        orders: list[Resource] | None = None,
        user: str = USER,
        limits: Limits = Limits(seconds=10),  # noqa: B008 - frozen
        bases: frozenset[str] = frozenset(),
    ) -> None:
        self.call = replace(call_of(sent or {}, user, server.base), bases=bases)
        self.drafts = tuple(Entry(msgspec.Raw(json.dumps(each).encode())) for each in orders or [order()])
        self.sent = sent_with(self.call, self.drafts)
        self.fetching = Fetching(FhirClient(server.base, TOKEN, limits), self.call, self.sent)
        self.fetching.medications(self.drafts)
        self.orders = kresladi_orders(self.drafts, self.sent.records, TERMINOLOGY, "p1")
        self.fetching.chart(self.orders, self.view)

    def view(self, sent: Sent) -> Source:
        return source_of(self.call, sent, TERMINOLOGY, TODAY)

    @property
    def determination(self) -> Resource:
        """What the policy says of the chart, as it goes out."""
        return determined(self.call, self.sent, self.drafts)


def call_of(sent: Resource, user: str = USER, server: str = "") -> Call:
    raw = {key: msgspec.Raw(json.dumps(value).encode()) for key, value in sent.items()}
    return Call("p1", user, server, raw)


def determined(call: Call, sent: Sent, drafts: tuple[Entry, ...]) -> Any:
    source = source_of(call, sent, TERMINOLOGY, TODAY)
    (ours,) = kresladi_orders(drafts, sent.records, TERMINOLOGY, "p1")
    chart = read_chart(source, ours, call.user, [ours], {})
    return determination_shape(Evaluation(Order(ours.reference, ours.id), determine(chart)), explain=False)


# --- the parts of the chart ------------------------------------------------------------------------------------------

BASE = "https://ehr.example/fhir"
FIRST = Answered(State.FIRST_PAGE, (Entry(EMPTY),), f"{BASE}/Condition?page=2")
ANEW = Search("Condition", (("patient", "p1"),))


@pytest.mark.parametrize(
    ("answer", "ask"),
    [
        pytest.param(None, ANEW, id="left out"),
        pytest.param(Answered(State.FAILED), ANEW, id="failed"),
        pytest.param(Answered(State.COMPLETE), None, id="null, or an empty Bundle: there is none"),
        pytest.param(Answered(State.COMPLETE, (Entry(EMPTY),)), None, id="given completely"),
        pytest.param(FIRST, Rest("Condition", f"{BASE}/Condition?page=2", (Entry(EMPTY),)), id="a first page"),
        pytest.param(Answered(State.FIRST_PAGE, (), None), ANEW, id="a first page without a link"),
        pytest.param(Answered(State.FIRST_PAGE, (), "https://evil.example/x"), ANEW, id="a link elsewhere"),
        pytest.param(Answered(State.FIRST_PAGE, (), f"{BASE}/../x"), ANEW, id="a climbing link"),
    ],
)
def test_what_is_asked_for_a_part(answer: Answered | None, ask: Any) -> None:
    """Only what is not complete is asked for, and what is cut short is continued."""
    answers = {} if answer is None else {"conditions": answer}
    assert missing_parts(Call("p1"), answers, BASE).get("conditions") == ask


@pytest.mark.parametrize(
    ("patient", "user", "asked"),
    [
        pytest.param(
            "p1",
            "Practitioner/d",
            {
                "userPractitioner": Read("Practitioner", "d"),
                "userRoles": Search("PractitionerRole", (("practitioner", "d"),)),
            },
            id="a Practitioner signs",
        ),
        pytest.param("p1", "PractitionerRole/r", {"userRole": Read("PractitionerRole", "r")}, id="a role signs"),
        pytest.param("p1", "Patient/p1", {}, id="the patient signs"),
        pytest.param("p1", "", {}, id="nobody is said to sign"),
        pytest.param("p1", "Practitioner/..", {}, id="an id that climbs"),
        pytest.param("p1,p2", "Patient/x", {"patient": None}, id="two patients in one id: nothing is asked"),
        pytest.param("../x", "Patient/x", {"patient": None}, id="a patient id that climbs"),
    ],
)
def test_tokens_are_filled(patient: str, user: str, asked: dict[str, Any]) -> None:
    """The parts about the user are asked for where this call can fill their token."""
    asks = missing_parts(Call(patient, user), {}, BASE)
    assert {key: ask for key, ask in asks.items() if key.startswith("user")} == {
        key: ask for key, ask in asked.items() if ask is not None
    }
    assert ("patient" in asks) is ("patient" not in asked)


def test_every_part_is_asked_for_once_when_nothing_was_sent() -> None:
    """One request per part, and no more for what these lead to and brought along."""
    with serving(complete()) as server:
        Chart(server)
        parts = [what for what in server.whats if not what.startswith("Practitioner")]
    assert parts == sorted(
        query.template.replace("{{context.patientId}}", "p1") for query in QUERIES if not query.user_token
    )


@pytest.mark.parametrize("key", KEYS)
def test_only_the_missing_part_is_asked_for(key: str) -> None:
    """What prefetch gave is not fetched again."""
    (query,) = (query for query in QUERIES if query.key == key)
    with serving(complete()) as server:
        Chart(server, prefetch(complete(), leave_out=(key,)))
        parts = [what for what in server.whats if not what.startswith("Practitioner")]
    assert parts == [query.template.replace("{{context.patientId}}", "p1")]


# --- the same answer by every way ------------------------------------------------------------------------------------

CHARTS: dict[str, list[Resource]] = {
    "everything is documented": complete(),
    "no flow cytometry": without(complete(), "cd18"),
    "results on both sides of 2 %": [*complete(), flow("CD18", 4, "later", effectiveDateTime="2026-05-05")],
    "an earlier dose": [
        *complete(),
        {
            "resourceType": "MedicationAdministration",
            "id": "given",
            "status": "completed",
            "medicationReference": {"reference": "Medication/k"},
            "subject": subject(),
            "effectiveDateTime": "2025-01-02",
        },
        {"resourceType": "Medication", "id": "k", "code": {"text": "Kresladi"}},
    ],
}


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("left_out", [KEYS, KEYS[::2], KEYS[1::2], ("careTeams",), ("medicationAdministrations",)])
def test_the_way_does_not_change_the_determination(chart: str, left_out: tuple[str, ...]) -> None:
    """All fetched, half fetched, or all sent: the same determination."""
    resources = CHARTS[chart]
    whole = call_of(prefetch(resources))
    drafts = (Entry(msgspec.Raw(json.dumps(order()).encode())),)
    sent = prefetch(resources, left_out)
    sent.pop("included")
    with serving(resources, page_size=1) as server:
        fetched = Chart(server, sent).determination
    assert fetched == determined(whole, sent_with(whole, drafts), drafts)


FAILED = misbehave.outcome("exception")


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        pytest.param(FAILED, ["Condition?patient=p1"], id="an OperationOutcome"),
        pytest.param(bundle([FAILED]), ["Condition?patient=p1"], id="an OperationOutcome in a Bundle"),
        pytest.param(bundle([], total=1), ["Condition?patient=p1"], id="a page without a link"),
        pytest.param(None, [], id="null"),
        pytest.param(bundle([]), [], id="an empty Bundle"),
    ],
)
def test_a_part_that_failed_is_fetched_and_null_is_not(value: Resource | None, asked: list[str]) -> None:
    """Null means that there is none."""
    with serving(complete()) as server:
        chart = Chart(server, prefetch(complete()) | {"conditions": value})
        assert [what for what in server.whats if what.startswith("Condition")] == asked
    assert chart.sent.answers["conditions"].state is State.COMPLETE
    assert (chart.sent.records.at("Condition/dx") is not None) is bool(asked)


@pytest.mark.parametrize(
    ("pattern", "behaviour", "state"),
    [
        pytest.param("never", misbehave.hang, State.COMPLETE, id="the link is followed"),
        pytest.param(
            "page=1", misbehave.once(misbehave.status(403)), State.COMPLETE, id="refused: the search is run anew"
        ),
        pytest.param(
            "page=1", misbehave.once(misbehave.status(410)), State.COMPLETE, id="expired: the search is run anew"
        ),
        pytest.param("Condition", misbehave.status(500), State.FIRST_PAGE, id="nothing helps: the first page stands"),
    ],
)
def test_a_first_page_is_continued(pattern: str, behaviour: Behaviour, state: State) -> None:
    """Further pages are read where they may be; what was sent is never lost."""
    with serving(complete(), page_size=1) as server:
        link = {"relation": "next", "url": f"{server.base}/Condition?patient=p1&_count=1&page=1"}
        dx = [each for each in complete() if each["id"] == "dx"]
        server.when(pattern, behaviour)
        chart = Chart(server, prefetch(complete()) | {"conditions": bundle(dx, link=[link])})
    assert chart.sent.answers["conditions"].state is state
    assert [r.reference for r in chart.sent.records.of("Condition")][:1] == ["Condition/dx"]
    assert (chart.sent.records.at("Condition/infection") is not None) is (state is State.COMPLETE)


@pytest.mark.parametrize(
    ("pattern", "behaviour", "clause"),
    [
        pytest.param("/Observation", misbehave.status(403), "I.A.1", id="results may not be read"),
        pytest.param("/QuestionnaireResponse", misbehave.status(500), "I.A.4", id="answers fail"),
        pytest.param("/MedicationAdministration", misbehave.hang, "II.A", id="administrations do not come in time"),
        pytest.param(
            "/Procedure", misbehave.status(404, misbehave.outcome("not-supported")), "II.A", id="unknown type"
        ),
        pytest.param("/MedicationRequest", misbehave.status(302, Location="/x"), "II.A", id="orders are elsewhere"),
        pytest.param("/Condition", misbehave.truncate, "I.A.1", id="problems are cut off"),
        pytest.param("/PractitionerRole/heme", misbehave.status(401), "I.A.2", id="a role may not be read"),
    ],
)
def test_what_could_not_be_read_is_said(pattern: str, behaviour: Behaviour, clause: str) -> None:
    """The criterion is unknown because that part is unavailable, never met or not-met for it."""
    with serving(complete()) as server:
        server.when(pattern, behaviour)
        found = Chart(server, limits=Limits(seconds=0.6)).determination
    (criterion,) = (each for each in found["criteria"] if each["id"] == clause)
    assert criterion["status"] == "unknown"
    assert '"unavailable"' in json.dumps(criterion)


# --- references ------------------------------------------------------------------------------------------------------


def a(kind: str, id_: str, **more: Any) -> Resource:
    return {"resourceType": kind, "id": id_, "status": "completed", "subject": subject()} | more


def to(reference: str, **more: Any) -> Resource:
    return {"reference": reference} | more


CONSULT = concept("Hematology consult note", ("http://loinc.org", "11488-4"))
VISIT = a("Encounter", "visit", status="finished", participant=[{"individual": to("Practitioner/d")}])
GIVEN = a("MedicationAdministration", "given", medicationReference=to("Medication/m"))
EMERGENCY = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "EMER"}


@pytest.mark.parametrize(
    ("resource", "reference", "followed"),
    [
        pytest.param(care_team("Practitioner/d"), "Practitioner/d", True, id="an active care team"),
        pytest.param(care_team("Practitioner/d", status="inactive"), "Practitioner/d", False, id="a former care team"),
        pytest.param(care_team("Organization/d"), "Organization/d", False, id="an organization on the care team"),
        pytest.param(response({}, author="Practitioner/d"), "Practitioner/d", True, id="who answered"),
        pytest.param(
            response({}, author="Practitioner/d", status="in-progress"), "Practitioner/d", False, id="a draft"
        ),
        pytest.param(
            response({}, author="Practitioner/d", questionnaire="https://x.example/Questionnaire/diet"),
            "Practitioner/d",
            False,
            id="another questionnaire",
        ),
        pytest.param(
            response({"consulted-specialist": to("PractitionerRole/s")}, author=None),
            "PractitionerRole/s",
            True,
            id="who is named in the answers",
        ),
        pytest.param(
            a("DocumentReference", "note", status="current", type=CONSULT, author=[to("Practitioner/d")]),
            "Practitioner/d",
            True,
            id="who wrote a consult note",
        ),
        pytest.param(
            a("DocumentReference", "note", status="current", type={"text": "Photo"}, author=[to("Practitioner/d")]),
            "Practitioner/d",
            False,
            id="who wrote something else",
        ),
        pytest.param(VISIT, "Practitioner/d", True, id="who saw the patient"),
        pytest.param(VISIT | {"status": "planned"}, "Practitioner/d", False, id="a visit to come"),
        pytest.param(VISIT | {"class": EMERGENCY}, "Practitioner/d", False, id="an emergency visit"),
        pytest.param(
            a("Procedure", "c", code={"text": "Hematology consultation"}, performer=[{"actor": to("Practitioner/d")}]),
            "Practitioner/d",
            True,
            id="who was consulted",
        ),
        pytest.param(
            a(
                "ServiceRequest",
                "c",
                status="active",
                intent="order",
                code={"text": "Hematology consultation"},
                performer=[to("Practitioner/d")],
            ),
            "Practitioner/d",
            False,
            id="who is to be consulted",
        ),
        pytest.param(GIVEN, "Medication/m", True, id="what was given"),
        pytest.param(
            GIVEN | {"medicationReference": to("Medication/m", display="A drug")},
            "Medication/m",
            True,
            id="what was given, with a name beside it",
        ),
        pytest.param(GIVEN | {"status": "not-done"}, "Medication/m", False, id="what was not given"),
        pytest.param(
            a("MedicationRequest", "o", intent="order", medicationReference=to("Medication/m")),
            "Medication/m",
            True,
            id="what a completed order was for",
        ),
        pytest.param(
            flow("CD18", specimen=to("Specimen/blood")), "Specimen/blood", True, id="the specimen of a flow cytometry"
        ),
        pytest.param(
            a(
                "Observation",
                "hla",
                status="final",
                code=concept("HLA match", ("http://loinc.org", "96061-7")),
                focus=[to("RelatedPerson/brother")],
            ),
            "RelatedPerson/brother",
            True,
            id="whose HLA was compared",
        ),
        pytest.param(
            a(
                "DiagnosticReport",
                "report",
                status="final",
                code=concept("Typing"),
                result=[to("#hla")],
                contained=[
                    {
                        "resourceType": "Observation",
                        "id": "hla",
                        "status": "final",
                        "code": concept("HLA match", ("http://loinc.org", "96061-7")),
                        "focus": [to("RelatedPerson/brother")],
                    }
                ],
            ),
            "RelatedPerson/brother",
            True,
            id="whose HLA was compared, inside a report",
        ),
        pytest.param(care_team("https://other.example/fhir/Practitioner/d"), "Practitioner/d", False, id="elsewhere"),
        pytest.param(care_team("urn:uuid:0"), "urn:uuid:0", False, id="within a Bundle"),
        pytest.param(care_team("#d"), "Practitioner/d", False, id="within the resource"),
        pytest.param(care_team("Practitioner/.."), "Practitioner/..", False, id="an id that climbs"),
        pytest.param(care_team("Practitioner?identifier=x"), "Practitioner/d", False, id="a conditional reference"),
    ],
)
def test_references_that_matter_are_followed(resource: Resource, reference: str, followed: bool) -> None:
    """People and drugs on which a criterion may turn are read; others are left alone. A 404 is absent."""
    with serving([resource]) as server:
        chart = Chart(server, orders=[order(requester=None)], user="")
        assert (reference in server.whats) is followed
        assert chart.fetching.absent == ({reference} if followed else set())


def nested(depth: int) -> Resource:
    item: Resource = {"linkId": "consulted-specialist", "answer": [{"valueReference": to("Practitioner/d")}]}
    for _ in range(depth):
        item = {"linkId": "group", "answer": [{"item": [item]}]}
    return response({}, author=None, item=[item])


@pytest.mark.parametrize(
    ("resource", "absent"),
    [
        pytest.param(care_team(participant="nobody"), set(), id="a text for a list"),
        pytest.param(
            care_team(participant=[None, 7, {"member": [to("Practitioner/d")]}]), {"Practitioner/d"}, id="mixed"
        ),
        pytest.param(care_team(participant=[{"member": {"reference": 7}}]), set(), id="a number for a reference"),
        pytest.param(care_team(participant=[[[{"member": to("Practitioner/d")}]]]), set(), id="lists in lists"),
        pytest.param(
            response({}, author=None, item={"answer": {"valueReference": 3}}), set(), id="an object for a list"
        ),
        pytest.param(nested(3), {"Practitioner/d"}, id="an answer below answers"),
        pytest.param(nested(100), {"Practitioner/d"}, id="an answer far below"),
        pytest.param(GIVEN | {"medicationReference": "Medication/m"}, set(), id="a text for a reference object"),
        pytest.param(VISIT | {"participant": {"individual": to("Practitioner/d")}}, {"Practitioner/d"}, id="no list"),
    ],
)
def test_broken_shapes_do_no_harm(resource: Resource, absent: set[str]) -> None:
    """What is not shaped as FHIR says is followed where it is plain, and never an error."""
    with serving([resource]) as server:
        assert Chart(server, orders=[order(requester=None)], user="").fetching.absent == absent


@pytest.mark.parametrize(
    ("orders", "user", "references"),
    [
        pytest.param([order()], "", ["PractitionerRole/bmt"], id="who prescribes"),
        pytest.param([order(requester=None)], USER, ["PractitionerRole/bmt"], id="the role that signs"),
        pytest.param([order()], USER, ["PractitionerRole/bmt"], id="the same, asked for once"),
        pytest.param([order(requester=None)], "Practitioner/d", ["Practitioner/d"], id="who signs"),
        pytest.param(
            [order(requester=None, reasonReference=[to("Condition/why")])],
            "",
            ["Condition/why"],
            id="why it is ordered",
        ),
    ],
)
def test_the_orders_own_references(orders: list[Resource], user: str, references: list[str]) -> None:
    """What the order and the user lead to is read, once."""
    with serving([]) as server:
        Chart(server, orders=orders, user=user)
        assert [what for what in server.whats if "/" in what and what != "Patient/p1"] == references


def test_absolute_references_lead_to_the_server_that_is_asked() -> None:
    """An id on another server is somebody else, though that server is one of ours too."""
    with serving([role("here", "BMT"), role("there", "BMT")]) as server:
        other = "https://other.example/fhir"
        server.resources.append(care_team(f"{server.base}/PractitionerRole/here", f"{other}/PractitionerRole/there"))
        chart = Chart(server, orders=[order(requester=None)], user="", bases=frozenset({other}))
    assert "PractitionerRole/here" in server.whats
    assert "PractitionerRole/there" not in server.whats
    assert chart.sent.records.at("PractitionerRole/there") is None


def test_who_stands_behind_a_role() -> None:
    """A role leads to its Practitioner, and that one to all their roles, of whatever name: three waves, no more."""
    people = [
        role("heme", "Clinic", "doctor"),
        role("other", "Pediatric bone marrow transplant", "doctor"),
        {"resourceType": "Practitioner", "id": "doctor"},
    ]
    with serving([*without(complete(), "heme", "bmt"), *people]) as server:
        chart = Chart(server, orders=[order(requester=None)], user="")
    assert "PractitionerRole?practitioner=doctor" in server.whats
    assert chart.sent.records.at("PractitionerRole/other") is not None
    assert chart.sent.records.at("Practitioner/doctor") is not None
    assert not chart.fetching.roles_unread


def test_the_specimen_is_followed_that_only_a_report_names() -> None:
    """Two levels up: the mother's sample may be named there alone."""
    panel = a("Observation", "panel", status="final", code=concept("Subsets"), hasMember=[to("Observation/cd18")])
    report = a(
        "DiagnosticReport", "report", status="final", code=concept("Trio"), result=[to("Observation/panel")],
        specimen=[to("Specimen/of-the-mother")],
    )  # fmt: skip
    with serving([flow("CD18", id="cd18"), panel, report]) as server:
        Chart(server, orders=[order(requester=None)], user="")
    assert "Specimen/of-the-mother" in server.whats


def test_roles_that_could_not_be_searched_are_told() -> None:
    """A Practitioner whose roles are not known is not one without a specialty."""
    with serving([care_team("Practitioner/d"), {"resourceType": "Practitioner", "id": "d"}]) as server:
        server.when("PractitionerRole", misbehave.status(403))
        chart = Chart(server, orders=[order(requester=None)], user="")
    assert (chart.fetching.absent, chart.fetching.roles_unread) == (frozenset(), {"Practitioner/d"})


@pytest.mark.parametrize(
    ("behaviour", "absent"),
    [
        pytest.param(misbehave.status(404), {"Practitioner/d"}, id="404: absent"),
        pytest.param(misbehave.status(410), {"Practitioner/d"}, id="410: absent"),
        pytest.param(misbehave.status(403), set(), id="403: not read"),
        pytest.param(misbehave.status(500), set(), id="500: not read"),
        pytest.param(misbehave.truncate, set(), id="cut off: not read"),
    ],
)
def test_absent_and_not_read_are_two_things(behaviour: Behaviour, absent: set[str]) -> None:
    """Only 404 and 410 say that a reference leads nowhere."""
    with serving([care_team("Practitioner/d")]) as server:
        server.when("/Practitioner/d", behaviour)
        chart = Chart(server, orders=[order(requester=None)], user="")
    assert chart.fetching.absent == absent
    assert "Practitioner/d" in chart.fetching.references
    assert chart.sent.records.at("Practitioner/d") is None


def test_what_came_with_prefetch_is_not_read_again() -> None:
    """References that lead to what was sent are not followed."""
    with serving(complete()) as server:
        Chart(server, prefetch(complete()) | {"userRole": role("bmt", "BMT")})
        assert [what for what in server.whats if "/" in what] == ["Practitioner/bmt", "Practitioner/heme"]


def test_references_are_bounded_and_the_gravest_come_first() -> None:
    """A chart with a thousand visits costs a bounded number of requests, and its prescriber is still read."""
    visits = [VISIT | {"id": f"v{n}", "participant": [{"individual": to(f"Practitioner/d{n}")}]} for n in range(1000)]
    with serving([*visits, role("bmt", "BMT")]) as server:
        chart = Chart(server, user="")
        reads = [what for what in server.whats if what.startswith("Practitioner/")]
        searches = [what for what in server.whats if what.startswith("PractitionerRole?")]
    assert chart.sent.records.at("PractitionerRole/bmt") is not None
    assert len(reads) <= MOST_REFERENCES
    assert len(searches) <= MOST_REFERENCES / 20 + 2


# --- which drug an order is for --------------------------------------------------------------------------------------

REFERS = {"medicationCodeableConcept": None, "medicationReference": to("Medication/m")}


@pytest.mark.parametrize(
    ("orders", "whats"),
    [
        pytest.param([order()], [], id="a drug that is named"),
        pytest.param([order(**REFERS)], ["Medication/m"], id="a drug by reference"),
        pytest.param([order(**REFERS), order(id="two", **REFERS)], ["Medication/m"], id="the same twice"),
        pytest.param([order(**REFERS, status="cancelled")], [], id="an order that will not be signed"),
        pytest.param(
            [order(medicationCodeableConcept=None, medicationReference=to("#m"))], [], id="a contained Medication"
        ),
    ],
)
def test_a_drug_by_reference_is_read_to_tell(orders: list[Resource], whats: list[str]) -> None:
    """Nothing is asked of the server but the Medications that tell whether an order is in scope."""
    drafts = tuple(Entry(msgspec.Raw(json.dumps(each).encode())) for each in orders)
    with serving([{"resourceType": "Medication", "id": "m", "code": {"text": "Kresladi"}}]) as server:
        call = call_of({}, server=server.base)
        sent = sent_with(call, drafts)
        Fetching(FhirClient(server.base, TOKEN), call, sent).medications(drafts)
        assert server.whats == whats
    found = kresladi_orders(drafts, sent.records, TERMINOLOGY, "p1")
    assert len(found) == (len(orders) if whats or "medicationCodeableConcept" in orders[0] else 0)
