"""Section I.B: when the order is for another disease, and which policy the card names then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cds_service.config import Settings
from cds_service.evaluation import Evaluator
from cds_service.hooks.cards import Source
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.offer import Offer
from cds_service.policy.routing import LabelStatus, directions
from tests.charts import (
    ICD,
    SCT,
    TERMINOLOGY,
    TODAY,
    Resource,
    answered,
    complete,
    concept,
    condition,
    criteria,
    determination,
    lad,
    order,
    request,
    subject,
    topics,
    without,
)

SOPT = "https://nahdo.org/sopt"
SICKLE = concept("Sickle cell disease", (ICD, "D57.1"))


def ordered_for(*reasons: Resource, conditions: tuple[Resource, ...] = (), **more: Any) -> Resource:
    """The determination of an order with these reasons; the chart holds these conditions and no LAD-I."""
    resources = [*without(complete(), "dx"), *conditions]
    return determination(request(resources, orders=[order(reasonCode=list(reasons), **more)]))


def named(text: str | None, code: str, display: str | None = None, system: str = ICD) -> Resource:
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


REASONS = [
    # other diseases
    ("LAD-II in words", [concept("LAD-II")], "I.B"),
    ("LAD-III in words", [concept("Leukocyte adhesion deficiency type III")], "I.B"),
    ("LAD-III by OMIM", [named(None, "612840", system="http://www.omim.org")], "I.B"),
    ("D71.1 whose text says type II", [named("LAD-II", "D71.1")], "I.B"),
    ("chronic granulomatous disease by D71.8", [named(None, "D71.8")], "I.B"),
    ("chronic granulomatous disease in words", [concept("Chronic granulomatous disease")], "I.B"),
    ("sickle cell disease", [SICKLE], "I.B"),
    ("severe combined immunodeficiency in words", [concept("Severe combined immunodeficiency")], "I.B"),
    ("metachromatic leukodystrophy in words", [concept("Metachromatic leukodystrophy")], "I.B"),
    ("SNOMED with a display", [named(None, "127040003", "Sickle cell-hemoglobin SS disease", SCT)], "I.B"),
    ("one of several reasons", [concept("fever"), SICKLE], "I.B"),
    # no other disease
    ("no reason at all", [], "I.A"),
    ("LAD-I", [concept("LAD-I")], "I.A"),
    ("D71.1", [named(None, "D71.1")], "I.A"),
    ("an infection", [named(None, "J15.1")], "I.A"),
    ("an infection in words", [concept("Pneumonia")], "I.A"),
    ("a symptom", [named(None, "R50.9")], "I.A"),
    ("a Z code", [named(None, "Z94.84")], "I.A"),
    ("encounter for gene therapy history", [named(None, "Z92.86")], "I.A"),
    ("D71, broad", [named(None, "D71")], "I.A"),
    ("D84.9, broad", [named(None, "D84.9")], "I.A"),
    ("D89.9, broad", [named(None, "D89.9")], "I.A"),
    ("a finding of LAD-I", [named(None, "P96.82")], "I.A"),
    ("gingivitis, a finding of LAD-I", [named(None, "K05.10")], "I.A"),
    ("the protein that LAD-I lacks", [concept("CD18 deficiency")], "I.A"),
    ("the gene of LAD-I", [concept("ITGB2 deficiency")], "I.A"),
    ("a blood count that goes with LAD-I", [concept("Leukocytosis syndrome")], "I.A"),
    ("an open wound", [named(None, "S01.00XA")], "I.A"),
    ("a wound that came apart", [named(None, "T81.31XA")], "I.A"),
    ("a complication of a transplant", [named(None, "T86.5")], "I.A"),
    ("a look-alike of its skin ulcers", [named(None, "L88")], "I.A"),
    ("D71.1 with a filler", [named(None, "D71.1X")], "I.A"),
    ("a broad group in words", [concept("Primary immunodeficiency")], "I.A"),
    ("SNOMED without words", [named(None, "127040003", None, SCT)], "I.A"),
    ("suspected other disease in words", [concept("Rule out sickle cell disease")], "I.A"),
    ("LAD-I among other reasons", [SICKLE, concept("LAD-I")], "I.A"),
]


@pytest.mark.parametrize(("reasons", "section"), [row[1:] for row in REASONS], ids=[row[0] for row in REASONS])
def test_what_the_order_is_for(reasons: list[Resource], section: str) -> None:
    """A specific other disease leads to I.B; a finding, an infection, a symptom, a broad code does not."""
    assert ordered_for(*reasons)["section"] == section


BESIDE = [
    ("confirmed LAD-I elsewhere", lad(), "I.A"),
    ("LAD-I without a status", lad(None), "I.A"),
    ("D71.1 elsewhere", condition("dx", concept(None, (ICD, "D71.1"))), "I.A"),
    ("provisional LAD-I elsewhere", lad("provisional"), "I.B"),
    ("refuted LAD-I elsewhere", lad("refuted"), "I.B"),
    ("LAD-I entered in error", lad("entered-in-error"), "I.B"),
    ("somebody else's LAD-I", lad(subject={"reference": "Patient/brother"}), "I.B"),
]


@pytest.mark.parametrize(("beside", "section"), [row[1:] for row in BESIDE], ids=[row[0] for row in BESIDE])
def test_what_the_problem_list_says_beside(beside: Resource, section: str) -> None:
    """Something confirmed that says LAD-I keeps the order under I.A."""
    assert ordered_for(SICKLE, conditions=(beside,))["section"] == section


def test_d711_beside_a_confirmed_type_iii_says_that_type() -> None:
    """D71.1 covers all types: with type III confirmed beside it, nothing says LAD-I."""
    code_only = condition("dx", concept(None, (ICD, "D71.1")))
    type_3 = condition("t3", concept("LAD-III"))
    assert ordered_for(concept("LAD-III"), conditions=(code_only, type_3))["section"] == "I.B"


REFERRED = [
    ("to another disease", condition("c", SICKLE), "I.B"),
    ("to another disease, refuted", condition("c", SICKLE, "refuted"), "I.A"),
    ("to another patient's", condition("c", SICKLE, subject={"reference": "Patient/x"}), "I.A"),
    ("to one that was modified", condition("c", SICKLE, modifierExtension=[{"url": "u", "valueCode": "x"}]), "I.A"),
]


@pytest.mark.parametrize(("stated", "section"), [row[1:] for row in REFERRED], ids=[row[0] for row in REFERRED])
def test_a_reason_by_reference(stated: Resource, section: str) -> None:
    """A reason that refers to a Condition is that Condition's, when it may be used."""
    found = ordered_for(conditions=(stated,), reasonReference=[{"reference": "Condition/c"}])
    assert found["section"] == section


