"""The FHIR client over real HTTP: what each answer of a server means, and what a server can cost."""

from __future__ import annotations

import gzip
import json
import logging
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cds_service.exact_json import EMPTY
from cds_service.fhir.bundle import Answered, Entry, State
from cds_service.fhir.client import Ask, Ended, FhirClient, Limits, Read, Rest, Search
from tests import fhir_server as misbehave
from tests.charts import Resource, bundle, condition, lad, patient, role
from tests.fhir_server import TOKEN, Behaviour, FhirServer, serving

PATIENT = Read("Patient", "p1")
CONDITIONS = Search("Condition", (("patient", "p1"),))
SHORT = Limits(seconds=0.4)
PLENTY = Limits(seconds=10)
CHART = [patient(), lad()]


def problems(number: int) -> list[Resource]:
    return [condition(f"c{n}", {"text": f"problem {n}"}) for n in range(number)]


@pytest.fixture
def server() -> Iterator[FhirServer]:
    """A server with a patient and a diagnosis."""
    with serving([*CHART]) as fhir:
        yield fhir


def asked(fhir: FhirServer, ask: Ask, limits: Limits = PLENTY, token: str = TOKEN) -> tuple[Answered, Ended]:
    """One ask, its answer and how it ended."""
    client = FhirClient(fhir.base, token, limits)
    answer = client.answers_to({"it": ask})["it"]
    return answer, client.exchanges[0].ended


def ids(answer: Answered) -> list[str]:
    return [json.loads(bytes(entry.resource))["id"] for entry in answer.entries]


