"""Feedback on the wire: what is read, what is refused, and what comes to be known of a card through it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from cds_service.errors import BadRequest, RequestError, TooLarge
from cds_service.hooks.feedback import create_feedback_blueprint, read_feedback
from cds_service.hooks.shown import shown_cards
from cds_service.store.guidance import ShownCards, keep_feedback
from cds_service.store.records import Feedback, Reason
from cds_service.store.report import report
from cds_service.store.schema import cards, feedback
from cds_service.store.store import Store
from tests.charts import NO_DONOR, answered, complete, order, patient, response, without
from tests.charts import request as hook_request
from tests.databases import KINDS, fresh

CARD = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
SUGGESTION = "c8b2e1f0-0000-4000-8000-000000000001"
OURS = "https://kresladi-cds.example/CodeSystem/override-reason"
AT = "2026-11-21T09:00:00.000000Z"


def entry(**more: Any) -> dict[str, Any]:
    """An override without a reason; None takes a member away."""
    base = {"card": CARD, "outcome": "overridden", "outcomeTimestamp": "2026-11-21T09:00:00Z"}
    return {name: value for name, value in (base | more).items() if value is not None}


def accepted(**more: Any) -> dict[str, Any]:
    return entry(**({"outcome": "accepted", "acceptedSuggestions": [{"id": SUGGESTION}]} | more))


def body(*entries: Any) -> bytes:
    return json.dumps({"feedback": list(entries)}).encode()


def kept(**more: Any) -> Feedback:
    return Feedback(**({"card": CARD, "outcome": "overridden", "at": AT} | more))


REASON = {"code": "will-document", "system": OURS}


@pytest.mark.parametrize(
    ("sent", "read", "remark"),
    [
        (entry(), kept(), "overridden, no reason given"),
        (accepted(), kept(outcome="accepted", suggestions=(SUGGESTION,)), "one suggestion accepted"),
        (
            accepted(acceptedSuggestions=[{"id": SUGGESTION}, {"id": "b"}]),
            kept(outcome="accepted", suggestions=(SUGGESTION, "b")),
            "two suggestions accepted",
        ),
        (
            entry(overrideReason={"reason": REASON | {"display": "Will be documented"}}),
            kept(reason=Reason("will-document", OURS)),
            "one of our reasons",
        ),
        (entry(overrideReason={"reason": REASON}), kept(reason=Reason("will-document", OURS)), "without its display"),
        (
            entry(overrideReason={"reason": {"code": "busy", "system": "https://ehr.example/reasons"}}),
            kept(reason=Reason("busy", "https://ehr.example/reasons")),
            "a reason of the client's own",
        ),
        (entry(overrideReason={"reason": {"code": "busy"}}), kept(reason=Reason("busy")), "a reason without a system"),
        (entry(overrideReason={"userComment": " Typed\tin Oslo "}), kept(comment="Typed\tin Oslo"), "only a comment"),
        (
            entry(overrideReason={"reason": REASON, "userComment": "soon"}),
            kept(reason=Reason("will-document", OURS), comment="soon"),
            "a reason and a comment",
        ),
        (entry(overrideReason={}), kept(), "an empty reason: the outcome is what counts"),
        (entry(overrideReason={"userComment": None, "reason": None}), kept(), "nulls are as good as nothing"),
        (entry(overrideReason={"userComment": "x" * 5000}), kept(comment="x" * 4000), "a long comment is cut"),
        (entry(overrideReason={"userComment": "a\0b\x1bc"}), kept(comment="a b c"), "control characters are blanks"),
        (entry(acceptedSuggestions=[]), kept(), "overridden, with an empty list of suggestions"),
        (entry(card=CARD.upper()), kept(), "the card's uuid in capitals"),
        (entry(card=f"urn:uuid:{CARD}"), kept(), "the card's uuid as a URN"),
        (entry(card="a card of ours? No"), kept(card="a card of ours? No"), "an id that is no uuid"),
        (entry(outcomeTimestamp="2026-11-21T09:00:00.123456789Z"), kept(at=f"{AT[:20]}123456Z"), "nanoseconds"),
        (entry(outcomeTimestamp="2026-11-21T01:00:00-08:00"), kept(), "an offset instead of Z"),
        (entry(outcomeTimestamp="2026-11-21t09:00:00z"), kept(), "small letters, as RFC 3339 allows"),
        (entry(extension={"x": 1}, more="fields"), kept(), "members that we do not know"),
    ],
)
def test_well_formed_feedback_is_read(sent: dict[str, Any], read: Feedback, remark: str) -> None:
    """Every shape that the standard, or a kind reading of it, allows."""
    assert read_feedback(body(sent)) == (read,), remark


def test_several_entries_are_read_in_order() -> None:
    """One call may tell of many cards; of none, too."""
    assert [each.card for each in read_feedback(body(entry(card="a"), accepted(card="b"), entry(card="a")))] == [
        "a",
        "b",
        "a",
    ]
    assert read_feedback(body()) == ()


@pytest.mark.parametrize(
    ("sent", "says", "remark"),
    [
        (b"", "not JSON", "nothing"),
        (b"{", "not JSON", "no JSON"),
        (b"[" * 5000, "not JSON", "nested without end"),
        (b'{"feedback": NaN}', "not JSON", "NaN"),
        (b"\xff\xfe", "not JSON", "no UTF-8"),
        (b"[]", "no list `feedback`", "a list"),
        (b"null", "no list `feedback`", "null"),
        (b"{}", "no list `feedback`", "an empty object"),
        (b'{"feedback": null}', "no list `feedback`", "null instead of a list"),
        (b'{"feedback": {}}', "no list `feedback`", "an object instead of a list"),
        (json.dumps(entry()).encode(), "no list `feedback`", "an entry that is not in a list"),
        (body("x"), "feedback[0] is no feedback", "a text"),
        (body(None), "feedback[0] is no feedback", "null"),
        (body(entry(), entry(card=None)), "feedback[1] is no feedback", "the second without a card"),
        (body(entry(card=7)), "feedback[0] is no feedback", "a card that is a number"),
        (body(entry(card="")), "feedback[0].card", "an empty card"),
        (body(entry(card="x" * 129)), "feedback[0].card", "a card that is too long"),
        (body(entry(card="a\nb")), "feedback[0].card", "a card with a line feed"),
        (body(entry(outcome=None)), "feedback[0] is no feedback", "no outcome"),
        (body(entry(outcome="ignored")), "feedback[0] is no feedback", "an outcome that there is not"),
        (body(entry(outcome="Accepted")), "feedback[0] is no feedback", "an outcome in other letters"),
        (body(accepted(acceptedSuggestions=None)), "acceptedSuggestions is missing", "accepted what?"),
        (body(accepted(acceptedSuggestions=[])), "acceptedSuggestions is missing", "accepted nothing"),
        (body(accepted(acceptedSuggestions=["x"])), "feedback[0] is no feedback", "a suggestion that is a text"),
        (body(accepted(acceptedSuggestions=[{}])), "feedback[0] is no feedback", "a suggestion without an id"),
        (body(accepted(acceptedSuggestions=[{"id": ""}])), "acceptedSuggestions.id", "a suggestion with an empty id"),
        (body(entry(outcomeTimestamp=None)), "feedback[0] is no feedback", "no time"),
        (body(entry(outcomeTimestamp=1)), "feedback[0] is no feedback", "a time that is a number"),
        (body(entry(outcomeTimestamp="yesterday")), "outcomeTimestamp", "no time at all"),
        (body(entry(outcomeTimestamp="2026-11-21")), "outcomeTimestamp", "only a date"),
        (body(entry(outcomeTimestamp="2026-11-21T09:00:00")), "outcomeTimestamp", "no zone"),
        (body(entry(outcomeTimestamp="2026-02-30T09:00:00Z")), "outcomeTimestamp", "a day that there is not"),
        (body(entry(outcomeTimestamp="2026-W47-6T09:00:00Z")), "outcomeTimestamp", "a week"),
        (body(entry(outcomeTimestamp="0001-01-01T00:00:00+14:00")), "outcomeTimestamp", "before all time"),
        (body(entry(outcomeTimestamp="9999-12-31T23:59:59-14:00")), "outcomeTimestamp", "after all time"),
        (body(entry(overrideReason="busy")), "feedback[0] is no feedback", "a reason that is a text"),
        (body(entry(overrideReason={"reason": "busy"})), "feedback[0] is no feedback", "a coding that is a text"),
        (body(entry(overrideReason={"reason": {}})), "feedback[0] is no feedback", "a coding without a code"),
        (body(entry(overrideReason={"reason": {"code": " "}})), "reason.code", "a coding with a blank code"),
        (body(entry(overrideReason={"reason": {"code": "x" * 513}})), "reason.code", "a code that is too long"),
        (body(entry(overrideReason={"userComment": 7})), "feedback[0] is no feedback", "a comment that is a number"),
    ],
)
def test_malformed_feedback_is_refused_by_its_place(sent: bytes, says: str, remark: str) -> None:
    """400, the entry named, nothing of it repeated."""
    with pytest.raises(BadRequest) as refused:
        read_feedback(sent)
    assert says in str(refused.value), remark
    assert "busy" not in str(refused.value)


@pytest.mark.parametrize(("number", "large"), [(1000, False), (1001, True)])
def test_how_many_entries_one_call_may_have(number: int, large: bool) -> None:
    """A thousand."""
    sent = body(*[entry()] * number)
    if large:
        with pytest.raises(TooLarge):
            read_feedback(sent)
    else:
        assert len(read_feedback(sent)) == number


def test_a_body_over_a_megabyte_is_too_large() -> None:
    """413 before it is read."""
    with pytest.raises(TooLarge):
        read_feedback(b" " * 1024 * 1024 + body())


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(accepted(overrideReason={}))), JSON)
def test_no_value_in_any_member_is_a_defect(member: str, value: Any) -> None:
    """Read or refused, whatever stands there."""
    try:
        (read,) = read_feedback(body(accepted() | {member: value}))
    except BadRequest:
        return
    assert read.card
    assert read.outcome in ("accepted", "overridden")
    assert len(read.at) == 27


# --- the endpoint, on a store -----------------------------------------------------------------------------------------


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store on an empty database of each kind."""
    with fresh(request.param, tmp_path) as address:
        opened = Store(address)
        yield opened
        opened.close()