def test_conditions_that_were_not_sent_keep_the_order_under_ia() -> None:
    """Nothing is known of what is confirmed: the section for other diseases is not used."""
    body = request(complete(), orders=[order(reasonCode=[SICKLE])], leave_out=("conditions",))
    assert determination(body)["section"] == "I.A"


def test_the_section_has_two_criteria_and_one_card() -> None:
    """Under I.B only II.A and I.B stand; I.B is met, with the reason as its evidence."""
    body = request(without(complete(), "dx"), orders=[order(reasonCode=[SICKLE])])
    found = determination(body)
    assert [each["id"] for each in found["criteria"]] == ["II.A", "I.B"]
    assert found["outcome"] == "other-indication"
    assert criteria(found)["I.B"]["status"] == "met"
    assert criteria(found)["I.B"]["evidence"][0]["reference"] == "MedicationRequest/draft-1"
    assert topics(body) == ["other-indication"]


def test_an_earlier_dose_stands_alone() -> None:
    """An earlier dose is the only card, whatever the order is for."""
    given = {
        "resourceType": "MedicationAdministration", "id": "given", "status": "completed", "subject": subject(),
        "medicationCodeableConcept": concept("Kresladi"), "effectiveDateTime": "2026-06-01",
    }  # fmt: skip
    body = request([*without(complete(), "dx"), given], orders=[order(reasonCode=[SICKLE])])
    assert topics(body) == ["prior-lifetime-dose"]
    assert determination(body)["outcome"] == "prior-lifetime-dose"


# --- line of business -------------------------------------------------------------------------------------------------


def coverage(kind: Resource | None = None, id_: str = "cov", **more: Any) -> Resource:
    base = {
        "resourceType": "Coverage",
        "id": id_,
        "status": "active",
        "beneficiary": subject(),
        "payor": [{"display": "A health plan"}],
    }
    return base | ({"type": kind} if kind else {}) | more


def sopt(code: str) -> Resource:
    return concept(None, (SOPT, code))


def plan(value: str, name: str = "", kind: str = "plan") -> list[Resource]:
    system = "http://terminology.hl7.org/CodeSystem/coverage-class"
    return [{"type": concept(None, (system, kind)), "value": value} | ({"name": name} if name else {})]


COMMERCIAL, MARKETPLACE, MEDICAID = {"CP.CPA.09"}, {"HIM.PA.154"}, {"CP.PMN.53"}
ALL_LINES = COMMERCIAL | MARKETPLACE | MEDICAID
PAYERS = {"sunshine health": "medicaid", "ambetter": "marketplace"}


