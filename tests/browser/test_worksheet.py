"""The worksheet in a browser, launched from an EHR on loopback: the whole loop, and all that can be in its way."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fhir.resources.R4B.bundle import Bundle
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cds_service.wording.worksheet_failures import STATES
from tests.browser.driving import SCHEMES, SIZES, Watch, address, fits, grave_problems, serving
from tests.browser.families import NURSE, newly_diagnosed, unanswered
from tests.browser.pdf import pages_of
from tests.browser.smart_ehr import CLIENT_ID, Grant, SmartEhr, ehr_with
from tests.charts import Resource, order, request
from tests.ehr import SIGN, authorized, topics_of
from tests.fhir_server import cut, status
from tests.test_gunicorn import Served

SERVICE_TOKEN = "the-token-of-the-cds-service"
SECRET = "the-secret-of-the-app"


@pytest.fixture(scope="module", name="app")
def the_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service in development, as a public SMART client."""
    folder = tmp_path_factory.mktemp("worksheet")
    with serving(folder, CDS_DEVELOPMENT="true", CDS_SMART_CLIENT_ID=CLIENT_ID) as served:
        yield served


@pytest.fixture(name="ehr")
def an_ehr() -> Iterator[SmartEhr]:
    """An EHR whose clinician is a transplant specialist; the chart lacks the donor and the attestation."""
    with ehr_with(unanswered()) as ehr:
        yield ehr
        assert ehr.wrong == []


@pytest.fixture(name="watch")
def a_watch(app: Served) -> Iterator[Watch]:
    watch = Watch({address(app)})
    yield watch
    watch.verify()


Context = Callable[..., BrowserContext]


