"""The allow-list: which addresses may be read, and which links may be followed."""

from __future__ import annotations

import pytest

from cds_service.fhir.servers import allowed_base, base_address, below

BASE = "https://ehr.example/fhir"


@pytest.mark.parametrize(
    ("text", "base"),
    [
        pytest.param("https://ehr.example/fhir", BASE, id="as it should be"),
        pytest.param("https://ehr.example/fhir/", BASE, id="a final slash"),
        pytest.param("HTTPS://EHR.Example:443/fhir", BASE, id="case of scheme and host, the default port"),
        pytest.param("https://ehr.example/FHIR", "https://ehr.example/FHIR", id="the case of a path counts"),
        pytest.param("https://ehr.example", "https://ehr.example", id="no path"),
        pytest.param("https://ehr.example:8443/r4/ab-12", "https://ehr.example:8443/r4/ab-12", id="port and tenant"),
        pytest.param("https://10.0.0.7/fhir", "https://10.0.0.7/fhir", id="https by number"),
        pytest.param("http://localhost:8080/fhir", "http://localhost:8080/fhir", id="http on localhost"),
        pytest.param("http://127.0.0.1:80/fhir", "http://127.0.0.1/fhir", id="http on 127.0.0.1"),
        pytest.param("http://[::1]:8080/fhir", "http://[::1]:8080/fhir", id="http on ::1"),
        pytest.param("http://ehr.example/fhir", None, id="http elsewhere"),
        pytest.param("http://127.0.0.1.ehr.example/fhir", None, id="a name that begins like loopback"),
        pytest.param("http://localhost.ehr.example/fhir", None, id="a name that begins like localhost"),
        pytest.param("http://127.1/fhir", None, id="a short form of loopback"),
        pytest.param("http://0.0.0.0/fhir", None, id="any address"),
        pytest.param("ftp://ehr.example/fhir", None, id="another scheme"),
        pytest.param("file:///etc/passwd", None, id="a file"),
        pytest.param("//ehr.example/fhir", None, id="no scheme"),
        pytest.param("ehr.example/fhir", None, id="no scheme, no slashes"),
        pytest.param("https:///fhir", None, id="no host"),
        pytest.param("https://user@ehr.example/fhir", None, id="a user"),
        pytest.param("https://user:word@ehr.example/fhir", None, id="a user and a password"),
        pytest.param("https://ehr.example@evil.example/fhir", None, id="the host as a user"),
        pytest.param("https://ehr.example/fhir?tenant=1", None, id="a query"),
        pytest.param("https://ehr.example/fhir?", None, id="an empty query"),
        pytest.param("https://ehr.example/fhir#top", None, id="a fragment"),
        pytest.param("https://ehr.example/fhir/../admin", None, id="a climbing path"),
        pytest.param("https://ehr.example/fhir/./r4", None, id="a dot segment"),
        pytest.param("https://ehr.example/fhir/%2e%2e/admin", None, id="an encoded climbing path"),
        pytest.param("https://ehr.example/fhir%2Fr4", None, id="an encoded slash"),
        pytest.param("https://ehr.example//fhir", None, id="two slashes"),
        pytest.param("https://ehr.example\\@evil.example/fhir", None, id="a backslash"),
        pytest.param("https://ehr.example/fhir;x=1", None, id="a path parameter"),
        pytest.param("https://ehr.example:/fhir", None, id="a colon without a port"),
        pytest.param("https://ehr.example:0/fhir", None, id="port 0"),
        pytest.param("https://ehr.example:99999/fhir", None, id="no such port"),
        pytest.param("https://ehr.example:8a/fhir", None, id="a port that is no number"),
        pytest.param("https://ehr.example./fhir", None, id="a final dot"),
        pytest.param("https://ehr..example/fhir", None, id="an empty label"),
        pytest.param("https://ehŕ.example/fhir", None, id="letters beyond ASCII"),
        pytest.param("https://ehr.example/fhir\n", None, id="a line feed"),
        pytest.param(" https://ehr.example/fhir", None, id="a blank"),
        pytest.param("https://[fe80::1%25eth0]/fhir", None, id="a zone"),
        pytest.param("https://[::1/fhir", None, id="half a bracket"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_base_address_has_one_form(text: str, base: str | None) -> None:
    """What could be understood in two ways is no base address."""
    assert base_address(text) == base


@pytest.mark.parametrize(
    ("server", "allowed", "base"),
    [
        pytest.param(BASE, [BASE], BASE, id="the very address"),
        pytest.param("https://EHR.example:443/fhir/", [BASE], BASE, id="written differently"),
        pytest.param(BASE, ["https://EHR.example/fhir/"], BASE, id="listed differently"),
        pytest.param(f"{BASE}/tenant-1", [BASE], f"{BASE}/tenant-1", id="below a listed prefix"),
        pytest.param(BASE, ["https://ehr.example"], BASE, id="an origin is listed"),
        pytest.param(BASE, ["https://other.example/fhir", BASE], BASE, id="the second of the list"),
        pytest.param(BASE, [], None, id="nothing is listed"),
        pytest.param("https://ehr.example/fhir2", [BASE], None, id="a longer segment is no path below"),
        pytest.param("https://ehr.example", [BASE], None, id="above the prefix"),
        pytest.param("https://ehr.example:8443/fhir", [BASE], None, id="another port"),
        pytest.param("https://ehr.example.evil.example/fhir", [BASE], None, id="a longer name"),
        pytest.param("https://evil.example/https://ehr.example/fhir", [BASE], None, id="the address as a path"),
        pytest.param(f"{BASE}/../admin", [BASE], None, id="a climbing path"),
        pytest.param("http://ehr.example/fhir", [BASE], None, id="http for https"),
        pytest.param("http://ehr.example/fhir", ["http://ehr.example/fhir"], None, id="http is not even listed"),
        pytest.param("http://localhost/fhir", ["http://127.0.0.1/fhir"], None, id="loopback by another name"),
        pytest.param("", ["", BASE], None, id="nothing is no server"),
    ],
)
def test_only_listed_servers_are_read(server: str, allowed: list[str], base: str | None) -> None:
    """Exact origin, and a listed path or one below it."""
    assert allowed_base(server, allowed) == base


@pytest.mark.parametrize(
    ("link", "followed"),
    [
        pytest.param(f"{BASE}/Condition?page=2", f"{BASE}/Condition?page=2", id="below the base"),
        pytest.param(f"{BASE}?_getpages=ab&_getpagesoffset=20", f"{BASE}?_getpages=ab&_getpagesoffset=20", id="HAPI's"),
        pytest.param(f"{BASE}/?ct=x%2Fy%7Cz", f"{BASE}/?ct=x%2Fy%7Cz", id="anything encoded in the query"),
        pytest.param("https://EHR.example:443/fhir/x?y", f"{BASE}/x?y", id="the origin written differently"),
        pytest.param("Condition?page=2", f"{BASE}/Condition?page=2", id="relative"),
        pytest.param("?page=2", f"{BASE}/Condition?page=2", id="a query alone"),
        pytest.param("/fhir/Condition?page=2", f"{BASE}/Condition?page=2", id="relative to the origin"),
        pytest.param("https://evil.example/fhir/Condition?page=2", None, id="another origin"),
        pytest.param("https://ehr.example:8443/fhir/Condition", None, id="another port"),
        pytest.param("http://ehr.example/fhir/Condition", None, id="without TLS"),
        pytest.param("//evil.example/fhir/Condition", None, id="another host without a scheme"),
        pytest.param("https://ehr.example/fhirX/Condition", None, id="a longer segment"),
        pytest.param("https://ehr.example/admin", None, id="beside the base"),
        pytest.param("../admin", None, id="climbing"),
        pytest.param(f"{BASE}/../admin", None, id="climbing absolutely"),
        pytest.param(f"{BASE}/%2e%2E/admin", None, id="climbing in disguise"),
        pytest.param(f"{BASE}/..%2fadmin", None, id="climbing half in disguise"),
        pytest.param(f"{BASE}/..", None, id="climbing at the end"),
        pytest.param("https://user@ehr.example/fhir/Condition", None, id="a user"),
        pytest.param(f"{BASE}/Condition#x", None, id="a fragment"),
        pytest.param("javascript:alert(1)", None, id="no address at all"),
        pytest.param(f"{BASE}/Condition?x=\r\nHost: evil", None, id="a header in disguise"),
        pytest.param("", None, id="empty"),
    ],
)
def test_paging_links_stay_below_the_base(link: str, followed: str | None) -> None:
    """A link is followed on the base's origin and below its path, and nowhere else."""
    assert below(BASE, link, f"{BASE}/Condition?patient=p1") == followed
