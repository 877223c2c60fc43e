"""What holds for every chart: a clause is all of its parts, unread parts decide nothing, what is beside the point
changes nothing."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import msgspec
import pytest

from cds_service.chart.queries import BEDSIDE, OPENING
from cds_service.course import Bedside, Moment, Quantities, Role
from cds_service.errors import BadRequest, NothingToRead
from cds_service.facts import Documentation, Level, Result
from cds_service.hooks.request import HookCall
from cds_service.logic import Answer, Cause, Evidence
from cds_service.policy.label import LabelEvaluation, checked, label
from cds_service.policy.model import Criterion
from cds_service.timing import When
from tests.bedside import (
    EVALUATOR,
    answers,
    asked,
    busulfan,
    call,
    collected,
    delivery,
    device,
    drug,
    evaluated,
    flag,
    given,
    infused,
    kresladi,
    measured,
    opened,
    planned,
    service,
    weighed,
)
from tests.charts import Resource, complete, infection, lad
from tests.test_timing import moment

MET, NOT_MET, UNKNOWN = Answer.MET, Answer.NOT_MET, Answer.UNKNOWN
KEYS = [query.key for query in BEDSIDE if query.key != "patient"]


# --- the policy alone ------------------------------------------------------------------------------------------------


def documented(answer: Answer) -> Documentation:
    """A fact with that answer."""
    shown = (Evidence("It says so", "Observation/x"),)
    return Documentation("Something", shows=shown if answer is MET else (), denies=shown if answer is NOT_MET else ())


def moment_at(text: str) -> Moment:
    return Moment("A moment", moment(text), (Evidence(text, "Observation/x"),))


NOT_TREATED = documented(NOT_MET)


def only(bedside: Bedside) -> Criterion:
    """The one clause that applies."""
    (criterion,) = checked(bedside)
    return criterion


@pytest.mark.parametrize(("one", "other"), list(product(Answer, Answer)))
def test_a_clause_is_all_of_its_parts(one: Answer, other: Answer) -> None:
    """The lowest of its parts, in every combination."""
    bedside = Bedside(
        roles=frozenset({Role.MOBILISES}),
        treated=NOT_TREATED,
        transplant_appropriate=documented(one),
        weighed_before_apheresis=documented(other),
    )
    criterion = only(bedside)
    assert criterion.finding.answer is min(one, other)
    assert [part.finding.answer for part in criterion.parts] == [one, other]


@pytest.mark.parametrize("low", range(5))
@pytest.mark.parametrize("answer", [NOT_MET, UNKNOWN])
def test_one_part_of_the_infusion_decides(low: int, answer: Answer) -> None:
    """Any of the five parts keeps the infusion from being met."""
    order = {NOT_MET: "2026-03-06T10:01:00+00:00", UNKNOWN: "2026-03-05", MET: "2026-03-05T10:00:00+00:00"}
    said = [answer if place == low else MET for place in range(5)]
    time = moment_at(order[said[0]])
    bedside = Bedside(
        roles=frozenset({Role.INFUSES}),
        treated=NOT_TREATED,
        stated_time=time,
        end_of_conditioning=moment_at("2026-03-04T10:00:00+00:00"),
        lot_sheet_checked=documented(said[1]),
        central_access=documented(said[2]),
        no_filter_no_pump=documented(said[3]),
        bags=type(Bedside().bags)(documented(said[4])),
    )
    assert only(bedside).finding.answer is answer


@pytest.mark.parametrize(
    ("treated", "roles", "expected"),
    [
        (NOT_MET, {Role.MOBILISES}, ["L.2.2.mobilise"]),
        (MET, {Role.MOBILISES}, []),
        (UNKNOWN, {Role.MOBILISES}, ["L.2.2.mobilise"]),
        (NOT_MET, {Role.CONDITIONS}, ["L.2.2.conditioning"]),
        (MET, {Role.CONDITIONS}, []),
        (NOT_MET, {Role.TRANSFUSES}, []),
        (MET, {Role.TRANSFUSES}, ["L.2.3.irradiate"]),
        (UNKNOWN, {Role.TRANSFUSES}, ["L.2.3.irradiate"]),
        (NOT_MET, {Role.DONATES}, []),
        (MET, {Role.DONATES}, ["L.2.3.donate"]),
        (NOT_MET, {Role.HANDLES_PRODUCT}, ["L.2.2.product"]),
        (MET, {Role.HANDLES_PRODUCT}, ["L.2.2.product"]),
        (NOT_MET, {Role.CONDITIONS, Role.MOBILISES}, ["L.2.2.mobilise", "L.2.2.conditioning"]),
        (NOT_MET, set(), []),
    ],
)
def test_which_clauses_apply(treated: Answer, roles: set[Role], expected: list[str]) -> None:
    """A clause applies unless it is known not to."""
    bedside = Bedside(roles=frozenset(roles), treated=documented(treated))
    assert [criterion.clause.id for criterion in checked(bedside)] == expected


def test_every_clause_cites_its_section_and_says_what_it_asks() -> None:
    """The section stands in the clause's meaning, and the title is a heading."""
    for clause_id, clause in label.clauses.items():
        assert clause.meaning.startswith("Label 2."), clause_id
        assert not clause.title.endswith("."), clause_id
    assert sum(len(clause.readings) for clause in label.clauses.values()) > 8
    assert label.revised == "2026"


