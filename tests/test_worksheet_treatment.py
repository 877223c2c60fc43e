"""The treatment checklist over HTTP, against an EHR on loopback: its cards' links, what it shows, what it records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from flask.testing import FlaskClient

from cds_service.wording import label as cards
from cds_service.wording import worksheet as say
from cds_service.worksheet import smart
from cds_service.worksheet.answers import checked
from cds_service.worksheet.form import checklist
from tests.bedside import answers, busulfan, drug, infused, kresladi, planned
from tests.browser.families import TRANSPLANT, before_infusion
from tests.browser.smart_ehr import CLIENT_ID, Grant, SmartEhr, ehr_with
from tests.charts import Resource, bundle, patient
from tests.ehr import anonymous, authorized
from tests.fhir_server import cut, status

SIGN, VIEW = "/cds-services/kresladi-treatment-order-sign", "/cds-services/kresladi-treatment-patient-view"
CHECKLIST = "https://cds.example/fhir/Questionnaire/kresladi-treatment-checklist"
LAUNCH = "https://cds.example/worksheet/launch"
TOKEN = "a-token-of-a-clinician"
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ENDED, BACK_UP, REVIEWED = "conditioning-completed", "back-up-cd34-per-kg", "bedside-steps-reviewed"
INFUSION = "MedicationRequest/infusion-1"


pytestmark = pytest.mark.usefixtures("fhirclient_built")


@pytest.fixture(name="ehr")
def an_ehr() -> Iterator[SmartEhr]:
    with ehr_with(before_infusion()) as ehr:
        ehr.tokens[TOKEN] = Grant("p1")
        yield ehr


def client_for(ehr: SmartEhr, folder: Path) -> FlaskClient:
    """The service, to which the EHR gave a client id."""
    return anonymous(folder, smart_client_id=CLIENT_ID, fhir_servers=frozenset({ehr.base}))


@pytest.fixture(name="client")
def a_client(ehr: SmartEhr, tmp_path: Path) -> FlaskClient:
    return client_for(ehr, tmp_path)


def body(ehr: SmartEhr, order: str = INFUSION, **more: Any) -> Resource:
    """What the page sends when it was launched with the card's context."""
    session = {"server": ehr.base, "patient": "p1", "user": TRANSPLANT, "token": TOKEN}
    return session | {"order": order, "questionnaire": CHECKLIST} | more


def shown(folder: Path, chart: list[Resource], order: str = INFUSION) -> str:
    """The page on a chart."""
    with ehr_with(chart) as ehr:
        ehr.tokens[TOKEN] = Grant("p1")
        return client_for(ehr, folder).post("/worksheet/chart", json=body(ehr, order)).text


# --- the cards' links ------------------------------------------------------------------------------------------------


def links(client: FlaskClient, ehr: SmartEhr, chart: list[Resource], draft: Resource | None) -> dict[str, Any]:
    """The links of each card, by its topic."""
    ehr.resources[:] = chart
    context: Resource = {"userId": TRANSPLANT, "patientId": "p1"}
    if draft is not None:
        context["draftOrders"] = bundle([draft])
    call = {"hook": "patient-view" if draft is None else "order-sign", "hookInstance": "one", "context": context}
    answer: Any = client.post(VIEW if draft is None else SIGN, json=authorized(call, ehr.base, TOKEN)).get_json()
    return {card["source"]["topic"]["code"]: card.get("links", []) for card in answer["cards"]}


LINKED = [
    ("label-checklist", [patient(), planned()], kresladi(), "the steps at the bedside"),
    ("label-infuse", [patient(), planned()], kresladi(), "the infusion"),
    ("label-conditioning", [patient(), planned()], drug("Busulfan", "IV"), "conditioning"),
    ("label-mobilise", [patient(), planned()], drug("Plerixafor"), "mobilisation"),
    ("label-donate", [patient(), infused()], None, "what the family was told, where the chart is opened"),
]


@pytest.mark.parametrize(("topic", "chart", "draft", "remark"), LINKED, ids=[row[-1] for row in LINKED])
def test_cards_that_an_answer_settles_link_to_the_worksheet(
    client: FlaskClient, ehr: SmartEhr, topic: str, chart: list[Resource], draft: Resource | None, remark: str
) -> None:
    """A SMART link that names the order, the hook and the questionnaire, and nothing of the patient."""
    [link] = links(client, ehr, chart, draft)[topic]
    assert (link["type"], link["url"], link["label"]) == ("smart", LAUNCH, cards.FILL_IN)
    order = {} if draft is None else {"order": "MedicationRequest/draft"}
    hook = "patient-view" if draft is None else "order-sign"
    assert json.loads(link["appContext"]) == order | {"hook": hook, "questionnaire": CHECKLIST}