ERROR = misbehave.outcome("exception")
NOT_FOUND = misbehave.outcome("not-found")
UNKNOWN_TYPE = misbehave.outcome("not-supported")
NEVER = "https://ehr.example/elsewhere"
OUTCOME_INSIDE = bundle([ERROR, lad()])
WARNING_INSIDE = bundle([lad(), {"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]}])


@pytest.mark.parametrize(
    ("ask", "behaviour", "state", "found", "ended"),
    [
        pytest.param(PATIENT, None, State.COMPLETE, ["p1"], Ended.COMPLETE, id="a resource that is there"),
        pytest.param(CONDITIONS, None, State.COMPLETE, ["dx"], Ended.COMPLETE, id="a search that finds"),
        pytest.param(
            Search("Condition", (("patient", "p2"),)), None, State.COMPLETE, [], Ended.COMPLETE, id="a search in vain"
        ),
        pytest.param(Read("Patient", "p2"), None, State.COMPLETE, [], Ended.ABSENT, id="a resource that is not there"),
        pytest.param(PATIENT, misbehave.status(410), State.COMPLETE, [], Ended.ABSENT, id="one that was deleted"),
        pytest.param(PATIENT, misbehave.status(404), State.COMPLETE, [], Ended.ABSENT, id="a 404 without a body"),
        pytest.param(
            PATIENT, misbehave.status(404, UNKNOWN_TYPE), State.FAILED, [], Ended.REFUSED, id="type unknown, read"
        ),
        pytest.param(
            CONDITIONS, misbehave.status(404, UNKNOWN_TYPE), State.FAILED, [], Ended.REFUSED, id="type unknown, search"
        ),
        pytest.param(CONDITIONS, misbehave.status(410), State.FAILED, [], Ended.REFUSED, id="a search is never gone"),
        *(
            pytest.param(ask, misbehave.status(code, ERROR), State.FAILED, [], Ended.REFUSED, id=f"{code} for a {name}")
            for code in (201, 204, 304, 400, 401, 403, 429, 500, 502, 503)
            for name, ask in (("read", PATIENT), ("search", CONDITIONS))
        ),
        pytest.param(PATIENT, misbehave.status(302, Location=NEVER), State.FAILED, [], Ended.REFUSED, id="302 away"),
        pytest.param(
            PATIENT,
            misbehave.status(307, Location="/fhir/Patient/p1?again=1"),
            State.FAILED,
            [],
            Ended.REFUSED,
            id="307 on the same server",
        ),
        pytest.param(PATIENT, misbehave.drip_redirect, State.FAILED, [], Ended.REFUSED, id="302 with an endless body"),
        pytest.param(PATIENT, misbehave.in_chunks, State.COMPLETE, ["p1"], Ended.COMPLETE, id="in chunks"),
        pytest.param(PATIENT, misbehave.body(ERROR), State.FAILED, [], Ended.UNREADABLE, id="200 with an outcome"),
        pytest.param(CONDITIONS, misbehave.body(ERROR), State.FAILED, [], Ended.UNREADABLE, id="the same for a search"),
        pytest.param(PATIENT, misbehave.body(b"null"), State.FAILED, [], Ended.UNREADABLE, id="null is no answer"),
        pytest.param(PATIENT, misbehave.body(b""), State.FAILED, [], Ended.UNREADABLE, id="nothing is no answer"),
        pytest.param(CONDITIONS, misbehave.body(b"{}"), State.FAILED, [], Ended.UNREADABLE, id="an empty object"),
        pytest.param(CONDITIONS, misbehave.body(b"[]"), State.FAILED, [], Ended.UNREADABLE, id="a list"),
        pytest.param(
            PATIENT, misbehave.body(b"<html>Log in</html>"), State.FAILED, [], Ended.UNREADABLE, id="a page to log in"
        ),
        pytest.param(PATIENT, misbehave.body(b"[" * 9999), State.FAILED, [], Ended.UNREADABLE, id="endless nesting"),
        pytest.param(PATIENT, misbehave.body(b"\xff\xfe"), State.FAILED, [], Ended.UNREADABLE, id="no UTF-8"),
        pytest.param(PATIENT, misbehave.body(lad()), State.FAILED, [], Ended.UNREADABLE, id="another type"),
        pytest.param(
            PATIENT, misbehave.body(patient(id="p2")), State.FAILED, [], Ended.UNREADABLE, id="another patient"
        ),
        pytest.param(PATIENT, misbehave.body(bundle([patient()])), State.FAILED, [], Ended.UNREADABLE, id="a Bundle"),
        pytest.param(CONDITIONS, misbehave.body(lad()), State.FAILED, [], Ended.UNREADABLE, id="no Bundle"),
        pytest.param(
            CONDITIONS, misbehave.body(OUTCOME_INSIDE), State.FAILED, ["dx"], Ended.REFUSED, id="an error among entries"
        ),
        pytest.param(
            CONDITIONS,
            misbehave.body(WARNING_INSIDE),
            State.COMPLETE,
            ["dx"],
            Ended.COMPLETE,
            id="a warning among them",
        ),
        pytest.param(
            CONDITIONS,
            misbehave.body(bundle([lad()], total=2)),
            State.FIRST_PAGE,
            ["dx"],
            Ended.COMPLETE,
            id="fewer than the total, and no more pages",
        ),
        pytest.param(CONDITIONS, misbehave.truncate, State.FAILED, [], Ended.UNREACHABLE, id="cut off in the middle"),
        pytest.param(CONDITIONS, misbehave.cut, State.FAILED, [], Ended.UNREACHABLE, id="closed without a word"),
        pytest.param(
            CONDITIONS,
            misbehave.once(misbehave.cut),
            State.COMPLETE,
            ["dx"],
            Ended.COMPLETE,
            id="closed once, then well",
        ),
        pytest.param(
            CONDITIONS,
            misbehave.once(misbehave.status(503)),
            State.FAILED,
            [],
            Ended.REFUSED,
            id="a 503 is not retried",
        ),
        pytest.param(
            CONDITIONS,
            misbehave.status(429, ERROR, Retry_After="3"),
            State.FAILED,
            [],
            Ended.REFUSED,
            id="Retry-After is not waited for",
        ),
        pytest.param(
            CONDITIONS,
            misbehave.body(b"not gzip", Content_Encoding="gzip"),
            State.FAILED,
            [],
            Ended.UNREACHABLE,
            id="an encoding that is none",
        ),
        pytest.param(
            CONDITIONS,
            misbehave.body(gzip.compress(json.dumps(bundle([lad()])).encode()), Content_Encoding="gzip"),
            State.COMPLETE,
            ["dx"],
            Ended.COMPLETE,
            id="compressed",
        ),
    ],
)
def test_what_an_answer_means(
    *, server: FhirServer, ask: Ask, behaviour: Behaviour | None, state: State, found: list[str], ended: Ended
) -> None:
    """Complete, absent or failed: each answer of a server means one of them, and none is raised."""
    if behaviour:
        server.when(".", behaviour)
    begun = monotonic()
    answer, how = asked(server, ask)
    assert (answer.state, ids(answer), how) == (state, found, ended)
    assert monotonic() - begun < 2.5


@pytest.mark.parametrize("token", ["", "two words", "line\nfeed", "t\u00f6ken", "another-token"])
def test_a_wrong_token_reads_nothing(server: FhirServer, token: str) -> None:
    """The server refuses a token that is not the one; one that cannot stand in a header is not sent."""
    answer, _ = asked(server, PATIENT, token=token)
    assert answer == Answered(State.FAILED)
    assert len(server.asked) == (1 if token == "another-token" else 0)


@pytest.mark.parametrize("id_", ["", ".", "..", "a/b", "a?b", "a b", "a%2fb", "a#b", "ä", "x" * 129, "a\n"])
def test_an_id_that_could_lead_elsewhere_is_not_asked_for(server: FhirServer, id_: str) -> None:
    """Ids are of letters, digits and a few signs, and never climb."""
    answer, ended = asked(server, Read("Patient", id_))
    assert (answer, ended) == (Answered(State.FAILED), Ended.ELSEWHERE)
    assert server.asked == []


def test_a_server_that_is_not_there() -> None:
    """Nobody listens: failed, at once."""
    with serving([]) as gone:
        pass
    answer, ended = asked(gone, PATIENT)
    assert (answer.state, ended) == (State.FAILED, Ended.UNREACHABLE)


def test_a_certificate_that_nobody_vouches_for(server: FhirServer, tmp_path: Path) -> None:
    """The token is not sent to a server that cannot show who it is, nor to one that does not speak TLS."""
    plain = server.base.replace("http:", "https:")
    with serving([*CHART], tls=self_signed(tmp_path)) as pretender:
        for base in (plain, pretender.base):
            client = FhirClient(base, TOKEN)
            assert client.answers_to({"it": PATIENT})["it"] == Answered(State.FAILED)
            assert client.exchanges[0].ended is Ended.UNREACHABLE
        assert (server.asked, pretender.asked) == ([], [])


def self_signed(folder: Path) -> Path:
    """A certificate and its key, made up here."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "self-signed.pem"
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "size", "limits", "state", "found", "requests"),
    [
        pytest.param(5, 5, PLENTY, State.COMPLETE, 5, 1, id="one full page"),
        pytest.param(6, 5, PLENTY, State.COMPLETE, 6, 2, id="one more than a page"),
        pytest.param(25, 5, Limits(seconds=10, pages=5), State.COMPLETE, 25, 5, id="as many pages as are read"),
        pytest.param(26, 5, Limits(seconds=10, pages=5), State.FIRST_PAGE, 25, 5, id="one page too many"),
        pytest.param(
            1001, 1000, Limits(seconds=10, pages=5), State.FIRST_PAGE, 1000, 5, id="200 are asked for at a time"
        ),
    ],
)
def test_pages_are_followed_up_to_a_number(
    *, number: int, size: int, limits: Limits, state: State, found: int, requests: int
) -> None:
    """All pages make the answer complete; where they are too many, what was read stands as a part."""
    with serving(problems(number), page_size=size) as server:
        answer, _ = asked(server, CONDITIONS, limits)
        assert (answer.state, len(set(ids(answer)))) == (state, found)
        assert len(server.asked) == requests


def test_ten_thousand_entries_on_one_page(server: FhirServer) -> None:
    """A server that does not care how many were asked for is read all the same."""
    server.when("Condition", misbehave.body(bundle(problems(10_000))))
    answer, _ = asked(server, CONDITIONS)
    assert (answer.state, len(answer.entries)) == (State.COMPLETE, 10_000)


def linked(link: str | None, *resources: Resource) -> Behaviour:
    return misbehave.body(bundle([*resources], link=[{"relation": "next", "url": link}]))


@pytest.mark.parametrize(
    ("link", "ended"),
    [
        pytest.param("https://evil.example/fhir/Condition?page=2", Ended.ELSEWHERE, id="another origin"),
        pytest.param("http://127.0.0.1:9/fhir/Condition?page=2", Ended.ELSEWHERE, id="another port"),
        pytest.param("/admin", Ended.ELSEWHERE, id="beside the base"),
        pytest.param("../fhir2/Condition", Ended.ELSEWHERE, id="climbing out"),
        pytest.param("", Ended.ELSEWHERE, id="empty"),
    ],
)
def test_a_link_out_of_the_base_is_not_followed(server: FhirServer, link: str, ended: Ended) -> None:
    """What was read stands as a part, and nobody else hears of the token."""
    server.when(r"patient=p1", linked(link, lad()))
    answer, how = asked(server, CONDITIONS)
    assert (answer.state, ids(answer), how) == (State.FIRST_PAGE, ["dx"], ended)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("second", "state", "found", "ended"),
    [
        pytest.param(misbehave.status(500), State.FIRST_PAGE, ["dx"], Ended.REFUSED, id="500"),
        pytest.param(misbehave.status(404), State.FIRST_PAGE, ["dx"], Ended.REFUSED, id="404"),
        pytest.param(misbehave.hang, State.FIRST_PAGE, ["dx"], Ended.TIMED_OUT, id="silence"),
        pytest.param(misbehave.truncate, State.FIRST_PAGE, ["dx"], Ended.UNREACHABLE, id="cut off"),
        pytest.param(misbehave.body(OUTCOME_INSIDE), State.FAILED, ["dx", "dx"], Ended.REFUSED, id="an error"),
        pytest.param(linked("Condition?page=2"), State.FIRST_PAGE, ["dx"], Ended.TOO_LARGE, id="itself again"),
        pytest.param(linked(None), State.COMPLETE, ["dx"], Ended.COMPLETE, id="a link without address, total reached"),
    ],
)
def test_a_broken_second_page(
    server: FhirServer, second: Behaviour, state: State, found: list[str], ended: Ended
) -> None:
    """The first page stands; it is never taken for all."""
    if second is not None and ended is Ended.COMPLETE:
        second = misbehave.body(bundle([], total=1, link=[{"relation": "next"}]))
    server.when(r"page=2", second).when(r"patient=p1", linked("Condition?page=2", lad()))
    answer, how = asked(server, CONDITIONS, SHORT)
    assert (answer.state, ids(answer), how) == (state, found, ended)


def test_the_rest_of_a_search_is_added_to_what_is_here() -> None:
    """Further pages continue what was sent, and the total counts both."""
    with serving(problems(5), page_size=2) as server:
        first = FhirClient(server.base, TOKEN, Limits(pages=1)).answers_to({1: CONDITIONS})[1]
        rest = Rest("Condition", f"{server.base}/Condition?patient=p1&_count=2&page=1", first.entries)
        answer, _ = asked(server, rest)
        assert (answer.state, ids(answer)) == (State.COMPLETE, ["c0", "c1", "c2", "c3", "c4"])


def test_the_rest_that_cannot_be_read_leaves_what_is_here(server: FhirServer) -> None:
    """A link elsewhere costs nothing of what was sent."""
    entries = (Entry(EMPTY),)
    answer, ended = asked(server, Rest("Condition", "https://evil.example/fhir/x", entries))
    assert (answer, ended, server.asked) == (Answered(State.FIRST_PAGE, entries), Ended.ELSEWHERE, [])


# --- how it is asked -------------------------------------------------------------------------------------------------


def test_queries_are_percent_encoded(server: FhirServer) -> None:
    """A pipe, a blank and an ampersand arrive as they were meant; a comma stays."""
    asked(server, Search("Condition", (("code", "http://loinc.org|a b"), ("patient", "p1,p&2"))))
    assert server.asked[0].query == {"code": "http://loinc.org|a b", "patient": "p1,p&2", "_count": "200"}


@pytest.mark.parametrize(
    ("number", "method", "path"),
    [
        pytest.param(50, "GET", "Condition", id="a short address"),
        pytest.param(400, "POST", "Condition/_search", id="an address over 1,800 characters"),
    ],
)
def test_a_long_search_is_posted(server: FhirServer, number: int, method: str, path: str) -> None:
    """What would grow too long for an address goes into the body; the answer is the same."""
    people = ",".join(["p1", *(f"p{n}" for n in range(2, number))])
    answer, _ = asked(server, Search("Condition", (("patient", people),)))
    assert ids(answer) == ["dx"]
    assert (server.asked[0].method, server.asked[0].path) == (method, path)
    assert server.asked[0].query["patient"] == people


def test_what_is_sent_with_each_request(server: FhirServer) -> None:
    """The token, the wanted form, and no cookie, though the server hands one out."""
    server.when("Patient", misbehave.body(patient(), Set_Cookie="session=1; Path=/"))
    client = FhirClient(server.base, TOKEN)
    client.answers_to({1: PATIENT})
    client.answers_to({1: PATIENT})
    first, second = (each.headers for each in server.asked)
    assert first["authorization"] == f"Bearer {TOKEN}"
    assert first["accept"] == "application/fhir+json"
    assert "cookie" not in second


def test_connections_are_kept_for_the_next_call(server: FhirServer) -> None:
    """One client after the other uses the same connection."""
    asked(server, PATIENT)
    asked(server, CONDITIONS)
    assert len({each.connection for each in server.asked}) == 1


def test_the_environment_has_no_say(server: FhirServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is not used."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert asked(server, PATIENT)[0].state is State.COMPLETE


def test_the_token_is_nowhere_to_be_seen(server: FhirServer, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the log at any level, nor in what a client or its record says of itself; nor is the patient."""
    caplog.set_level(logging.DEBUG)
    server.when("Condition", misbehave.truncate)
    client = FhirClient(server.base, TOKEN)
    client.answers_to({1: PATIENT, 2: CONDITIONS, 3: Read("Patient", "..")})
    said = f"{client!r} {client} {client.exchanges} {caplog.text}"
    assert TOKEN not in said
    assert "p1" not in said


# --- what a server can cost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behaviour",
    [misbehave.hang, misbehave.drip_headers, misbehave.drip_body, misbehave.drip_chunks, misbehave.say_continue],
)
def test_a_slow_server_costs_the_deadline_and_never_more(server: FhirServer, behaviour: Behaviour) -> None:
    """What the others answered is there; the threads that waited are free again."""
    server.when("Condition", behaviour)
    client = FhirClient(server.base, TOKEN, SHORT)
    begun = monotonic()
    answers = client.answers_to(dict.fromkeys(range(20), CONDITIONS) | {"patient": PATIENT})
    assert 0.3 < monotonic() - begun < 2.5
    assert {answers[n].state for n in range(20)} == {State.FAILED}
    assert client.answers_to({"later": PATIENT})["later"].state is State.FAILED, "the deadline is for all"
    assert _threads_are_gone(2.0)


def _threads_are_gone(within: float) -> bool:
    until = monotonic() + within
    while monotonic() < until and any("ThreadPoolExecutor" in t.name for t in threading.enumerate()):
        sleep(0.02)
    return not any("ThreadPoolExecutor" in t.name for t in threading.enumerate())


def test_a_slow_part_does_not_cost_the_others(server: FhirServer) -> None:
    """What is asked at once is answered each on its own."""
    server.when("Condition", misbehave.hang)
    answers = FhirClient(server.base, TOKEN, SHORT).answers_to({"slow": CONDITIONS, "quick": PATIENT})
    assert (answers["slow"].state, answers["quick"].state) == (State.FAILED, State.COMPLETE)


def test_one_call_that_hangs_does_not_cost_another(server: FhirServer) -> None:
    """Many calls at once, half of them to a part that hangs: the others are answered before those, and rightly."""
    server.when("Condition", misbehave.hang)
    answers: list[State] = []

    def call() -> None:
        answers.append(asked(server, PATIENT)[0].state)

    stuck = [threading.Thread(target=asked, args=(server, CONDITIONS)) for _ in range(20)]
    quick = [threading.Thread(target=call) for _ in range(20)]
    for thread in (*stuck, *quick):
        thread.start()
    for thread in quick:
        thread.join()
    assert all(thread.is_alive() for thread in stuck)
    assert answers == [State.COMPLETE] * 20
    server.stopped.set()
    for thread in stuck:
        thread.join()


@pytest.mark.parametrize(
    ("padding", "limits", "state"),
    [
        pytest.param(900, Limits(seconds=10, response_bytes=2000), State.COMPLETE, id="within the bound"),
        pytest.param(3000, Limits(seconds=10, response_bytes=2000), State.FAILED, id="over the bound of one response"),
        pytest.param(3000, Limits(seconds=10, call_bytes=2000), State.FAILED, id="over the bound of the call"),
        pytest.param(30_000_000, PLENTY, State.FAILED, id="over 25 MB"),
    ],
)
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
def test_bodies_are_bounded(server: FhirServer, padding: int, limits: Limits, state: State, compressed: bool) -> None:
    """A body over the bound is not read to its end; what counts is its size unpacked."""
    content = json.dumps(patient(text={"div": "x" * padding})).encode()
    packed = misbehave.body(gzip.compress(content, 1), Content_Encoding="gzip")
    server.when("Patient", packed if compressed else misbehave.body(content))
    answer, ended = asked(server, PATIENT, limits)
    assert (answer.state, ended) == (state, Ended.COMPLETE if state is State.COMPLETE else Ended.TOO_LARGE)


def test_a_gigabyte_packed_into_a_megabyte_is_not_unpacked(server: FhirServer) -> None:
    """What is unpacked is bounded piece by piece, not when all of it is there."""
    packed = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packed.compress(b" " * 2**20) for _ in range(1024)) + packed.flush()
    server.when("Patient", misbehave.body(bomb, Content_Encoding="gzip"))
    tracemalloc.start()
    answer, ended = asked(server, PATIENT)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.state, ended) == (State.FAILED, Ended.TOO_LARGE)
    assert most < 200 * 2**20


