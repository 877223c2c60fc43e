"""The try-it page, as a reader uses it: stories, cards, the policy behind them, feedback, and what an edit changes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TOKEN, Open
from tests.browser.driving import SCHEMES, SIZES, Watch, address, fits, grave_problems
from tests.charts import complete, request
from tests.test_gunicorn import Served

MET = "/?story=everything-documented-cd18-absent"
SISTER = "/?story=sister-is-a-matched-donor"
EVERYWHERE = [
    pytest.param(size, scheme, id=f"{size}, {scheme}") for size in SIZES for scheme in SCHEMES
]  # fmt: skip


def send(page: Page, name: str = "Sign the order") -> None:
    """Press the button and wait for what comes back."""
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", name="What the clinician sees")).to_be_visible()


def pasted(page: Page, text: str) -> None:
    page.get_by_label("Hook request, or a Bundle").fill(text)
    page.get_by_role("button", name="Send it to the service").click()


@pytest.mark.parametrize(("size", "scheme"), EVERYWHERE)
def test_everybody_can_use_it(size: str, scheme: str, open_page: Open) -> None:
    """axe-core finds nothing serious, and nothing is wider than the window: each page, in each state that it has."""
    page = open_page("/", size=size, scheme=scheme)
    page.get_by_role("searchbox").fill("page")
    assert (grave_problems(page), fits(page)) == ([], True), "the stories"
    page.goto(MET)
    assert (grave_problems(page), fits(page)) == ([], True), "a story"
    send(page)
    page.get_by_role("textbox", name="CD18").fill("3")
    send(page)
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    for summary in page.locator("summary:visible").all():
        if summary.evaluate("summary => !summary.parentElement.open"):
            summary.click()
    assert (grave_problems(page), fits(page)) == ([], True), "cards, tree and JSON, all open"
    page.goto("/")
    pasted(page, "{]")
    expect(page.locator("#request-error")).to_be_visible()
    assert (grave_problems(page), fits(page)) == ([], True), "an error"


def test_a_story_found_and_signed(open_page: Open) -> None:
    """From the list to the card, the policy beside it, and the JSON on the wire."""
    page = open_page("/")
    page.get_by_role("searchbox").fill("sister MATCHES selected")
    expect(page.get_by_role("status").filter(has_text="1 story found")).to_be_visible()
    page.get_by_role("searchbox").fill("sister 10 of 10")
    page.locator(".group").get_by_role("link", name="Sister is a matched donor").click()
    send(page)
    card = page.locator(".card")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Warning")
    expect(card).to_contain_text("A matched sibling donor is on record")
    expect(card).to_contain_text("CP.PHAR.599 Kresladi")
    branch = page.locator("details", has=page.get_by_text("I.A.4", exact=True)).last
    expect(branch).to_contain_text("Not met")
    expect(branch.locator(".evidence")).to_contain_text("Observation/")
    page.get_by_text("The answer of kresladi-order-sign (200)").click()
    shown = json.loads(page.get_by_role("region", name="Answer of kresladi-order-sign").text_content() or "")
    assert [each["source"]["topic"]["code"] for each in shown["cards"]] == ["sibling-donor"]


def test_an_edit_shows_what_changed(open_page: Open) -> None:
    """CD18 from 1.2 % to 3 %: the criteria and the cards that are another now; and back again."""
    page = open_page(MET)
    send(page)
    expect(page.locator(".changes")).to_have_count(0)
    page.get_by_role("textbox", name="CD18").fill("3")
    send(page)
    rows = page.locator(".changes__list > div")
    for remark, row in {
        "the value": ("CD18", "1.2 % → is now 3 %"),
        "the outcome": ("Outcome", "Criteria met → is now Documentation missing"),
        "a criterion": ("I.A.1.a", "Met → is now Not met"),
        "a card less": ("Card gone", "The chart documents every criterion"),
        "a card more": ("Card new", "Document before the Kresladi request: LAD-I by flow cytometry."),
    }.items():
        found = rows.filter(has_text=row[0]).filter(has_text=row[1].partition("→")[0].strip())
        assert " ".join((found.first.text_content() or "").split()).endswith(row[1]) or row[1] in " ".join(
            (found.first.text_content() or "").split()
        ), remark
    expect(page.locator(".tree__was").filter(has_text="was met").first).to_be_visible()
    page.get_by_role("textbox", name="CD18").fill("1,2")
    send(page)
    expect(page.locator(".changes")).to_contain_text("Documentation missing")
    expect(page.locator(".card")).to_contain_text("documents every criterion")
    send(page)
    expect(page.locator(".changes")).to_contain_text("Nothing: the same values, and the same answer.")


def test_the_json_can_be_edited_too(open_page: Open) -> None:
    """What is typed there counts, and the field for the single value follows it."""
    page = open_page(MET)
    page.get_by_text("The whole request as JSON").click()
    box = page.get_by_label("Hook request, or a Bundle")
    before = box.input_value()
    box.fill(before.replace('"value": 1.2', '"value": 2.0'))
    send(page)
    expect(page.get_by_role("textbox", name="CD18")).to_have_value("2.0")
    assert box.input_value() == before.replace('"value": 1.2', '"value": 2.0')


def test_feedback_is_real(open_page: Open, served: Served) -> None:
    """A suggestion accepted, a card overridden: both stand in the insights a moment later."""
    page = open_page("/?story=newly-diagnosed-and-nothing-else-on-record")
    send(page)
    page.get_by_role("button", name="Order flow cytometry").click()
    expect(page.locator(".card__said")).to_contain_text("Accepted: Order flow cytometry")
    expect(page.locator(".card__said")).to_contain_text("CD18, CD11a and CD11b on neutrophils")
    page.goto(SISTER)
    send(page)
    page.get_by_text("Override this card").click()
    page.get_by_label("The donor cannot be used").check()
    page.get_by_label("Comment, if you like").fill("typed by a test")
    page.get_by_role("button", name="Override", exact=True).click()
    expect(page.locator(".card__said")).to_contain_text("Overridden")
    page.goto("/insights")
    page.get_by_label("Access token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    topic = page.locator(".topic").filter(has_text="Matched sibling donor")
    expect(topic).to_contain_text("The donor cannot be used")
    says = page.locator(".topic").filter(has_text="Missing documentation").locator(".topic__says")
    expect(says).to_contain_text(re.compile(r"[1-9]\d* accepted"))
    expect(page.get_by_role("main")).not_to_contain_text("typed by a test")


@pytest.fixture(name="watch")
def a_watch_that_expects(watch: Watch) -> Watch:
    """A refused sign-in is part of signing in: the page before it is a 403."""
    watch.expected.append("403 (FORBIDDEN)")
    return watch


def test_the_keyboard_is_enough(open_page: Open) -> None:
    """From the address bar to an override without a mouse, focus always to be seen."""
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Everything documented CD18 absent").first).to_be_focused()
    page.goto(SISTER)
    reach(page, "Sign the order")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_be_focused()
    expect(page.locator("#announce")).to_contain_text("A matched sibling donor is on record")
    reach(page, "Override this card")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Documented outside this chart")).to_be_checked()
    reach(page, "Override")
    page.keyboard.press("Enter")
    expect(page.locator(".card__said")).to_contain_text("Overridden")


def reach(page: Page, name: str) -> None:
    """Press Tab until the thing of that name has the focus, and see that the focus shows."""
    for _ in range(60):
        page.keyboard.press("Tab")
        on, outline = page.evaluate(
            "[document.activeElement.textContent.trim(), getComputedStyle(document.activeElement).outlineStyle]"
        )
        assert outline != "none", f"no focus to be seen on {on}"
        if on == name:
            return
    pytest.fail(f"Tab never reached {name}")


def test_without_javascript(open_page: Open) -> None:
    """The same path on forms alone: story, edit, changes, feedback."""
    page = open_page("/", javascript=False)
    page.get_by_text("A matched sibling donor").click()
    page.locator(".group").get_by_role("link", name="Sister is a matched donor").click()
    send(page)
    page.get_by_role("textbox", name="CD18").fill("3")
    send(page)
    expect(page.locator(".changes")).to_contain_text("is now")
    page.get_by_role("button", name="Remove this Kresladi order").click()
    expect(page.get_by_role("main")).to_contain_text("Accepted: Remove this Kresladi order")
    page.go_back()
    expect(page.locator(".card").first).to_be_visible()


HOSTILE = '<img src="https://evil.example/x.png" onerror=alert(1)><script>alert(2)</script> [x](javascript:alert(3)) ![y](https://evil.example/y.png)'


def test_text_of_a_chart_does_nothing(open_page: Open) -> None:
    """HTML, scripts, images and links in a patient's chart are shown as they are written, everywhere on the page."""
    chart = complete()
    for resource in chart:
        if resource["resourceType"] == "Condition":
            resource["code"] = resource["code"] | {"text": HOSTILE}
        if resource["resourceType"] == "Patient":
            resource["name"] = [{"text": HOSTILE}]
    page = open_page("/")
    pasted(page, json.dumps(request(chart)))
    expect(page.locator(".card").first).to_be_visible()
    assert (
        page.locator("main img, main script, main [onerror], main a[href*=evil], main a[href^=javascript]").count() == 0
    )
    expect(page.locator(".strip__patient")).to_contain_text("<script>alert(2)</script>")
    expect(page.locator(".evidence").filter(has_text="onerror=alert(1)").first).to_be_attached()


