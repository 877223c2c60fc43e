"""The cards around the infusion, read as the person who signs reads them, on answers made by hand.

Each row is one order's clause with the answers of its parts; the cards it makes follow the table of the label's topics.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
import pytest
from fhir.resources.R4B.flag import Flag
from fhir.resources.R4B.medicationrequest import MedicationRequest
from fhir.resources.R4B.servicerequest import ServiceRequest

from cds_service.hooks import label_topics as topics
from cds_service.hooks.label_cards import LabelMaker
from cds_service.hooks.label_determination import label_determination_shape
from cds_service.hooks.shapes import response
from cds_service.hooks.shown import shown_cards
from cds_service.hooks.suggestions import CallContext
from cds_service.logic import Answer, Cause, Evidence, Finding, Gap, all_of
from cds_service.policy.label import LabelEvaluation, label
from cds_service.policy.model import Criterion, Order
from cds_service.wording import label as say
from cds_service.wording import reasons

Resource = dict[str, Any]
MET, NOT_MET, UNKNOWN = Answer.MET, Answer.NOT_MET, Answer.UNKNOWN
CHECKLIST = "https://cds.example/fhir/Questionnaire/kresladi-treatment-checklist"
MAKER = LabelMaker(CallContext("p1", "Practitioner/bmt"), CHECKLIST)
REASONS = {"documented-elsewhere", "will-document", "clinical-judgement", "not-applicable"}
RED_CELLS: Resource = {
    "resourceType": "ServiceRequest",
    "id": "blood",
    "status": "draft",
    "intent": "order",
    "code": {"text": "Transfuse packed red cells"},
    "subject": {"reference": "Patient/p1"},
    "quantityQuantity": {"value": 1.50, "unit": "unit"},
}
PLATELETS: Resource = {
    "resourceType": "MedicationRequest",
    "id": "blood",
    "status": "draft",
    "intent": "order",
    "medicationCodeableConcept": {"text": "Platelets for transfusion"},
    "subject": {"reference": "Patient/p1"},
}
MOBILISE = ("appropriate", "weight")
REPEAT = ("interval", "needed")
CONDITIONING = ("product", "back-up")
INFUSE = ("interval", "in-date", "lot", "access", "equipment")


def finding(answer: Answer) -> Finding:
    """A finding with a reason of its own."""
    if answer is UNKNOWN:
        return Finding(answer, (), (Gap("A word on it", reasons.NOT_IN_CHART, Cause.ABSENT),))
    return Finding(answer, (Evidence("so it is written", "Observation/o1"),))


def asked(clause_id: str, answer: Answer = MET, **parts: Answer) -> Criterion:
    """A clause with its answer, or with its parts, of which it is the lowest."""
    below = tuple(asked(f"{clause_id}.{word}", each) for word, each in parts.items())
    found = all_of(*(part.finding for part in below)) if below else finding(answer)
    return Criterion(label.clauses[clause_id], found, below)


def signed(
    *criteria: Criterion, id_: str | None = "d1", draft: Mapping[str, Any] | None = None, bedside: bool = False
) -> LabelEvaluation:
    """What came of one order."""
    kind = (draft or RED_CELLS)["resourceType"]
    order = Order(f"{kind}/{id_}" if id_ else "draftOrders.entry[0]", id_)
    return LabelEvaluation(order, "Patient/p1", criteria, draft or RED_CELLS, bedside)


def opened(answer: Answer) -> LabelEvaluation:
    """What came of opening the chart."""
    return LabelEvaluation(None, "Patient/p1", (asked("L.2.3.donate", answer),), {}, False)


def told(*evaluations: LabelEvaluation) -> list[tuple[str, str]]:
    """Topic and indicator of each card."""
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in MAKER.cards(evaluations)]


def card(*evaluations: LabelEvaluation) -> Resource:
    """The only card."""
    (made,) = MAKER.cards(evaluations)
    return made


# --- when there is a card ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "answers", "expected"),
    [
        ("both documented", (MET, MET), []),
        ("appropriate not answered", (UNKNOWN, MET), [("label-mobilise", "info")]),
        ("no weight", (MET, UNKNOWN), [("label-mobilise", "info")]),
        ("recorded as not appropriate", (NOT_MET, UNKNOWN), [("label-mobilise", "warning")]),
        ("weighed only afterwards", (MET, NOT_MET), [("label-mobilise", "warning")]),
    ],
)
def test_mobilise(remark: str, answers: tuple[Answer, Answer], expected: list[tuple[str, str]]) -> None:
    """Open: info. Contradicted: a warning."""
    assert told(signed(asked("L.2.2.mobilise", **dict(zip(MOBILISE, answers, strict=True))))) == expected


@pytest.mark.parametrize(
    ("remark", "answers", "expected"),
    [
        ("14 days, and needed", (MET, MET), []),
        ("14 days, need not answered", (MET, UNKNOWN), []),
        ("13 days", (NOT_MET, MET), [("label-repeat", "warning")]),
        ("the dates do not tell", (UNKNOWN, UNKNOWN), [("label-repeat", "warning")]),
        ("dose and back-up reached", (MET, NOT_MET), [("label-repeat", "warning")]),
    ],
)
def test_repeat(remark: str, answers: tuple[Answer, Answer], expected: list[tuple[str, str]]) -> None:
    """Too early, or maybe too early, or not needed; a need that nobody has answered alone warns nobody."""
    assert told(signed(asked("L.2.2.repeat", **dict(zip(REPEAT, answers, strict=True))))) == expected


@pytest.mark.parametrize(
    ("remark", "product", "back_up", "expected"),
    [
        ("both there", MET, MET, []),
        ("delivered, not said to be stored", UNKNOWN, MET, [("label-conditioning", "warning")]),
        ("still on its way", NOT_MET, MET, [("label-conditioning", "critical")]),
        ("back-up too small", UNKNOWN, NOT_MET, [("label-conditioning", "critical")]),
    ],
)
def test_conditioning(remark: str, product: Answer, back_up: Answer, expected: list[tuple[str, str]]) -> None:
    """It cannot be undone: open is a warning, contradicted is critical."""
    assert told(signed(asked("L.2.2.conditioning", product=product, **{"back-up": back_up}))) == expected


@pytest.mark.parametrize(
    ("remark", "changed", "expected"),
    [
        ("all documented", {}, []),
        ("the hours do not tell", {"interval": UNKNOWN}, [("label-infuse", "warning")]),
        ("a bag of unknown date", {"in-date": UNKNOWN}, []),
        ("nothing answered but the hours", dict.fromkeys(INFUSE[1:], UNKNOWN), []),
        *((f"{word} contradicted", {word: NOT_MET}, [("label-infuse", "warning")]) for word in INFUSE),
    ],
)
def test_infuse(remark: str, changed: dict[str, Answer], expected: list[tuple[str, str]]) -> None:
    """Any contradiction warns; of what is open, only the hours: the rest is for the checklist."""
    assert told(signed(asked("L.2.2.infuse", **(dict.fromkeys(INFUSE, MET) | changed)))) == expected


@pytest.mark.parametrize(
    ("remark", "clause_id", "answer", "expected"),
    [
        ("said irradiated", "L.2.3.irradiate", MET, []),
        ("not said irradiated", "L.2.3.irradiate", NOT_MET, [("label-irradiate", "warning")]),
        ("not said, and the window uncertain", "L.2.3.irradiate", UNKNOWN, [("label-irradiate", "warning")]),
        ("a donation", "L.2.3.donate", NOT_MET, [("label-donate", "warning")]),
        ("something done to the product", "L.2.2.product", NOT_MET, [("label-product", "critical")]),
    ],
)
def test_clauses_without_parts(remark: str, clause_id: str, answer: Answer, expected: list[tuple[str, str]]) -> None:
    """One answer, one card."""
    assert told(signed(asked(clause_id, answer))) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(MET, []), (UNKNOWN, [("label-donate", "info")]), (NOT_MET, [("label-donate", "info")])],
    ids=["told or flagged", "not on record", "answered: not told"],
)
def test_opening_the_chart(answer: Answer, expected: list[tuple[str, str]]) -> None:
    """A reminder until it is on record."""
    assert told(opened(answer)) == expected


@pytest.mark.parametrize("bedside", [True, False])
def test_steps_at_the_bedside(bedside: bool) -> None:
    """Listed and linked until somebody records that they were gone through."""
    evaluation = signed(asked("L.2.2.infuse", **dict.fromkeys(INFUSE, MET)), bedside=bedside)
    assert told(evaluation) == ([("label-checklist", "info")] if bedside else [])
    if bedside:
        made = card(evaluation)
        assert made["links"] == [{"label": say.CHECKLIST_LINK, "url": CHECKLIST, "type": "absolute"}]
        for said in ("identi", "Bag count", "breaks", "nitrogen", "within 5 minutes", "30 minutes", "Flush"):
            assert said in made["detail"]
        assert "1 to 2 hours after bag one" in made["detail"]


def test_the_gravest_comes_first() -> None:
    """Critical before warning before info, whatever the orders' own order; each card says which order it is about."""
    made = MAKER.cards(
        [
            signed(asked("L.2.2.mobilise", appropriate=UNKNOWN, weight=MET), id_="a", draft=PLATELETS),
            signed(asked("L.2.2.infuse", **dict.fromkeys(INFUSE, NOT_MET)), id_="b", bedside=True),
            signed(asked("L.2.2.conditioning", product=NOT_MET, **{"back-up": MET}), id_="c"),
            signed(asked("L.2.2.product", NOT_MET), id_="d"),
        ]
    )
    assert [each["source"]["topic"]["code"] for each in made] == [
        "label-product",
        "label-conditioning",
        "label-infuse",
        "label-mobilise",
        "label-checklist",
    ]
    about = [re.search(r"Request/(\w)\)\.$", each["detail"]) for each in made]
    assert [found and found[1] for found in about] == ["d", "c", "b", "a", "b"]
    assert "About the order: Platelets for transfusion (MedicationRequest/a)." in made[3]["detail"]


