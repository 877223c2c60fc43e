"""Hospitals with a certificate authority of their own: `CDS_CA_BUNDLE`, against real TLS servers on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.config import Settings
from cds_service.errors import ConfigurationError
from cds_service.fhir.tls import context, trust_also
from tests.authorities import Authority
from tests.charts import causes, complete, request
from tests.ehr import ISSUER, KEY_SET, SIGN, anonymous, authorized, bearer, determinations, service, topics_of
from tests.fhir_server import FhirServer, body, serving

NOTHING_SENT = request() | {"prefetch": {}}
EXPIRED = datetime(2021, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobody_else() -> Iterator[None]:
    """The next tests trust the public authorities alone."""
    yield
    trust_also(None)


@pytest.fixture(name="hospital")
def a_hospital(tmp_path: Path) -> Authority:
    """A hospital that signs the certificates of its servers itself."""
    return Authority("hospital", tmp_path)


def answered(folder: Path, server: FhirServer, bundle: Path | None) -> tuple[list[str], bool]:
    """The topics of the cards, and whether anything was unavailable, where all of the chart is to be fetched."""
    client = anonymous(folder, fhir_servers=frozenset({server.base}), ca_bundle=bundle, fetch_deadline=10.0)
    answer = client.post(SIGN, json=authorized(NOTHING_SENT, server.base)).get_json()
    gaps = {cause for each in determinations(answer) for criterion in each["criteria"] for cause in causes(criterion)}
    return topics_of(answer), "unavailable" in gaps


def test_a_server_of_the_hospital_is_read_where_its_authority_is_named(hospital: Authority, tmp_path: Path) -> None:
    """And not before: then all of the chart is unavailable, and the token has not left the house."""
    with serving(complete(), tls=hospital.signed()) as server:
        topics, unavailable = answered(tmp_path, server, None)
        assert "chart-unavailable" in topics
        assert unavailable
        assert server.asked == []
        assert answered(tmp_path, server, hospital.file) == (["criteria-met"], False)
        assert answered(tmp_path, server, None)[1], "who is no longer named is no longer trusted"


@pytest.mark.parametrize(
    ("remark", "certificate"),
    [
        ("of another authority", lambda hospital, other: other.signed()),
        ("for another address", lambda hospital, other: hospital.signed("127.0.0.2")),
        ("expired", lambda hospital, other: hospital.signed(until=EXPIRED)),
    ],
)
def test_a_certificate_still_has_to_be_good(remark: str, certificate: Any, hospital: Authority, tmp_path: Path) -> None:
    """Naming an authority makes nothing else good."""
    with serving(complete(), tls=certificate(hospital, Authority("other", tmp_path))) as server:
        assert "chart-unavailable" in answered(tmp_path, server, hospital.file)[0]
        assert server.asked == []


def test_a_bundle_may_hold_several(hospital: Authority, tmp_path: Path) -> None:
    """One file after the other, with words between, as administrators write them."""
    other = Authority("other", tmp_path)
    both = tmp_path / "both.pem"
    both.write_text(f"# the hospital\n{hospital.file.read_text()}\n# the other\n{other.file.read_text()}")
    for authority in (hospital, other):
        with serving(complete(), tls=authority.signed()) as server:
            assert answered(tmp_path, server, both) == (["criteria-met"], False)


def test_a_key_set_of_the_hospital_is_read(hospital: Authority, tmp_path: Path) -> None:
    """From the same authority; without it the client's tokens are refused."""
    with serving([], tls=hospital.signed()) as server:
        server.when("keys", body(KEY_SET))
        address = server.base.removesuffix("/fhir") + "/keys"
        file = tmp_path / "by-address.json"
        file.write_text(json.dumps([{"iss": ISSUER, "jwks_url": address}]))
        statuses = []
        for bundle in (None, hospital.file):
            client = service(tmp_path, clients_file=file, ca_bundle=bundle)
            statuses.append(client.post(SIGN, json=request(), headers=bearer()).status_code)
    assert statuses == [401, 200]


def test_the_public_authorities_stay(hospital: Authority) -> None:
    """Those that are added are added."""
    trust_also(None)
    public = len(context().get_ca_certs())
    trust_also(hospital.file)
    assert len(context().get_ca_certs()) == public + 1 > 50


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file"),
        (b"", "holds no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds no certificate"),
        (b"\x30\x82\x01\x00", "holds no certificate"),
    ],
    ids=["not there", "empty", "broken", "not PEM"],
)
def test_a_bundle_that_cannot_be_used_stops_the_start(content: bytes | None, says: str, tmp_path: Path) -> None:
    """By name: a service that silently trusts nobody would answer that all charts are unavailable."""
    file = tmp_path / "bundle.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"CDS_CA_BUNDLE.*bundle\.pem") as refused:
        create_app(Settings(allow_anonymous=True, ca_bundle=file))
    assert says in str(refused.value)