@pytest.mark.parametrize(
    ("remark", "text", "says"),
    [
        ("not JSON", '{"hook": ', "This is not JSON: see line 1"),
        ("JSON, but nothing of ours", '{"a": 1}', "Neither a hook request nor a Bundle."),
        ("a Bundle without an order", '{"resourceType": "Bundle"}', "exactly one Kresladi order"),
        ("an order without a chart", json.dumps(request([]) | {"prefetch": {}}), "(412)"),
        ("a hook that is not offered", '{"hook": "patient-view"}', "did not evaluate this"),
    ],
    ids=lambda value: value if " " in value and "{" not in value else "",
)  # fmt: skip
def test_errors_can_be_read_and_lose_nothing(remark: str, text: str, says: str, open_page: Open) -> None:
    """What happened is said in words, and what was typed is still there."""
    page = open_page("/")
    pasted(page, text)
    expect(page.locator(".notice--critical").filter(has_text=says).first).to_be_visible()
    assert page.get_by_label("Hook request, or a Bundle").input_value() == text


def test_a_service_that_cannot_be_reached_loses_nothing(open_page: Open, watch: Watch) -> None:
    """The network goes: the page says so, keeps what was typed, and goes on when it is back."""
    watch.expected.append("ERR_INTERNET_DISCONNECTED")
    page = open_page(MET)
    page.get_by_role("textbox", name="CD18").fill("3")
    page.context.set_offline(True)
    page.get_by_role("button", name="Sign the order").click()
    expect(page.locator("#results")).to_contain_text("could not be reached")
    expect(page.get_by_role("textbox", name="CD18")).to_have_value("3")
    page.context.set_offline(False)
    send(page)
    expect(page.locator(".card")).to_contain_text("flow cytometry")