# --- what a card is ---------------------------------------------------------------------------------------------------

EVERY_CARD = [
    signed(asked("L.2.2.mobilise", appropriate=UNKNOWN, weight=UNKNOWN)),
    signed(asked("L.2.2.mobilise", appropriate=NOT_MET, weight=NOT_MET)),
    signed(asked("L.2.2.repeat", interval=NOT_MET, needed=NOT_MET)),
    signed(asked("L.2.2.repeat", interval=UNKNOWN, needed=MET)),
    signed(asked("L.2.2.conditioning", product=NOT_MET, **{"back-up": NOT_MET})),
    signed(asked("L.2.2.conditioning", product=UNKNOWN, **{"back-up": UNKNOWN})),
    signed(asked("L.2.2.infuse", **dict.fromkeys(INFUSE, NOT_MET))),
    signed(asked("L.2.2.infuse", **dict.fromkeys(INFUSE, UNKNOWN))),
    signed(asked("L.2.3.irradiate", NOT_MET)),
    signed(asked("L.2.3.irradiate", UNKNOWN)),
    signed(asked("L.2.3.donate", NOT_MET)),
    opened(UNKNOWN),
    opened(NOT_MET),
    signed(asked("L.2.2.product", NOT_MET)),
    signed(asked("L.2.2.infuse", **dict.fromkeys(INFUSE, MET)), bedside=True),
]
each_card = pytest.mark.parametrize("evaluation", EVERY_CARD, ids=[card(each)["summary"][:40] for each in EVERY_CARD])