def served(store: Store) -> FlaskClient:
    """The endpoint by itself, with errors as bare statuses."""
    app = Flask(__name__)
    app.url_map.strict_slashes = False
    routes = create_feedback_blueprint(
        {"kresladi-order-sign"},
        lambda: request.get_data(cache=False),
        lambda service, entries: keep_feedback(store, entries, service),
    )
    app.register_blueprint(routes)
    app.register_error_handler(RequestError, lambda error: Response(str(error), error.status))
    return app.test_client()


PATH = "/cds-services/kresladi-order-sign/feedback"


@pytest.mark.parametrize(
    ("path", "sent", "status", "remark"),
    [
        (PATH, body(entry()), 200, "an unknown card"),
        (f"{PATH}/", body(entry()), 200, "a trailing slash"),
        (PATH, body(), 200, "nothing to tell"),
        (PATH, body(entry(), entry(card="")), 400, "one good, one malformed"),
        ("/cds-services/another/feedback", body(entry()), 404, "an unknown service"),
    ],
)
def test_the_endpoint_answers(store: Store, path: str, sent: bytes, status: int, remark: str) -> None:
    """200 and an empty object for anything well-formed; all of a body is kept or none."""
    client = served(store)
    answers = [client.post(path, data=sent, content_type="application/json") for _ in range(2)]
    assert {answer.status_code for answer in answers} == {status}, remark
    with store.transaction("test") as connection:
        number = len(connection.execute(select(feedback)).all())
    assert number == (1 if status == 200 and b"card" in sent else 0)
    if status == 200:
        assert (answers[0].data, answers[0].mimetype) == (b"{}", "application/json")


