"""The pages through the whole application, without a browser: what is open to whom, and what every page carries."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from cds_service.__main__ import main
from cds_service.app import create_app
from cds_service.config import Settings
from cds_service.errors import ConfigurationError
from cds_service.evaluation import today_in_utc
from cds_service.web.base import content_policy, pages
from cds_service.web.door import COOKIE, LIFETIME, Door
from cds_service.web.markdown import as_html
from cds_service.web.stories import BESIDE_THE_PACKAGE, OTHER_STORIES, Story, grouped, stories_in
from cds_service.web.tryit import LARGEST
from cds_service.wording.insights import topic
from tests.charts import complete, request, without
from tests.ehr import anonymous, service

TOKEN = "a-token-of-the-tests-that-is-long-enough"
STORIES = stories_in(BESIDE_THE_PACKAGE)


@pytest.mark.parametrize(
    ("remark", "more", "status"),
    [
        ("in production: no such page", {}, 404),
        ("in development", {"development": True}, 200),
        ("for demonstrations", {"try_it": True}, 200),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_the_try_it_page_is(remark: str, more: dict[str, Any], status: int, tmp_path: Path) -> None:
    """Off, unless somebody asked for it."""
    client = anonymous(tmp_path, **more)
    assert client.get("/").status_code == status
    assert client.post("/", data={"request": "{}"}).status_code == status
    assert client.post("/try-it/feedback", data={"service": "kresladi-order-sign"}).status_code in (status, 400)


def test_try_it_calls_without_a_token(tmp_path: Path) -> None:
    """So it is not offered where tokens are asked for: not by accident in development, and never silently."""
    assert service(tmp_path, development=True).get("/").status_code == 404
    with pytest.raises(ConfigurationError, match="CDS_ALLOW_ANONYMOUS"):
        service(tmp_path, try_it=True)


@pytest.fixture(name="client")
def a_client(tmp_path: Path) -> FlaskClient:
    return anonymous(tmp_path, development=True, insights_token=TOKEN)


@pytest.mark.parametrize("path", ["/", f"/?story={STORIES[0].name}", "/?story=made-up", "/insights"])
def test_what_every_page_carries(path: str, client: FlaskClient) -> None:
    """A closed content policy without exceptions, and nothing inline that it would have to allow."""
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = answer.get_data(as_text=True)
    assert not re.search(r"<style|<script(?![^>]* src=)| style=| on\w+=|(src|href)=\"https?:", page)


def test_files_are_kept_for_a_year_under_their_digest(client: FlaskClient) -> None:
    """Another digest gives the file of today, to be asked for again; what is not there is not there."""
    [address] = set(re.findall(r'href="(/static/\w+/site\.css)"', client.get("/").get_data(as_text=True)))
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    older = client.get("/static/0123456789abcdef/site.css")
    assert (older.status_code, older.get_data()) == (200, answer.get_data())
    assert older.headers["Cache-Control"] == "no-cache, max-age=0, public"
    assert client.get("/static/0123456789abcdef/../base.py").status_code == 404


def test_the_policy_is_added_to() -> None:
    """What is added takes the place of `'none'`, and nothing else changes."""
    policy = content_policy(connect_src=("https://ehr.example",), frame_ancestors=("https://ehr.example",))
    assert "connect-src 'self' https://ehr.example;" in policy
    assert "frame-ancestors https://ehr.example;" in policy
    assert "script-src 'self';" in policy


@pytest.fixture(name="demonstration", scope="module")
def one_client_for_all_stories(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return anonymous(tmp_path_factory.mktemp("demonstration"), development=True)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_story_can_be_tried(story: Story, demonstration: FlaskClient) -> None:
    """Each page can be made, and shows the cards that the story promises."""
    assert demonstration.get(f"/?story={story.name}").status_code == 200
    sent = {"story": story.name, "request": story.file.read_text(), "service": story.service, "explain": "true"}
    answer = demonstration.post("/", data=sent)
    assert answer.status_code == 200
    expected = json.loads((story.file.parent / "expected.json").read_bytes())
    assert re.findall(r'card__topic"> · ([\w-]+)<', answer.get_data(as_text=True)) == expected["topics"]


def test_stories_of_a_folder(tmp_path: Path) -> None:
    """One without a line or an expectation is a story too; what is none is passed over."""
    for name in ("told-by-nobody", "empty", "Not A Name"):
        (tmp_path / name).mkdir()
    for name in ("told-by-nobody", "Not A Name"):
        (tmp_path / name / "request.json").write_text("{}")
    [story] = stories_in(tmp_path)
    assert (story.name, story.title, story.says, story.group) == ("told-by-nobody", "Told by nobody", "", OTHER_STORIES)
    assert list(grouped([story])) == [OTHER_STORIES]
    assert stories_in(tmp_path / "not-there") == ()


def test_without_stories_a_request_can_be_pasted(tmp_path: Path) -> None:
    """An installation from a wheel has none: the page says so, and where they are."""
    page = anonymous(tmp_path, development=True, stories_dir=tmp_path).get("/").get_data(as_text=True)
    assert "CDS_STORIES_DIR" in page
    assert "<textarea" in page


@pytest.mark.parametrize(
    ("remark", "text"),
    [
        ("nothing", ""),
        ("nested without end", "[" * 100_000),
        (
            "nested without end inside a request",
            '{"hook": "order-sign", "prefetch": ' + '{"a": ' * 5000 + "1" + "}" * 5001,
        ),
        ("half of a letter", '{"hook": "order-sign", "prefetch": {"patient": {"birthDate": "\\ud800"}}}'),
        ("members of other kinds", '{"hook": [1], "context": 7, "prefetch": [], "entry": "x"}'),
        ("a number without end", '{"hook": "order-sign", "valueInteger": 1e999999999}'),
        (
            "a resource of an odd kind",
            '{"hook": "order-sign", "prefetch": {"a": {"resourceType": 7, "valueInteger": 1}}}',
        ),
        ("zeros", "{\x00}"),
    ],
    ids=lambda value: value if isinstance(value, str) and "{" not in value and "[" not in value else "",
)
def test_whatever_is_pasted_comes_back(remark: str, text: str, demonstration: FlaskClient) -> None:
    """With words about what is wrong with it, never as a defect."""
    answer = demonstration.post("/", data={"request": text})
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "could not be sent" in page or "did not evaluate this" in page
    assert "<textarea" in page


@pytest.mark.parametrize(
    ("remark", "slip"), [("a slip in the JSON", "{]"), ("one that the service refuses", '{"hook": "order-sign"}')]
)
def test_a_slip_does_not_forget_the_run_before(remark: str, slip: str, demonstration: FlaskClient) -> None:
    """What is compared with is the last run that was answered."""

    def after(text: str, before: str) -> tuple[str, str]:
        page = demonstration.post("/", data={"request": text, "before": before}).get_data(as_text=True)
        [remembers] = re.findall(r'name="before" value="([^"]*)"', page)
        return page, unescape(remembers)

    text = next(story for story in STORIES if story.name == "everything-documented-cd18-absent").file.read_text()
    _, first = after(text, "")
    slipped, second = after(slip, first)
    assert second == first
    assert "What changed" not in slipped
    third, _ = after(text.replace('"value": 1.2', '"value": 3'), second)
    assert "Card new" in third


def test_what_is_too_large_is_refused_in_words(demonstration: FlaskClient) -> None:
    """413, and that nothing is lost by going back."""
    answer = demonstration.post("/", data={"request": " " * (LARGEST + 1)})
    assert answer.status_code == 413
    assert "That is too large" in answer.get_data(as_text=True)


def test_a_form_that_no_browser_sends(demonstration: FlaskClient) -> None:
    """Bytes that are no text are as good as nothing, and no defect of ours."""
    answer = demonstration.post("/", data=b"request=\xff\xfe", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert "There is nothing to send yet" in answer.get_data(as_text=True)


def test_feedback_that_cannot_be_kept_says_so(tmp_path: Path) -> None:
    """503, and what to do."""
    nowhere = f"sqlite:///{tmp_path / 'not-there' / 'cds.sqlite3'}"
    client = anonymous(tmp_path, development=True, database_url=nowhere)
    form = {"service": "kresladi-order-sign", "card": "x", "reason": "|clinical-judgement"}
    answer = client.post("/try-it/feedback", data=form)
    assert answer.status_code == 503
    assert "could not be kept" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("remark", "text", "never"),
    [
        ("a script", "<script>alert(1)</script>", "<script"),
        ("an image of HTML", '<img src=x onerror="alert(1)">', "<img"),
        ("an image of Markdown", "![x](https://evil.example/x.png)", "<img"),
        ("a link that runs", "[x](javascript:alert(1))", "<a"),
        ("a link with a data address", "[x](data:text/html;base64,AAAA)", "<a"),
        ("a link that starts a program", "[x](ms-word:ofe|u|https://e.example)", "<a"),
        ("a link to a telephone", "[x](tel:1)", "<a"),
        ("a link to a page of our own", "[x](/insights)", "<a"),
        ("a link without its scheme", "[x](//e.example)", "<a"),
        ("an address of another scheme", "<ftp://e.example>", "<a"),
        ("an address that closes its quotes", '[x](https://e.example/"onmouseover="alert(1))', '"onmouseover'),
        ("HTML in code", "`<b>`", "<b>"),
        ("an entity that was escaped", "&lt;img src=x&gt;", "<img"),
    ],
    ids=lambda value: value if isinstance(value, str) and "<" not in value and "(" not in value else "",
)
def test_markdown_does_nothing(remark: str, text: str, never: str) -> None:
    """What could run or fetch stays text."""
    assert never not in as_html(text)


def test_markdown_is_shown() -> None:
    """Lists, stress, and links to the web and to mail."""
    assert '<a href="mailto:a@example.org">' in as_html("[one](mailto:a@example.org)")
    html = as_html("- **One** [two](https://example.org/)")
    assert "<strong>One</strong>" in html
    assert '<a href="https://example.org/">two</a>' in html


# --- the door of the insights ----------------------------------------------------------------------------------------


def test_without_a_token_there_are_no_insights(tmp_path: Path) -> None:
    """Not even a door."""
    client = anonymous(tmp_path)
    for path in ("/insights", "/insights/report.csv"):
        assert client.get(path).status_code == 404
    assert client.post("/insights/sign-in", data={"token": ""}).status_code == 404


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], f"{TOKEN}x", "ünïcode"])
def test_a_wrong_token_opens_nothing(token: str, client: FlaskClient) -> None:
    """The door says so, and gives no cookie."""
    answer = client.post("/insights/sign-in", data={"token": token})
    assert answer.status_code == 403
    assert "That is not the token" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert client.get("/insights").status_code == 403
    assert client.get("/insights/report.csv").status_code == 403


def test_the_token_opens(client: FlaskClient) -> None:
    """By a cookie that scripts cannot read and other sites cannot send; it is not the token."""
    answer = client.post("/insights/sign-in", data={"token": TOKEN})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/insights")
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/insights", "Secure"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    # The address of these tests is https, and so is the cookie: the client below speaks as a browser would.
    assert client.get("/insights", base_url="https://localhost").status_code == 200


SENDERS = [
    ("cross-site", False, "a page of another site"),
    ("same-site", False, "a neighbour on the same domain"),
    ("same-origin", True, "our own page"),
    ("none", True, "the person who uses the browser"),
    (None, True, "what is no browser, or an old one"),
]
CHANGES = ("/insights/sign-out", "/insights/sign-in", "/", "/try-it/feedback", "/worksheet/chart", "/worksheet/token")


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize(("sender", "heard", "remark"), SENDERS, ids=[row[-1] for row in SENDERS])
def test_no_other_site_sends_our_forms(
    path: str, sender: str | None, heard: bool, remark: str, client: FlaskClient
) -> None:
    """Nobody is signed out, and nothing is reported, by a page that somebody else made."""
    answer = client.post(path, data={"token": TOKEN}, headers={"Sec-Fetch-Site": sender} if sender else {})
    refused = "sent by another site" in answer.get_data(as_text=True)
    assert refused is not heard
    if refused:
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_other_sites_may_link_here(client: FlaskClient) -> None:
    """An EHR launches the worksheet from its own site."""
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_no_cookie_for_http_alone(tmp_path: Path) -> None:
    """On loopback without TLS a `Secure` cookie would never come back."""
    client = anonymous(tmp_path, insights_token=TOKEN, public_url="http://127.0.0.1:8080")
    assert "Secure" not in client.post("/insights/sign-in", data={"token": TOKEN}).headers["Set-Cookie"]
    assert client.get("/insights").status_code == 200


@pytest.mark.parametrize(
    ("remark", "cookie"),
    [
        ("nothing", ""),
        ("the token itself", TOKEN),
        ("no seal", "99999999999"),
        ("a seal of nothing", "99999999999."),
        ("words", "soon.abc"),
        ("a seal that is not ASCII", "99999999999.ü"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_cookie_that_was_not_made_here(remark: str, cookie: str) -> None:
    """Opens nothing."""
    assert not Door(TOKEN, secure=True).lets_in(cookie)


@pytest.mark.parametrize(("later", "good"), [(0, True), (LIFETIME - 1, True), (LIFETIME, False)])
def test_a_cookie_is_good_for_a_working_day(later: int, good: bool) -> None:
    """And not longer; nobody can make it last."""
    cookie = Door(TOKEN, secure=True, clock=lambda: 1000.0).pass_now()
    door = Door(TOKEN, secure=True, clock=lambda: 1000.0 + later)
    assert door.lets_in(cookie) is good
    until, seal = cookie.split(".")
    assert not door.lets_in(f"{int(until) + 1}.{seal}")


def test_a_new_token_shuts_out_old_cookies() -> None:
    """To change the token is to sign everybody out."""
    assert not Door(TOKEN, secure=True).lets_in(Door(f"{TOKEN}-new", secure=True).pass_now())
    assert COOKIE not in repr(Door(TOKEN, secure=True))
    assert TOKEN not in repr(Door(TOKEN, secure=True))


SIGN = "/cds-services/kresladi-order-sign"
UNDECIDED = ("sib-none", "qr")


def test_the_page_counts_what_the_command_line_counts(tmp_path: Path, client: FlaskClient) -> None:
    """The same cards, accepted and overridden, as `cds-service feedback --json` of the same days, topic by topic."""
    shown = [
        client.post(SIGN, json=request(without(complete(), *left))).get_json() for left in ((), UNDECIDED, UNDECIDED)
    ]
    for answer, outcome in zip(shown[1:], ("accepted", "overridden"), strict=True):
        entry = {
            "card": answer["cards"][0]["uuid"],
            "outcome": outcome,
            "outcomeTimestamp": f"{today_in_utc()}T00:00:01Z",
        }
        suggested = {"acceptedSuggestions": [{"id": "one"}]} if outcome == "accepted" else {}
        assert client.post(f"{SIGN}/feedback", json={"feedback": [entry | suggested]}).status_code == 200
    client.post("/insights/sign-in", data={"token": TOKEN})
    page = client.get("/insights?days=30", base_url="https://localhost").get_data(as_text=True)
    since = (today_in_utc() - timedelta(days=29)).isoformat()
    arguments = ["feedback", "--json", "--since", since]
    environment = {"CDS_DATABASE_URL": f"sqlite:///{tmp_path / 'cds.sqlite3'}"}
    rows = json.loads(CliRunner().invoke(main, arguments, env=environment).stdout)["rows"]
    assert sum(row["shown"] for row in rows) == 3
    for row in rows:
        numbers = "".join(f'<td class="number">{row[name]}</td>' for name in ("shown", "accepted", "overridden"))
        assert f'<th scope="row">{topic(row["topic"])}</th>{numbers}' in page


def test_a_short_token_is_refused() -> None:
    """One that could be guessed opens nothing at all: the service does not start."""
    with pytest.raises(ConfigurationError, match="CDS_INSIGHTS_TOKEN"):
        Settings.from_environment({"CDS_INSIGHTS_TOKEN": "short"})


def test_a_defect_is_a_page_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With the number that the log has, and nothing of what was sent."""
    app = create_app(Settings(allow_anonymous=True, database_url=f"sqlite:///{tmp_path / 'cds.sqlite3'}"))
    broken = pages("broken")

    @broken.get("/broken")
    def view() -> str:
        raise ValueError("Jane-Doe-1977")

    app.register_blueprint(broken)
    answer = app.test_client().get("/broken")
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    page, name = answer.get_data(as_text=True), answer.headers["X-Request-ID"]
    assert "Jane-Doe" not in page + caplog.text
    assert name in page
    assert name in caplog.text
    assert "content-security-policy" in answer.headers