@each_card
def test_every_card_is_whole(evaluation: LabelEvaluation) -> None:
    """Everything that CDS Hooks requires, and what the contract adds; the longest summary is not cut."""
    made = card(evaluation)
    assert str(UUID(made["uuid"])) == made["uuid"]
    assert 0 < len(made["summary"]) < 140
    assert "…" not in made["summary"]
    assert made["detail"]
    assert made["source"]["label"] == "Kresladi product label"
    assert made["source"]["topic"]["system"] == "https://kresladi-cds.example/CodeSystem/card-topic"
    overridable = {reason["code"] for reason in made.get("overrideReasons", [])}
    assert overridable <= REASONS
    assert bool(overridable) == (made["indicator"] != "info")
    assert all(reason["display"] for reason in made.get("overrideReasons", []))
    assert made.get("selectionBehavior") == ("at-most-one" if "suggestions" in made else None)


@each_card
def test_no_card_speaks_of_coverage(evaluation: LabelEvaluation) -> None:
    """Safety at the bedside is nothing that a plan covers, approves or denies."""
    assert not re.search(
        r"\bcover(?:s|ed|age)|\bapprov|\bden(?:y|ied|ies|ial)|\bplan\b|\bpolicy|committee|CP\.PHAR",
        json.dumps(card(evaluation)["detail"] + card(evaluation)["summary"]),
        re.IGNORECASE,
    )