def test_cards_that_no_answer_settles_have_no_link(client: FlaskClient, ehr: SmartEhr) -> None:
    """An order for a donation is to be taken out, whatever the checklist says."""
    draft = drug("Blood donation", resourceType="ServiceRequest", code={"text": "Blood donation by the patient"})
    assert links(client, ehr, [patient(), infused()], draft) == {"label-donate": []}


def test_an_order_without_an_id_is_not_named(client: FlaskClient, ehr: SmartEhr) -> None:
    """The hook and the questionnaire alone."""
    [link] = links(client, ehr, [patient(), planned()], kresladi(id=None))["label-checklist"]
    assert json.loads(link["appContext"]) == {"hook": "order-sign", "questionnaire": CHECKLIST}


def test_without_a_worksheet_the_card_links_to_the_published_questionnaire(ehr: SmartEhr, tmp_path: Path) -> None:
    """As an absolute address; the other cards link nowhere."""
    client = anonymous(tmp_path, fhir_servers=frozenset({ehr.base}))
    found = links(client, ehr, [patient(), planned()], kresladi())
    assert found["label-infuse"] == []
    assert found["label-checklist"] == [{"label": cards.CHECKLIST_LINK, "url": CHECKLIST, "type": "absolute"}]


# --- the chart -------------------------------------------------------------------------------------------------------


def test_it_shows_what_the_label_asks_and_asks_the_whole_checklist(client: FlaskClient, ehr: SmartEhr) -> None:
    """Each part of the clause with its evidence; each question once, those about the order in view first."""
    page = client.post("/worksheet/chart", json=body(ehr)).text
    assert "27 h after the end of conditioning" in page
    assert page.count('class="panel criterion" id="point-') == 6
    asked = [question.link_id for question in checklist().questions()]
    assert all(page.count(f'data-question="{link_id}"') == 1 for link_id in asked)
    assert (
        page.index(f'data-question="{REVIEWED}"') < page.index("Other questions") < page.index("transplant-appropriate")
    )


ABOUT_COVERAGE = re.compile(r"\b(?:coverage|policy|plan|prior|packet|request|committee|attest\w*|CP\.PHAR\w*)\b", re.I)


@pytest.mark.parametrize("path", ["/worksheet/chart", "/worksheet"])
def test_no_word_of_coverage_is_on_it(client: FlaskClient, ehr: SmartEhr, path: str) -> None:
    """It is about safety; and there is no packet."""
    answer = client.post(path, json=body(ehr)) if path.endswith("chart") else client.get(path)
    words = re.sub(r"<[^>]*>", " ", answer.text.partition("<template")[0])
    assert ABOUT_COVERAGE.findall(words) == []


G_CSF = drug("Filgrastim", id="g-csf")
VIEWS = [
    (before_infusion(), INFUSION, "Infusion of Kresladi", "the order that the card named"),
    ([patient(), planned(), drug("Busulfan", "IV")], "MedicationRequest/draft", "L.2.2.conditioning", "conditioning"),
    (
        [patient(), planned(), G_CSF, drug("Plerixafor")],
        "MedicationRequest/g-csf",
        "L.2.2.mobilise",
        "beside plerixafor",
    ),
    ([patient(), planned(), G_CSF], "MedicationRequest/g-csf", "The label asks nothing of this order now", "alone"),
    (before_infusion(), "MedicationRequest/not-there", "No order is in view", "an order that the chart does not hold"),
    (before_infusion(), "", "No order is in view", "no order named"),
    ([patient(), infused()], "", "L.2.3.donate", "the chart of a patient who was treated"),
    ([patient(), planned(), kresladi(status="stopped")], "MedicationRequest/draft", "No order is in view", "withdrawn"),
]


@pytest.mark.parametrize(("chart", "order", "says", "remark"), VIEWS, ids=[row[-1] for row in VIEWS])
def test_what_is_in_view(tmp_path: Path, chart: list[Resource], order: str, says: str, remark: str) -> None:
    """The clauses that apply to the order; the questions can be answered whatever is in view."""
    page = shown(tmp_path, chart, order)
    assert says in page
    assert f'data-question="{REVIEWED}"' in page


