"""Collected only where it is named: these tests need Chromium, and axe-core: `make test-browser` brings both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.driving import ARGUMENTS, SIZES, Watch, address, chromium, serving
from tests.test_gunicorn import Served

HERE = Path(__file__).parent
TOKEN = "a-token-of-the-tests-that-is-long-enough"

Open = Callable[..., Page]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave this folder out of a run that does not name it."""
    named = (Path(argument.partition("::")[0]).resolve() for argument in config.args)
    return None if any(path.is_relative_to(HERE) for path in named) else True


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service as `make run` serves it, with a token for the insights."""
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, CDS_DEVELOPMENT="true", CDS_INSIGHTS_TOKEN=TOKEN) as service:
        yield service


@pytest.fixture
def watch(served: Served) -> Iterator[Watch]:
    """What the pages of a test do beside what is looked at; verified at its end."""
    watch = Watch({address(served)})
    yield watch
    watch.verify()


@pytest.fixture
def open_page(browser: Browser, served: Served, watch: Watch) -> Iterator[Open]:
    """Opens a page in a context of its own: `open_page("/", size="phone", scheme="dark", javascript=False)`."""
    contexts: list[BrowserContext] = []

    def opened(path: str, *, size: str = "laptop", scheme: str = "light", javascript: bool = True) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=javascript,
            base_url=address(served),
        )
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