def offer(**settings: Any) -> Offer:
    """The service as configured by a plan."""
    evaluator = Evaluator(Settings(allow_anonymous=True, **settings), TERMINOLOGY, lambda: TODAY)
    return Offer(SERVICES, {}, Source("Example Health Plan"), evaluator.evaluate)


def routed(*coverages: Resource, beside: tuple[Resource, ...] = (), **settings: Any) -> str:
    """The detail of the other-indication card."""
    resources = [*without(complete(), "dx"), *coverages, *beside]
    body = request(resources, orders=[order(reasonCode=[SICKLE])])
    return str(answered(body, offer=offer(**settings))["cards"][0]["detail"])


ORGANISATION = {"resourceType": "Organization", "id": "sun", "name": "Sunshine Health"}
LINES = [
    ("commercial by typology", [coverage(sopt("512"))], COMMERCIAL),
    ("Blue Cross by typology", [coverage(sopt("6"))], COMMERCIAL),
    ("Medicaid by typology", [coverage(sopt("2"))], MEDICAID),
    ("Medicaid managed care by typology", [coverage(sopt("211"))], MEDICAID),
    ("Medicaid by text", [coverage(concept("Medicaid HMO"))], MEDICAID),
    ("commercial by text, individual", [coverage(concept("Individual commercial plan"))], COMMERCIAL),
    ("commercial, not Medicaid", [coverage(**{"class": plan("P1", "Non-Medicaid commercial PPO")})], COMMERCIAL),
    ("not Medicaid, and no more", [coverage(concept("Non-Medicaid HMO"))], ALL_LINES),
    ("off the exchange", [coverage(concept("Off-Exchange individual plan"))], ALL_LINES),
    ("commercial, off the exchange", [coverage(concept("Commercial, not on the exchange"))], COMMERCIAL),
    ("Medicaid pending", [coverage(concept("MEDICAID PENDING"))], ALL_LINES),
    ("Medicaid by typology, pending by its words", [coverage(sopt("2") | {"text": "Medicaid - pending"})], ALL_LINES),
    ("Medicaid applied for", [coverage(concept("Medicaid application in process"))], ALL_LINES),
    ("Medicaid pending beside commercial", [coverage(concept("Medicaid pending"), "c2"), coverage(sopt("5"))],
     ALL_LINES),
    ("commercial in Virginia", [coverage(concept("Commercial PPO"), **{"class": plan("VA-1")})], COMMERCIAL),
    ("marketplace by class", [coverage(**{"class": plan("M1", "Marketplace Silver")})], MARKETPLACE),
    ("marketplace by ICHRA", [coverage(concept("ICHRA"))], MARKETPLACE),
    ("by a configured payer", [coverage(payor=[{"display": "Sunshine Health"}])], MEDICAID),
    ("by a configured payer's Organization", [coverage(payor=[{"reference": "Organization/sun"}])], MEDICAID),
    ("by a payer that is not configured", [coverage(payor=[{"display": "Acme Medicaid"}])], ALL_LINES),
    ("CHIP by typology", [coverage(sopt("23"))], ALL_LINES),
    ("CHIP by text", [coverage(concept("CHIP"))], ALL_LINES),
    ("dual by typology", [coverage(sopt("14"))], ALL_LINES),
    ("dual by two coverages", [coverage(sopt("2")), coverage(sopt("1"), "cov2")], ALL_LINES),
    ("commercial and Medicaid", [coverage(sopt("2")), coverage(sopt("5"), "cov2")], ALL_LINES),
    ("Medicare alone", [coverage(sopt("1"))], ALL_LINES),
    ("expired", [coverage(sopt("2"), period={"end": "2026-11-20"})], ALL_LINES),
    ("last day", [coverage(sopt("2"), period={"end": "2026-11-21"})], MEDICAID),
    ("not begun", [coverage(sopt("2"), period={"start": "2026-11-22"})], ALL_LINES),
    ("cancelled", [coverage(sopt("2"), status="cancelled")], ALL_LINES),
    ("entered in error beside commercial", [coverage(sopt("2"), status="entered-in-error"), coverage(sopt("5"), "c2")],
     COMMERCIAL),
    ("somebody else's", [coverage(sopt("2"), beneficiary={"reference": "Patient/x"})], ALL_LINES),
    ("no coverage", [], ALL_LINES),
    ("the plan's form alone", [coverage(concept("HMO"))], ALL_LINES),
]  # fmt: skip