def test_several_quantities_may_add_up() -> None:
    """One too few is too few; two too few are open; one that suffices is enough."""

    def found(value: str) -> Result:
        return Result(Level.exactly(Decimal(value)), Evidence(value, f"Observation/{value}"))

    assert Quantities("x", (found("1.9"),)).at_least("2").answer is NOT_MET
    assert Quantities("x", (found("1.9"), found("1.8"))).at_least("2").answer is UNKNOWN
    assert Quantities("x", (found("1.9"), found("2.0"))).at_least("2").answer is MET
    assert Quantities("x").at_least("2").gaps[0].cause is Cause.ABSENT


def test_the_outcome_is_the_lowest_answer() -> None:
    """Over all clauses that apply."""
    bedside = Bedside(roles=frozenset({Role.CONDITIONS, Role.HANDLES_PRODUCT}), treated=NOT_TREATED)
    assert LabelEvaluation(None, "Patient/p1", checked(bedside)).outcome is UNKNOWN
    broken = Bedside(roles=bedside.roles, treated=NOT_TREATED, product_left_alone=documented(NOT_MET))
    assert LabelEvaluation(None, "Patient/p1", checked(broken)).outcome is NOT_MET


# --- charts ----------------------------------------------------------------------------------------------------------

READY = answers(
    transplant_appropriate=True,
    minimum_dose_reached=False,
    product_received_and_stored=True,
    back_up_available=True,
    back_up_cd34_per_kg=3.2,
    conditioning_completed="2026-11-20T10:00:00Z",
    bags_in_date=True,
    lot_sheet_checked=True,
    central_venous_access=True,
    no_filter_no_pump=True,
    told_never_to_donate=True,
)
RECORDED = [
    planned(),
    weighed("2026-09-01"),
    collected("2026-10-01"),
    busulfan("2026-11-20T10:00:00Z"),
    measured("CD34+ cells, back-up collection", 2.4),
    device("Hickman"),
    delivery("in-progress"),
]
DRAFTS = [
    drug("Plerixafor"),
    drug("Filgrastim", "for mobilisation"),
    drug("Busulfex"),
    kresladi("2026-11-21T10:00:00Z"),
]
AFTER = [service("PRBC 1 unit"), service("PRBC 1 unit, irradiated"), service("Blood donation")]
CHARTS: list[tuple[list[Resource], list[Resource]]] = [
    (DRAFTS, [READY, *RECORDED]),
    (DRAFTS, RECORDED),
    (DRAFTS, [planned(), READY]),
    (AFTER, [infused(), READY, *RECORDED]),
    (AFTER, [infused(None)]),
]


