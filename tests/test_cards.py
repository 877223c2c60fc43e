"""The cards, read as the person who signs reads them: few, the gravest first, one thing to do each."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B.servicerequest import ServiceRequest

from cds_service.app import offer_of
from cds_service.config import Settings
from cds_service.hooks import topics as kinds
from cds_service.hooks.markdown import escaped
from cds_service.wording import cards as say
from tests.charts import (
    ATTESTED,
    ICD,
    KRESLADI,
    NO_DONOR,
    SETTINGS,
    Resource,
    answered,
    complete,
    concept,
    condition,
    dose,
    flow,
    infection,
    order,
    patient,
    request,
    response,
    role,
    subject,
    topics,
    without,
)

TOPICS = "https://kresladi-cds.example/CodeSystem/card-topic"
REASONS = "https://kresladi-cds.example/CodeSystem/override-reason"
CODES = {
    "documented-elsewhere",
    "will-document",
    "donor-not-usable",
    "clinical-judgement",
    "plan-exception",
    "not-applicable",
}
GIVEN: Resource = {
    "resourceType": "MedicationAdministration",
    "id": "given",
    "status": "completed",
    "medicationCodeableConcept": KRESLADI,
    "subject": subject(),
    "effectiveDateTime": "2026-06-01",
}
ACTIVE = order(id="other", status="active", authoredOn="2026-10-01")
DONOR = [*without(complete(), "qr"), response({"sibling-donor-available": True} | ATTESTED)]
SMALL = order(dosageInstruction=[dose(2)])
OTHER_DISEASE = order(reasonCode=[concept("Wiskott-Aldrich syndrome", (ICD, "D82.0"))])

STORIES: dict[str, Resource] = {
    "prior-lifetime-dose": request([*complete(), GIVEN]),
    "possible-prior-dose": request([*complete(), GIVEN | {"status": "stopped"}]),
    "sibling-donor": request(DONOR),
    "criteria-not-met": request(orders=[SMALL]),
    "missing-documentation": request([patient()]),
    "chart-unavailable": request(leave_out=("procedures",)),
    "duplicate-order": request([*complete(), ACTIVE]),
    "wrong-patient": request(orders=[order(subject={"reference": "Patient/p2"})]),
    "other-indication": request(without(complete(), "dx"), [OTHER_DISEASE]),
    "criteria-met": request(),
}
"""One request for each topic."""


def card(topic: str, body: Resource | None = None) -> Resource:
    """The card of that topic."""
    cards = answered(body or STORIES[topic])["cards"]
    return next(each for each in cards if each["source"]["topic"]["code"] == topic)


def labels(made: Resource) -> list[str]:
    return [suggestion["label"] for suggestion in made.get("suggestions", [])]


def texts(value: Any) -> list[str]:
    """Every string of a shape."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


# --- each card -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", STORIES)
def test_every_topic_has_its_card(topic: str) -> None:
    """Its shape: everything CDS Hooks requires, and what the contract adds."""
    made = card(topic)
    grave = {"prior-lifetime-dose": "critical", "criteria-met": "info"}
    assert made["indicator"] == grave.get(topic, "warning")
    assert made["source"]["topic"] == {"system": TOPICS, "code": topic}
    assert made["source"]["label"] == "Example Health Plan"
    assert str(UUID(made["uuid"])) == made["uuid"]
    assert 0 < len(made["summary"]) < 140
    assert "\n" not in made["summary"]
    assert made["detail"]


@pytest.mark.parametrize("topic", STORIES)
def test_reasons_to_override(topic: str) -> None:
    """Warnings and criticals have them, each with a display; an info card has nothing to override."""
    reasons = card(topic).get("overrideReasons", [])
    assert bool(reasons) == (topic != "criteria-met")
    assert {reason["system"] for reason in reasons} <= {REASONS}
    assert {reason["code"] for reason in reasons} <= CODES
    assert all(reason["display"] for reason in reasons)


