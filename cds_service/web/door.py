"""A page behind a token: who has shown it carries a cookie that was made of it, and not the token itself."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import field

from cds_service.frozen import frozen

COOKIE = "kresladi-insights"
LIFETIME = 12 * 60 * 60
"""Seconds: a working day."""


@frozen
class Door:
    """Knows the token. A new token makes every cookie worthless."""

    token: str = field(repr=False)
    secure: bool
    """Whether browsers are to send the cookie over TLS alone."""
    clock: Callable[[], float] = time.time

    def is_token(self, text: str) -> bool:
        """In constant time."""
        return hmac.compare_digest(text.encode(errors="replace"), self.token.encode())

    def pass_now(self) -> str:
        """A cookie's value: until when it is good, in seconds of the epoch, and the seal on that."""
        until = str(int(self.clock()) + LIFETIME)
        return f"{until}.{self._seal(until)}"

    def lets_in(self, cookie: str) -> bool:
        """Whether a cookie's value was made here, and is good still."""
        until, _, seal = cookie.partition(".")
        if not hmac.compare_digest(seal.encode(errors="replace"), self._seal(until).encode()):
            return False
        return int(until) > self.clock()

    def _seal(self, until: str) -> str:
        return hmac.new(
            self.token.encode(), f"insights until {until}".encode(errors="replace"), hashlib.sha256
        ).hexdigest()
