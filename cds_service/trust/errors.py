"""The one refusal: whoever calls without the right learns that, and nothing else."""

from __future__ import annotations

from cds_service.errors import RequestError


class TokenRefused(RequestError):
    """The call shows no token that can be accepted. The reason stands in the log, never in the answer."""

    status = 401
    code = "login"

    def __init__(self) -> None:
        super().__init__("not authorised")