@pytest.mark.parametrize("topic", STORIES)
def test_suggestions_are_whole(topic: str) -> None:
    """A selection behaviour exactly where there are suggestions; a uuid, a label and an action in each."""
    made = card(topic)
    suggestions = made.get("suggestions", [])
    expected = "any" if topic == "missing-documentation" else "at-most-one"
    assert made.get("selectionBehavior") == (expected if suggestions else None)
    assert len({suggestion["uuid"] for suggestion in suggestions}) == len(suggestions)
    for suggestion in suggestions:
        assert str(UUID(suggestion["uuid"])) == suggestion["uuid"]
        assert suggestion["label"]
        assert all(action["description"] and action["type"] in ("create", "delete") for action in suggestion["actions"])
    assert sum(suggestion.get("isRecommended", False) for suggestion in suggestions) <= 1


@pytest.mark.parametrize("topic", STORIES)
def test_a_card_never_decides(topic: str) -> None:
    """It says what the chart documents; no word of approval or denial anywhere in the answer."""
    for text in texts(answered(STORIES[topic])):
        assert not re.search(r"\bapprov|\bden(?:y|ied|ies|ial)", text, re.IGNORECASE)


@pytest.mark.parametrize("topic", STORIES)
def test_cards_about_coverage_name_the_committee(topic: str) -> None:
    """Every request is also reviewed by it."""
    assert ("CC.PHAR.21" in card(topic)["detail"]) == (topic not in kinds.NOT_ABOUT_COVERAGE)


@pytest.mark.parametrize("topic", ["prior-lifetime-dose", "sibling-donor", "duplicate-order", "wrong-patient"])
def test_the_order_can_be_removed(topic: str) -> None:
    """By its reference; and not where it has no id to name it by."""
    (suggestion,) = card(topic)["suggestions"]
    assert suggestion["label"] == "Remove this Kresladi order"
    (action,) = suggestion["actions"]
    assert action["type"] == "delete"
    assert action["resourceId"] == "MedicationRequest/draft-1"
    assert "resource" not in action
    nameless = STORIES[topic] | {"context": dict(STORIES[topic]["context"])}
    draft = {**nameless["context"]["draftOrders"]["entry"][0]["resource"]}
    del draft["id"]
    nameless["context"]["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": draft}]}
    assert "suggestions" not in card(topic, nameless)


@pytest.mark.parametrize(
    ("id_", "removable"),
    [("a.b-C_1", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("é", False), ("<img src=x>", False)],
)
def test_only_an_order_with_an_id_that_can_be_is_removed(id_: str, removable: bool) -> None:
    """What FHIR does not allow for an id names nothing, and does not come back as a suggestion."""
    made = card("duplicate-order", request(orders=[order(id=id_), order(id="second")]))
    assert ("suggestions" in made) is removable


def test_removing_is_recommended_only_after_an_earlier_dose() -> None:
    """A donor on record may turn out not to be usable: there it is only offered."""
    assert card("prior-lifetime-dose")["suggestions"][0]["isRecommended"] is True
    assert card("sibling-donor")["suggestions"][0]["isRecommended"] is False


# --- which cards together ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "body", "expected"),
    [
        ("nothing open", request(), ["criteria-met"]),
        ("an earlier dose stands alone", request([*DONOR, GIVEN, ACTIVE], [SMALL]), ["prior-lifetime-dose"]),
        (
            "an earlier dose under another disease",
            request([*without(complete(), "dx"), GIVEN], [OTHER_DISEASE]),
            ["prior-lifetime-dose"],
        ),
        (
            "another disease stands alone",
            request([*without(DONOR, "dx"), ACTIVE], [OTHER_DISEASE]),
            ["other-indication"],
        ),
        (
            "a donor, a small dose, an open item",
            request(without(DONOR, "cd18"), [SMALL]),
            ["sibling-donor", "criteria-not-met", "missing-documentation"],
        ),
        (
            "maybe a dose, a second order, an open item, an unread part",
            request(
                [*without(complete(), "infection"), GIVEN | {"status": "stopped"}, ACTIVE],
                leave_out=("familyHistory",),
            ),
            ["possible-prior-dose", "duplicate-order", "missing-documentation", "chart-unavailable"],
        ),
        ("two orders", request(orders=[order(), order(id="draft-2")]), ["duplicate-order", "duplicate-order"]),
        ("the same order on the chart", request([*complete(), order(status="active")]), ["criteria-met"]),
        (
            "the same order by its identifier",
            request(
                [*complete(), ACTIVE | {"identifier": [{"system": "urn:x", "value": "7"}]}],
                [order(identifier=[{"system": "urn:x", "value": "7"}])],
            ),
            ["criteria-met"],
        ),
        ("an old order, completed", request([*complete(), ACTIVE | {"status": "cancelled"}]), ["criteria-met"]),
        (
            "the gravest of two orders first",
            request(orders=[order(), order(id="d2", subject={"reference": "Patient/p2"})]),
            ["wrong-patient", "criteria-met"],
        ),
        (
            "an open branch under a met criterion is no gap",
            request([*complete(), flow("CD11a", None, dataAbsentReason=concept("not done"))]),
            ["criteria-met"],
        ),
    ],
)
def test_which_cards_stand_together(remark: str, body: Resource, expected: list[str]) -> None:
    """At most one of each per order, the gravest first."""
    assert topics(body) == expected