def test_feedback_that_cannot_be_kept_is_not_acknowledged() -> None:
    """503: the client sends it again."""
    down = Store("sqlite:////nowhere/cds.sqlite3")
    assert served(down).post(PATH, data=body(entry())).status_code == 503
    down.close()


def test_comments_are_never_logged(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """They are kept, and stand in no log at any level."""
    with caplog.at_level(logging.DEBUG):
        served(store).post(PATH, data=body(entry(overrideReason={"userComment": "Jane Doe has a brother"})))
    assert "Jane" not in caplog.text
    with store.transaction("test") as connection:
        assert connection.scalar(select(feedback.c.comment)) == "Jane Doe has a brother"


# --- the cards of an answer -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "topic", "criteria", "remark"),
    [
        (
            hook_request(),
            "criteria-met",
            {"II.A", "I.A.1", "I.A.2", "I.A.3", "I.A.4", "I.A.5", "I.A.6"},
            "all criteria are met",
        ),
        (hook_request(without(complete(), "infection")), "missing-documentation", {"I.A.3"}, "no infection on record"),
        (
            hook_request([patient()]),
            "missing-documentation",
            {"I.A.1", "I.A.3", "I.A.4", "I.A.5"},
            "an empty chart: not II.A, and not I.A.2, for the requester's role could not be read",
        ),
        (hook_request(leave_out=("procedures",)), "chart-unavailable", {"II.A"}, "procedures could not be read"),
        (
            hook_request([*without(complete(), "qr"), response({"sibling-donor-available": True})]),
            "sibling-donor",
            {"I.A.4"},
            "a sibling donor",
        ),
        (
            hook_request([*without(complete(), "qr"), response(NO_DONOR | {"attest-clinically-stable": False})]),
            "criteria-not-met",
            {"I.A.5"},
            "not stable",
        ),
        (hook_request(orders=[order(subject={"reference": "Patient/p2"})]), "wrong-patient", set(), "another patient"),
    ],
)
def test_a_card_is_tied_to_its_criteria(asked: dict[str, Any], topic: str, criteria: set[str], remark: str) -> None:
    """As the card lists them to the reader."""
    answer = answered(asked)
    (shown,) = [
        each for each in shown_cards(answer, "kresladi-order-sign", "https://ehr.example") if each.topic == topic
    ]
    (card,) = [each for each in answer["cards"] if each["uuid"] == shown.card]
    assert set(shown.criteria) == criteria, remark
    assert shown.indicator == card["indicator"]
    assert list(shown.suggestions) == [each["uuid"] for each in card.get("suggestions", [])]
    assert (shown.service, shown.client) == ("kresladi-order-sign", "https://ehr.example")


