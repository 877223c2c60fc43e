"""What can go wrong, as a tree; each leaf knows its HTTP status.

    KresladiError
    ├── ConfigurationError      the environment asks for something impossible; the service does not start
    ├── TerminologyError        a ValueSet cannot be used
    └── RequestError            the caller is told, in an OperationOutcome
        ├── BadRequest          400  unreadable, or no hook request
        ├── TokenRefused        401  (trust/errors.py)
        ├── ChartRefused        401  the FHIR server does not show the chart to this token (worksheet/opened.py)
        ├── NotAllowed          403  a FHIR server that may not be read (worksheet/opened.py)
        ├── UnknownService      404
        ├── NotPublished        404  (published/routes.py)
        ├── OrderNotChosen      409  several orders are on record (worksheet/opened.py)
        ├── NothingToRead       412  an order is in scope, but nothing of the chart can be had
        ├── TooLarge            413
        ├── NotJson             415
        ├── ChartUnreachable    502  (worksheet/opened.py)
        ├── SignInFailed        502  (trust/relay.py)
        └── StoreUnavailable    503  (store/errors.py)

No message holds anything of a request: not a value, not a name, not an id.
"""

from __future__ import annotations


class KresladiError(Exception):
    """The root of every error this package raises on purpose."""


class ConfigurationError(KresladiError):
    """A setting is missing or cannot be used. The message names the variable."""


class TerminologyError(KresladiError):
    """A ValueSet cannot be used. The message names the file and the place in it."""


class RequestError(KresladiError):
    """A request that cannot be answered. `status` is HTTP's, `code` is of FHIR's issue-type."""

    status = 400
    code = "invalid"


class BadRequest(RequestError):
    """The body cannot be read, or is not a request of this hook."""


class UnknownService(RequestError):
    """No service of that id is offered here."""

    status = 404
    code = "not-found"


class NothingToRead(RequestError):
    """An order is in scope, but nothing of the chart was sent and nothing can be fetched."""

    status = 412
    code = "required"


class TooLarge(RequestError):
    """The body is over the limit."""

    status = 413
    code = "too-long"


class NotJson(RequestError):
    """The body is not declared as JSON."""

    status = 415
    code = "not-supported"