@pytest.mark.parametrize(("coverages", "numbers"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_the_card_names_the_policy_of_the_line(coverages: list[Resource], numbers: set[str]) -> None:
    """One off-label policy where the line is known; all of them where it is not, dual, or CHIP."""
    detail = routed(*coverages, beside=(ORGANISATION,), payers=PAYERS)
    assert {number for number in ALL_LINES if number in detail} == numbers


def test_medicaid_names_state_rules() -> None:
    """State rules come first where they differ; a commercial card does not speak of them."""
    assert "state rules" in routed(coverage(sopt("2")))
    assert "state rules" not in routed(coverage(sopt("5")))


RECENT, NOT_RECENT = date(2026, 6, 1), date(2026, 5, 31)
LABEL = [
    ("not configured", {}, ["commercial: CP.CPA.09; after a recent label change CP.CPA.190"]),
    ("changed after the revision", {"label_changed_on": RECENT}, ["commercial: CP.CPA.190\n"]),
    ("changed before the revision", {"label_changed_on": NOT_RECENT}, ["commercial: CP.CPA.09\n"]),
    ("Medicaid, formulary not configured", {"label_changed_on": RECENT}, ["Medicaid: CP.PMN.255 or CP.PMN.16"]),
    ("Medicaid, preferred", {"label_changed_on": RECENT, "formulary": {"medicaid": True}}, ["Medicaid: CP.PMN.255\n"]),
    ("Medicaid, not preferred", {"label_changed_on": RECENT, "formulary": {"medicaid": False}},
     ["Medicaid: CP.PMN.16\n"]),
    ("marketplace, listed", {"label_changed_on": RECENT, "formulary": {"marketplace": True}}, ["ICHRA): HIM.PA.33\n"]),
    ("marketplace, not listed", {"label_changed_on": RECENT, "formulary": {"marketplace": False}},
     ["ICHRA): HIM.PA.103\n"]),
    ("listed, but no recent change", {"label_changed_on": NOT_RECENT, "formulary": {"medicaid": True}},
     ["Medicaid: CP.PMN.53\n"]),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "lines"), [row[1:] for row in LABEL], ids=[row[0] for row in LABEL])
def test_a_label_change_and_the_formulary(settings: dict[str, Any], lines: list[str]) -> None:
    """After a recent label change the formulary decides; not configured, both ways are named."""
    detail = routed(**settings) + "\n"
    assert all(line in detail for line in lines)


SIX_MONTHS = [
    ("the day of the change", date(2026, 6, 1), date(2026, 6, 1), True),
    ("the last day of six months", date(2026, 6, 1), date(2026, 12, 1), True),
    ("a day later", date(2026, 6, 1), date(2026, 12, 2), False),
    ("from a month of 31 days to February", date(2026, 8, 31), date(2027, 2, 28), True),
    ("a day after that February", date(2026, 8, 31), date(2027, 3, 1), False),
    ("a change still to come", date(2026, 12, 1), date(2026, 11, 21), False),
    ("within the month of the revision", date(2026, 5, 31), date(2026, 6, 1), False),
    ("the day after that month", date(2026, 6, 1), date(2026, 6, 2), True),
]


@pytest.mark.parametrize(
    ("changed_on", "today", "recent"), [row[1:] for row in SIX_MONTHS], ids=[row[0] for row in SIX_MONTHS]
)
def test_both_sides_of_six_months(changed_on: date, today: date, recent: bool) -> None:
    """A label change is recent for six months, and counts only when newer than the policy."""
    only = directions(("commercial",), LabelStatus(changed_on), today)
    assert only[0].use == (("CP.CPA.190",) if recent else ("CP.CPA.09",))


SCOPE = [
    ("Medicare", [coverage(sopt("1"))], True),
    ("TRICARE", [coverage(sopt("311"))], True),
    ("TRICARE by text", [coverage(concept("TRICARE Prime"))], True),
    ("Medicaid", [coverage(sopt("2"))], False),
    ("Medicare beside commercial", [coverage(sopt("1")), coverage(sopt("5"), "c2")], False),
    ("Medicare that has ended", [coverage(sopt("1"), period={"end": "2026-01-01"})], False),
    ("none", [], False),
]


@pytest.mark.parametrize(("coverages", "advised"), [row[1:] for row in SCOPE], ids=[row[0] for row in SCOPE])
def test_advice_on_coverage_outside_the_policy(coverages: list[Resource], advised: bool) -> None:
    """A line of business that the policy does not name is said as advice; it decides nothing."""
    found = determination(request([*complete(), *coverages]))
    assert ("coverage-scope" in [each["code"] for each in found.get("advice", [])]) is advised
    assert found["outcome"] == "criteria-met"