def test_an_answer_without_cards_shows_none() -> None:
    """No order in scope."""
    assert shown_cards({"cards": []}, "kresladi-order-sign", "") == ()


def test_nothing_of_the_patient_is_put_on_record(store: Store) -> None:
    """Neither the id, nor the order's, nor a word of the card's text."""
    answer = answered(hook_request(without(complete(), "infection")))
    assert ShownCards(store).record(shown_cards(answer, "kresladi-order-sign", ""))
    with store.transaction("test") as connection:
        (row,) = connection.execute(select(cards)).all()
    stored = json.dumps([str(value) for value in row])
    assert not [word for word in ("p1", "draft-1", "Patient", answer["cards"][0]["summary"]) if word in stored]


def test_the_whole_way_from_a_card_to_the_report(store: Store) -> None:
    """A card is shown, a clinician overrides it, the plan reads why."""
    answer = answered(hook_request(without(complete(), "infection")))
    ShownCards(store).record(shown_cards(answer, "kresladi-order-sign", ""))
    reason = answer["cards"][0]["overrideReasons"][0]
    told = entry(card=answer["cards"][0]["uuid"], overrideReason={"reason": reason})
    assert served(store).post(PATH, data=body(told)).status_code == 200
    (row,) = report(store).rows
    assert (row.topic, row.shown, row.accepted, row.overridden) == ("missing-documentation", 1, 0, 1)
    assert row.reasons == {f"{reason['system']}|{reason['code']}": 1}


def test_every_suggestion_of_an_answer_can_be_accepted() -> None:
    """Their uuids are what the endpoint reads."""
    answer = answered(hook_request([patient()]))
    uuids = [each["uuid"] for card in answer["cards"] for each in card.get("suggestions", [])]
    assert uuids
    (read,) = read_feedback(body(accepted(acceptedSuggestions=[{"id": each} for each in uuids])))
    assert list(read.suggestions) == uuids
