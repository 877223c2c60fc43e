"""What is asked of a FHIR server, and how that ended."""

from __future__ import annotations

import re
from enum import Enum
from urllib.parse import quote, urlencode

from cds_service.fhir.bundle import Entry
from cds_service.frozen import frozen

_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]{1,128}")
"""FHIR's ids, and the longer ones with `_` and `~` that some vendors hand out; none that climbs in a path."""
_LONGEST_ADDRESS = 1800
"""Characters; some servers and proxies refuse 2,000."""
_PAGE_SIZE = "200"
"""Entries asked for per page: few round trips, and a number that no server in use refuses."""


@frozen
class Read:
    """One resource, by its id."""

    type: str
    id: str

    def address(self, base: str) -> str:
        """Where it is below a server's base."""
        return f"{base}/{self.type}/{quote(self.id)}"


@frozen
class Search:
    """All resources of a type that fit the parameters; further pages are followed."""

    type: str
    parameters: tuple[tuple[str, str], ...]

    def address(self, base: str) -> tuple[str, str | None]:
        """The address below a server's base, and the form to post where the address would grow too long."""
        query = urlencode((*self.parameters, ("_count", _PAGE_SIZE)), quote_via=quote, safe=",")
        address = f"{base}/{self.type}?{query}"
        return (address, None) if len(address) <= _LONGEST_ADDRESS else (f"{base}/{self.type}/_search", query)


@frozen
class Rest:
    """The further pages of a search, whose first entries are here already."""

    type: str
    link: str
    so_far: tuple[Entry, ...]


Ask = Read | Search | Rest


class Ended(Enum):
    """How an ask ended."""

    COMPLETE = "complete"
    ABSENT = "absent"
    REFUSED = "refused"
    """An HTTP status other than 200, a redirect too."""
    UNREADABLE = "unreadable"
    ELSEWHERE = "elsewhere"
    """The next page is not below the base, or an id or token cannot stand in a request."""
    TOO_LARGE = "too large"
    TIMED_OUT = "timed out"
    UNREACHABLE = "unreachable"


class Stop(Exception):
    """An ask ends here; what was read so far stands."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.value)
        self.ended = ended


@frozen
class Exchange:
    """What became of one ask, for the audit record: no address, no id."""

    type: str
    ended: Ended
    milliseconds: int


def is_id(text: str) -> bool:
    """Whether a text can stand as an id in an address or a search."""
    return bool(_ID.fullmatch(text))