def test_a_bundle_is_taken_as_it_is(open_page: Open) -> None:
    """As `cds-service evaluate` takes it; the request that was made of it is shown."""
    page = open_page("/?story=a-plain-bundle-from-a-registry")
    send(page, "Send it to the service")
    expect(page.locator(".card")).to_contain_text("documents every criterion")
    page.get_by_text("The request, made from what you gave").click()
    expect(page.get_by_role("region", name="Request")).to_contain_text('"hook": "order-sign"')


def test_what_was_set_aside_is_shown_on_demand(open_page: Open) -> None:
    """Only when the reader asks for it."""
    page = open_page("/?story=answers-typed-into-the-questionnaire")
    send(page)
    expect(page.locator(".aside__title")).to_have_count(0)
    page.get_by_label("Also say what was looked at and set aside").check()
    send(page)
    expect(page.locator(".aside__title").first).to_be_attached()


def test_an_order_of_no_concern_is_not_disturbed(open_page: Open) -> None:
    """No card, and a page that says that this is as it should be."""
    page = open_page("/?story=another-gene-therapy-is-ordered")
    send(page)
    expect(page.locator("#results")).to_contain_text("No card")
    expect(page.locator("#results")).to_contain_text("Nothing was judged")


def test_a_story_that_is_not_there(open_page: Open, watch: Watch) -> None:
    """A page for people, with a way out."""
    watch.expected.append("404 (NOT FOUND)")
    page = open_page("/?story=made-up")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no page at this address")
    assert grave_problems(page) == []


def test_it_prints_without_its_controls(open_page: Open, tmp_path: Path) -> None:
    """On paper: the cards and the criteria, no buttons and no JSON."""
    page = open_page(SISTER)
    send(page)
    page.emulate_media(media="print")
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator(".determination")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)


def test_the_answer_is_that_of_an_ehr_call(open_page: Open, served: Served) -> None:
    """The call stands in the service's own record, with the page's request id."""
    page = open_page(MET)
    with page.expect_response(f"{address(served)}/") as sent:
        send(page)
    record = [json.loads(line) for line in served.log.read_text().splitlines() if line.startswith('{"audit"')]
    ours = [each for each in record if each["request"] == sent.value.headers["x-request-id"]]
    assert "kresladi-order-sign" in {each["service"] for each in ours}
    assert ["criteria-met"] in [each.get("topics") for each in ours]