def test_a_course_by_the_book_is_met_throughout() -> None:
    """Nothing is left open where the checklist is answered and the times fit."""
    for draft in DRAFTS:
        found = asked(draft, [READY, *RECORDED[:-1]])
        assert found
        assert all(criterion.finding.answer is MET for criterion in found.values()), draft


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("drafts", "resources"), CHARTS)
def test_a_part_that_was_not_read_decides_nothing(drafts: list[Resource], resources: list[Resource], key: str) -> None:
    """Leaving a part of the chart unread turns nothing into met, and whatever it opens says so."""
    for draft in drafts:
        whole, less = asked(draft, resources), asked(draft, resources, leave_out=[key])
        for clause_id, criterion in less.items():
            before = whole.get(clause_id)
            if before is not None and before.finding.answer is not MET:
                assert criterion.finding.answer is not MET, (clause_id, key)
            if before is not None and before.finding.answer is not UNKNOWN and criterion.finding.answer is UNKNOWN:
                assert Cause.UNAVAILABLE in {gap.cause for gap in criterion.finding.gaps}, (clause_id, key)


@pytest.mark.parametrize(("drafts", "resources"), CHARTS)
def test_what_is_beside_the_point_changes_nothing(drafts: list[Resource], resources: list[Resource]) -> None:
    """Diagnoses, other drugs, other patients' records and errors leave every answer as it is."""
    other = {"subject": {"reference": "Patient/p2"}}
    beside = [
        *(each for each in complete() if each["resourceType"] not in ("Patient", "QuestionnaireResponse")),
        lad(),
        infection(),
        given("Ceftriaxone", "2026-11-20"),
        given("Busulfan", "2026-11-21T09:00:00Z", id_="theirs", **other),
        infused("2026-11-01", id="theirs2", **other),
        infused("2026-11-01", "entered-in-error", id="wrong"),
        flag("Fall risk"),
        answers("theirs3", product_received_and_stored=False, **{}) | other,
    ]
    for draft in drafts:
        plain = {key: each.finding.answer for key, each in asked(draft, resources).items()}
        crowded = {key: each.finding.answer for key, each in asked(draft, [*resources, *beside]).items()}
        assert plain == crowded


@pytest.mark.parametrize("key", [query.key for query in OPENING if query.key != "patient"])
def test_opening_a_chart_with_a_part_unread(key: str) -> None:
    """What could not be read is said; a told patient is not taken for untold."""
    found = opened([infused(), READY], leave_out=[key]).get("L.2.3.donate")
    if key == "medicationAdministrations":
        assert found is None  # nothing that was read names Kresladi
    else:
        assert found is not None
        assert found.finding.answer is (UNKNOWN if key == "questionnaireResponses" else MET)


# --- sight -----------------------------------------------------------------------------------------------------------

PLAN = {
    "resourceType": "CarePlan",
    "id": "plan",
    "status": "active",
    "intent": "plan",
    "subject": {"reference": "Patient/p1"},
}


@pytest.mark.parametrize(
    ("remark", "resources", "in_sight"),
    [
        ("an active order", [planned()], True),
        ("a draft order", [planned("draft")], True),
        ("an order on hold", [planned("on-hold")], True),
        ("a completed order", [planned("completed")], True),
        ("a stopped order", [planned("stopped")], False),
        ("a cancelled order", [planned("cancelled")], False),
        ("an order not to perform", [planned(doNotPerform=True)], False),
        ("a service order", [service("Kresladi infusion", status="active", id="s")], True),
        ("a revoked service order", [service("Kresladi infusion", status="revoked", id="s")], False),
        ("a plan by its title", [PLAN | {"title": "Gene therapy with Kresladi"}], True),
        ("a plan by its activity", [PLAN | {"activity": [{"detail": {"code": {"text": "RP-L201 infusion"}}}]}], True),
        (
            "a plan not to do it",
            [PLAN | {"activity": [{"detail": {"code": {"text": "Kresladi"}, "doNotPerform": True}}]}],
            False,
        ),
        ("a revoked plan", [PLAN | {"title": "Kresladi", "status": "revoked"}], False),
        ("a completed plan", [PLAN | {"title": "Kresladi", "status": "completed"}], True),
        ("a delivery", [delivery("in-progress")], True),
        ("an abandoned delivery", [delivery("abandoned")], False),
        ("a dispense", [infused(None, resourceType="MedicationDispense")], True),
        ("another gene therapy", [planned(medicationCodeableConcept={"text": "Lenmeldy"})], False),
        ("another patient's order", [planned(subject={"reference": "Patient/p2"})], False),
        ("a diagnosis alone", [lad()], False),
        ("nothing", [], False),
    ],
)
def test_in_sight(remark: str, resources: list[Resource], in_sight: bool) -> None:
    """Busulfan is given for many diseases: without Kresladi in sight nothing is said."""
    assert bool(evaluated([drug("Busulfex")], resources).evaluations) is in_sight, remark