@pytest.mark.parametrize(
    ("number", "size"),
    [pytest.param(10_000, 10, id="ten thousand headers"), pytest.param(1, 1_000_000, id="one of a million bytes")],
)
def test_headers_are_bounded(server: FhirServer, number: int, size: int) -> None:
    """A flood of them is an answer that cannot be read."""

    def flood(handler: misbehave.Handler) -> None:
        with suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for each in range(number):
                handler.wfile.write(b"X-%d: %s\r\n" % (each, b"x" * size))
            handler.wfile.write(b"\r\n{}")
        handler.close_connection = True

    server.when("Patient", flood)
    answer, ended = asked(server, PATIENT)
    assert (answer.state, ended) == (State.FAILED, Ended.UNREACHABLE)


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", "", "application/fhir+xml; charset=utf-16"])
def test_what_counts_is_the_body_not_what_it_is_called(server: FhirServer, kind: str) -> None:
    """FHIR in JSON under another name is read; something else under FHIR's name is not (above)."""
    server.when("Patient", misbehave.body(patient(), Content_Type=kind))
    assert asked(server, PATIENT)[0].state is State.COMPLETE


def test_the_bytes_of_a_call_are_counted_together(server: FhirServer) -> None:
    """Two answers, each within the bound, are too much together."""
    server.when("Patient", misbehave.body(patient(text={"div": "x" * 3000})))
    client = FhirClient(server.base, TOKEN, Limits(call_bytes=5000))
    states = [client.answers_to({1: PATIENT})[1].state for _ in range(2)]
    assert states == [State.COMPLETE, State.FAILED]