def test_what_could_not_be_read_is_said(client: FlaskClient, ehr: SmartEhr) -> None:
    """An EHR that does not show its devices: open, and not "not found"."""
    ehr.when("Device", status(403))
    page = client.post("/worksheet/chart", json=body(ehr)).text
    access = page.partition('id="point-L.2.2.infuse.access"')[2].partition("</section>")[0].partition('id="point-')[0]
    assert "answer--unknown" in access
    assert "devices could not be read" in access
    assert "not found in the chart" not in access


def test_what_an_answer_closed_is_said(client: FlaskClient, ehr: SmartEhr) -> None:
    """After saving: by name, of what was open before."""
    ehr.resources.append(answers(bedside_steps_reviewed=True, bags_in_date=True))
    before = ["L.2.2.infuse.in-date", "L.2.2.infuse.lot", REVIEWED]
    page = client.post("/worksheet/chart", json=body(ehr, before=before, saved=True)).text
    assert "Documented now: Each bag within its expiration date, Steps at the bedside gone through." in page


def test_a_no_is_shown_as_one(tmp_path: Path) -> None:
    """An answer that contradicts the label, with its source."""
    page = shown(tmp_path, [*before_infusion(), answers(lot_sheet_checked=False)])
    assert "the Lot Information Sheet is checked: no" in page
    assert "answer--not-met" in page


def test_each_chart_that_is_opened_leaves_a_record(
    client: FlaskClient, ehr: SmartEhr, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the outcome and what was read; neither patient nor token."""
    client.post("/worksheet/chart", json=body(ehr))
    written = capsys.readouterr().out
    record = json.loads(written.splitlines()[-1])
    assert record["outcomes"] == ["unknown"]
    assert {"Device", "CarePlan", "SupplyDelivery"} <= {each["type"] for each in record["fetched"]}
    assert TOKEN not in written


@pytest.mark.parametrize(("rule", "expected"), [(status(401), 401), (cut, 502)], ids=["refused", "down"])
def test_a_chart_that_is_not_shown(client: FlaskClient, ehr: SmartEhr, rule: Any, expected: int) -> None:
    """The page's script tells it as for the documentation worksheet."""
    ehr.when("Patient/p1", rule)
    assert client.post("/worksheet/chart", json=body(ehr)).status_code == expected


def test_its_scopes_reach_as_far_as_the_label_asks() -> None:
    """Every type that the label's clauses read, and writing the answers alone."""
    for kind in ("CarePlan", "SupplyDelivery", "Device", "Flag", "MedicationDispense"):
        assert f"patient/{kind}.rs" in smart.SCOPES
    assert [each for each in smart.SCOPES.split() if ".c" in each] == ["patient/QuestionnaireResponse.crs"]


# --- answers ---------------------------------------------------------------------------------------------------------

TAKEN = [
    ({ENDED: "2026-10-11T08:00:00+14:00"}, "the furthest east"),
    ({ENDED: "2026-10-11T08:00:00+02:00"}, "a moment with its offset"),
    ({ENDED: "2026-11-21T09:30:00+00:00"}, "now"),
    ({ENDED: "2026-11-21T15:00:00+05:30"}, "now, further east"),
    ({BACK_UP: "2,4"}, "a decimal comma"),
    ({BACK_UP: "120"}, "more than a hundred: a percentage it is not"),
    ({REVIEWED: "true"}, "a yes"),
]


@pytest.mark.parametrize(("typed", "remark"), TAKEN, ids=[row[-1] for row in TAKEN])
def test_what_is_taken(typed: dict[str, str], remark: str) -> None:
    """Answers that will do."""
    assert checked(checklist(), typed, NOW).problems == {}


REFUSED = [
    ({}, {"form": say.NOTHING_ANSWERED}, "nothing at all"),
    ({ENDED: "incomplete"}, {ENDED: say.A_MOMENT}, "a day without its time, as the page says it"),
    ({ENDED: "2026-10-11"}, {ENDED: say.A_MOMENT}, "a day alone"),
    ({ENDED: "2026-10-11T08:00:00"}, {ENDED: say.A_MOMENT}, "no offset: whose eight o'clock?"),
    ({ENDED: "2026-02-30T08:00:00+01:00"}, {ENDED: say.A_MOMENT}, "no day of the calendar"),
    ({ENDED: "2026-10-11T08:00:00+25:00"}, {ENDED: say.A_MOMENT}, "no offset of this earth"),
    ({ENDED: "2026-10-11T08:00:00+14:01"}, {ENDED: say.A_MOMENT}, "an offset that FHIR does not know"),
    ({ENDED: "0026-10-11T08:00:00+01:00"}, {ENDED: say.A_MOMENT}, "a slip in the year"),
    ({ENDED: "2026-11-21T09:31:00+00:00"}, {ENDED: say.MOMENT_TO_COME}, "a minute from now"),
    ({ENDED: "2026-11-21T09:30:00-01:00"}, {ENDED: say.MOMENT_TO_COME}, "an hour from now, further west"),
    ({BACK_UP: ">2"}, {BACK_UP: say.PLAIN_NUMBER}, "more than: no number"),
    ({BACK_UP: "-1"}, {BACK_UP: say.PLAIN_NUMBER}, "below nothing"),
    ({REVIEWED: "perhaps"}, {REVIEWED: say.YES_OR_NO}, "neither yes nor no"),
]


@pytest.mark.parametrize(("typed", "problems", "remark"), REFUSED, ids=[row[-1] for row in REFUSED])
def test_what_is_refused(typed: dict[str, str], problems: dict[str, str], remark: str) -> None:
    """Answers that will not do, and what is said to them."""
    assert checked(checklist(), typed, NOW).problems == problems


def test_answers_are_made_into_a_response_that_the_label_reads(client: FlaskClient, ehr: SmartEhr) -> None:
    """Valid FHIR by the clinician, without a token for it; read back, the moment is the one that was typed."""
    typed = {ENDED: "2026-10-11T10:30:00+02:00", BACK_UP: "2.40", REVIEWED: "true"}
    answer = client.post("/worksheet/response", json=body(ehr, answers=typed, token=""))
    assert (answer.status_code, answer.mimetype) == (200, "application/fhir+json")
    assert '"valueDecimal":2.40' in answer.text
    assert '"valueDateTime":"2026-10-11T10:30:00+02:00"' in answer.text
    made: Any = answer.get_json()
    QuestionnaireResponse.model_validate(made)
    assert (made["author"], made["status"]) == ({"reference": TRANSPLANT}, "completed")
    ehr.resources.append(made | {"id": "saved"})
    page = client.post("/worksheet/chart", json=body(ehr)).text
    assert "conditioning completed 2026-10-11 10:30+02:00" in page


def test_the_other_questionnaire_is_not_mixed_in(client: FlaskClient, ehr: SmartEhr) -> None:
    """Of either form, only its own questions are recorded."""
    typed = {REVIEWED: "true", "sibling-donor-available": "false"}
    made: Any = client.post("/worksheet/response", json=body(ehr, answers=typed)).get_json()
    assert [item["linkId"] for group in made["item"] for item in group["item"]] == [REVIEWED]
    other: Any = client.post("/worksheet/response", json=body(ehr, answers=typed, questionnaire="")).get_json()
    assert [item["linkId"] for group in other["item"] for item in group["item"]] == ["sibling-donor-available"]


QUESTIONNAIRES = [
    (CHECKLIST, True, "as the card names it"),
    ("https://kresladi-cds.example/Questionnaire/kresladi-treatment-checklist|1.0.0", True, "its canonical"),
    ("https://cds.example/fhir/Questionnaire/kresladi-prior-authorization", False, "the other one"),
    ("https://cds.example/kresladi-treatment-checklist", False, "something else of that name"),
    ("", False, "none"),
]


@pytest.mark.parametrize(
    ("named", "about_treatment", "remark"), QUESTIONNAIRES, ids=[row[-1] for row in QUESTIONNAIRES]
)
def test_which_sheet_is_shown(
    client: FlaskClient, ehr: SmartEhr, named: str, about_treatment: bool, remark: str
) -> None:
    """By the questionnaire that the launch names; without one, the documentation for coverage."""
    page = client.post("/worksheet/chart", json=body(ehr, questionnaire=named)).text
    assert ("Treatment checklist for Kresladi" in page) is about_treatment
    assert ("Documentation for Kresladi" in page) is not about_treatment


def test_what_others_gave_stays_in_its_place(tmp_path: Path) -> None:
    """Text of the chart cannot become markup."""
    chart = [*before_infusion(), busulfan("2026-10-11T05:00:00Z", id_="other", note=None)]
    chart[-1]["medicationCodeableConcept"]["text"] = "Busulfan <img src=x>"
    page = shown(tmp_path, chart)
    assert "<img" not in page