# --- what they say -------------------------------------------------------------------------------------------------


def test_an_open_item_says_why_what_is_there_will_not_do() -> None:
    """What is missing, why the result on record does not give it, its date and its source, and what settles it."""
    detail = card("missing-documentation", request([*without(complete(), "cd18"), flow("CD18", None)]))["detail"]
    assert "**LAD-I by flow cytometry** (I.A.1). Settled by" in detail
    assert "(Observation/cd18)" in detail
    unclear = {"valueQuantity": {"value": 5, "comparator": "<", "code": "%", "system": "http://unitsofmeasure.org"}}
    detail = card("missing-documentation", request([*without(complete(), "cd18"), flow("CD18", unclear)]))["detail"]
    assert "CD18 &lt;5 %" in detail
    assert "2026-03-04" in detail
    assert "either side of 2" in detail


def test_what_is_simply_not_there_takes_one_line() -> None:
    """Both statements of the attestation are missing: one line says so."""
    detail = card("missing-documentation", request(without(complete(), "qr")))["detail"]
    assert detail.count("Not found in the chart:") == 2
    assert "**Attestation** (I.A.5)" in detail
    assert "**Sibling donor** (I.A.4)" in detail


def test_a_met_criterion_takes_no_room() -> None:
    """Beside open items, what is documented already is one line."""
    detail = card("missing-documentation", request(without(complete(), "qr")))["detail"]
    assert "Documented already: no earlier dose on record, LAD-I by flow cytometry, specialists" in detail
    assert "Observation/cd18" not in detail


def test_the_card_of_a_complete_chart_is_short() -> None:
    """One line a criterion, whatever the number of resources; the terms, the billing codes, the advice."""
    many = [*complete(), *(infection(id_=f"i{n}") for n in range(40))]
    detail = card("criteria-met", request(many))["detail"]
    assert len([line for line in detail.splitlines() if "** (I" in line]) == 7
    assert len(detail) < 2000
    for said in ("3 months", "one infusion per lifetime", "J3590", "C9399", "biallelic"):
        assert said in detail


def test_advice_stands_on_the_gravest_card_alone() -> None:
    """Repeated advice is not read; a duplicate order's card is no place for it."""
    body = request([*without(DONOR, "cd18"), ACTIVE], [SMALL])
    advised = [each["source"]["topic"]["code"] for each in answered(body)["cards"] if "biallelic" in each["detail"]]
    assert advised == ["sibling-donor"]
    assert "biallelic" not in card("duplicate-order")["detail"]


@pytest.mark.parametrize(
    ("remark", "coverage", "named", "not_named"),
    [
        ("not known", [], ["CP.CPA.09", "HIM.PA.154", "CP.PMN.53", "state rules"], []),
        ("Medicaid", ["2"], ["CP.PMN.53", "state rules"], ["CP.CPA.09", "HIM.PA.154"]),
        ("commercial", ["5"], ["CP.CPA.09"], ["CP.PMN.53", "HIM.PA.154", "state rules"]),
    ],
)
def test_another_disease_is_sent_to_its_policy(
    remark: str, coverage: list[str], named: list[str], not_named: list[str]
) -> None:
    """By line of business; all of them where it is not known."""
    cover = [
        {
            "resourceType": "Coverage",
            "id": "cover",
            "status": "active",
            "beneficiary": subject(),
            "payor": [{"display": "A plan"}],
            "type": concept(None, ("https://nahdo.org/sopt", code)),
        }
        for code in coverage
    ]
    body = request([*without(complete(), "dx"), *cover], [OTHER_DISEASE])
    detail = card("other-indication", body)["detail"]
    assert "Wiskott-Aldrich" in detail
    assert all(name in detail for name in named)
    assert not any(name in detail for name in not_named)


