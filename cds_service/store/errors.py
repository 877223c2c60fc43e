"""What goes wrong with the store, as callers see it."""

from __future__ import annotations

from cds_service.errors import RequestError


class StoreUnavailable(RequestError):
    """What has to be kept cannot be kept, or what is asked for cannot be read, just now."""

    status = 503
    code = "transient"

    def __init__(self) -> None:
        super().__init__("the store, which this needs, cannot be used just now; try again later")
