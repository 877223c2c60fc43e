"""Driving Debian's Chromium against the real service: what every test of a page watches for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.test_gunicorn import Served, free_port

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"laptop": (1280, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
GRAVE = ("serious", "critical")
VIOLATIONS = """document.addEventListener("securitypolicyviolation",
    (event) => console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`))"""


def chromium() -> str:
    """The path of the browser; fails with the way to get one."""
    found = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(found).exists():
        pytest.fail("no Chromium: `apt-get install chromium`, or name one in CHROMIUM (.ci/chromium does both)")
    return found


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[Served]:
    """`cds-service serve` for anybody, on a free port, with its store in a folder; `variables` configure it further."""
    served = Served(free_port(), folder / "log")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CDS_", "PROMETHEUS_"))}
    own = {
        "CDS_PORT": str(served.port),
        "CDS_ALLOW_ANONYMOUS": "true",
        "CDS_DATABASE_URL": f"sqlite:///{folder / 'cds.sqlite3'}",
        "WEB_CONCURRENCY": "1",
    }
    command = [sys.executable, "-m", "cds_service", "serve"]
    with served.log.open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=inherited | own | variables, stdout=log, stderr=log)
        try:
            _wait_until_live(served, process)
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _wait_until_live(served: Served, process: subprocess.Popen[bytes]) -> None:
    """Live, not ready: some tests serve without a store."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with closing(served.connect()) as connection:
                connection.request("GET", "/health/live")
                if connection.getresponse().status == HTTPStatus.OK:
                    return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"the service did not start: {served.log.read_text()}")


def address(served: Served) -> str:
    """The origin that pages are opened at."""
    return f"http://127.0.0.1:{served.port}"


@dataclass
class Watch:
    """Everything that a page must not do, noted while a test drives it."""

    origins: set[str]
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Parts of complaints that the test brings about on purpose, such as a refused sign-in."""

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context."""
        context.add_init_script(VIOLATIONS)
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))

    def verify(self) -> None:
        """Fail where anything happened that no test asked for."""
        assert [each for each in self.complaints if not any(part in each for part in self.expected)] == []

    def _request(self, request: Request) -> None:
        if not any(request.url.startswith(f"{origin}/") for origin in self.origins):
            self.complaints.append(f"request to {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")


def grave_problems(page: Page) -> list[str]:
    """What axe-core finds serious or critical on a page as it is now."""
    if not AXE.exists():
        pytest.fail("axe-core is missing: npm ci --prefix tests/browser (make test-browser does it)")
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{each['id']}: {node['html']}" for each in found if each["impact"] in GRAVE for node in each["nodes"]
    ]  # fmt: skip


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than its window."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide
