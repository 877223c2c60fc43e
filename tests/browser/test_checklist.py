"""The treatment checklist in a browser: from the card at the infusion to the chart and back."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.driving import SCHEMES, SIZES, Watch, address, fits, grave_problems, serving
from tests.browser.families import before_infusion
from tests.browser.smart_ehr import CLIENT_ID, Grant, SmartEhr, ehr_with
from tests.charts import Resource
from tests.ehr import authorized, topics_of
from tests.test_gunicorn import Served

SIGN = "/cds-services/kresladi-treatment-order-sign"
SERVICE_TOKEN = "the-token-of-the-cds-service"
REVIEWED = "Has the team gone through the steps at the bedside?"
ENDED = "When did conditioning end?"

Opened = Callable[..., Page]


@pytest.fixture(scope="module", name="app")
def the_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service in development, as a public SMART client."""
    folder = tmp_path_factory.mktemp("checklist")
    with serving(folder, CDS_DEVELOPMENT="true", CDS_SMART_CLIENT_ID=CLIENT_ID) as served:
        yield served


@pytest.fixture(name="ehr")
def an_ehr() -> Iterator[SmartEhr]:
    """An EHR with a patient who was conditioned, and the order for the infusion as a draft."""
    with ehr_with(before_infusion()) as ehr:
        yield ehr
        assert ehr.wrong == []


@pytest.fixture(name="watch")
def a_watch(app: Served, ehr: SmartEhr) -> Iterator[Watch]:
    watch = Watch({address(app), ehr.base.removesuffix("/fhir")})
    yield watch
    watch.verify()


@pytest.fixture(name="opened")
def open_the_checklist(app: Served, ehr: SmartEhr, watch: Watch, browser: Browser) -> Iterator[Opened]:
    """Signs the order and opens the link of its checklist card, in a window on a clock of that zone."""
    made: list[BrowserContext] = []

    def opened(size: str = "laptop", scheme: str = "light", zone: str = "Europe/Berlin") -> Page:
        width, height = SIZES[size]
        dark: Any = "dark" if scheme == "dark" else "light"
        window = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=dark, timezone_id=zone, locale="en-GB"
        )
        made.append(window)
        watch.over(window)
        page = window.new_page()
        page.goto(ehr.launch_of(link_of(signed(app, ehr))))
        expect(page.get_by_role("heading", level=1)).to_have_text("Treatment checklist for Kresladi")
        return page

    yield opened
    for window in made:
        window.close()