@each_card
def test_every_card_names_the_section(evaluation: LabelEvaluation) -> None:
    """So that it can be looked up in the label."""
    assert re.search(r"\b(2\.2|2\.3|16\.2)\b", card(evaluation)["detail"])


def test_every_topic_is_made_of_a_clause() -> None:
    """No topic without a clause that the label's registry has, and no clause without a topic."""
    top = {clause.id for clause in label.parts_of("")}
    assert set(topics.CRITERION.values()) == top
    assert {card(each)["source"]["topic"]["code"] for each in EVERY_CARD} == set(topics.ORDER)


def test_every_part_has_its_words() -> None:
    """In the summaries, and what settles it."""
    parts = {clause_id for clause_id in label.clauses if clause_id not in {c.id for c in label.parts_of("")}}
    assert set(say.AGAINST) == set(say.OPEN) == set(say.SETTLED_BY) == parts


@pytest.mark.parametrize(
    ("remark", "evaluation", "words"),
    [
        ("the target of the collection", EVERY_CARD[0], "20 × 10⁶ CD34+ cells/kg"),
        ("ustekinumab", EVERY_CARD[0], "consider ustekinumab"),
        ("ustekinumab, beside a contradiction", EVERY_CARD[1], "consider ustekinumab"),
        ("not to begin", EVERY_CARD[4], "do not begin"),
        ("the back-up", EVERY_CARD[5], "2 × 10⁶ CD34+ cells/kg"),
        ("14 days", EVERY_CARD[2], "14 days"),
        ("what the chart says instead", EVERY_CARD[4], "so it is written (Observation/o1)"),
        ("what is not there", EVERY_CARD[5], "Not found in the chart: A word on it"),
        ("what else is open", EVERY_CARD[7], "Not answered yet: bags in date"),
    ],
)
def test_what_a_card_says(remark: str, evaluation: LabelEvaluation, words: str) -> None:
    """The label's figures, the evidence, the gaps."""
    assert words in card(evaluation)["detail"]


def test_a_date_that_straddles_is_named() -> None:
    """The reader sees which date does not tell, and where it stands."""
    gap = Gap("The hours", "2026-11-18 may be 20 to 44 hours before it", Cause.UNUSABLE, "MedicationAdministration/b")
    part = Criterion(label.clauses["L.2.2.infuse.interval"], Finding(UNKNOWN, (), (gap,)))
    made = card(signed(Criterion(label.clauses["L.2.2.infuse"], part.finding, (part,))))
    assert "2026-11-18 may be 20 to 44 hours before it (MedicationAdministration/b)" in made["detail"]


