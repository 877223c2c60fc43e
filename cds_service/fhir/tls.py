"""Who may vouch for a server: the public certificate authorities, and those that the site adds.

For the whole process, like the connections that it keeps open: set once, when the service starts.
"""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from cds_service.errors import ConfigurationError

VARIABLE = "CDS_CA_BUNDLE"
_in_use: list[ssl.SSLContext] = []


def trust_also(bundle: Path | None) -> None:
    """Trust the authorities of a PEM file beside the public ones; with None nobody but those.

    Raises ConfigurationError, which names CDS_CA_BUNDLE, where the file holds no certificate.
    """
    _in_use[:] = [_trusting(bundle)]


def context() -> ssl.SSLContext:
    """How connections out are secured: TLS 1.2 at least, certificates and names checked."""
    if not _in_use:
        trust_also(None)
    return _in_use[0]


@cache
def _trusting(bundle: Path | None) -> ssl.SSLContext:
    # Made once: `requests` would read all authorities anew for each connection.
    made = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    if bundle is not None:
        try:
            made.load_verify_locations(bundle)
        except ssl.SSLError:
            raise ConfigurationError(f"{VARIABLE}: {bundle} holds no certificate in PEM") from None
        except OSError as error:
            raise ConfigurationError(f"{VARIABLE}: {bundle}: {error.strerror}") from None
    return made


class SecuredAdapter(HTTPAdapter):
    """An adapter of `requests` that trusts whom this module says."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool manager, with the context that is in use now."""
        super().init_poolmanager(*args, **kwargs, ssl_context=context())

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002 - requests calls it so
        """Leave everything to the context."""
        conn.cert_reqs = "CERT_REQUIRED"
