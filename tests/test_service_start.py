"""What stops `cds-service serve`: one line that names the variable, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ANYBODY = {"CDS_ALLOW_ANONYMOUS": "true"}


@pytest.mark.parametrize(
    ("remark", "more", "says"),
    [
        ("nobody is known", {}, "CDS_ALLOW_ANONYMOUS"),
        ("no file of clients", {"CDS_CLIENTS_FILE": "not-there.json"}, "CDS_CLIENTS_FILE"),
        ("a FHIR server without TLS", ANYBODY | {"CDS_FHIR_SERVERS": "http://ehr.example/fhir"}, "CDS_FHIR_SERVERS"),
        ("a pattern as an origin", ANYBODY | {"CDS_CORS_ORIGINS": "*"}, "CDS_CORS_ORIGINS"),
        ("authorities that are not there", ANYBODY | {"CDS_CA_BUNDLE": "not-there.pem"}, "CDS_CA_BUNDLE"),
        ("workers in words", ANYBODY | {"WEB_CONCURRENCY": "two"}, "WEB_CONCURRENCY"),
        ("no workers", ANYBODY | {"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY"),
        ("half a worker", ANYBODY | {"WEB_CONCURRENCY": "1.5"}, "WEB_CONCURRENCY"),
        ("far too many workers", ANYBODY | {"WEB_CONCURRENCY": "65"}, "WEB_CONCURRENCY"),
        ("a port that only looks like a number", ANYBODY | {"CDS_PORT": "\u00b2"}, "CDS_PORT"),
        ("another database", ANYBODY | {"CDS_DATABASE_URL": "mysql://cds:secret@db/cds"}, "CDS_DATABASE_URL"),
    ],
)
def test_it_does_not_start(remark: str, more: dict[str, str], says: str, tmp_path: Path) -> None:
    """One line, and a status other than 0."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CDS_", "WEB_"))}
    command = [sys.executable, "-m", "cds_service", "serve"]
    ended = subprocess.run(command, cwd=tmp_path, env=own | more, capture_output=True, timeout=60, check=False)
    told = ended.stderr.decode()
    assert ended.returncode == 1
    assert told.startswith("Error: ")
    assert says in told
    assert len(told.splitlines()) == 1
    assert "secret" not in told