def test_an_unread_part_is_named_once_with_what_hangs_on_it() -> None:
    """The reader sees which part, and for which criteria it is wanted."""
    body = request(without(complete(), "cd18", "qr"), leave_out=("observations",))
    detail = card("chart-unavailable", body)["detail"]
    lines = [line for line in detail.splitlines() if "observations was not sent" in line]
    assert lines == [
        "- The part of the chart with laboratory results and observations was not sent: "
        "LAD-I by flow cytometry, sibling donor"
    ]


ALL_OPEN = tuple(f"I.A.{number}" for number in range(1, 7))


@pytest.mark.parametrize(
    "summary",
    [
        say.missing(ALL_OPEN),
        say.not_met(tuple(clause for clause in ALL_OPEN if clause != "I.A.4")),
        say.unavailable(("II.A", *ALL_OPEN)),
        say.unavailable(("I.A.1", "I.A.3")),
        *(say.EARLIER_DOSE, say.SIBLING_DONOR, say.POSSIBLE_DOSE, say.DUPLICATE, say.WRONG_PATIENT),
        *(say.OTHER_INDICATION, say.ALL_MET),
    ],
)
def test_no_summary_has_to_be_cut(summary: str) -> None:
    """The longest that can be said fits into CDS Hooks' 140 characters."""
    assert len(summary) < 140


# --- text of the chart ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "text", "shown"),
    [
        ("a tag", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("an ampersand", "R&D", "R&amp;D"),
        ("a link", "[click](https://evil.example)", "&#91;click&#93;(https&#58;//evil.example)"),
        ("an image", "![x](y)", "&#33;&#91;x&#93;(y)"),
        ("emphasis", "**bold** _it_", "&#42;&#42;bold&#42;&#42; &#95;it&#95;"),
        ("code and a table", "`a`|b", "&#96;a&#96;&#124;b"),
        ("a heading", "# title", "&#35; title"),
        ("an address that links itself", "www.evil.example", "www&#46;evil.example"),
        ("a mail address", "a@evil.example", "a&#64;evil.example"),
        ("several lines", "a\n\n- b", "a - b"),
        ("a quotation mark", '"a"', "&#34;a&#34;"),
        ("text that turns round", "a\u202eb", "ab"),
        (
            "plain words",
            "CD18 1.2 % of neutrophils (final), 2026-03-04",
            "CD18 1.2 % of neutrophils (final), 2026-03-04",
        ),
    ],
)
def test_text_of_the_chart_stays_text(remark: str, text: str, shown: str) -> None:
    """It cannot become markup, a link or an image."""
    assert escaped(text) == shown


@pytest.mark.parametrize("where", ["a diagnosis", "an id", "a specialty", "a reason"])
def test_no_markup_of_the_chart_reaches_a_card(where: str) -> None:
    """Wherever it stands in the chart."""
    bad = '<img src=x onerror="alert(1)">[a](https://evil.example)'
    chart = {
        "a diagnosis": [*without(complete(), "qr"), condition("j", concept(bad, (ICD, "J15.1")))],
        "an id": [*without(complete(), "cd18"), flow("CD18", None, bad)],
        "a specialty": [*without(complete(), "bmt"), role("bmt", f"{bad} bone marrow transplant")],
        "a reason": without(complete(), "dx"),
    }[where]
    reason = concept(f"Wiskott-Aldrich syndrome {bad}", (ICD, "D82.0"))
    orders = [order(reasonCode=[reason])] if where == "a reason" else [order()]
    for made in answered(request(chart, orders))["cards"]:
        assert "<img" not in made["detail"]
        assert "](http" not in made["detail"]


# --- what is drafted -----------------------------------------------------------------------------------------------