def test_a_slow_server_is_left_with_what_it_gave(server: FhirServer) -> None:
    """Each exchange says its type, how it ended, and how long it took."""
    server.when("Condition", misbehave.hang)
    client = FhirClient(server.base, TOKEN, SHORT)
    client.answers_to({1: CONDITIONS, 2: PATIENT})
    slow, quick = client.exchanges
    assert (slow.type, slow.ended, quick.type, quick.ended) == (
        "Condition",
        Ended.TIMED_OUT,
        "Patient",
        Ended.COMPLETE,
    )
    assert slow.milliseconds >= 300


def test_asks_run_at_once() -> None:
    """Twelve searches that take 0.2 s each are answered within 1.5 s."""

    def slowly(handler: misbehave.Handler) -> None:
        handler.fhir.stopped.wait(0.2)
        handler.behave()

    with serving([*CHART, role("bmt", "BMT")]) as server:
        server.when(".", slowly)
        answers = FhirClient(server.base, TOKEN).answers_to(dict.fromkeys(range(12), CONDITIONS))
        assert {answer.state for answer in answers.values()} == {State.COMPLETE}


def test_nothing_to_ask_is_no_request(server: FhirServer) -> None:
    """No asks, no answers."""
    assert FhirClient(server.base, TOKEN).answers_to({}) == {}
    assert server.asked == []
