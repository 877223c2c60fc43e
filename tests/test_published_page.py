"""A published Questionnaire as a person reads it: the same address, by what is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from cds_service.published.questionnaire import form_of
from tests.ehr import anonymous

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
IDS = ("kresladi-treatment-checklist", "kresladi-prior-authorization")
ADDRESS = f"/fhir/Questionnaire/{IDS[0]}"


@pytest.fixture(name="client")
def a_client(tmp_path: Path) -> FlaskClient:
    return anonymous(tmp_path)


ASKED = [
    (BROWSER, "", "text/html", "a browser"),
    ("text/html", "", "text/html", "a page and nothing else"),
    (BROWSER, "?_format=json", "application/fhir+json", "a browser that follows the link to the resource"),
    (None, "", "application/fhir+json", "whoever says nothing"),
    ("*/*", "", "application/fhir+json", "whoever takes anything"),
    ("application/fhir+json", "", "application/fhir+json", "a FHIR client"),
    ("application/json, text/html;q=0.5", "", "application/fhir+json", "a client that would rather have JSON"),
    ("application/fhir+json, text/html", "", "application/fhir+json", "a client that likes both"),
    ("text/turtle", "", "application/fhir+json", "what there is not: the resource, as ever"),
]


@pytest.mark.parametrize(("accept", "query", "mimetype", "remark"), ASKED, ids=[row[-1] for row in ASKED])
def test_a_browser_gets_a_page(client: FlaskClient, accept: str | None, query: str, mimetype: str, remark: str) -> None:
    """A page where one is preferred, else FHIR; caches keep the two apart."""
    answer = client.get(f"{ADDRESS}{query}", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert "Accept" in answer.vary


@pytest.mark.parametrize("id_", IDS)
def test_the_page_holds_every_question(client: FlaskClient, id_: str) -> None:
    """With its help, its group and the group's sections, its linkId; how it is answered, and no script."""
    answer = client.get(f"/fhir/Questionnaire/{id_}", headers={"Accept": BROWSER})
    page = answer.text.replace("&#39;", "'").replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">")
    form = form_of(id_)
    wanted = [form.title, form.canonical, "How it is answered", *(group.text for group in form.items)]
    wanted += [said for each in form.questions() for said in (each.text, each.help, each.link_id)]
    wanted += [clause for each in form.questions() for clause in each.clauses]
    assert [each for each in wanted if each not in page] == []
    assert "<script" not in page
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")


def test_the_checklist_says_nothing_of_coverage(client: FlaskClient) -> None:
    """It is about safety."""
    page = client.get(ADDRESS, headers={"Accept": BROWSER}).text.lower()
    assert [word for word in ("coverage", "cp.phar", "committee", "prior auth") if word in page] == []


@pytest.mark.parametrize("accept", [BROWSER, "application/fhir+json"], ids=["page", "FHIR"])
def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, accept: str) -> None:
    """304 by the ETag of the same form, and Vary with it; the ETag of the other form is none."""
    first = client.get(ADDRESS, headers={"Accept": accept})
    again = client.get(ADDRESS, headers={"Accept": accept, "If-None-Match": first.headers["ETag"]})
    other = client.get(ADDRESS, headers={"Accept": "text/html" if accept != BROWSER else "*/*"})
    assert first.headers["ETag"].startswith('W/"')
    assert (again.status_code, again.data, "Accept" in again.vary) == (304, b"", True)
    assert other.headers["ETag"] != first.headers["ETag"]
