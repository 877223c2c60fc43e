"""The insights: the door, the figures and their plots, and what is said when there are none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cds_service.store.guidance import keep_feedback
from cds_service.store.records import ANYBODY, Feedback, Reason, as_text
from cds_service.store.schema import cards
from cds_service.store.store import Store
from tests.browser.conftest import TOKEN, Open
from tests.browser.driving import SCHEMES, SIZES, Watch, address, fits, grave_problems, serving
from tests.test_gunicorn import Served

SYSTEM = "https://kresladi-cds.example/CodeSystem/override-reason"
NOW = datetime.now(UTC)
A_WEEK_AGO = f"{NOW - timedelta(days=8):%Y-%m-%d}"
HISTORY = [
    # days ago, topic, what was reported
    (0, "missing-documentation", "accepted"),
    (1, "missing-documentation", "overridden"),
    (8, "missing-documentation", ""),
    (8, "sibling-donor", "overridden"),
    (40, "criteria-met", ""),
    (200, "missing-documentation", "accepted"),
]


def remember(store: Store) -> None:
    """Put a history on record, as the service would have."""
    for number, (days, topic, outcome) in enumerate(HISTORY):
        at, card = as_text(NOW - timedelta(days=days)), f"card-{number}"
        row = {"card": card, "topic": topic, "criteria": [], "indicator": "warning", "service": "kresladi-order-sign"}
        with store.transaction("cards") as connection:
            connection.execute(cards.insert().values(row | {"client": ANYBODY, "shown_at": at}))
        if outcome:
            reason = Reason("will-document", SYSTEM) if outcome == "overridden" else None
            entry = Feedback(card, outcome, at, ("x",) if outcome == "accepted" else (), reason, "")
            keep_feedback(store, [entry], "kresladi-order-sign")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that has been in use for a while, not in development."""
    folder = tmp_path_factory.mktemp("insights")
    store = Store(f"sqlite:///{folder / 'cds.sqlite3'}")
    remember(store)
    store.close()
    with serving(folder, CDS_INSIGHTS_TOKEN=TOKEN) as service:
        yield service


@pytest.fixture
def watch(served: Served) -> Iterator[Watch]:
    """A page that asks for the token is a 403, which Chromium complains of."""
    watch = Watch({address(served)}, expected=["403 (FORBIDDEN)"])
    yield watch
    watch.verify()


def sign_in(page: Page, token: str = TOKEN) -> None:
    page.get_by_label("Access token").fill(token)
    page.get_by_role("button", name="Sign in").click()


def figures(page: Page) -> list[str]:
    """The headline: shown, accepted, overridden, nothing reported."""
    return [text.split()[0] for text in page.locator(".figures dd").all_inner_texts()]


@pytest.mark.parametrize(
    ("size", "scheme"), [pytest.param(size, scheme, id=f"{size}, {scheme}") for size in SIZES for scheme in SCHEMES]
)
def test_everybody_can_use_it(size: str, scheme: str, open_page: Open) -> None:
    """axe-core finds nothing serious, and nothing is wider than the window."""
    page = open_page("/insights", size=size, scheme=scheme)
    assert (grave_problems(page), fits(page)) == ([], True), "the door"
    sign_in(page, "wrong")
    assert (grave_problems(page), fits(page)) == ([], True), "the door, shut"
    sign_in(page)
    page.get_by_text("Week by week").click()
    assert (grave_problems(page), fits(page)) == ([], True), "the figures"
    page.goto("/insights?from=2020-01-01&to=2020-02-01")
    assert (grave_problems(page), fits(page)) == ([], True), "no figures"


def test_the_door(open_page: Open) -> None:
    """A wrong token says what to do; the right one opens, by a cookie that is not the token; signing out shuts it."""
    page = open_page("/insights")
    sign_in(page, "not-the-token")
    expect(page.get_by_text("That is not the token")).to_be_visible()
    sign_in(page)
    expect(page.get_by_role("heading", name="What became of the cards")).to_be_visible()
    [cookie] = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/insights")
    assert TOKEN not in cookie["value"]
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Access token")).to_be_visible()
    assert page.context.cookies() == []