def signed(app: Served, ehr: SmartEhr) -> Resource:
    """What the service answers when the order is signed: it reads the chart with a token of its own."""
    ehr.tokens[SERVICE_TOKEN] = Grant("p1")
    drafts = [{"resource": each} for each in ehr.resources if each.get("status") == "draft"]
    context = {"userId": ehr.user, "patientId": "p1", "draftOrders": {"resourceType": "Bundle", "entry": drafts}}
    call = {"hook": "order-sign", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "context": context}
    body = json.dumps(authorized(call, ehr.base, SERVICE_TOKEN)).encode()
    sent = urllib.request.Request(f"{address(app)}{SIGN}", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(sent, timeout=20) as answer:
        found: Resource = json.load(answer)
    return found


def link_of(answer: Resource) -> Resource:
    """The link of the checklist card."""
    [card] = [each for each in answer["cards"] if each["source"]["topic"]["code"] == "label-checklist"]
    [link] = card["links"]
    found: Resource = link
    return found


def choose(page: Page, question: str, choice: str) -> None:
    page.get_by_role("group", name=question).get_by_role("radio", name=choice, exact=True).check()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save to the chart").click()


def answers_of(response: Resource) -> dict[str, Any]:
    """The values that were saved, by linkId."""
    items = (item for group in response["item"] for item in group["item"])
    return {item["linkId"]: next(iter(item["answer"][0].values())) for item in items}


# --- the whole loop --------------------------------------------------------------------------------------------------


def test_from_the_card_to_the_chart_and_back(app: Served, ehr: SmartEhr, opened: Opened) -> None:
    """The order for the infusion is signed: the card; its link opens the checklist; answered, the card is gone."""
    assert "label-checklist" in topics_of(signed(app, ehr))
    page = opened()
    expect(page.get_by_text("MedicationRequest/infusion-1, draft")).to_be_visible()
    expect(page.locator("#point-bedside-steps-reviewed .answer")).to_have_text("Open")
    expect(page.get_by_text("27 h after the end of conditioning")).to_be_visible()
    choose(page, REVIEWED, "Yes")
    choose(page, "Were the bags checked against the Lot Information Sheet?", "Yes")
    save(page)

    saved = page.locator("[data-saved]")
    expect(saved).to_contain_text("Documented now: Lot Information Sheet checked, Steps at the bedside gone through.")
    expect(saved).to_be_focused()
    expect(page.locator("#point-bedside-steps-reviewed .answer")).to_have_text("Documented")
    [response] = ehr.saved
    assert response["questionnaire"].split("|")[0].endswith("/Questionnaire/kresladi-treatment-checklist")
    assert (response["status"], response["author"]) == ("completed", {"reference": "Practitioner/bmt"})
    assert answers_of(response) == {"bedside-steps-reviewed": True, "lot-sheet-checked": True}
    assert topics_of(signed(app, ehr)) == []


# --- moments ---------------------------------------------------------------------------------------------------------

ZONES = [
    ("Europe/Berlin", "2026-10-11T08:00", "2026-10-11T08:00:00+02:00", "UTC+02:00", "in summer"),
    ("Europe/Berlin", "2026-10-25T12:00", "2026-10-25T12:00:00+01:00", "UTC+01:00", "the day on which it ends"),
    ("America/St_Johns", "2026-10-11T08:00", "2026-10-11T08:00:00-02:30", "UTC-02:30", "west, by half an hour"),
]


@pytest.mark.parametrize(("zone", "typed", "recorded", "shown", "remark"), ZONES, ids=[row[-1] for row in ZONES])
def test_a_moment_is_recorded_with_the_offset_of_the_clinicians_clock(
    ehr: SmartEhr, opened: Opened, zone: str, typed: str, recorded: str, shown: str, remark: str
) -> None:
    """The offset of that moment, and the page says which; it comes back after a reload as it was typed."""
    page = opened(zone=zone)
    page.get_by_label(ENDED).fill(typed)
    expect(page.locator("[data-offset]")).to_have_text(shown)
    page.reload()
    expect(page.get_by_text("What you had typed before is back in the form.")).to_be_visible()
    expect(page.get_by_label(ENDED)).to_have_value(typed)
    expect(page.locator("[data-offset]")).to_have_text(shown)
    page.get_by_label("How many CD34+ cells per kg").fill("2,40")
    save(page)
    page.locator("[data-saved]").wait_for()
    assert answers_of(ehr.saved[0]) == {"conditioning-completed": recorded, "back-up-cd34-per-kg": 2.4}


def test_a_day_without_its_time_is_not_passed_over(ehr: SmartEhr, watch: Watch, opened: Opened) -> None:
    """It is no question left open: the page asks for both, and nothing is saved."""
    watch.expected.append("422")
    page = opened()
    page.get_by_label(ENDED).press_sequentially("11102026")
    choose(page, REVIEWED, "Yes")
    save(page)
    problems = page.get_by_role("alert").filter(has_text="Not saved yet")
    expect(problems).to_contain_text("When did conditioning end? Give both, the day and the time.")
    assert ehr.saved == []
    problems.get_by_role("link").click()
    expect(page.get_by_label(ENDED)).to_be_focused()
    assert grave_problems(page) == []


def test_no_answer_is_lost_where_the_session_ends(app: Served, ehr: SmartEhr, watch: Watch, opened: Opened) -> None:
    """A new sign-in comes back to the checklist with what was typed."""
    watch.expected.append("401")
    page = opened()
    choose(page, REVIEWED, "Yes")
    ehr.expire()
    save(page)
    expect(page.get_by_role("alert").filter(has_text="The EHR has ended this session")).to_be_focused()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_role("link", name="p1").click()
    expect(page.get_by_text("What you had typed before is back in the form.")).to_be_visible()
    expect(page.get_by_text("MedicationRequest/infusion-1, draft")).to_be_visible()
    save(page)
    page.locator("[data-saved]").wait_for()
    assert answers_of(ehr.saved[0]) == {"bedside-steps-reviewed": True}


COVERAGE = ['{"order": "MedicationRequest/infusion-1", "hook": "order-sign"}', '{"hook": "order-sign"}']


@pytest.mark.parametrize("context", COVERAGE, ids=["an order that is named", "an order without an id"])
def test_a_card_about_coverage_opens_the_other_worksheet(
    app: Served, ehr: SmartEhr, opened: Opened, context: str
) -> None:
    """In the same window, for the same patient: what was in view before is not."""
    page = opened()
    page.goto(ehr.launch_of({"url": f"{address(app)}/worksheet/launch", "appContext": context}))
    expect(page.get_by_role("heading", level=1)).to_have_text("Documentation for Kresladi")


# --- for everybody ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_is_for_everybody(app: Served, ehr: SmartEhr, opened: Opened, size: str, scheme: str) -> None:
    """axe-core finds nothing serious in the checklist or its published form, and nothing runs out of the window."""
    page = opened(size, scheme)
    for _ in range(2):
        assert grave_problems(page) == []
        assert fits(page)
        page.goto(f"{address(app)}/fhir/Questionnaire/kresladi-treatment-checklist")
        expect(page.get_by_role("heading", level=1)).to_have_text("Kresladi: the steps around the infusion")