def test_in_sight_by_another_draft() -> None:
    """Kresladi drafted beside it is enough, unless that draft is another patient's."""
    busulfex, ordered = drug("Busulfex", id="b"), kresladi(None, id="k")
    assert "L.2.2.conditioning" in asked([busulfex, ordered], [])
    theirs = ordered | {"subject": {"reference": "Patient/p2"}}
    assert not evaluated([busulfex, theirs], []).evaluations


# --- the call --------------------------------------------------------------------------------------------------------


def test_no_trigger_nothing_read() -> None:
    """Not even a chart that could not be read matters."""
    hook_call = HookCall("p1", call([service("CBC")], []).draft_orders)
    assert evaluated([service("CBC")], [infused()]).evaluations == ()
    assert EVALUATOR.evaluate(hook_call, view=False).evaluations == ()


def test_a_trigger_without_a_chart() -> None:
    """Nothing sent, nothing to fetch with: that is said, not silence."""
    hook_call = HookCall("p1", call([drug("Plerixafor")], []).draft_orders)
    with pytest.raises(NothingToRead):
        EVALUATOR.evaluate(hook_call, view=False)
    with pytest.raises(NothingToRead):
        EVALUATOR.evaluate(HookCall("p1", hook_call.draft_orders), view=True)


def test_drafts_that_are_none() -> None:
    """As for the coverage services."""
    with pytest.raises(BadRequest):
        EVALUATOR.evaluate(HookCall("p1", msgspec.Raw(b"3")), view=False)


@pytest.mark.parametrize(
    ("remark", "subject", "evaluations"),
    [
        ("the patient", {"reference": "Patient/p1"}, 1),
        ("nobody named", None, 1),
        ("somebody else", {"reference": "Patient/p2"}, 0),
        ("somebody else, on another server", {"reference": "https://other.example/Patient/p1"}, 0),
    ],
)
def test_orders_for_another_patient_are_not_evaluated(remark: str, subject: Any, evaluations: int) -> None:
    """An order without a subject is the context patient's."""
    draft = drug("Busulfex", subject=subject)
    assert len(evaluated([draft], [planned()]).evaluations) == evaluations, remark


def test_each_order_has_its_own_answer() -> None:
    """One evaluation per order with a clause that applies, in their order; the draft stays as it was sent."""
    drafts = [drug("Busulfex", id="b"), service("CBC", id="c"), drug("Plerixafor", id=None)]
    found = evaluated(drafts, [planned()]).evaluations
    assert [each.order.reference for each in found if each.order] == ["MedicationRequest/b", "draftOrders.entry[2]"]
    assert [each.order.id for each in found if each.order] == ["b", None]
    assert found[0].draft == drafts[0]
    assert found[0].patient == "Patient/p1"


@pytest.mark.parametrize(
    ("remark", "draft", "resources", "open_"),
    [
        ("an infusion", kresladi(), [], True),
        ("reviewed", kresladi(), [answers(bedside_steps_reviewed=True)], False),
        ("answered no", kresladi(), [answers(bedside_steps_reviewed=False)], True),
        ("not an infusion yet", kresladi(None, text="wash the bag"), [], False),
        ("no infusion", drug("Busulfex"), [planned()], False),
    ],
)
def test_bedside_steps_are_open_until_they_are_reviewed(
    remark: str, draft: Resource, resources: list[Resource], open_: bool
) -> None:
    """The checklist card goes with the infusion."""
    (found,) = evaluated([draft], resources).evaluations
    assert found.bedside_steps_open is open_, remark


def test_the_day_is_an_argument() -> None:
    """An order without a time is of the day on which it is signed."""
    assert When.on(EVALUATOR.today()).text == "2026-11-21"
    assert "L.2.3.irradiate" in asked(service("PRBC"), [infused("2026-08-21")])
    assert "L.2.3.irradiate" not in asked(service("PRBC"), [infused("2026-08-20")])