def created(body: Resource) -> dict[str, Resource]:
    """The drafted resources, by the label of their suggestion."""
    made = card("missing-documentation", body)
    return {each["label"]: each["actions"][0]["resource"] for each in made["suggestions"]}


def test_each_gap_that_can_be_ordered_has_its_order() -> None:
    """Flow cytometry, ITGB2 analysis, HLA typing of siblings, a transplant consult; none twice."""
    high = [patient(), flow("CD18", 40), flow("CD11a", 1)]
    assert list(created(request([patient()]))) == [
        "Order flow cytometry",
        "Order HLA typing of siblings",
        "Order a transplant consult",
    ]
    assert "Order ITGB2 analysis" in created(request([*without(complete(), "cd18"), *high[1:]]))


@pytest.mark.parametrize("user", ["PractitionerRole/bmt", "Practitioner/7", "Practitioner/a_7"])
@pytest.mark.parametrize("encounter", ["e1", "Encounter/e1"])
def test_what_is_drafted_is_valid(user: str, encounter: str) -> None:
    """Each is a valid draft ServiceRequest for this patient, encounter and prescriber."""
    body = request([patient(), flow("CD18", 40), flow("CD11a", 1)])
    body["context"] |= {"userId": user, "encounterId": encounter}
    drafted = created(body)
    assert drafted
    for resource in drafted.values():
        draft = ServiceRequest.model_validate(resource)
        assert (draft.status, draft.intent) == ("draft", "order")
        assert draft.subject.reference == "Patient/p1"
        assert (draft.encounter.reference, draft.requester.reference) == ("Encounter/e1", user)


NOBODY = ["", "7", "RelatedPerson/mother", "Practitioner", "Practitioner/", "Practitioner/a b", "Practitioner/<b>",
          "Practitioner/a/b", f"Practitioner/{'x' * 65}"]  # fmt: skip
NOWHERE = ["", "a b", "é", "<b>", "a/b", "x" * 65]


@pytest.mark.parametrize(("user", "encounter"), [*((each, "") for each in NOBODY), *(("", each) for each in NOWHERE)])
def test_a_draft_refers_to_nothing_that_cannot_be(user: str, encounter: str) -> None:
    """Neither a prescriber nor an encounter whose id is none; the order is offered all the same."""
    body = request([patient(), flow("CD18", 40), flow("CD11a", 1)])
    body["context"] |= {"userId": user, "encounterId": encounter}
    drafted = created(body)
    assert drafted
    for resource in drafted.values():
        assert not resource.keys() & {"encounter", "requester"}


def test_the_source_is_the_plan() -> None:
    """Its name, and the policy's public address where it is configured."""
    offer = offer_of(Settings(allow_anonymous=True, plan_name="A plan", policy_url="https://plan.example/599"))
    sources = [each["source"] for each in answered(request(), offer=offer)["cards"]]
    assert [(source["label"], source["url"]) for source in sources] == [("A plan", "https://plan.example/599")]
    assert "url" not in answered(request(), offer=offer_of(SETTINGS))["cards"][0]["source"]


def test_a_recorded_no_to_the_donor_closes_the_item() -> None:
    """What the card asks for settles it once it is given."""
    assert "sibling donor" in card("missing-documentation", request(without(complete(), "qr")))["summary"]
    closed = request([*without(complete(), "qr"), response(NO_DONOR)])
    assert "sibling donor" not in card("missing-documentation", closed)["summary"]


def test_a_duplicate_names_the_order_that_it_is_about() -> None:
    """Of two orders signed together each has a card; without its name nobody knows which one a card would remove."""
    body = request(complete(), orders=[order(), order(id="draft-2")])
    details = [card["detail"] for card in answered(body)["cards"]]
    assert ["Beside MedicationRequest/draft-1" in detail for detail in details] == [True, False]
    assert ["Beside MedicationRequest/draft-2" in detail for detail in details] == [False, True]


def test_what_is_wanting_for_the_same_reason_stands_in_one_line() -> None:
    """Both statements of one author who is no transplant specialist: the reason is given once."""
    attested = response(NO_DONOR | ATTESTED, author="PractitionerRole/heme")
    body = request([*without(complete(), "qr"), attested])
    (card,) = answered(body)["cards"]
    assert card["detail"].count("only that specialist") == 1