def test_text_of_the_chart_stays_text() -> None:
    """No mark-up, no link, in evidence and in the order's own name."""
    said = Finding(NOT_MET, (Evidence("<b>[x](https://evil.example)", "ServiceRequest/a"),))
    named = RED_CELLS | {"code": {"coding": [{"display": "**cells** <i>"}]}}
    evaluations = [
        signed(Criterion(label.clauses["L.2.2.product"], said), draft=named),
        signed(asked("L.2.2.product", MET)),
    ]
    detail = MAKER.cards(evaluations)[0]["detail"]
    assert "&lt;b&gt;&#91;x&#93;(https&#58;//evil.example)" in detail
    assert "&#42;&#42;cells&#42;&#42; &lt;i&gt;" in detail


# --- what a card can do -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clause_id", ["L.2.3.donate", "L.2.2.product"])
def test_the_order_can_be_removed(clause_id: str) -> None:
    """By its reference, and not where it has no id."""
    (suggestion,) = card(signed(asked(clause_id, NOT_MET)))["suggestions"]
    assert str(UUID(suggestion["uuid"])) == suggestion["uuid"]
    assert suggestion["label"] == "Remove this order"
    assert suggestion["actions"] == [
        {"type": "delete", "description": "Delete ServiceRequest/d1", "resourceId": "ServiceRequest/d1"}
    ]
    assert "suggestions" not in card(signed(asked(clause_id, NOT_MET), id_=None))


MODELS = {"ServiceRequest": ServiceRequest, "MedicationRequest": MedicationRequest}
IRRADIATED = {"text": "irradiated"}
ONE_UNIT = {"text": "1 unit", "asNeededBoolean": False}


@pytest.mark.parametrize(
    ("remark", "draft", "added"),
    [
        ("a service order", RED_CELLS, {"orderDetail": [IRRADIATED]}),
        (
            "a service order with details",
            RED_CELLS | {"orderDetail": [{"text": "leukoreduced"}]},
            {"orderDetail": [{"text": "leukoreduced"}, IRRADIATED]},
        ),
        (
            "a medication order without instructions",
            PLATELETS,
            {"dosageInstruction": [{"additionalInstruction": [IRRADIATED]}]},
        ),
        (
            "two instructions, one with a word of its own",
            PLATELETS | {"dosageInstruction": [ONE_UNIT, ONE_UNIT | {"additionalInstruction": [{"text": "slowly"}]}]},
            {
                "dosageInstruction": [
                    ONE_UNIT | {"additionalInstruction": [IRRADIATED]},
                    ONE_UNIT | {"additionalInstruction": [{"text": "slowly"}, IRRADIATED]},
                ]
            },
        ),
        ("empty members, which FHIR does not know", RED_CELLS | {"note": [], "orderDetail": None}, {}),
    ],
)
def test_blood_can_be_had_irradiated(remark: str, draft: Resource, added: Resource) -> None:
    """The order comes back whole, with the one word added and nothing else changed; and it is valid FHIR."""
    (suggestion,) = card(signed(asked("L.2.3.irradiate", NOT_MET), draft=draft))["suggestions"]
    (action,) = suggestion["actions"]
    assert action["type"] == "update"
    assert action["description"]
    sent = {key: value for key, value in draft.items() if value}
    assert action["resource"] == sent | (added or {"orderDetail": [IRRADIATED]})
    MODELS[draft["resourceType"]].model_validate(msgspec.json.decode(msgspec.json.encode(action["resource"])))


