"""The published Questionnaire in NLM's LHC-Forms, which other people's apps use: rendered, filled, and read by us.

LHC-Forms sets styles inline, so that it has a page of its own here; it never runs on a page of the service.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.driving import Watch, address
from tests.browser.families import unanswered
from tests.browser.smart_ehr import Grant, SmartEhr, ehr_with
from tests.charts import Resource, complete, criteria, determination, flow, quantity, request, without
from tests.test_gunicorn import Served

HERE = Path(__file__).parent
LFORMS = HERE / "node_modules" / "lforms" / "dist" / "lforms"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "connect-src http://127.0.0.1:*; img-src 'self' data:; font-src 'self' data:"
)
TOKEN = "a-token-of-another-app"
SHOW = """async ([form, server, token]) => {
  const headers = { Authorization: `Bearer ${token}` };
  const request = async (asked) => (await fetch(new URL(asked.url ?? asked, `${server}/`), { headers })).json();
  const client = { request, getFhirVersion: async () => "4.0.1", getFhirRelease: async () => 4 };
  const questionnaire = await (await fetch(form)).json();
  LForms.Util.setFHIRContext(client, { patient: await request("Patient/p1") });
  await LForms.Util.addFormToPage(questionnaire, "form", { prepopulate: true, fhirVersion: "R4" });
}"""


class _Handler(SimpleHTTPRequestHandler):
    """LHC-Forms' own files, and one page that loads them."""

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        page = (HERE / "lhc_forms.html").read_bytes()
        self.send_response(200)
        headers = {"Content-Type": "text/html", "Content-Length": str(len(page)), "Content-Security-Policy": POLICY}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module", name="another_app")
def the_other_app() -> Iterator[str]:
    """The origin of the page with LHC-Forms."""
    if not LFORMS.is_dir():
        pytest.fail("LHC-Forms is missing: npm ci --prefix tests/browser (make test-browser does it)")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(LFORMS)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(name="ehr")
def an_ehr() -> Iterator[SmartEhr]:
    """An EHR whose chart holds no flow cytometry yet."""
    with ehr_with(without(unanswered(), "cd18")) as ehr:
        ehr.tokens[TOKEN] = Grant("p1")
        yield ehr


@pytest.fixture(name="page")
def a_page(browser: Browser, another_app: str, served: Served, ehr: SmartEhr) -> Iterator[Page]:
    """LHC-Forms, which may speak to the service and the EHR, and to nobody else."""
    watch = Watch({another_app, address(served), ehr.base.removesuffix("/fhir")}, expected=["data:,"])
    window = browser.new_context()
    watch.over(window)
    page = window.new_page()
    page.goto(another_app)
    yield page
    watch.verify()
    window.close()


def shown(page: Page, served: Served, ehr: SmartEhr) -> None:
    """Render the Questionnaire from where it is published."""
    page.evaluate(SHOW, [f"{address(served)}/fhir/Questionnaire/kresladi-prior-authorization", ehr.base, TOKEN])
    expect(page.get_by_text("Is an HLA-matched sibling donor available?")).to_be_visible()


def item(page: Page, link_id: str) -> Locator:
    return page.locator(f'[id="item-{link_id}/1/1"]')


def exported(page: Page) -> dict[str, Any]:
    """The QuestionnaireResponse as LHC-Forms makes it."""
    found: dict[str, Any] = page.evaluate("LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')")
    return found


def answers_of(response: Resource) -> dict[str, Any]:
    """Values by linkId."""
    found: dict[str, Any] = {}
    for each in response.get("item", []):
        found |= answers_of(each)
        for answer in each.get("answer", []):
            found[each["linkId"]] = next(iter(answer.values()))
    return found


def test_it_is_filled_in_and_read(page: Page, served: Served, ehr: SmartEhr) -> None:
    """Every answer that is given there closes its criterion here, once the app has said who and whom it is about."""
    shown(page, served, ehr)
    item(page, "cd18-percent-of-neutrophils").locator("input").first.fill("1.2")
    page.keyboard.press("Tab")
    item(page, "flow-cytometry-date").locator("input").fill("03/04/2026")
    page.keyboard.press("Enter")
    item(page, "sibling-donor-available").get_by_text("No", exact=True).click()
    for statement in ("attest-clinically-stable", "attest-eligible-for-conditioning-and-hsct"):
        item(page, statement).get_by_text("Yes", exact=True).click()
    made = exported(page)
    assert answers_of(made) == {
        "cd18-percent-of-neutrophils": 1.2,
        "flow-cytometry-date": "2026-03-04",
        "sibling-donor-available": False,
        "attest-clinically-stable": True,
        "attest-eligible-for-conditioning-and-hsct": True,
    }
    saved = made | {"id": "made-elsewhere", "subject": {"reference": "Patient/p1"}}
    saved["author"] = {"reference": "PractitionerRole/bmt"}
    saved["authored"] = "2026-11-20T09:00:00Z"
    chart = [*without(complete(), "qr", "cd18"), json.loads(json.dumps(saved))]
    found = criteria(determination(request(chart)))
    assert [found[clause]["status"] for clause in ("I.A.1.a", "I.A.4", "I.A.5")] == ["met", "met", "met"]


def test_questions_wait_for_what_they_hang_on(page: Page, served: Served, ehr: SmartEhr) -> None:
    """The second statement is not there before the first is answered, nor the day before a value."""
    shown(page, served, ehr)
    expect(item(page, "flow-cytometry-date")).to_have_count(0)
    expect(item(page, "attest-eligible-for-conditioning-and-hsct")).to_have_count(0)
    item(page, "attest-clinically-stable").get_by_text("No", exact=True).click()
    expect(item(page, "attest-eligible-for-conditioning-and-hsct")).to_be_visible()


FILLED = [
    ([flow("CD18", 1.2)], {"cd18-percent-of-neutrophils": 1.2, "flow-cytometry-date": "2026-03-04"}, "a final result"),
    (
        [flow("CD18", 3), flow("CD11a", 1.5)],
        {
            "cd18-percent-of-neutrophils": 3,
            "cd11a-percent-of-neutrophils": 1.5,
            "flow-cytometry-date": "2026-03-04",
        },
        "CD18 of 3 %, and CD11a of the same day",
    ),
    (
        [flow("CD18", 3), flow("CD11a", 1.5, effectiveDateTime="2026-03-05")],
        {"cd18-percent-of-neutrophils": 3, "flow-cytometry-date": "2026-03-04"},
        "CD11a of another day is not proposed",
    ),
    ([flow("CD18", 1.2, status="preliminary")], {}, "a preliminary result is not proposed"),
    ([flow("CD18", {"valueQuantity": quantity(2, comparator="<")})], {}, "less than 2 is not proposed as 2"),
    ([flow("CD18", {"valueQuantity": quantity(40, "{MFI}")})], {}, "an intensity is not proposed as percent"),
]


@pytest.mark.parametrize(("results", "expected", "remark"), FILLED, ids=[row[-1] for row in FILLED])
def test_only_results_that_would_count_are_proposed(
    page: Page, served: Served, ehr: SmartEhr, results: list[Resource], expected: dict[str, Any], remark: str
) -> None:
    """The initial expressions, run by an engine that is not ours; no statement of a person is ever filled in."""
    ehr.resources += results
    shown(page, served, ehr)
    page.wait_for_function(
        "(wanted) => JSON.stringify(LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')).split('valueD').length"
        " === wanted + 1",
        arg=len(expected),
    )
    assert answers_of(exported(page)) == expected
