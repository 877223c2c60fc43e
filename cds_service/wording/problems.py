"""What a page says when something went wrong: what happened, and what the reader can do."""

from __future__ import annotations

from cds_service.frozen import frozen


@frozen
class Problem:
    """A heading, what happened, what to do."""

    title: str
    happened: str
    to_do: str


NOT_FOUND = Problem(
    "There is no page at this address",
    "The address may be mistyped, or the page may be switched off in this installation.",
    "Check the address, or go back to where you came from.",
)
NOT_ALLOWED = Problem(
    "This address cannot be used that way",
    "The page was called in a way that it does not know.",
    "Go back and use the links and buttons of the page.",
)
FROM_ELSEWHERE = Problem(
    "This was sent by another site",
    "A page of another site called this address in your browser. Nothing was done.",
    "If you meant to do something here, open this site itself, and use the buttons of its pages.",
)
TOO_LARGE = Problem(
    "That is too large",
    "What was sent is larger than this page accepts, and nothing of it was used.",
    "Go back: what you entered is still there. Large charts can be sent to the service itself, or read on the command "
    "line.",
)
STORE_DOWN = Problem(
    "The store cannot be reached just now",
    "The service is running, but the database in which it keeps cards and feedback does not answer.",
    "Try again in a minute. If it stays so, tell whoever runs the service.",
)
BAD = Problem(
    "This could not be read",
    "What was sent to this page is not what the page expects.",
    "Go back and try again.",
)
DEFECT = Problem(
    "Something went wrong on our side",
    "This is a defect of the service; what you did is not the cause.",
    "Try again. If it happens again, tell whoever runs the service, with the number below.",
)
_BY_STATUS = {404: NOT_FOUND, 405: NOT_ALLOWED, 413: TOO_LARGE, 503: STORE_DOWN}


def of_status(status: int) -> Problem:
    """What to say to a status of HTTP."""
    return _BY_STATUS.get(status, DEFECT if status >= 500 else BAD)
