"""No test writes into the working directory, and none speaks to a database that it did not make."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default store is a file of the working directory: each test has one of its own."""
    monkeypatch.chdir(tmp_path)
