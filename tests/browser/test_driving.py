"""The watch over pages sees what it is there for: a test that nothing can fail would be worth nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import Watch, address, grave_problems
from tests.test_gunicorn import Served

MOST_LOOKS = 600
"""At the complaints, until one is there; far more than it takes."""


@pytest.mark.parametrize(
    ("remark", "script", "noted"),
    [
        ("a style in an attribute", "document.body.setAttribute('style', 'color: red')", "content policy: style-src"),
        ("a script from elsewhere", "add('script', 'https://evil.example/x.js')", "content policy: script-src"),
        ("a picture from elsewhere", "add('img', 'https://evil.example/x.png')", "content policy: img-src"),
        ("a call to elsewhere", "fetch('https://evil.example/').catch(() => 0)", "content policy: connect-src"),
        ("a file that is not there", "add('img', '/static/x/none.png')", "404 (NOT FOUND)"),
        ("an error on the console", "console.error('oh')", "console: oh"),
        ("a defect of a script", "setTimeout(() => { throw new Error('oh') })", "script: "),
    ],
    ids=lambda value: value if value.startswith("a") and "(" not in value and ":" not in value else "",
)
def test_what_the_watch_sees(remark: str, script: str, noted: str, browser: Browser, served: Served) -> None:
    """Noted, and the test that drives the page fails."""
    watch = Watch({address(served)})
    with browser.new_context() as context:
        watch.over(context)
        page = context.new_page()
        page.goto(address(served))
        watch.verify()
        page.evaluate(f"""() => {{
            const add = (kind, src) => document.body.append(Object.assign(document.createElement(kind), {{src}}));
            {script};
        }}""")
        for _ in range(MOST_LOOKS):
            if any(noted in each for each in watch.complaints):
                break
            page.wait_for_timeout(50)
    assert any(noted in each for each in watch.complaints), watch.complaints
    with pytest.raises(AssertionError):
        watch.verify()


def test_a_request_that_leaves_the_origin(browser: Browser, served: Served) -> None:
    """Even one that the content policy lets pass: a page of another origin."""
    watch = Watch({"http://127.0.0.1:1"})
    with browser.new_context() as context:
        watch.over(context)
        context.new_page().goto(address(served))
    assert watch.complaints[0] == f"request to {address(served)}/"


def test_what_axe_finds(browser: Browser, served: Served) -> None:
    """A field without a label, and letters that nobody can read, are grave."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address(served))
        assert grave_problems(page) == []
        page.evaluate("""() => {
            document.querySelector("main").append(document.createElement("textarea"));
            document.querySelector("h1").style.color = "#eeeeee";
        }""")
        expect(page.locator("textarea")).to_have_count(2)
        found = {problem.partition(":")[0] for problem in grave_problems(page)}
    assert {"label", "color-contrast"} <= found