@pytest.fixture(name="context")
def a_context(browser: Browser, watch: Watch) -> Iterator[Context]:
    """Makes windows that are watched."""
    made: list[BrowserContext] = []

    def make(size: str = "laptop", scheme: str = "light") -> BrowserContext:
        width, height = SIZES[size]
        dark = "dark" if scheme == "dark" else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=dark)  # type: ignore[arg-type]
        watch.over(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


def called(app: Served, ehr: SmartEhr) -> Resource:
    """What the service answers when the order is signed: it reads the chart with a token of its own."""
    ehr.tokens[SERVICE_TOKEN] = Grant("p1")
    drafts = [each for each in ehr.resources if each["resourceType"] == "MedicationRequest"] or [order()]
    body = authorized(request(orders=drafts) | {"prefetch": {}}, ehr.base, SERVICE_TOKEN)
    sent = urllib.request.Request(
        f"{address(app)}{SIGN}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(sent, timeout=20) as answer:
        found: Resource = json.load(answer)
    return found


def link(app: Served, context: str = '{"order": "MedicationRequest/draft-1", "hook": "order-sign"}') -> Resource:
    """The card's link, without the card."""
    return {"url": f"{address(app)}/worksheet/launch", "appContext": context}


def opened(app: Served, ehr: SmartEhr, watch: Watch, window: BrowserContext, **more: str) -> Page:
    """The worksheet, launched from the EHR, with the chart on it."""
    watch.origins.add(ehr.base.removesuffix("/fhir"))
    page = window.new_page()
    page.goto(ehr.launch_of(link(app, **more)))
    expect(page.get_by_role("heading", level=1)).to_have_text("Documentation for Kresladi")
    return page


def answer(page: Page, question: str, choice: str) -> None:
    page.get_by_role("group", name=question).get_by_role("radio", name=choice, exact=True).check()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save to the chart").click()


# --- the whole loop --------------------------------------------------------------------------------------------------


def test_from_the_card_to_the_chart_and_back(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """Signing shows the card; its link opens the worksheet; the specialist answers; signing again, the card is gone."""
    watch.origins.add(ehr.base.removesuffix("/fhir"))
    [card] = called(app, ehr)["cards"]
    assert card["source"]["topic"]["code"] == "missing-documentation"
    [smart] = card["links"]
    page = context().new_page()
    page.goto(ehr.launch_of(smart))

    expect(page.get_by_role("heading", level=1)).to_have_text("Documentation for Kresladi")
    expect(page.locator("#answers .criterion h3")).to_have_text(
        ["Sibling donor I.A.4", "Attestation by the transplant specialist I.A.5"]
    )
    expect(page.get_by_text("Your attestation counts")).to_be_visible()
    answer(page, "Is an HLA-matched sibling donor available?", "No")
    answer(page, "Is the patient clinically stable?", "Yes")
    answer(page, "Is the patient eligible for myeloablative conditioning", "Yes")
    save(page)

    expect(page.locator("[data-saved]")).to_contain_text("Documented now: Sibling donor, Attestation.")
    expect(page.locator("#answers")).to_have_count(0)
    [saved] = ehr.saved
    assert (saved["status"], saved["author"]) == ("completed", {"reference": "Practitioner/bmt"})
    assert topics_of(called(app, ehr)) == ["criteria-met"]


def test_no_address_holds_the_patient_or_the_token(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """Addresses stand in histories and logs: on our side they hold neither."""
    addresses: list[str] = []
    window = context()
    window.on("request", lambda sent: addresses.append(sent.url))
    page = opened(app, ehr, watch, window)
    answer(page, "Is an HLA-matched sibling donor available?", "No")
    save(page)
    page.locator("[data-saved]").wait_for()
    ours = [each for each in addresses if each.startswith(address(app))]
    assert not any(part in each for each in ours for part in ("p1", "draft-1", *ehr.tokens))
    assert page.url == f"{address(app)}/worksheet"


def test_the_service_gets_no_token_to_check_answers(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """It needs none, so it gets none."""
    page = opened(app, ehr, watch, context())
    answer(page, "Is an HLA-matched sibling donor available?", "No")
    with page.expect_request("**/worksheet/response") as sent:
        save(page)
    assert "token" not in json.loads(sent.value.post_data or "{}")
    page.locator("[data-saved]").wait_for()


def test_a_launch_without_an_ehr(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """Standalone: the EHR asks which patient; the one order on record is in view."""
    watch.origins.add(ehr.base.removesuffix("/fhir"))
    page = context().new_page()
    page.goto(f"{address(app)}/worksheet/launch?iss={ehr.base}")
    page.get_by_role("link", name="p1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documentation for Kresladi")
    expect(page.get_by_text("MedicationRequest/draft-1, draft, 2026-11-20")).to_be_visible()


def test_one_of_several_orders_is_chosen(app: Served, watch: Watch, context: Context) -> None:
    """Where the EHR names none; the choice holds for the packet too."""
    with ehr_with([*unanswered(), order(id="draft-2")]) as ehr:
        page = opened(app, ehr, watch, context(), context="")
        page.get_by_role("button", name="MedicationRequest/draft-2").click()
        expect(page.get_by_text("MedicationRequest/draft-2, draft")).to_be_visible()
        page.get_by_role("link", name="Packet for the request").click()
        expect(page.locator(".packet header")).to_contain_text("MedicationRequest/draft-2, draft")


def test_the_order_that_is_open_in_the_ehr(app: Served, watch: Watch, context: Context) -> None:
    """`fhirContext` names it; signing in again without the EHR's launch, it is still the one in view."""
    with ehr_with([*unanswered(), order(id="draft-2")], open_order="MedicationRequest/draft-2") as ehr:
        page = opened(app, ehr, watch, context(), context="another app's context")
        expect(page.get_by_text("MedicationRequest/draft-2, draft")).to_be_visible()
        ehr.open_order = ""
        page.goto(f"{address(app)}/worksheet/launch?iss={ehr.base}")
        page.get_by_role("link", name="p1").click()
        expect(page.get_by_text("MedicationRequest/draft-2, draft")).to_be_visible()


def test_a_packet_waits_for_the_choice_of_an_order(app: Served, watch: Watch, context: Context) -> None:
    """It leads back to where the order is chosen."""
    watch.expected.append("409")
    with ehr_with([*unanswered(), order(id="draft-2")]) as ehr:
        page = opened(app, ehr, watch, context(), context="")
        page.goto(f"{address(app)}/worksheet/packet")
        expect(page.get_by_role("heading", level=2)).to_have_text("Which order is it about?")


# --- answering -------------------------------------------------------------------------------------------------------


def test_questions_appear_when_they_apply(app: Served, watch: Watch, context: Context) -> None:
    """CD11 from CD18 of 2 % on; the day with any value."""
    with ehr_with(newly_diagnosed(), user=NURSE) as ehr:
        page = opened(app, ehr, watch, context())
        cd18, cd11 = page.get_by_label("CD18: percent"), page.get_by_label("CD11a: percent")
        day = page.get_by_label("Day on which the specimen was taken")
        for typed, cd11_applies, day_applies in (("", 0, 0), ("1.99", 0, 1), ("2", 1, 1), ("2,5", 1, 1), ("", 0, 0)):
            cd18.fill(typed)
            expect(cd11.locator("visible=true")).to_have_count(cd11_applies)
            expect(day.locator("visible=true")).to_have_count(day_applies)


def test_what_is_wrong_is_said_beside_the_question(app: Served, watch: Watch, context: Context) -> None:
    """A list of problems that leads to each; nothing is saved, and nothing typed is lost."""
    watch.expected.append("422")
    with ehr_with(newly_diagnosed(), user=NURSE) as ehr:
        page = opened(app, ehr, watch, context())
        page.get_by_label("CD18: percent").fill("<2")
        save(page)
        problems = page.get_by_role("alert").filter(has_text="Not saved yet")
        expect(problems).to_be_focused()
        problems.get_by_role("link").first.click()
        expect(page.get_by_label("CD18: percent")).to_be_focused()
        expect(page.get_by_label("CD18: percent")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_label("CD18: percent")).to_have_value("<2")
        assert grave_problems(page) == []
        assert ehr.saved == []


def test_a_clinician_is_found_in_the_directory(app: Served, watch: Watch, context: Context) -> None:
    """By name, with the keyboard; the choice outlasts another search and a reload, and counts once it is saved."""
    with ehr_with(newly_diagnosed(), user=NURSE) as ehr:
        page = opened(app, ehr, watch, context())
        group = page.get_by_role("group", name="Transplant specialist", exact=True)
        group.get_by_role("searchbox").fill("Lind")
        group.get_by_role("searchbox").press("Enter")
        group.get_by_role("radio", name="Dr Maja Lind").check()
        expect(group.get_by_role("status")).to_have_text("1 found.")
        group.get_by_role("searchbox").fill("Ek")
        group.get_by_role("button", name="Search").click()
        expect(group.get_by_role("radio", name="Dr Nils Ek")).to_have_count(1)  # listed already, not once more
        page.reload()
        expect(group.get_by_role("radio", name="Dr Maja Lind")).to_be_checked()
        save(page)
        page.locator("[data-saved]").wait_for()
        expect(page.get_by_role("group", name="Transplant specialist", exact=True)).to_have_count(0)


def test_a_nurse_is_told_before_typing(app: Served, watch: Watch, context: Context) -> None:
    """That the attestation is not hers to make."""
    with ehr_with(unanswered(), user=NURSE) as ehr:
        page = opened(app, ehr, watch, context())
        expect(page.get_by_text("Your attestation would not count")).to_be_visible()


def test_a_patient_who_signs_in_can_save_nothing(app: Served, watch: Watch, context: Context) -> None:
    """Answers count only with a clinician as their author."""
    with ehr_with(unanswered(), user="Patient/p1") as ehr:
        page = opened(app, ehr, watch, context())
        expect(page.get_by_text("Answers cannot be recorded in this session")).to_be_visible()
        expect(page.get_by_role("button", name="Save to the chart")).to_have_count(0)


# --- what is in the way ----------------------------------------------------------------------------------------------


def shows(page: Page, state: str) -> None:
    """The page says what happened and what to do, to everybody."""
    says = STATES[state]
    expect(page.get_by_role("heading", level=1)).to_have_text(says.title)
    expect(page.get_by_role("alert")).to_contain_text(says.to_do)
    assert grave_problems(page) == []


REFUSALS = [("access_denied", "access-denied", "the clinician cancels"), ("server_error", "launch-failed", "it fails")]


@pytest.mark.parametrize(("error", "state", "remark"), REFUSALS, ids=[row[-1] for row in REFUSALS])
def test_a_sign_in_that_is_refused(
    app: Served, ehr: SmartEhr, watch: Watch, context: Context, error: str, state: str, remark: str
) -> None:
    """By the EHR; signing in again leads to the chart."""
    watch.origins.add(ehr.base.removesuffix("/fhir"))
    ehr.refuses = error
    page = context().new_page()
    page.goto(ehr.launch_of(link(app)))
    shows(page, state)
    assert page.url == f"{address(app)}/worksheet"
    ehr.refuses = ""
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_role("link", name="p1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documentation for Kresladi")


WITHOUT = [
    ("/worksheet", "no-session", "opened without the EHR"),
    ("/worksheet/packet", "no-session", "the packet without the EHR"),
    ("/worksheet?code=a&state=b", "session-lost", "a sign-in that this window never began"),
]


@pytest.mark.parametrize(("path", "state", "remark"), WITHOUT, ids=[row[-1] for row in WITHOUT])
def test_no_session(app: Served, watch: Watch, context: Context, path: str, state: str, remark: str) -> None:
    """Nothing to show a chart with."""
    page = context().new_page()
    page.goto(f"{address(app)}{path}")
    shows(page, state)


def test_a_code_that_is_not_taken(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """The EHR gives no token for it."""
    watch.expected.append("401")
    watch.origins.add(ehr.base.removesuffix("/fhir"))
    ehr.client_secret = SECRET
    page = context().new_page()
    page.goto(ehr.launch_of(link(app)))
    shows(page, "sign-in-failed")


def test_a_sign_in_without_a_patient(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """The EHR does not say whose chart is open."""
    watch.origins.add(ehr.base.removesuffix("/fhir"))
    ehr.names_patient = False
    page = context().new_page()
    page.goto(ehr.launch_of(link(app)))
    shows(page, "no-patient")


def test_a_sign_in_without_pkce(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """The app does not sign in without it."""
    watch.origins.add(ehr.base.removesuffix("/fhir"))
    ehr.knows_pkce = False
    page = context().new_page()
    page.goto(ehr.launch_of(link(app)))
    shows(page, "cannot-sign-in")


@pytest.mark.parametrize("pattern", ["smart-configuration|metadata", "Patient/p1"])
def test_a_fhir_server_that_is_down(app: Served, ehr: SmartEhr, watch: Watch, context: Context, pattern: str) -> None:
    """Before the sign-in, or after it; trying again may help."""
    watch.expected += ["ERR_EMPTY_RESPONSE", "502", "503"]
    watch.origins.add(ehr.base.removesuffix("/fhir"))
    ehr.when(pattern, cut)
    page = context().new_page()
    page.goto(ehr.launch_of(link(app)))
    shows(page, "server-down")
    ehr.rules.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documentation for Kresladi")


def test_a_session_that_is_over(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """The token has expired when the page is loaded again."""
    watch.expected.append("401")
    page = opened(app, ehr, watch, context())
    ehr.expire()
    page.reload()
    shows(page, "session-over")


def test_a_service_that_is_gone(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """Our own service does not answer."""
    watch.expected.append("ERR_FAILED")
    page = opened(app, ehr, watch, context())
    page.route("**/worksheet/chart", lambda route: route.abort())
    page.reload()
    shows(page, "service-down")


def test_an_ehr_that_nobody_allowed(app: Served, watch: Watch, context: Context) -> None:
    """Refused before anything is sent there."""
    watch.expected.append("403")
    page = context().new_page()
    page.goto(f"{address(app)}/worksheet/launch?iss=https://else.example/fhir&launch=x")
    expect(page.get_by_role("heading", level=1)).to_have_text("This EHR is not one that the worksheet may read")


UNSAVED: list[tuple[Callable[[SmartEhr], Any], str, str, str]] = [
    (lambda ehr: setattr(ehr, "may_write", False), "save-refused", "403", "no right to write"),
    (
        lambda ehr: ehr.when("POST /fhir/QuestionnaireResponse", status(500)),
        "save-failed",
        "500",
        "a defect of the EHR",
    ),
    (lambda ehr: ehr.when("POST /fhir/QuestionnaireResponse", cut), "save-failed", "ERR_EMPTY_RESPONSE", "no answer"),
    (lambda ehr: ehr.expire(), "save-session-over", "401", "the session has ended"),
]


@pytest.mark.parametrize(("trouble", "state", "noise", "remark"), UNSAVED, ids=[row[-1] for row in UNSAVED])
def test_no_answer_is_lost_where_it_cannot_be_saved(
    app: Served,
    ehr: SmartEhr,
    watch: Watch,
    context: Context,
    trouble: Callable[[SmartEhr], Any],
    state: str,
    noise: str,
    remark: str,
) -> None:
    """The form stays as it was, and is filled again after a new sign-in in the same window."""
    watch.expected.append(noise)
    page = opened(app, ehr, watch, context())
    answer(page, "Is an HLA-matched sibling donor available?", "No")
    trouble(ehr)
    save(page)
    expect(page.get_by_role("alert").filter(has_text=STATES[state].title)).to_be_focused()
    chosen = page.get_by_role("group", name="Is an HLA-matched sibling donor available?").get_by_role(
        "radio", name="No"
    )
    expect(chosen).to_be_checked()
    assert (ehr.saved, grave_problems(page)) == ([], [])

    ehr.may_write = True
    ehr.rules.clear()
    page.goto(ehr.launch_of(link(app)))
    expect(page.get_by_text("What you had typed before is back in the form.")).to_be_visible()
    expect(chosen).to_be_checked()
    save(page)
    page.locator("[data-saved]").wait_for()
    page.reload()
    expect(page.get_by_text("What you had typed before is back in the form.")).to_be_hidden()


def test_what_one_clinician_typed_is_not_put_before_another(
    app: Served, ehr: SmartEhr, watch: Watch, context: Context
) -> None:
    """In a window that two share: an attestation is nobody else's to send off. Who typed it has it back."""
    page, specialist = opened(app, ehr, watch, context()), ehr.user
    answer(page, "Is the patient clinically stable?", "Yes")
    stable = page.get_by_role("group", name="Is the patient clinically stable?")
    for user, choice in (("Practitioner/heme", "Leave open"), (specialist, "Yes")):
        ehr.user = user
        page.goto(ehr.launch_of(link(app)))
        expect(stable.get_by_role("radio", name=choice, exact=True)).to_be_checked()


def test_a_problem_reads_as_a_sentence(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """After a question mark comes no colon."""
    watch.expected.append("422")
    page = opened(app, ehr, watch, context())
    answer(page, "Is the patient clinically stable?", "Yes")
    save(page)
    problem = page.get_by_role("alert").filter(has_text="Not saved yet").get_by_role("link")
    expect(problem).to_contain_text("transplant? This answer is needed")


# --- in a frame of the EHR -------------------------------------------------------------------------------------------

FRAMED = [(True, "the EHR's origin is named in CDS_FRAME_ANCESTORS"), (False, "no EHR may frame it")]


@pytest.mark.parametrize(("allowed", "remark"), FRAMED, ids=[row[-1] for row in FRAMED])
def test_inside_the_ehr(tmp_path: Path, browser: Browser, ehr: SmartEhr, allowed: bool, remark: str) -> None:
    """The whole sign-in happens inside the frame; a site that is not named gets nothing to frame."""
    origin = ehr.base.removesuffix("/fhir")
    variables = {"CDS_DEVELOPMENT": "true", "CDS_SMART_CLIENT_ID": CLIENT_ID}
    with serving(tmp_path, **variables | ({"CDS_FRAME_ANCESTORS": origin} if allowed else {})) as app:
        window = browser.new_context()
        page = window.new_page()
        page.goto(f"{origin}/chart-open?{urlencode({'app': ehr.launch_of(link(app))})}")
        heading = page.frame_locator("iframe").get_by_role("heading", level=1)
        if allowed:
            expect(heading).to_have_text("Documentation for Kresladi")
        else:
            page.wait_for_load_state("networkidle")
            expect(heading).to_have_count(0)
            assert ehr.codes == ehr.tokens == {}
        window.close()


# --- confidential, or with its sign-in on another host ---------------------------------------------------------------


def test_a_confidential_client(tmp_path: Path, browser: Browser, ehr: SmartEhr) -> None:
    """The service shows the secret to the EHR; the browser never has it."""
    ehr.client_secret = SECRET
    variables = {"CDS_DEVELOPMENT": "true", "CDS_SMART_CLIENT_ID": CLIENT_ID, "CDS_SMART_CLIENT_SECRET": SECRET}
    with serving(tmp_path, **variables) as app:
        window = browser.new_context()
        bodies: list[str] = []
        window.on("request", lambda sent: bodies.append(f"{sent.url} {sent.post_data} {sent.headers}"))
        page = window.new_page()
        page.goto(ehr.launch_of(link(app)))
        expect(page.get_by_role("heading", level=1)).to_have_text("Documentation for Kresladi")
        assert not any(SECRET in each for each in bodies)
        assert SECRET not in page.content() + page.evaluate("JSON.stringify(sessionStorage)")
        window.close()


def test_a_token_endpoint_on_another_host(app: Served, ehr: SmartEhr, watch: Watch, context: Context) -> None:
    """The page speaks to the FHIR server alone; the service exchanges the code for it."""
    ehr.token_host = "localhost"
    opened(app, ehr, watch, context())  # the watch allows 127.0.0.1, and not localhost


# --- the packet ------------------------------------------------------------------------------------------------------


def test_the_packet_is_shown_and_downloaded(
    app: Served, ehr: SmartEhr, watch: Watch, context: Context, tmp_path: Path
) -> None:
    """A page with every criterion, and the same as a valid FHIR document."""
    page = opened(app, ehr, watch, context())
    page.get_by_role("link", name="Packet for the request").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Still open: 2 of 7")
    expect(page.locator(".packet .criterion")).to_have_count(7)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as FHIR").click()
    assert download.value.suggested_filename == "kresladi-packet.json"
    download.value.save_as(tmp_path / "packet.json")
    Bundle.model_validate(json.loads((tmp_path / "packet.json").read_text()))
    assert grave_problems(page) == []


def test_every_sheet_of_paper_says_what_it_is(app: Served, watch: Watch, context: Context) -> None:
    """Sheets get separated: each says whose it is, and that the committee reviews. The screen's own is not printed."""
    with ehr_with(newly_diagnosed()) as ehr:
        page = opened(app, ehr, watch, context())
        page.get_by_role("link", name="Packet for the request").click()
        page.locator(".packet").wait_for()
        sheets = pages_of(page.pdf(format="A4"))
    assert len(sheets) > 1
    for sheet in sheets:
        assert "for committee review · no decision on coverage" in sheet
        assert "Alma Example, born 2024-02-03" in sheet
        assert "Download" not in sheet


# --- for everybody ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_is_for_everybody(app: Served, watch: Watch, context: Context, size: str, scheme: str) -> None:
    """axe-core finds nothing serious, on a laptop and a phone, light and dark, and nothing runs out of the window."""
    with ehr_with(newly_diagnosed(), user=NURSE) as ehr:
        page = opened(app, ehr, watch, context(size, scheme))
        assert grave_problems(page) == []
        assert fits(page)
        page.goto(f"{address(app)}/worksheet/packet")
        page.locator(".packet").wait_for()
        assert grave_problems(page) == []
        assert fits(page)


def test_it_can_be_filled_in_with_the_keyboard_alone(
    app: Served, ehr: SmartEhr, watch: Watch, context: Context
) -> None:
    """Tab, arrows, Enter."""
    page = opened(app, ehr, watch, context())
    page.get_by_role("radio", name="Leave open").first.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("Documented now: Sibling donor.")
    expect(page.locator("[data-saved]")).to_be_focused()
