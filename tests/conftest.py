"""No test writes into the working directory, and none speaks to a database that it did not make."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from cds_service.worksheet import smart

SERVED = "test_service_"
"""Test modules of the whole application: each of their tests has a store of its own."""


@pytest.fixture(scope="session", autouse=True)
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The default store is a file of the working directory: the tests work in another one."""
    with chdir(tmp_path_factory.mktemp("working-directory")):
        yield


@pytest.fixture(autouse=True)
def own_folder(request: pytest.FixtureRequest) -> Iterator[None]:
    """A folder for each test of the whole application; for thousands of others that would take longer than they do."""
    if not request.path.name.startswith(SERVED):
        yield
        return
    folder: Path = request.getfixturevalue("tmp_path")
    with chdir(folder):
        yield


@pytest.fixture
def fhirclient_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that signs in is there, whether or not it was brought in on this machine."""
    (tmp_path / "vendor.js").write_text("")
    monkeypatch.setattr(smart, "STATIC", tmp_path)
    monkeypatch.setattr(smart, "FHIRCLIENT", "vendor.js")