@pytest.mark.parametrize(
    ("remark", "query", "shown"),
    [
        ("the last 90 days", "", ["5", "1", "2", "2"]),
        ("the last 30 days", "?days=30", ["4", "1", "2", "1"]),
        ("the last year", "?days=365", ["6", "2", "2", "2"]),
        ("the last year by week", "?days=365&by=week", ["6", "2", "2", "2"]),
        ("one day", f"?from={A_WEEK_AGO}&to={A_WEEK_AGO}", ["2", "0", "1", "1"]),
        ("dates that are none: the last 90 days", "?from=yesterday", ["5", "1", "2", "2"]),
        ("the wrong way round: the last 90 days", "?from=2026-02-01&to=2026-01-01", ["5", "1", "2", "2"]),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)  # fmt: skip
def test_the_figures_of_a_time(remark: str, query: str, shown: list[str], open_page: Open) -> None:
    """Shown, accepted, overridden, nothing reported."""
    page = open_page("/insights")
    sign_in(page)
    page.goto(f"/insights{query}")
    assert figures(page) == shown


def test_plots_and_table_say_the_same(open_page: Open) -> None:
    """Each plot has a title and says its numbers; the table has them all; the reasons stand with their topic."""
    page = open_page("/insights")
    sign_in(page)
    plot = page.get_by_role("img", name="Cards shown by week", exact=True)
    expect(plot).to_be_visible()
    expect(plot.locator("desc")).to_contain_text("5 shown in all, of which 1 accepted and 2 overridden")
    assert plot.locator("rect.plot__overridden").count() >= 1
    row = page.get_by_role("table").first.get_by_role("row").filter(has_text="Missing documentation")
    assert row.get_by_role("cell").all_inner_texts() == ["3", "1", "1"]
    topic = page.locator(".topic").filter(has_text="Matched sibling donor")
    expect(topic).to_contain_text("Will be documented before the request is sent")


def test_the_report_as_csv(open_page: Open) -> None:
    """For a spreadsheet: one line a day and topic."""
    page = open_page("/insights")
    sign_in(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    written = Path(download.value.path()).read_text().splitlines()
    assert written[0].startswith("period,topic,shown,accepted,overridden")
    assert len(written) == 1 + 5


def test_a_time_without_cards_says_what_to_do(open_page: Open) -> None:
    """An empty page is no answer."""
    page = open_page("/insights")
    sign_in(page)
    page.goto("/insights?from=2020-01-01&to=2020-02-01")
    expect(page.get_by_text("No card was shown in this time")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("connect one")


def test_cards_without_feedback_say_what_to_do(open_page: Open) -> None:
    """Shown, and nothing came back: somebody may have to switch it on."""
    page = open_page("/insights")
    sign_in(page)
    on = f"{NOW - timedelta(days=40):%Y-%m-%d}"
    page.goto(f"/insights?from={on}&to={on}")
    expect(page.get_by_text("No feedback has come in")).to_be_visible()


def test_while_the_store_is_down(open_page: Open, watch: Watch, tmp_path: Path) -> None:
    """A page that says so, with status 503."""
    nowhere = f"sqlite:///{tmp_path / 'not-there' / 'cds.sqlite3'}"
    with serving(tmp_path, CDS_INSIGHTS_TOKEN=TOKEN, CDS_DATABASE_URL=nowhere) as without:
        watch.origins.add(address(without))
        watch.expected.append("503 (SERVICE UNAVAILABLE)")
        page = open_page(f"{address(without)}/insights")
        with page.expect_response("**/insights") as answer:
            sign_in(page)
        assert answer.value.status == 503
        expect(page.get_by_role("heading", level=1)).to_have_text("The store cannot be reached just now")
        assert grave_problems(page) == []


def test_without_javascript(open_page: Open) -> None:
    """Nothing here needs it."""
    page = open_page("/insights", javascript=False)
    sign_in(page)
    page.get_by_role("link", name="30 days").click()
    expect(page.locator(".figures")).to_contain_text("Shown")
    assert figures(page) == ["4", "1", "2", "1"]