@pytest.mark.parametrize(
    ("remark", "draft", "id_"),
    [
        ("no id", RED_CELLS, None),
        ("no code, beside which FHIR has no detail", {"resourceType": "ServiceRequest"}, "d1"),
        ("details that are no list", RED_CELLS | {"orderDetail": {"text": "now"}}, "d1"),
        ("details of another version of FHIR", RED_CELLS | {"orderDetail": ["now"]}, "d1"),
        ("instructions that are no list", PLATELETS | {"dosageInstruction": "now"}, "d1"),
        ("words that are no list", PLATELETS | {"dosageInstruction": [{"additionalInstruction": 1}]}, "d1"),
        ("an order of FHIR's second version", PLATELETS | {"resourceType": "MedicationOrder"}, "d1"),
    ],
)
def test_no_update_that_would_not_fit(remark: str, draft: Resource, id_: str | None) -> None:
    """What was sent in another shape is not rewritten: the card says it in words alone."""
    assert "suggestions" not in card(signed(asked("L.2.3.irradiate", NOT_MET), id_=id_, draft=draft))


@pytest.mark.parametrize(
    ("user", "author"),
    [("Practitioner/bmt", "Practitioner/bmt"), ("Practitioner/a b", None), ("Patient/p1", None), ("", None)],
    ids=["a clinician", "an id that cannot be", "the patient", "nobody said"],
)
def test_the_flag_is_valid(user: str, author: str | None) -> None:
    """An active safety flag of this patient, by the clinician who accepts it."""
    (made,) = LabelMaker(CallContext("p1", user), CHECKLIST).cards([opened(UNKNOWN)])
    ((action,),) = [each["actions"] for each in made["suggestions"]]
    flag = Flag.model_validate(action["resource"])
    assert action["type"] == "create"
    assert (flag.status, flag.subject.reference) == ("active", "Patient/p1")
    assert "donor" in flag.code.text
    assert (flag.author.reference if flag.author else None) == author


# --- what is put on record --------------------------------------------------------------------------------------------


@each_card
def test_feedback_is_tied_to_the_clause(evaluation: LabelEvaluation) -> None:
    """Whatever becomes of a card counts for the clause that it is about."""
    answer = response([card(evaluation)], [shape for shape in [label_determination_shape(evaluation)] if shape])
    (shown,) = shown_cards(answer, "kresladi-treatment-order-sign", "ehr")
    assert shown.criteria == (evaluation.criteria[0].clause.id,)
    assert len(shown.suggestions) == len(answer["cards"][0].get("suggestions", []))


# --- the determination ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "answers", "outcome"),
    [
        ("all met", (MET, MET), "met"),
        ("one open", (MET, UNKNOWN), "unknown"),
        ("one contradicted", (UNKNOWN, NOT_MET), "not-met"),
    ],
)
def test_the_outcome_is_the_lowest_status(remark: str, answers: tuple[Answer, Answer], outcome: str) -> None:
    """Over all clauses that apply to the order."""
    first, second = answers
    shape = label_determination_shape(signed(asked("L.2.2.product", first), asked("L.2.3.donate", second)))
    assert shape is not None
    assert list(shape) == ["order", "label", "outcome", "criteria"]
    assert shape["order"] == "ServiceRequest/d1"
    assert shape["label"] == {"revised": "2026"}
    assert shape["outcome"] == outcome
    assert [each["id"] for each in shape["criteria"]] == ["L.2.2.product", "L.2.3.donate"]


def test_of_a_patient() -> None:
    """Opening a chart is about no order."""
    shape = label_determination_shape(opened(UNKNOWN))
    assert shape is not None
    assert shape["patient"] == "Patient/p1"
    assert "order" not in shape
    assert shape["criteria"][0]["gaps"] == [
        {"wanted": "A word on it", "because": reasons.NOT_IN_CHART, "cause": "absent"}
    ]


def test_nothing_that_applies_is_no_determination() -> None:
    """An order that no clause is about."""
    assert label_determination_shape(signed()) is None
    assert MAKER.cards([signed()]) == []
